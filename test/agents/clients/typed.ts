// TypeScript that Node runs by itself, and a worker thread with options of its own.
import { isMainThread, Worker } from 'node:worker_threads'

interface Reply {
  readonly choices: readonly { readonly message: { readonly content: string } }[]
}

async function ask(prompt: string): Promise<string | undefined> {
  const body = JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: prompt }] })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const reply = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, init) // <- typed
  return ((await reply.json()) as Reply).choices[0]?.message.content
}

console.log(await ask(isMainThread ? 'typed' : 'thread'))
if (isMainThread)
  new Worker(new URL(import.meta.url), { execArgv: process.execArgv, env: { ...process.env, OWN: '1' } })

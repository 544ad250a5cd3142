// The same agent in TypeScript: types stand before the code, so that lines move when they are taken out.
import Anthropic from '@anthropic-ai/sdk'

interface Question {
  readonly model: string
  readonly max_tokens: number
  readonly messages: readonly { readonly role: 'user'; readonly content: string }[]
}

type Reply = { readonly content: readonly { readonly type: string; readonly text?: string }[] }

const client = new Anthropic()

function question(content: string): Question & { messages: { role: 'user'; content: string }[] } {
  return { model: 'claude-haiku-4-5', max_tokens: 50, messages: [{ role: 'user', content }] }
}

function textOf(reply: Reply): string {
  return reply.content[0]?.text ?? ''
}

function ask(content: string): Promise<Reply> {
  return client.messages.create(question(content)) // <- helper
}

async function readStream(content: string): Promise<string> {
  let text = ''
  const stream = client.messages.stream(question(content)) // <- stream
  for await (const event of stream)
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
  return text
}

async function main(): Promise<void> {
  console.log(textOf(await client.messages.create(question('call 1')))) // <- call 1
  console.log(textOf(await client.messages.create(question('call 2')))) // <- call 2
  const both: Reply[] = await Promise.all([
    client.messages.create(question('call 3')), // <- call 3
    client.messages.create(question('call 4')), // <- call 4
  ])
  console.log(both.map(textOf).join(' '))
  const helped = await ask('helper') // <- helper's caller
  console.log(textOf(helped))
  console.log(await readStream('stream'))
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})

// The same agent in TypeScript: types stand before the code, so that lines move when they are taken out.
import OpenAI from 'openai'

interface Question {
  readonly model: string
  readonly messages: { role: 'user'; content: string }[]
}

interface Reply {
  readonly choices: readonly { readonly message: { readonly content: string | null } }[]
}

const client = new OpenAI()

function question(content: string): Question {
  return { model: 'gpt-5-mini', messages: [{ role: 'user', content }] }
}

function textOf(reply: Reply): string {
  return reply.choices[0]?.message.content ?? ''
}

function ask(content: string): Promise<Reply> {
  return client.chat.completions.create(question(content)) // <- helper
}

async function readStream(content: string): Promise<string> {
  let text = ''
  const stream = await client.chat.completions.create({ ...question(content), stream: true }) // <- stream
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

async function main(): Promise<void> {
  console.log(textOf(await client.chat.completions.create(question('call 1')))) // <- call 1
  console.log(textOf(await client.chat.completions.create(question('call 2')))) // <- call 2
  const both: Reply[] = await Promise.all([
    client.chat.completions.create(question('call 3')), // <- call 3
    client.chat.completions.create(question('call 4')), // <- call 4
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

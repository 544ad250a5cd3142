// An agent as its author wrote it: the Anthropic SDK, streamed and not. The test looks up the marked lines.
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic()

const question = (content) => ({
  model: 'claude-haiku-4-5',
  max_tokens: 50,
  messages: [{ role: 'user', content }],
})

function ask(content) {
  return client.messages.create(question(content)) // <- helper
}

async function readStream(content) {
  let text = ''
  const stream = client.messages.stream(question(content)) // <- stream
  for await (const event of stream)
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
  return text
}

async function main() {
  const first = await client.messages.create(question('call 1')) // <- call 1
  console.log(first.content[0].text)
  const second = await client.messages.create(question('call 2')) // <- call 2
  console.log(second.content[0].text)
  const both = await Promise.all([
    client.messages.create(question('call 3')), // <- call 3
    client.messages.create(question('call 4')), // <- call 4
  ])
  console.log(both.map((reply) => reply.content[0].text).join(' '))
  const helped = await ask('helper') // <- helper's caller
  console.log(helped.content[0].text)
  console.log(await readStream('stream'))
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})

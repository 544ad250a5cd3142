import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic()

const question = (content) => ({
  model: 'claude-haiku-4-5',
  max_tokens: 50,
  messages: [{ role: 'user', content }],
})

async function ask(content) {
  const reply = await client.messages.create(question(content)) // <- helper
  return reply.content[0].text
}

async function streamed(content) {
  let text = ''
  const stream = client.messages.stream(question(content)) // <- stream
  for await (const event of stream) if (event.type === 'content_block_delta') text += event.delta.text
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
  console.log(await ask('helper')) // <- helper's caller
  console.log(await streamed('stream'))
}

await main()

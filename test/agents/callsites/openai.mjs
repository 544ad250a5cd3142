// An agent as its author wrote it: the OpenAI SDK, streamed and not. The test looks up the marked lines.
import OpenAI from 'openai'

const client = new OpenAI()

const question = (content) => ({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] })

function ask(content) {
  return client.chat.completions.create(question(content)) // <- helper
}

async function readStream(content) {
  let text = ''
  const stream = await client.chat.completions.create({ ...question(content), stream: true }) // <- stream
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

async function main() {
  const first = await client.chat.completions.create(question('call 1')) // <- call 1
  console.log(first.choices[0].message.content)
  const second = await client.chat.completions.create(question('call 2')) // <- call 2
  console.log(second.choices[0].message.content)
  const both = await Promise.all([
    client.chat.completions.create(question('call 3')), // <- call 3
    client.chat.completions.create(question('call 4')), // <- call 4
  ])
  console.log(both.map((reply) => reply.choices[0].message.content).join(' '))
  const helped = await ask('helper') // <- helper's caller
  console.log(helped.choices[0].message.content)
  console.log(await readStream('stream'))
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})

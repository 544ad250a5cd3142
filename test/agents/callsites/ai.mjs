// An agent as its author wrote it: streamText of the Vercel AI SDK, at two providers. The test looks up the marked lines.
import { anthropic } from '@ai-sdk/anthropic'
import { openai } from '@ai-sdk/openai'
import { streamText } from 'ai'

const small = openai.chat('gpt-5-mini')
const claude = anthropic('claude-haiku-4-5')

function ask(prompt) {
  return streamText({ model: small, prompt }) // <- helper
}

async function readStream(prompt) {
  let text = ''
  const { textStream } = streamText({ model: claude, prompt }) // <- stream
  for await (const piece of textStream) text += piece
  return text
}

async function main() {
  const first = streamText({ model: small, prompt: 'call 1' }) // <- call 1
  console.log(await first.text)
  const second = streamText({ model: small, prompt: 'call 2' }) // <- call 2
  console.log(await second.text)
  const both = await Promise.all([
    streamText({ model: small, prompt: 'call 3' }).text, // <- call 3
    streamText({ model: small, prompt: 'call 4' }).text, // <- call 4
  ])
  console.log(both.join(' '))
  const helped = ask('helper') // <- helper's caller
  console.log(await helped.text)
  console.log(await readStream('stream'))
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})

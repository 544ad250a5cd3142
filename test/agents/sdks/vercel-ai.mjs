// What to wear, with Vercel's ai package at the provider named: a loop of tools, then a stream.
import { anthropic } from '@ai-sdk/anthropic'
import { cohere } from '@ai-sdk/cohere'
import { google } from '@ai-sdk/google'
import { mistral } from '@ai-sdk/mistral'
import { openai } from '@ai-sdk/openai'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'

const models = {
  openai: openai('gpt-5-mini'),
  anthropic: anthropic('claude-haiku-4-5'),
  google: google('gemini-2.5-flash'),
  mistral: mistral('mistral-large-latest'),
  cohere: cohere('command-a-03-2025'),
}
const model = models[process.argv[2]]

const getWeather = tool({
  description: 'The weather in a city now.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, degrees: 7, rain: true }),
})

const stylist = {
  model,
  system: 'You say what to wear. Ask for the weather first.',
  tools: { get_weather: getWeather },
  stopWhen: stepCountIs(5),
}

async function whatToWear(city) {
  const { text } = await generateText({ ...stylist, prompt: `What should I wear in ${city} today?` }) // <- ask
  return text
}

console.log(await whatToWear('Bergen'))

const { textStream } = streamText({ model, prompt: 'Name one thing to wear in rain.' }) // <- stream
for await (const piece of textStream) process.stdout.write(piece)
console.log()

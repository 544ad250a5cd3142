// Counts to sixty, a tool call for each number: one line of the program, and a long loop inside the SDK.
import { openai } from '@ai-sdk/openai'
import { generateText, stepCountIs, tool } from 'ai'
import { z } from 'zod'

const next = tool({
  description: 'The number after this one.',
  inputSchema: z.object({ number: z.number() }),
  execute: async ({ number }) => ({ number: number + 1 }),
})

const counter = { model: openai('gpt-5-mini'), system: 'You count to sixty.', tools: { next } }
const { text, steps } = await generateText({ ...counter, prompt: 'Count.', stopWhen: stepCountIs(100) }) // <- count
console.log(text, steps.length)

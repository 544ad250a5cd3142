// Calls each wire format by its own SDK, plain and streamed, twice with the same long prompt. Prints what usage the SDK was told, a line a call.

import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const openai = new OpenAI()
const anthropic = new Anthropic()
const handbook = 'Refunds are paid within five days. '.repeat(400)
const question = 'When is my refund paid?'

async function chat() {
  const messages = [
    { role: 'system', content: handbook },
    { role: 'user', content: question },
  ]
  const reply = await openai.chat.completions.create({ model: 'gpt-5.4', messages })
  return reply.usage
}

async function chatStreamed() {
  const messages = [
    { role: 'system', content: handbook },
    { role: 'user', content: question },
  ]
  const stream = await openai.chat.completions.create({ model: 'gpt-5.4', messages, stream: true })
  let usage = null
  for await (const chunk of stream) usage = chunk.usage ?? usage
  return usage
}

async function responses() {
  const reply = await openai.responses.create({
    model: 'gpt-5.6-terra',
    instructions: handbook,
    input: question,
  })
  return reply.usage
}

async function responsesStreamed() {
  const stream = await openai.responses.create({
    model: 'gpt-5.6-terra',
    instructions: handbook,
    input: question,
    stream: true,
  })
  for await (const event of stream) if (event.type === 'response.completed') return event.response.usage
}

const prompt = {
  model: 'claude-sonnet-4-5',
  max_tokens: 200,
  system: [{ type: 'text', text: handbook, cache_control: { type: 'ephemeral' } }],
  messages: [{ role: 'user', content: question }],
}

async function messages() {
  const reply = await anthropic.messages.create(prompt)
  return reply.usage
}

async function messagesStreamed() {
  const reply = await anthropic.messages.stream(prompt).finalMessage()
  return reply.usage
}

for (const call of [chat, chatStreamed, responses, responsesStreamed, messages, messagesStreamed])
  console.log(JSON.stringify({ call: call.name, usage: (await call()) ?? null }))

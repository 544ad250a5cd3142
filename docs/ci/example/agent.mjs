// Answers questions about orders, one after the other: `node agent.mjs questions.json`.
import { readFileSync } from 'node:fs'

const { OPENAI_BASE_URL = 'https://api.openai.com/v1', OPENAI_API_KEY = '' } = process.env
const instructions =
  'You are the order desk of a bicycle shop. Look an order up before you say anything about it, then answer in two sentences.'
const tools = [
  {
    type: 'function',
    function: {
      name: 'look_up_order',
      description: 'Where an order is',
      parameters: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
    },
  },
]

async function ask(messages) {
  const response = await fetch(`${OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-5-mini', messages, tools }),
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()).choices[0].message
}

async function answer(question) {
  const messages = [
    { role: 'system', content: instructions },
    { role: 'user', content: question },
  ]
  for (let turn = 0; turn < 5; turn++) {
    const message = await ask(messages)
    messages.push(message)
    if (!message.tool_calls) return message.content
    for (const call of message.tool_calls)
      messages.push({
        role: 'tool',
        tool_call_id: call.id,
        content: lookUp(JSON.parse(call.function.arguments)),
      })
  }
  return 'A colleague will write to you.'
}

function lookUp({ order }) {
  return JSON.stringify({ order, state: 'shipped', carrier: 'Nordlast', expected: '2026-11-27' })
}

for (const question of JSON.parse(readFileSync(process.argv[2], 'utf8'))) console.log(await answer(question))

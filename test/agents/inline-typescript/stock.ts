// Orders from the stock rooms. Its mistake: the room that was asked last is named first, so the tools come in another order each time.
import Anthropic from '@anthropic-ai/sdk'
import { rulesOf } from './readers.ts'

const client = new Anthropic()
const rooms = ['cellar', 'annex', 'tower', 'depot']
const tools: Anthropic.Tool[] = rooms.map((room) => ({
  name: `order_from_${room}`,
  description: `Orders something from the ${room}.\n${rulesOf(`the ${room}`, 40)}`,
  input_schema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
}))

export function orderFromStock(question: string) {
  const [first] = tools.splice(0, 1)
  if (first) tools.push(first)
  return client.messages.create({
    model: 'claude-opus-5',
    max_tokens: 300,
    tools,
    system: [{ type: 'text', text: 'You order from the stock rooms.', cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: question }],
  })
}

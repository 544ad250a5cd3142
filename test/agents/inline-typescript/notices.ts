// Writes notices for the door. Its mistake: nothing says that its long instructions may be cached.
import Anthropic from '@anthropic-ai/sdk'
import { rulesOf } from './readers.ts'

const client = new Anthropic()
const instructions = `You write notices for the door of the library.\n${rulesOf('the entrance hall', 160)}`

export function writeNotice(occasion: string) {
  return client.messages.create({
    model: 'claude-sonnet-5',
    max_tokens: 300,
    system: instructions,
    messages: [{ role: 'user', content: occasion }],
  })
}

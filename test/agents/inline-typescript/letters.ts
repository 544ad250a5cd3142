// Shortens letters of readers. Its mistake: it pays for caching each letter, which nobody sends again.
import Anthropic from '@anthropic-ai/sdk'
import { rulesOf } from './readers.ts'

const client = new Anthropic()

export function shortenLetter(question: string) {
  const letter = `${question}\n${rulesOf(question, 160)}`
  return client.messages.create({
    model: 'claude-opus-4-8',
    max_tokens: 300,
    system: 'Shorten the letter to one sentence.',
    messages: [
      {
        role: 'user',
        content: [{ type: 'text', text: letter, cache_control: { type: 'ephemeral' } }],
      },
    ],
  })
}

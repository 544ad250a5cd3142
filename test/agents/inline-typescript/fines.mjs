// Says what a late book costs. Its mistake: what it marks to be cached begins with the time of the day.
import Anthropic from '@anthropic-ai/sdk'
import { rulesOf } from './readers.ts'

const client = new Anthropic()
const fees = rulesOf('the cash office', 160)

export function answerAboutFines(question) {
  const now = new Date().toISOString()
  return client.messages.create({
    model: 'claude-sonnet-4-6',
    max_tokens: 300,
    system: [
      {
        type: 'text',
        text: `The time is ${now}.\nYou explain fines to readers, and waive none.\n${fees}`,
        cache_control: { type: 'ephemeral' },
      },
    ],
    messages: [{ role: 'user', content: question }],
  })
}

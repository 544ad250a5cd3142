// Says where a book stands. Its mistake: the time of the day is the first thing in the prompt.
import OpenAI from 'openai'
import { rulesOf } from './readers.ts'

const client = new OpenAI()
const shelves = rulesOf('the reading room', 160)

function instructions(): string {
  return `It is ${new Date().toISOString()} at the library.
You help readers to find their way through the catalogue.
${shelves}`
}

export async function answerAboutCatalogue(question: string) {
  const { choices } = await client.chat.completions.create({
    model: 'gpt-5.4',
    messages: [
      { role: 'system', content: instructions() },
      { role: 'user', content: question },
    ],
  })
  return choices[0]?.message.content
}

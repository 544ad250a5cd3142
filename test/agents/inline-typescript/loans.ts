// Says how long something may be kept. Its mistake stands in its prompt file: the time of the day comes first.
import { readFileSync } from 'node:fs'
import OpenAI from 'openai'

const client = new OpenAI()
const prompt = readFileSync(new URL('loans.md', import.meta.url), 'utf8')

export async function answerAboutLoans(question: string) {
  const { output_text } = await client.responses.create({
    model: 'gpt-5.5',
    instructions: prompt.replace('{{now}}', new Date().toISOString()),
    input: question,
  })
  return output_text
}

// Reads a text of 50,000 lines and finds fifty places in it again, as it was recorded and after somebody edited it; prints the least
// milliseconds of several rounds as JSON.

import { anchorAt, findAgain } from '../../profiler-agent/anchor/anchor'
import { CodeText } from '../../profiler-agent/anchor/code-text'

const FUNCTIONS = 4_545
const PLACES = 50
const ROUNDS = 9
const LINES_OF_ONE = 11

function functionOf(number: number): string {
  return `
export async function answer${number}(question: string) {
  const reply = await client.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: \`Number ${number}: \${question.trim()}\` }],
    max_tokens: ${number * 7},
  })
  // What comes back.
  const rows = reply.choices.map((choice, at) => choice.message.content + at * ${number})
  return rows.filter((row) => row.length > ${number % 17}).join('\\n')
}
`
}

function leastMs(work: () => void): number {
  return Math.min(
    ...Array.from({ length: ROUNDS }, () => {
      const startedAt = performance.now()
      work()
      return performance.now() - startedAt
    }),
  )
}

const text = Array.from({ length: FUNCTIONS }, (_, number) => functionOf(number)).join('')
const edited = text.replace('answer2000(', 'reply(')
const recorded = new CodeText(text, 'desk.ts')
const places = Array.from({ length: PLACES }, (_, index) => {
  const line = 3 + LINES_OF_ONE * index * Math.floor(FUNCTIONS / PLACES)
  const anchor = anchorAt(recorded, line)
  if (!anchor) throw new Error(`no anchor at line ${line}`)
  return { line, anchor }
})

function found(now: string): number {
  return findAgain(new CodeText(now, 'desk.ts'), places).filter((place) => place?.isChanged === false).length
}

if (found(text) !== PLACES || found(edited) !== PLACES) throw new Error('a place was not found again')

const json = JSON.stringify(text)
console.log(
  JSON.stringify({
    parse: leastMs(() => JSON.parse(json)),
    same: leastMs(() => found(text)),
    edited: leastMs(() => found(edited)),
    anchor: leastMs(() => anchorAt(recorded, 3 + LINES_OF_ONE * 1_000)),
  }),
)

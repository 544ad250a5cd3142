// Which line of one run is which of another: by anchors of code that is edited in between.

import assert from 'node:assert/strict'
import { anchorAt } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import { type SeenLine, sameLines } from '../../../profiler-agent/code-costs/same-line'

const CODE = `import { client } from './client'

export async function plan(order: string) {
  const rules = await readRules('plan')
  const reply = await client.create({ model: 'large', messages: [{ role: 'user', content: order }] })
  log('the plan is made', reply.usage)
  return reply.text
}

export async function answer(question: string) {
  if (question.length > 100) {
    const summary = await client.create({ model: 'small', messages: [{ role: 'user', content: question }] })
    return summary.text
  }
  const hits = await search(question)
  const reply = await client.create({ model: 'large', system: hits, messages: [] })
  return reply.text.trim()
}
`

/** Each line with a call, as a run of that code sees it. */
function seen(code: string, file = 'desk.ts'): SeenLine[] {
  const text = new CodeText(code)
  return code.split('\n').flatMap((each, index) => {
    if (!each.includes('client.create')) return []
    const line = index + 1
    const anchor = anchorAt(text, line, each.indexOf('client') + 1)
    return [{ callSite: { file, line }, root: '/desk', ...(anchor ? { anchor } : {}) }]
  })
}

/** `5→7`: the line before and after. */
function pairs(before: readonly SeenLine[], after: readonly SeenLine[]): string[] {
  return [...sameLines(before, after)]
    .map(([right, left]) => `${left.callSite.line}→${right.callSite.line}`)
    .sort((left, right) => Number.parseInt(left, 10) - Number.parseInt(right, 10))
}

describe('the same line in another run', () => {
  it('is the one with the same code, wherever it moved', () => {
    assert.deepEqual(pairs(seen(CODE), seen(CODE)), ['5→5', '12→12', '16→16'])
    assert.deepEqual(pairs(seen(CODE), seen(`// A desk.\n\n${CODE}`)), ['5→7', '12→14', '16→18'])
    const [head = '', plan = '', answer = ''] = CODE.split(/(?=export)/)
    assert.deepEqual(pairs(seen(CODE), seen(`${head}${answer}${plan}`)), ['5→14', '12→5', '16→9'])
  })

  it('is the one in the same place, where its code changed', () => {
    const changed = CODE.replace("model: 'small'", "model: 'tiny', max_tokens: 50")
    assert.deepEqual(pairs(seen(CODE), seen(`\n${changed}`)), ['5→6', '12→13', '16→17'])
  })

  it('is not another line of the same function that this run reached and the other did not', () => {
    const [, short, long] = seen(CODE)
    assert.ok(short && long)
    assert.deepEqual(pairs([short], [long]), [])
  })

  it('is told apart from others of the same code by their order', () => {
    const call = "  await client.create({ model: 'large', messages: [] })"
    const code = (calls: number) => `async function main() {\n${`${call}\n`.repeat(calls)}}\n`
    assert.deepEqual(pairs(seen(code(2)), seen(`\n${code(2)}`)), ['2→3', '3→4'])
    // Which of three is gone nobody can tell, but for the first and the last.
    const left = pairs(seen(code(3)), seen(code(2)))
    assert.ok(!left.includes('2→3') && !left.includes('4→2'), String(left))
  })

  it('is in a file of another name', () => {
    assert.deepEqual(pairs(seen(CODE), seen(CODE, 'office.ts')), ['5→5', '12→12', '16→16'])
  })

  it('without anchors is the one in the same function, by its line or its order', () => {
    const at = (...lines: readonly (readonly [number, string])[]) =>
      lines.map(([line, name]) => ({ callSite: { file: 'desk.ts', line, function: name } }))
    assert.deepEqual(pairs(at([5, 'plan'], [9, 'answer']), at([7, 'plan'], [5, 'answer'])), ['5→7', '9→5'])
    assert.deepEqual(pairs(at([5, 'plan'], [9, 'plan']), at([5, 'plan'], [12, 'plan'])), ['5→5', '9→12'])
    assert.deepEqual(pairs(at([5, 'plan'], [9, 'plan']), at([20, 'plan'])), [])
  })
})

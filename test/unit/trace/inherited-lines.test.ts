// Calls of which nobody knows the line: the later turns of a long loop inside an SDK.
import assert from 'node:assert/strict'
import { RunTrace } from '../../../profiler-agent/trace/trace'
import { RUN } from '../../support/labelled-run'
import { merged, type Texts, traceInput } from '../../support/trace-picture'

/** `id file:line` of each call, `~` before a line that is another call's. */
function linesOf(lines: string, texts: Texts = {}): string[] {
  const trace = new RunTrace(RUN)
  const told = lines.split('\n').filter((line) => line.trim() !== '')
  return merged(told.flatMap((line) => trace.add(traceInput(line, texts))))
    .filter(({ call }) => call)
    .sort((left, right) => left.startedAt - right.startedAt)
    .map(({ id, callSite, attributes }) => {
      const isInherited = attributes['costflame.callsite.inherited'] === true
      return callSite ? `${id} ${isInherited ? '~' : ''}${callSite.file}:${callSite.line}` : id
    })
}

describe('lines of calls without a stack', () => {
  it('are that of the calls before in the same conversation', () => {
    assert.deepEqual(
      linesOf(`
        a 0..10 S1 Tlook Ugo > Clook#1 | parent=r stack=main@app.ts:4
        b 20..30 S1 Tlook Ugo Clook#1 Rx#1 > Clook#2 | parent=r
        c 40..50 S1 Tlook Ugo Clook#1 Rx#1 Clook#2 Ry#2 > Adone | parent=r
      `),
      ['a app.ts:4', 'b ~app.ts:4', 'c ~app.ts:4'],
    )
  })

  it('are that of the agent whose tool it is', () => {
    assert.deepEqual(
      linesOf(
        `
        a 0..10 S1 Task Ugo > Cask#1 | parent=r stack=main@app.ts:4
        b 20..30 S2 Uquestion > Aword | parent=r
        c 40..50 S1 Task Ugo Cask#1 Rword#1 > Adone | parent=r
      `,
        { 'Cask#1': '{"input":"Which coat keeps rain out?"}', Uquestion: 'Which coat keeps rain out?' },
      ),
      ['a app.ts:4', 'b ~app.ts:4', 'c ~app.ts:4'],
    )
  })

  it('are unknown where another agent spoke, or no hook saw the call', () => {
    assert.deepEqual(
      linesOf(`
        a 0..10 S1 Ugo > Adone | parent=r stack=main@app.ts:4
        b 20..30 S2 Uother > Ayes | parent=r
        c 40..50 S1 Ugo Adone Umore > Aagain
      `),
      ['a app.ts:4', 'b', 'c'],
    )
  })
})

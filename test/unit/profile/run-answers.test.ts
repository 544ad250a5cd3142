import assert from 'node:assert/strict'
import type { RunQuestion } from '../../../profiler-agent/model/run-questions'
import { decodeColumns } from '../../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { answerFromRun } from '../../../profiler-agent/profile/run-answers'
import { runOf } from './run-of'

const RUN = runOf(`
  agent desk 0..100 as desk
    call gpt 0..10 failed as first call-id c1
    call gpt 10..20 100+10 $42 system:100/30 output:10/12 as again call-id c1
    tool lookup 20..30 as tool
`)

describe('what a saved run answers', () => {
  it('gives itself as columns, and no other run', () => {
    const answer = answerFromRun(RUN, { ask: 'columns', runIds: ['run-1'] })
    assert.ok(answer.to === 'columns' && answer.columns)
    assert.deepEqual(decodeColumns(answer.columns), columnsOf(RUN))
    assert.throws(() => answerFromRun(RUN, { ask: 'columns', runIds: ['run-1', 'other'] }), /no other runs/)
  })

  it('gives a span with what is below it, and the attempts of its call', () => {
    const found = (spanId: string) => {
      const answer = answerFromRun(RUN, { ask: 'span', runId: 'run-1', spanId })
      return answer.to === 'span' ? answer.found : undefined
    }
    assert.equal(found('desk')?.totals.cost?.picoUsd, 42)
    assert.equal(found('desk')?.totals.attempts, 1)
    assert.deepEqual(found('again')?.attempts, ['first', 'again'])
    assert.deepEqual(found('tool')?.attempts, [])
    assert.equal(found('gone'), null)
  })

  it('gives parts in the order asked', () => {
    const answer = answerFromRun(RUN, { ask: 'parts', runId: 'run-1', spanIds: ['tool', 'again', 'gone'] })
    assert.ok(answer.to === 'parts')
    assert.deepEqual(
      answer.segments.map((segments) => segments.map(({ kind }) => kind)),
      [[], ['system', 'output'], []],
    )
  })

  it('gives the parts of a prompt, without their texts', () => {
    const promptOf = (spanId: string) => {
      const answer = answerFromRun(RUN, { ask: 'prompt', runId: 'run-1', spanId })
      return answer.to === 'prompt' ? answer.prompt : undefined
    }
    const prompt = promptOf('again')
    assert.deepEqual(
      [...(prompt?.blocks ?? []), ...(prompt?.reply ?? [])].map(({ kind, text, tokens, picoUsd }) => [
        ...[kind, text, tokens, picoUsd],
      ]),
      [
        ['system', null, 100, 30],
        ['output', null, 10, 12],
      ],
    )
    assert.equal(promptOf('tool'), null)
    assert.equal(promptOf('first'), null)
  })

  it('gives the run itself by its id', () => {
    const answer = answerFromRun(RUN, { ask: 'span', runId: 'run-1', spanId: 'run-1' })
    assert.ok(answer.to === 'span')
    assert.deepEqual([answer.found?.span.kind, answer.found?.totals.cost?.picoUsd], ['run', 42])
  })

  it('says in a sentence what it does not hold', () => {
    const questions: RunQuestion[] = [
      { ask: 'text', hash: 'a' },
      { ask: 'promptShares', runId: 'run-1' },
      { ask: 'invocations', runId: 'run-1' },
      { ask: 'limits', runId: 'run-1' },
      { ask: 'otherRuns', runId: 'run-1' },
    ]
    for (const question of questions)
      assert.throws(() => answerFromRun(RUN, question), /^Error: A saved run .*\.$/)
  })
})

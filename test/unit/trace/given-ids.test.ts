// Agents and steps whose program gives several of them one id, such as that of the request that they all serve.

import assert from 'node:assert/strict'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import { RunTrace } from '../../../profiler-agent/trace/trace'
import { RUN } from '../../support/labelled-run'
import { merged, traceInput } from '../../support/trace-picture'

/** The spans of calls, with a profiler that is started anew before each, or one for all. */
function spansOf(lines: readonly string[], isRestarted: boolean): SpanRecord[] {
  let spans: SpanRecord[] = []
  let trace = new RunTrace(RUN)
  for (const line of lines) {
    if (isRestarted) {
      const ids = new Set(spans.map(({ id }) => id))
      trace = new RunTrace(RUN, { spans, calls: [], hasSpan: (id) => ids.has(id) })
    }
    spans = merged([...spans, ...trace.add(traceInput(line))])
  }
  return spans
}

const linesOf = (spans: readonly SpanRecord[], ...kinds: SpanRecord['kind'][]) =>
  spans
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ id, kind, name, parentId }) => `${kind} ${kind === 'chat' ? id : name} in ${parentId}`)
    .sort()

describe('an id that a program gives', () => {
  for (const isRestarted of [false, true]) {
    const when = isRestarted ? 'after a restart' : 'in one process'

    it(`to agents of two names means two agents, ${when}`, () => {
      const spans = spansOf(
        [
          'a 0..10 S1 Uq > A1 | agent=planner;req-17',
          'b 20..30 S2 Ux > A2 | agent=writer;req-17',
          'c 40..50 S1 Uy > A3 | agent=planner;req-17',
          'd 60..70 S2 Uz > A4 | agent=writer;req-17',
        ],
        isRestarted,
      )
      assert.deepEqual(linesOf(spans, 'agent'), ['agent planner in run', 'agent writer in run'])
      const agentOf = (id: string) => spans.find((span) => span.id === id)?.agent
      assert.deepEqual(['a', 'b', 'c', 'd'].map(agentOf), ['planner', 'writer', 'planner', 'writer'])
      assert.deepEqual(
        spans.filter(({ kind }) => kind === 'agent').map(({ id }) => id),
        ['req-17', 'writer;req-17'],
      )
    })

    it(`to an agent and to steps of several names and agents means each of them, ${when}`, () => {
      const calls = ['planner', 'writer'].flatMap((agent) => ['think', 'draft'].map((step) => [agent, step]))
      const spans = spansOf(
        [...calls, ...calls].map(
          ([agent, step], index) =>
            `c${index} ${index * 20}..${index * 20 + 10} S${agent} U${index} > A${index} | agent=${agent};r step=${step};r`,
        ),
        isRestarted,
      )
      assert.deepEqual(linesOf(spans, 'agent', 'step'), [
        'agent planner in run',
        'agent writer in run',
        'step draft in r',
        'step draft in writer;r',
        'step think in r',
        'step think in writer;r',
      ])
      const placeOf = (id: string) => {
        const { agent, step } = spans.find((span) => span.id === id) ?? {}
        return [agent, step]
      }
      assert.deepEqual(
        [...calls, ...calls].map((_, index) => placeOf(`c${index}`)),
        [...calls, ...calls],
      )
    })
  }

  it('to steps of two names whose agent nobody names means two steps', () => {
    const spans = spansOf(['a 0..10 S1 Uq > A1 | step=plan;r', 'b 20..30 S2 Ux > A2 | step=write;r'], false)
    assert.deepEqual(
      spans.filter(({ kind }) => kind === 'chat').map(({ step }) => step),
      ['plan', 'write'],
    )
  })
})

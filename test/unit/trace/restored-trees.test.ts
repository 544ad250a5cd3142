// Trees of labelled runs when the profiler is started anew in their middle, when they are imported, and when two processes record them.

import assert from 'node:assert/strict'
import type { HashedBlock, SpanRecord } from '../../../profiler-agent/model/record'
import { expandPrompt } from '../../../profiler-agent/store/reader'
import type { TraceInput } from '../../../profiler-agent/trace/exchange-facts'
import { type EarlierTrace, RunTrace } from '../../../profiler-agent/trace/trace'
import { inputsOf, judgementOf, type LabelledRun, RUN, type Sight, said } from '../../support/labelled-run'
import { merged } from '../../support/trace-picture'
import { LABELLED_RUNS } from '../../support/tree-accuracy'

/** What the store hands to the next process. */
function earlier(spans: readonly SpanRecord[], inputs: readonly TraceInput[]): EarlierTrace {
  const prompts = new Map<string, readonly HashedBlock[]>()
  const texts = new Map(
    inputs.flatMap(({ prompt, reply, reading }) => [
      ...prompt.map(({ hash }, index) => [hash, reading.prompt[index]?.content ?? ''] as const),
      ...reply.map(({ hash }, index) => [hash, reading.reply[index]?.content ?? ''] as const),
    ]),
  )
  const calls = spans.flatMap(({ id, call, endedAt }) => {
    if (!call) return []
    const base = prompts.get(call.baseSpanId ?? '') ?? []
    const prompt = expandPrompt(call.prompt, base).map(({ unchanged: _, ...block }) => block)
    prompts.set(id, prompt)
    return [{ spanId: id, prompt, reply: call.reply, modelCall: call.modelCall, endedAt }]
  })
  const ids = new Set(spans.map(({ id }) => id))
  return {
    spans: spans.map(({ call: _, ...span }) => span).toSorted((a, b) => a.startedAt - b.startedAt),
    calls: calls.toSorted((a, b) => a.endedAt - b.endedAt),
    hasSpan: (id) => ids.has(id),
    textOf: (hash) => texts.get(hash),
  }
}

/** The spans of a run whose profiler is started anew after so many calls. */
function interrupted(run: LabelledRun, sight: Sight, after: number): SpanRecord[] {
  const inputs = inputsOf(run, sight)
  const first = new RunTrace(RUN)
  const before = merged([
    ...said(run, sight).flatMap((span) => first.addDeclared(span)),
    ...inputs.slice(0, after).flatMap((input) => first.add(input)),
  ])
  const second = new RunTrace(RUN, earlier(before, inputs))
  return merged([...before, ...inputs.slice(after).flatMap((input) => second.add(input))])
}

describe('the tree of a labelled run', () => {
  for (const sight of ['traffic', 'hook', 'api'] as const)
    for (const run of LABELLED_RUNS)
      it(`goes on where it was after a restart, wherever that comes, ${sight}: ${run.name}`, () => {
        const expected = sight === 'hook' ? run.hookTree : run.tree
        for (let after = 1; after < Math.min(run.lines.length, 20); after++)
          assert.deepEqual(
            judgementOf(expected, interrupted(run, sight, after)).wrong,
            [],
            `after ${after} calls`,
          )
      })
})

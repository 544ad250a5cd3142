// Whatever the tree, sums over it are the sums of its calls, and a run that was measured while it grew measures the same.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RunMeasure } from '../../../../profiler-agent/budgets/measure/run-measure'
import type { Measured, MeasuredKind } from '../../../../profiler-agent/model/budget'
import { randomTree, type Spans } from './random-tree'

const RUN = { id: 'run', startedAt: 0, endedAt: 100 }

function measuredAll(spans: Spans): Measured[] {
  const measure = new RunMeasure(RUN)
  for (const span of spans) measure.put(span)
  return measure.all()
}

const billedIn = (spans: Spans) => spans.filter((span) => span.modelCall?.billed && span.status !== 'blocked')
const sum = (values: readonly (number | null | undefined)[]) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)
const picoIn = ({ use }: Measured) => sum(Object.values(use).map(({ picoUsd }) => picoUsd))
const byKey = (measured: readonly Measured[]) =>
  new Map(measured.map((each) => [`${each.kind} ${each.id}`, each]))

/** The nearest agent above a span, or the span itself. */
function agentOf(spans: Spans, id: string | undefined): string | undefined {
  const span = spans.find((each) => each.id === id)
  return span === undefined || span.kind === 'agent' ? span?.id : agentOf(spans, span.parentId)
}

/** All agents above a span, itself included. */
function agentsAbove(spans: Spans, id: string | undefined): string[] {
  const span = spans.find((each) => each.id === id)
  if (!span) return []
  return [...(span.kind === 'agent' ? [span.id] : []), ...agentsAbove(spans, span.parentId)]
}

describe('sums over a run', () => {
  it('are the sums of its calls', () => {
    fc.assert(
      fc.property(randomTree, (spans) => {
        const [run] = measuredAll(spans)
        assert.ok(run)
        const billed = billedIn(spans)
        assert.equal(picoIn(run), sum(billed.map(({ modelCall }) => modelCall?.cost?.picoUsd)))
        const tokens = billed.map(({ kind, modelCall }) => {
          const { inputTokens = null, outputTokens = null } = modelCall?.usage ?? {}
          return [inputTokens, kind === 'chat' ? outputTokens : (outputTokens ?? 0)]
        })
        const { totalTokens } = run.values
        assert.equal(totalTokens?.value ?? 0, sum(tokens.flat()))
        const isWhole = !tokens.flat().includes(null)
        assert.equal(totalTokens?.atLeast === undefined && totalTokens?.value !== null, isWhole)
      }),
    )
  })

  it('count each call in exactly one invocation, and in the workflow of each agent above it', () => {
    fc.assert(
      fc.property(randomTree, (spans) => {
        const measured = measuredAll(spans)
        const reached = spans.filter(({ modelCall, status }) => modelCall && status !== 'blocked')
        for (const [kind, ownersOf] of [
          ['agent', (id: string) => [agentOf(spans, id)]],
          ['workflow', (id: string) => agentsAbove(spans, id)],
        ] as const satisfies [MeasuredKind, unknown][])
          for (const { id, calls } of measured.filter((each) => each.kind === kind)) {
            const own = reached.filter((call) => ownersOf(call.id).includes(id))
            assert.deepEqual(calls.toSorted(), own.map((call) => call.id).sort())
          }
      }),
    )
  })

  it('are the same when spans come in any order, move, change and go', () => {
    const grown = fc.record({
      spans: randomTree,
      order: fc.infiniteStream(fc.nat()),
      elsewhere: fc.infiniteStream(fc.integer({ min: -1, max: 30 })),
      looked: fc.infiniteStream(fc.boolean()),
    })
    fc.assert(
      fc.property(grown, ({ spans, order, elsewhere, looked }) => {
        const measure = new RunMeasure(RUN)
        const seen = new Map<string, Measured>()
        const look = () => {
          // Lists and sums may grow under whoever holds them.
          for (const [key, each] of byKey(measure.takeChanged())) seen.set(key, structuredClone(each))
        }
        const put = (span: Spans[number]) => {
          measure.put(span)
          if (looked.next().value) look()
        }
        const shuffled = spans.map((span) => [order.next().value, span] as const)
        shuffled.sort(([left], [right]) => left - right)
        for (const [, span] of shuffled) {
          const parentId = `span-${elsewhere.next().value}`
          const { modelCall: _, ...bare } = span
          put({ ...bare, parentId: parentId === span.id ? 'run' : parentId })
        }
        const extra = { id: 'extra', name: 'x', parentId: 'span-0', status: 'ok', attributes: {} } as const
        put({ ...extra, kind: 'agent', startedAt: 1, endedAt: 2 })
        put({ ...extra, kind: 'agent', startedAt: 1, endedAt: 2, isGone: true } as never)
        for (const span of spans) put(span)
        look()
        const whole = measuredAll(spans)
        assert.deepEqual(plain(measure.all()), plain(whole))
        for (const [key, each] of byKey(whole)) assert.deepEqual(plain([seen.get(key)]), plain([each]))
      }),
      { numRuns: 300 },
    )
  })
})

/** In one order; calls that began at one moment stand in any. */
function plain(measured: readonly (Measured | undefined)[]): unknown[] {
  return measured
    .flatMap((each) => each ?? [])
    .map(({ calls, ...each }) => ({ ...each, calls: calls.toSorted() }))
    .sort((left, right) => `${left.kind} ${left.id}`.localeCompare(`${right.kind} ${right.id}`))
}

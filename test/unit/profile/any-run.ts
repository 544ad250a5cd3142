// Any run at all, for property tests: parents that do not exist and circles, retries, several inferences of one exchange, unknown and
// partial usage, calls without a price, parts that do not fit, clocks that step back, years between two calls.

import fc from 'fast-check'
import type { Finding } from '../../../profiler-agent/model/finding'
import type { ModelCall, Run, Segment, Span } from '../../../profiler-agent/model/span'
import { totalsOf } from '../../../profiler-agent/model/totals'
import { type UsageOrigin, usageOf } from '../../../profiler-agent/model/usage'
import { PART_CACHES, PART_KINDS, SPAN_KINDS, SPAN_STATUSES } from '../../../profiler-agent/profile/columns'

const START = Date.parse('2026-11-20T09:00:00.000Z')
/** A week, and a clock that stepped back by an hour. */
const MOMENT = fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: -3_600_000, max: 604_800_000 }))

const unknownOr = (most: number) => fc.option(fc.nat(most), { freq: 4 })

const SEGMENT: fc.Arbitrary<Segment> = fc.record({
  path: fc.constantFrom('system', 'tools[0]', 'messages[3]', 'output'),
  kind: fc.constantFrom(...PART_KINDS),
  tokens: fc.nat(400),
  picoUsd: unknownOr(4_000_000),
  cache: fc.constantFrom(...PART_CACHES),
  hash: fc.constantFrom('', 'a', 'b'),
  estimate: fc.constant(true),
})

const USAGE = fc.record({
  uncached: unknownOr(2_000),
  read: unknownOr(2_000),
  write: unknownOr(2_000),
  output: unknownOr(2_000),
  origin: fc.constantFrom<UsageOrigin>('reported', 'partial', 'estimated', 'unknown'),
})

const CALL: fc.Arbitrary<ModelCall> = fc
  .record({
    billed: fc.boolean(),
    usage: USAGE,
    picoUsd: unknownOr(9_000_000_000_000),
    atLeast: fc.boolean(),
    logical: fc.nat(6),
    number: fc.integer({ min: 1, max: 3 }),
    segments: fc.array(SEGMENT, { maxLength: 5 }),
  })
  .map(({ billed, usage, picoUsd, atLeast, logical, number, segments }) => ({
    ...{ provider: 'openai', wireFormat: 'openai.chat', endpoint: '/v1/chat/completions' },
    ...{ requestModel: 'some-model', stream: false, httpStatus: billed ? 200 : 500 },
    billed,
    attempt: { logicalId: `call ${logical}`, number },
    usage: billed ? usageFrom(usage) : usageOf(NOTHING, 'unknown', null),
    cost: billed && picoUsd !== null ? costOf(picoUsd, atLeast) : null,
    segments,
  }))

const NOTHING = { uncachedInputTokens: null, cacheReadTokens: null, outputTokens: null }

function usageFrom({
  uncached,
  read,
  write,
  output,
  origin,
}: Record<'uncached' | 'read' | 'write' | 'output', number | null> & { origin: UsageOrigin }) {
  const buckets = { uncachedInputTokens: uncached, cacheReadTokens: read, outputTokens: output }
  return usageOf({ ...buckets, cacheWriteTokens: { '5m': write } }, origin, null)
}

function costOf(picoUsd: number, atLeast: boolean): NonNullable<ModelCall['cost']> {
  const cacheWrite = { '5m': 0, '30m': 0, '1h': 0, '12h': 0, unknown: 0 }
  return {
    ...{ picoUsd, usd: picoUsd / 1e12, source: 'catalog', ...(atLeast ? { atLeast } : {}) },
    byBucket: { uncachedInput: picoUsd, cacheRead: 0, cacheWrite: 0, output: 0, units: 0 },
    prices: { uncachedInput: 1, cacheRead: 0, cacheWrite, output: 1, units: {} },
    ...{ book: 'test', pricedAt: '2026-11-20', pricedAtBasis: 'call' },
  }
}

/** Innermost first. */
const STACKS = [
  [{ file: 'src/desk.ts', line: 12, function: 'answer' }],
  [
    { file: 'src/desk.ts', line: 14, function: 'answer' },
    { file: 'src/main.ts', line: 3 },
  ],
  [
    { file: 'src/orders.ts', line: 8, column: 5, function: 'answer' },
    { file: 'src/desk.ts', line: 20, function: 'plan' },
    { file: 'src/main.ts', line: 3 },
  ],
]

const SPAN = fc.record({
  parent: fc.option(fc.nat(30)),
  kind: fc.constantFrom(...SPAN_KINDS),
  status: fc.constantFrom(...SPAN_STATUSES),
  start: MOMENT,
  duration: fc.oneof(fc.nat(300), fc.double({ min: -5, max: 90_000, noNaN: true })),
  call: fc.option(CALL),
  stack: fc.option(fc.constantFrom(...STACKS)),
})

const SAVING = fc.record({
  picoUsd: fc.nat(9_000_000_000_000),
  perRun: fc.boolean(),
  spans: fc.array(fc.nat(30)),
})

export const ANY_RUN: fc.Arbitrary<Run> = fc
  .record({ spans: fc.array(SPAN, { maxLength: 30 }), savings: fc.array(SAVING, { maxLength: 4 }) })
  .map(({ spans, savings }) => runWith(spans.map(spanOf), savings.map(findingOf)))

function spanOf(
  {
    parent,
    kind,
    status,
    start,
    duration,
    call,
    stack,
  }: typeof SPAN extends fc.Arbitrary<infer T> ? T : never,
  index: number,
): Span {
  const isBlocked = status === 'blocked' && call?.billed === true
  return {
    id: `s${index}`,
    ...(parent === null ? {} : { parentId: `s${parent}` }),
    ...{ parentBasis: 'hook', kind, name: `${kind} ${index % 7}`, agent: 'desk', attributes: {} },
    // What is refused is not billed.
    status: isBlocked ? 'ok' : status,
    startTime: new Date(START + start).toISOString(),
    endTime: new Date(START + start + duration).toISOString(),
    durationMs: Math.round(duration * 1000) / 1000,
    ...(call === null ? {} : { modelCall: call }),
    ...(stack?.[0] === undefined ? {} : { callSite: { ...stack[0], stack } }),
  }
}

function findingOf(
  { picoUsd, perRun, spans }: { picoUsd: number; perRun: boolean; spans: number[] },
  index: number,
): Finding {
  return {
    ...{ id: `f${index}`, rule: 'cache/miss', severity: 'warning', message: 'miss', runId: 'run-1' },
    spanIds: spans.map((span) => `s${span}`),
    relatedLocations: [],
    evidence: {},
    saving: { picoUsd, perRun, assumption: 'as before', certainty: 'expected' },
  }
}

function runWith(spans: Span[], findings: Finding[]): Run {
  return {
    ...{ id: 'run-1', name: 'node desk.mjs', startTime: new Date(START).toISOString(), tags: {} },
    totals: totalsOf(spans),
    spans,
    findings,
  }
}

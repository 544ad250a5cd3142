// A run as a picture, for tests: one line a span, indented by depth.
//   agent desk 0..100
//     call gpt 5..38 900+20 $30 system:600/18 user:300/7 output:20/5
// Times are ms; `900+20` tokens in and out; `$30` pico-dollars (absent: no price known); then the segments, kind:tokens/pico-dollars.
// Further words: `failed` (status error, not billed), `as ID` (the span's id), `under ID` (its parent), `call-id ID` (one logical call).

import type { ModelCall, Run, Segment, SegmentKind, Span, SpanKind } from '../../../profiler-agent/model/span'
import { totalsOf } from '../../../profiler-agent/model/totals'
import { unknownUsage, usageOf } from '../../../profiler-agent/model/usage'

const START = Date.parse('2026-11-20T09:00:00.000Z')

export function runOf(picture: string): Run {
  const spans: Span[] = []
  const open: { indent: number; id: string }[] = []
  for (const line of picture.split('\n').filter((text) => text.trim() !== '')) {
    const indent = line.length - line.trimStart().length
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    const span = spanOf(line.trim().split(/\s+/), spans.length, open.at(-1)?.id)
    spans.push(span)
    open.push({ indent, id: span.id })
  }
  return {
    id: 'run-1',
    name: 'node desk.mjs',
    root: '/shop',
    startTime: iso(0),
    endTime: iso(1000),
    tags: {},
    totals: totalsOf(spans),
    spans,
    findings: [],
  }
}

function spanOf(words: readonly string[], index: number, parent: string | undefined): Span {
  const [kind = '', name = '', times = '0..0', ...rest] = words
  const [start = 0, end = 0] = times.split('..').map(Number)
  const after = (word: string) => (rest.includes(word) ? rest[rest.indexOf(word) + 1] : undefined)
  const id = after('as') ?? `s${index}`
  const parentId = after('under') ?? parent
  return {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    parentBasis: 'hook',
    kind: (kind === 'call' ? 'chat' : kind) as SpanKind,
    name,
    startTime: iso(start),
    endTime: iso(end),
    durationMs: Math.max(0, end - start),
    status: rest.includes('failed') ? 'error' : 'ok',
    attributes: {},
    ...(kind === 'call' ? { modelCall: callOf(name, rest, after('call-id') ?? id) } : {}),
  }
}

function callOf(model: string, words: readonly string[], logicalId: string): ModelCall {
  const billed = !words.includes('failed')
  const tokens = words.find((word) => /^\d+\+\d+$/.test(word))
  const [input = 0, output = 0] = (tokens ?? '').split('+').map(Number)
  const price = words.find((word) => word.startsWith('$'))
  return {
    provider: 'openai',
    wireFormat: 'openai.chat',
    endpoint: '/v1/chat/completions',
    requestModel: model,
    stream: false,
    billed,
    attempt: { logicalId, number: 1 },
    httpStatus: billed ? 200 : 500,
    usage:
      tokens === undefined
        ? unknownUsage()
        : usageOf({ uncachedInputTokens: input, cacheReadTokens: 0, outputTokens: output }, 'reported', null),
    cost: price === undefined ? null : costOf(Number(price.slice(1))),
    segments: words.filter((word) => word.includes(':')).map(segmentOf),
  }
}

function costOf(picoUsd: number): NonNullable<ModelCall['cost']> {
  const cacheWrite = { '5m': 0, '30m': 0, '1h': 0, '12h': 0, unknown: 0 }
  return {
    picoUsd,
    usd: picoUsd / 1e12,
    source: 'catalog',
    byBucket: { uncachedInput: picoUsd, cacheRead: 0, cacheWrite: 0, output: 0, units: 0 },
    prices: { uncachedInput: 1, cacheRead: 0, cacheWrite, output: 1, units: {} },
    book: 'test',
    pricedAt: iso(0),
    pricedAtBasis: 'call',
  }
}

function segmentOf(word: string): Segment {
  const [, kind = '', tokens = '0', picoUsd] = /^(\w+):(\d+)(?:\/(\d+))?$/.exec(word) ?? []
  return {
    path: kind,
    kind: kind as SegmentKind,
    tokens: Number(tokens),
    picoUsd: picoUsd === undefined ? null : Number(picoUsd),
    cache: kind === 'output' ? 'none' : 'fresh',
    hash: '',
    estimate: true,
  }
}

function iso(ms: number): string {
  return new Date(START + ms).toISOString()
}

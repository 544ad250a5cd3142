// Spans, calls and runs as the outside knows them, with only what a test is about left to say.

import { usdOf } from '../../profiler-agent/model/money'
import type { Cost, ModelCall, Run, Span } from '../../profiler-agent/model/span'
import { totalsOf } from '../../profiler-agent/model/totals'
import { usageOf } from '../../profiler-agent/model/usage'

/** Ten tokens in for 1,000 pico-dollars each, five out for 2,000 each, unless it is said otherwise. */
export function costOf(input = 10_000, output = 10_000): Cost {
  return {
    picoUsd: input + output,
    usd: usdOf(input + output),
    source: 'catalog',
    byBucket: { uncachedInput: input, cacheRead: 0, cacheWrite: 0, output, units: 0 },
    prices: {
      uncachedInput: 1000,
      cacheRead: 100,
      cacheWrite: { '5m': 1250, '30m': 1250, '1h': 2000, '12h': 2000, unknown: 1250 },
      output: 2000,
      units: {},
    },
    book: 'test book 1',
    pricedAt: '2026-11-22T10:00:00.000Z',
    pricedAtBasis: 'call',
  }
}

export function modelCallOf(said: Partial<ModelCall> = {}): ModelCall {
  return {
    provider: 'openai',
    wireFormat: 'openai-chat',
    endpoint: '/v1/chat/completions',
    requestModel: 'gpt-5-mini',
    stream: false,
    billed: true,
    attempt: { logicalId: 'call', number: 1 },
    httpStatus: 200,
    usage: usageOf({ uncachedInputTokens: 10, cacheReadTokens: null, outputTokens: 5 }, 'reported', null),
    cost: costOf(),
    segments: [],
    ...said,
  }
}

export function spanOf(said: Partial<Span> & Pick<Span, 'id'>): Span {
  return {
    parentId: 'run',
    parentBasis: 'none',
    kind: 'chat',
    name: said.id,
    startTime: '2026-11-22T10:00:00.000Z',
    endTime: '2026-11-22T10:00:01.000Z',
    durationMs: 1000,
    status: 'ok',
    attributes: {},
    ...said,
  }
}

/** A chat span with a model call that is the first attempt of a call of its own. */
export function callSpan(id: string, call: Partial<ModelCall> = {}, said: Partial<Span> = {}): Span {
  return spanOf({
    id,
    modelCall: modelCallOf({ attempt: { logicalId: id, number: 1 }, ...call }),
    ...said,
  })
}

export function runOf(spans: readonly Span[], said: Partial<Run> = {}): Run {
  return {
    id: 'run',
    name: 'node agent.mjs',
    startTime: '2026-11-22T10:00:00.000Z',
    endTime: '2026-11-22T10:00:01.000Z',
    tags: {},
    totals: totalsOf(spans),
    spans,
    findings: [],
    ...said,
  }
}

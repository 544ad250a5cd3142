// Runs that are unlike most: each has a state of the flame graph page that was designed for it.

import type { Run, Segment, Span } from '../../profiler-agent/model/span'
import { usageOf } from '../../profiler-agent/model/usage'
import { callSpan, runOf, spanOf } from './spans'

const NOT_BILLED = {
  billed: false,
  usage: usageOf({ uncachedInputTokens: null, cacheReadTokens: null, outputTokens: null }, 'unknown', null),
  cost: null,
}

const agent = (said: Partial<Span> = {}) =>
  spanOf({ id: 'agent', kind: 'agent', name: 'clerk', agent: 'clerk', ...said })

const under = { parentId: 'agent', agent: 'clerk' } as const

function failedCall(id: string): Span {
  return callSpan(
    id,
    { ...NOT_BILLED, httpStatus: 500, error: { status: 500, message: 'overloaded' } },
    { ...under, status: 'error' },
  )
}

function segment(path: string, kind: Segment['kind'], tokens: number, picoUsd: number): Segment {
  return { path, kind, tokens, picoUsd, cache: 'fresh', hash: `hash of ${path}`, estimate: true }
}

export const MARKUP_NAME = '<img src=x onerror="document.title=1"><b>bold</b>'
export const RIGHT_TO_LEFT_NAME = 'סוכן התמיכה \u202egnp.exe'
export const EMOJI_NAME = '🛒🧾 order 👩‍👩‍👧‍👦'

const namedCalls = [MARKUP_NAME, RIGHT_TO_LEFT_NAME, EMOJI_NAME].map((name, index) =>
  callSpan(`call-${index}`, {}, { ...under, name }),
)

const WEEK_LATER = '2026-11-29T10:00:00.000Z'

export const ODD_RUNS = {
  'no calls': runOf([], { name: 'empty' }),
  'one call': runOf([withoutParent(callSpan('only'))]),
  'all failed': runOf([agent(), failedCall('first'), failedCall('second')]),
  'no prices': runOf([
    agent(),
    callSpan('a', { cost: null, unpricedReason: 'no price for model "own-7b"' }, under),
    callSpan('b', { cost: null, unpricedReason: 'no price for model "own-7b"' }, under),
  ]),
  'no width': runOf([
    agent(),
    callSpan('paid', {}, under),
    spanOf({
      id: 'instant',
      kind: 'tool',
      name: 'instant',
      durationMs: 0,
      ...under,
      endTime: '2026-11-22T10:00:00.000Z',
    }),
  ]),
  'strange names': runOf([agent({ name: MARKUP_NAME, agent: MARKUP_NAME }), ...namedCalls], {
    name: MARKUP_NAME,
  }),
  'a week': runOf(
    [
      agent({ endTime: WEEK_LATER, durationMs: 7 * 86_400_000 }),
      callSpan('early', {}, under),
      callSpan('late', {}, { ...under, startTime: '2026-11-29T09:59:59.000Z', endTime: WEEK_LATER }),
    ],
    { endTime: WEEK_LATER },
  ),
  'clock set back': runOf([
    agent(),
    callSpan(
      'before',
      {},
      { ...under, startTime: '2026-11-22T10:00:00.500Z', endTime: '2026-11-22T10:00:01.000Z' },
    ),
    callSpan(
      'after',
      {},
      {
        ...under,
        startTime: '2026-11-22T09:59:58.000Z',
        endTime: '2026-11-22T09:59:57.000Z',
        durationMs: 400,
      },
    ),
  ]),
  blocked: runOf([
    agent(),
    callSpan('paid', {}, under),
    callSpan(
      'refused',
      { ...NOT_BILLED, httpStatus: 402 },
      { ...under, status: 'blocked', attributes: { 'costflame.avoided_pico_usd': 30_000_000_000 } },
    ),
  ]),
  'parts of prompts': runOf([
    agent(),
    callSpan(
      'with parts',
      {
        segments: [
          segment('system', 'system', 4, 4_000),
          { ...segment('tools[0]', 'tool_def', 3, 3_000), name: 'look_up' },
          segment('messages[0]', 'user', 3, 3_000),
          segment('output', 'output', 5, 10_000),
        ],
      },
      under,
    ),
    callSpan('without parts', {}, under),
  ]),
} as const satisfies Record<string, Run>

function withoutParent({ parentId: _, ...span }: Span): Span {
  return span
}

// Puts the run of `large-run.ts` into a store as the pipeline would: calls with prompts that go on from the call before in their step.

import { hash } from 'node:crypto'
import type { HashedBlock, PromptPart, SpanRecord } from '../../profiler-agent/model/record'
import type { Cost, ModelCall } from '../../profiler-agent/model/span'
import { usageOf } from '../../profiler-agent/model/usage'
import {
  at,
  Flag,
  hasFlag,
  type RunColumns,
  SPAN_KINDS,
  SPAN_STATUSES,
  spanId,
} from '../../profiler-agent/profile/columns'
import type { Store } from '../../profiler-agent/store/store'

const AT_ONCE = 1_000
const SHARED: readonly HashedBlock[] = [
  block('tools[0]', 'tool_def', 'get_order: finds an order'),
  block('system', 'system', 'You help people with their orders.'),
]

/** Gives the id of the run. */
export function storeLargeRun(store: Store, columns: RunColumns): string {
  const { id, name, startTime } = columns.head
  const startedAt = Date.parse(startTime)
  store.addRun({ id, name, root: '/shop', startedAt, tags: {}, defaults: {} })
  const last = new Map<number, { readonly id: string; readonly blocks: number }>()
  const contents = SHARED.map(({ hash }) => ({ hash, text: hash }))
  for (let first = 1; first < columns.count; first += AT_ONCE) {
    const spans: SpanRecord[] = []
    for (let span = first; span < Math.min(first + AT_ONCE, columns.count); span++)
      spans.push(recordOf(columns, span, startedAt, last))
    const texts = spans.flatMap(({ call }) => [...(call?.prompt ?? []), ...(call?.reply ?? [])])
    const fresh = texts.flatMap((part) =>
      'hash' in part ? [{ hash: part.hash, text: `${part.path} ${part.hash} says something`.repeat(4) }] : [],
    )
    store.write(id, { spans, contents: first === 1 ? [...contents, ...fresh] : fresh }, startedAt + first)
  }
  store.endRun(id, startedAt + columns.count)
  return id
}

function recordOf(
  columns: RunColumns,
  span: number,
  zero: number,
  last: Map<number, { readonly id: string; readonly blocks: number }>,
): SpanRecord {
  const { strings } = columns
  const parent = at(columns.parent, span)
  const id = spanId(columns, span)
  const startedAt = zero + at(columns.start, span)
  const record: SpanRecord = {
    ...{ id, runId: columns.head.id, parentBasis: 'hook' },
    ...(parent > 0 ? { parentId: spanId(columns, parent) } : {}),
    kind: SPAN_KINDS[at(columns.kind, span)] ?? 'other',
    name: strings[at(columns.name, span)] ?? '',
    status: SPAN_STATUSES[at(columns.status, span)] ?? 'ok',
    ...{ startedAt, endedAt: startedAt + at(columns.duration, span) },
    ...{ agent: strings[at(columns.agent, span)] ?? '', attributes: {} },
  }
  if (!hasFlag(columns, span, Flag.call)) return record
  const base = last.get(parent)
  const blocks = base?.blocks ?? 2
  last.set(parent, { id, blocks: blocks + 2 })
  const said = [
    block(`messages[${blocks}]`, 'user', `question ${span}`),
    block(`messages[${blocks + 1}]`, 'tool_result', `result ${span}`),
  ]
  const prompt: readonly PromptPart[] = base ? [[0, base.blocks], ...said] : [...SHARED, ...said]
  const frames = [
    { file: 'src/model.ts', line: 7, column: 3, function: 'ask' },
    { file: `src/agents/${record.agent}.ts`, line: 40 + (span % 4), column: 9, function: 'answer' },
    { file: 'src/main.ts', line: 12, column: 1, function: 'main' },
  ]
  return {
    ...record,
    attributes: {
      'url.full': 'https://api.anthropic.com/v1/messages',
      'http.request.method': 'POST',
      'http.response.status_code': 200,
    },
    callSite: { ...frames[0], file: 'src/model.ts', line: 7, stack: frames },
    call: {
      modelCall: callOf(columns, span, id),
      ...(base ? { baseSpanId: base.id } : {}),
      prompt,
      reply: [block('output[0]', 'output', `answer ${span}`)],
    },
  }
}

function callOf(columns: RunColumns, span: number, id: string): Omit<ModelCall, 'segments'> {
  const billed = hasFlag(columns, span, Flag.billed)
  const tokens = (column: Int32Array) => (billed ? at(column, span) : null)
  const model = columns.strings[at(columns.model, span)] ?? ''
  const buckets = {
    uncachedInputTokens: tokens(columns.uncachedTokens),
    cacheReadTokens: tokens(columns.cacheReadTokens),
    cacheWriteTokens: { '5m': tokens(columns.cacheWriteTokens) },
    outputTokens: tokens(columns.outputTokens),
  }
  const raw = { input_tokens: buckets.uncachedInputTokens, output_tokens: buckets.outputTokens }
  const picoUsd = at(columns.picoUsd, span)
  return {
    ...{ provider: 'anthropic', wireFormat: 'anthropic.messages', endpoint: '/v1/messages' },
    ...{ requestModel: model, responseModel: model, responseId: `msg_${span}`, finishReason: 'end_turn' },
    ...{ stream: hasFlag(columns, span, Flag.streamed), billed, httpStatus: billed ? 200 : 500 },
    attempt: { logicalId: id, number: 1 },
    usage: usageOf(buckets, billed ? 'reported' : 'unknown', billed ? raw : null),
    cost: Number.isNaN(picoUsd) ? null : costOf(columns, span, picoUsd),
  }
}

function costOf(columns: RunColumns, span: number, picoUsd: number): Cost {
  const written = 3_750_000
  const byBucket = {
    uncachedInput: at(columns.uncachedTokens, span) * 3_000_000,
    cacheRead: at(columns.cacheReadTokens, span) * 300_000,
    cacheWrite: at(columns.cacheWriteTokens, span) * written,
    output: at(columns.outputTokens, span) * 15_000_000,
    units: 0,
  }
  const cacheWrite = { '5m': written, '30m': written, '1h': written, '12h': written, unknown: written }
  return {
    ...{ picoUsd, usd: picoUsd / 1e12, source: 'catalog', byBucket },
    prices: { uncachedInput: 3_000_000, cacheRead: 300_000, cacheWrite, output: 15_000_000, units: {} },
    ...{ book: 'test', pricedAt: columns.head.startTime, pricedAtBasis: 'call' },
  }
}

function block(path: string, kind: HashedBlock['kind'], text: string): HashedBlock {
  return { path, kind, hash: hash('sha256', text) }
}

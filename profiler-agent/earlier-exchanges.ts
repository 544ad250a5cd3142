// Exchanges of a run as the store keeps them, in the form in which the analysis knows those of this process. Reads only.

import { present } from './model/present'
import type { RunRecord, SpanRecord } from './model/record'
import type { ModelCall, Span } from './model/span'
import { hasModelCall } from './model/totals'
import type { TracedExchange } from './pipeline'
import {
  isStored,
  readCharacters,
  readContent,
  readPrompts,
  readSpans,
  type StoredBlock,
  type StoredPrompt,
} from './store/reader'
import type { Store } from './store/store'
import { type EarlierCall, type EarlierTrace, RunTrace } from './trace/trace'

/** By end time. Exchanges without a model call are not among them. */
export function earlierExchanges(store: Store, runId: string): TracedExchange[] {
  const calls = readSpans(store, runId).filter(hasModelCall)
  if (calls.length === 0) return []
  const prompts = readPrompts(store, runId)
  const exchanges = Map.groupBy(calls, exchangeIdOf)
  const measured = measuring(store)
  return [...exchanges]
    .map(([id, spans]) =>
      tracedExchange(id, spans, (prompts.get(spans[0]?.id ?? '')?.prompt ?? []).map(measured)),
    )
    .sort((left, right) => left.endedAt - right.endedAt)
    .map(({ exchange }) => exchange)
}

/** One call with its prompt; `undefined` for a span without one, and where several inferences share an exchange. */
export function exchangeOfCall(
  store: Store,
  span: Span,
  prompt: readonly StoredBlock[],
): TracedExchange | undefined {
  if (!hasModelCall(span) || exchangeIdOf(span) !== span.id) return undefined
  return tracedExchange(span.id, [span], prompt.map(measuring(store))).exchange
}

type CallSpan = Span & { readonly modelCall: ModelCall }

/** Several inferences in one exchange are children of its span. */
function exchangeIdOf({ id, parentId }: Span): string {
  return parentId !== undefined && id.startsWith(`${parentId}.`) ? parentId : id
}

/** Gives blocks their length; what stands in many prompts is looked up once, and stays one object. */
function measuring(store: Store): (block: StoredBlock) => TracedExchange['prompt'][number] {
  const known = new WeakMap<StoredBlock, TracedExchange['prompt'][number]>()
  return (block) => {
    const before = known.get(block)
    if (before) return before
    const { unchanged: _, ...hashed } = block
    const measured = { ...hashed, characters: readCharacters(store, block.hash) }
    known.set(block, measured)
    return measured
  }
}

function tracedExchange(
  id: string,
  spans: readonly CallSpan[],
  prompt: TracedExchange['prompt'],
): { readonly endedAt: number; readonly exchange: TracedExchange } {
  const [first] = spans
  if (!first) throw new Error('a group of spans is never empty')
  const exchange: TracedExchange = {
    exchange: { id, provider: first.modelCall.provider, startTime: Date.parse(first.startTime) },
    endTime: Date.parse(first.endTime),
    ...present({
      agent: first.agent,
      step: first.step,
      timeToFirstTokenMs: first.modelCall.timeToFirstTokenMs,
      settings: first.modelCall.cacheSettings,
    }),
    inferences: spans.map(({ kind, modelCall }) => ({ ...modelCall, kind: inferenceKind(kind) })),
    ...(first.callSite ? { callSite: first.callSite } : {}),
    prompt,
  }
  return { endedAt: Date.parse(first.endTime), exchange }
}

/** The tree of a run as far as it is stored, so that a conversation goes on where it was, also in another process. */
export function earlierTrace(
  store: Store,
  run: RunRecord,
  retrievalTools?: () => readonly string[],
): RunTrace {
  let known = foreignWrites(store)
  const again = () => {
    const now = foreignWrites(store)
    if (now === known) return undefined
    known = now
    return earlierOf(store, run.id, again)
  }
  return new RunTrace(run, earlierOf(store, run.id, again), retrievalTools)
}

/** SQLite's own counter of what other connections committed. */
function foreignWrites(store: Store): unknown {
  return store.prepare('PRAGMA data_version').get()?.data_version
}

function earlierOf(store: Store, runId: string, again: NonNullable<EarlierTrace['again']>): EarlierTrace {
  const spans = readSpans(store, runId)
  const prompts = spans.length === 0 ? new Map<string, StoredPrompt>() : readPrompts(store, runId)
  const calls = spans
    .filter(hasModelCall)
    .sort((left, right) => Date.parse(left.endTime) - Date.parse(right.endTime))
    .flatMap(({ id, modelCall }) => {
      const stored = prompts.get(id)
      return stored ? [earlierCall(id, modelCall, stored)] : []
    })
  return {
    spans: spans.map((span) => recordOf(runId, span)),
    calls,
    hasSpan: (id) => isStored(store, runId, id),
    textOf: (hash) => readContent(store, hash),
    again,
  }
}

function earlierCall(spanId: string, modelCall: ModelCall, { prompt, reply }: StoredPrompt): EarlierCall {
  return { spanId, prompt: prompt.map(({ unchanged: _, ...block }) => block), reply, modelCall }
}

/** Times of spans are cut to milliseconds: a start is rounded up, so that writing the span again does not move it. */
function recordOf(runId: string, span: Span): SpanRecord {
  const { startTime, endTime, durationMs: _, modelCall: __, ...facts } = span
  return { ...facts, runId, startedAt: Date.parse(startTime) + 1, endedAt: Date.parse(endTime) }
}

function inferenceKind(kind: Span['kind']): TracedExchange['inferences'][number]['kind'] {
  return kind === 'chat' || kind === 'embeddings' || kind === 'rerank' ? kind : 'other'
}

// Exchanges of a run as the store keeps them, in the form in which the analysis knows those of this process. Reads only.

import type { ModelCall, Span } from './model/span'
import { hasModelCall } from './model/totals'
import type { TracedExchange } from './pipeline'
import { readCharacters, readPrompts, readSpans, type StoredPrompt } from './store/reader'
import type { Store } from './store/store'

/** By end time. Exchanges without a model call are not among them. */
export function earlierExchanges(store: Store, runId: string): TracedExchange[] {
  const calls = readSpans(store, runId).filter(hasModelCall)
  if (calls.length === 0) return []
  const prompts = readPrompts(store, runId)
  const exchanges = Map.groupBy(calls, exchangeIdOf)
  return [...exchanges]
    .map(([id, spans]) => tracedExchange(store, id, spans, prompts))
    .sort((left, right) => left.endedAt - right.endedAt)
    .map(({ exchange }) => exchange)
}

type CallSpan = Span & { readonly modelCall: ModelCall }

/** Several inferences in one exchange are children of its span. */
function exchangeIdOf({ id, parentId }: Span): string {
  return parentId !== undefined && id.startsWith(`${parentId}.`) ? parentId : id
}

function tracedExchange(
  store: Store,
  id: string,
  spans: readonly CallSpan[],
  prompts: ReadonlyMap<string, StoredPrompt>,
): { readonly endedAt: number; readonly exchange: TracedExchange } {
  const [first] = spans
  if (!first) throw new Error('a group of spans is never empty')
  const blocks = prompts.get(first.id)?.prompt ?? []
  const prompt = blocks.map(({ unchanged: _, ...block }) => ({
    ...block,
    characters: readCharacters(store, block.hash),
  }))
  const exchange: TracedExchange = {
    exchange: { id, provider: first.modelCall.provider, startTime: Date.parse(first.startTime) },
    inferences: spans.map(({ kind, modelCall }) => ({ ...modelCall, kind: inferenceKind(kind) })),
    ...(first.callSite ? { callSite: first.callSite } : {}),
    prompt,
  }
  return { endedAt: Date.parse(first.endTime), exchange }
}

function inferenceKind(kind: Span['kind']): TracedExchange['inferences'][number]['kind'] {
  return kind === 'chat' || kind === 'embeddings' || kind === 'rerank' ? kind : 'other'
}

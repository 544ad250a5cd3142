// The span of a tool that ran between two calls: how long, what its result adds, and whether it fetched documents. Finds no places.

import type { Block } from '../model/call'
import type { SpanRecord } from '../model/record'
import type { AskedTool } from './tools'

/** Attributes that tell what a tool span stands for. */
export const TOOL_CALL_ID = 'gen_ai.tool.call.id'
const RESULT_TOKENS = 'costflame.tool.result_tokens'
const RETRIEVAL = 'costflame.retrieval'

/** What is known of a tool when its result is in. */
export interface ToolOutcome {
  readonly blocks: readonly Block[]
  /** Tokens that the result adds to the prompt, an estimate; undefined where nobody can say. */
  readonly tokens: number | undefined
}

/** The span at its place beside the call that asked for it; without an outcome it still runs. */
export function toolSpan(
  tool: AskedTool,
  beside: Omit<SpanRecord, 'call'>,
  endedAt: number,
  retrievalTools: readonly string[],
  outcome?: ToolOutcome,
): SpanRecord {
  const { callSite: _, outcome: __, ...labels } = beside
  const retrieval = outcome && retrievalOf(tool.name, outcome.blocks, retrievalTools)
  return {
    ...labels,
    id: tool.spanId,
    parentId: tool.parentId,
    parentBasis: 'traffic',
    kind: retrieval === undefined ? 'tool' : 'retrieval',
    name: tool.name,
    startedAt: tool.openedAt,
    endedAt: Math.max(tool.openedAt, endedAt),
    status: 'ok',
    attributes: outcomeAttributes(tool, retrieval, outcome),
  }
}

/** What the traffic says of a tool, also of one that the program declared. */
export function outcomeAttributes(
  tool: AskedTool,
  retrieval: RetrievalBasis | undefined,
  outcome: ToolOutcome | undefined,
): SpanRecord['attributes'] {
  return {
    ...(tool.callId === undefined ? {} : { [TOOL_CALL_ID]: tool.callId }),
    ...(outcome?.tokens === undefined ? {} : { [RESULT_TOKENS]: outcome.tokens }),
    ...(retrieval === undefined ? {} : { [RETRIEVAL]: retrieval }),
  }
}

/** `declared` by the program · `documents`: the result says so itself · `config`: the user does · `guessed`: it only looks like it. */
export type RetrievalBasis = 'declared' | 'documents' | 'config' | 'guessed'

const FETCHES_DOCUMENTS =
  /retriev|knowledge|(^|_|-)(rag|kb)(_|-|$)|vector|semantic_?search|search_?(docs?|documents?|index|articles?|policies|wiki|faq|passages?|chunks?|corpus|memory)|(docs?|document|index|article|policy|wiki|faq|passage|memory)_?(search|lookup)/i

/** Whether a tool fetched documents, and who says so. */
export function retrievalOf(
  name: string,
  blocks: readonly Block[],
  retrievalTools: readonly string[],
): RetrievalBasis | undefined {
  if (blocks.some(({ kind }) => kind === 'retrieval')) return 'documents'
  if (retrievalTools.includes(name)) return 'config'
  const plain = name.replace(/([a-z])([A-Z])/g, '$1_$2')
  return FETCHES_DOCUMENTS.test(plain) || blocks.some(({ content }) => looksLikeDocuments(content))
    ? 'guessed'
    : undefined
}

const TEXT_KEYS = ['text', 'content', 'page_content', 'pageContent', 'snippet', 'chunk', 'passage']
const SOURCE_KEYS = [
  'score',
  'relevance_score',
  'source',
  'url',
  'metadata',
  'document_id',
  'doc_id',
  'distance',
]
const LONGEST_LOOKED_AT = 200_000

/** A list of texts that say where they are from, or several documents between tags. */
function looksLikeDocuments(content: string): boolean {
  if (content.length > LONGEST_LOOKED_AT) return false
  if ((content.match(/<(document|doc|passage|chunk)\b/gi)?.length ?? 0) > 0) return true
  if (!/^\s*[[{]/.test(content)) return false
  try {
    return listsIn(JSON.parse(content)).some((list) => list.length > 0 && list.every(isDocument))
  } catch {
    // Text that only looks like JSON is no list of documents.
    return false
  }
}

function listsIn(value: unknown): unknown[][] {
  if (Array.isArray(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).filter(Array.isArray) : []
}

function isDocument(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return TEXT_KEYS.some((key) => key in value) && SOURCE_KEYS.some((key) => key in value)
}

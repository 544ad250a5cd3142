// Pieces that every adapter builds prompt and reply blocks from: content without cache marks, marks, numbering.

import type { Block } from '../model/call'
import type { CacheTtl } from '../model/usage'
import { isObject, type JsonObject, objectOf } from '../wire/json'

/** A reply block before it has its place. */
export type ReplyBlock = Omit<Block, 'path'>

/** Reply blocks in order, as `output[0]`, `output[1]`, … */
export function numberReply(blocks: readonly ReplyBlock[]): Block[] {
  return blocks.map((block, index) => ({ path: `output[${index}]`, ...block }))
}

/** What the pieces of a stream built, in the order of their index. */
export function byIndex<T>(built: ReadonlyMap<number, T>): T[] {
  return [...built.entries()].sort(([a], [b]) => a - b).map(([, value]) => value)
}

/**
 * Serialised JSON of a tool, message or content block as the cache sees it: without cache marks on itself and on its
 * nested content, which move from call to call without changing the prompt. Keys keep their order.
 */
export function contentOf(value: unknown): string {
  return JSON.stringify(withoutMarks(value)) ?? ''
}

function withoutMarks(value: unknown): unknown {
  if (!isObject(value)) return value
  const { cache_control: _anthropic, prompt_cache_breakpoint: _openai, ...rest } = value
  return Array.isArray(rest.content) ? { ...rest, content: rest.content.map(withoutMarks) } : rest
}

const TEXT_TYPES: readonly unknown[] = ['text', 'input_text', 'output_text']

/** The text of a content block that is nothing but text; `undefined` where more hangs on it, such as citations. */
export function plainTextOf(block: JsonObject): string | undefined {
  const { type, text, annotations, citations, logprobs } = block
  if (!TEXT_TYPES.includes(type) || typeof text !== 'string') return undefined
  const extras = [annotations, citations, logprobs]
  return extras.every((extra) => extra == null || (Array.isArray(extra) && extra.length === 0))
    ? text
    : undefined
}

/** Text where a block is plain text, else its JSON. */
export function textOrJson(block: JsonObject): string {
  return plainTextOf(block) ?? contentOf(block)
}

const TTLS: readonly unknown[] = ['5m', '30m', '1h', '12h']

/** The cache breakpoint on a block, in either provider's notation. `openAiTtl` is the request's own default. */
export function markOf(block: JsonObject, openAiTtl: CacheTtl = '30m'): { mark?: CacheTtl } {
  if (isObject(block.cache_control)) return { mark: ttlOf(block.cache_control.ttl, '5m') }
  if (isObject(block.prompt_cache_breakpoint))
    return { mark: ttlOf(block.prompt_cache_breakpoint.ttl, openAiTtl) }
  return {}
}

/** TTL of breakpoints that name none: `prompt_cache_options.ttl` of the request. */
export function openAiTtlOf(request: JsonObject): CacheTtl {
  return ttlOf(objectOf(request.prompt_cache_options).ttl, '30m')
}

function ttlOf(value: unknown, fallback: CacheTtl): CacheTtl {
  return isTtl(value) ? value : fallback
}

function isTtl(value: unknown): value is CacheTtl {
  return TTLS.includes(value)
}

/** `cache_control` on the request itself puts one breakpoint on the last block that can be cached. */
export function withAutomaticMark(blocks: Block[], request: JsonObject): Block[] {
  const { mark } = isObject(request.cache_control) ? markOf({ cache_control: request.cache_control }) : {}
  const index = blocks.findLastIndex((block) => block.kind !== 'reasoning')
  const block = blocks[index]
  return mark === undefined || block === undefined ? blocks : blocks.with(index, { mark, ...block })
}

// A run as columns: one typed array a property instead of one object a span, so that a million spans are quick to send, to walk and to draw.
// It carries what pictures, tables and charts need of every span; the rest of a span (texts, raw usage, errors) is asked for by its index.

import type { Run, SegmentCache, SegmentKind, SpanKind, SpanStatus } from '../model/span'
import { textOfUtf8 } from '../wire/utf8'

/** `kind`, `status` and `cache` are indexes into these lists. Only ever append: saved pages hold the numbers. */
export const SPAN_KINDS: readonly SpanKind[] = [
  'run',
  'agent',
  'step',
  'chat',
  'embeddings',
  'rerank',
  'tool',
  'retrieval',
  'other',
]
export const SPAN_STATUSES: readonly SpanStatus[] = ['ok', 'error', 'aborted', 'blocked', 'truncated']
export const PART_KINDS: readonly SegmentKind[] = [
  'system',
  'tool_def',
  'user',
  'assistant',
  'reasoning',
  'tool_call',
  'tool_result',
  'retrieval',
  'media',
  'overhead',
  'hidden',
  'output',
]
export const PART_CACHES: readonly SegmentCache[] = ['read', 'write', 'fresh', 'none']

/** Bits of `flags`. */
export const Flag = {
  /** Carries a model call: only these have cost and tokens. */
  call: 1,
  billed: 2,
  /** Billed and without a price. */
  unpriced: 4,
  /** Its cost is a lower bound: the provider said a part of the usage only. */
  atLeast: 8,
  /** We counted its tokens, the provider did not say. */
  estimated: 16,
  /** Billed, and nobody knows what it used. */
  unknownUsage: 32,
  /** Not the first attempt of its logical call. */
  retry: 64,
  streamed: 128,
  /** A subscription pays: the cost is what the API would charge. */
  apiEquivalent: 256,
  /** Counts as a call in totals (`isCall`); the further attempts of a logical call do too, see `logical`. */
  counted: 512,
  /** A tool of which only the traffic tells: it ran somewhere between the reply that asked for it and the next request. */
  derived: 1024,
} as const

/** Everything of a run but its spans. */
export type RunHead = Omit<Run, 'spans'>

/** Texts one after the other in UTF-8; text `i` ends at `end[i]`. Read one with `textAt`. */
export interface PackedTexts {
  readonly bytes: Uint8Array
  readonly end: Uint32Array
}

/**
 * Spans in depth-first order, parents before their children, siblings by start time; span 0 is the run itself, whether or not
 * a span stands for it. Missing parents and circles are resolved: they hang under the run. All columns have `count` entries.
 * A number that refers to a text is an index into `strings`, whose first entry is ''. Unknown money is NaN, unknown tokens are −1.
 */
export interface RunColumns {
  readonly head: RunHead
  readonly count: number
  readonly strings: readonly string[]
  /** Span ids; '' for a run that no span stands for. */
  readonly id: PackedTexts
  /** Index of the parent; −1 for the run. */
  readonly parent: Int32Array
  readonly kind: Uint8Array
  readonly status: Uint8Array
  readonly flags: Uint16Array
  readonly name: Int32Array
  readonly agent: Int32Array
  readonly step: Int32Array
  readonly intent: Int32Array
  /** The model that answered, or was asked. */
  readonly model: Int32Array
  readonly provider: Int32Array
  /** Milliseconds after the run's start; below 0 where a clock stepped back. */
  readonly start: Float64Array
  /** Milliseconds, never below 0. */
  readonly duration: Float64Array
  /** The span's own cost in pico-dollars. */
  readonly picoUsd: Float64Array
  /** Of it, what findings say could be saved; never more than the cost, overlapping findings counted once. 0 where there is none. */
  readonly avoidablePicoUsd: Float64Array
  /** What a refused or replayed call would have cost, in pico-dollars; NaN where nothing was avoided or nobody knows. */
  readonly avoidedPicoUsd: Float64Array
  readonly uncachedTokens: Int32Array
  readonly cacheReadTokens: Int32Array
  readonly cacheWriteTokens: Int32Array
  readonly outputTokens: Int32Array
  /** A number for each logical call, the same for its attempts; −1 for spans without a call. */
  readonly logical: Int32Array
  /** Index into `frames` of the user's own line that made the call; −1 where nobody knows. */
  readonly stack: Int32Array
  readonly frames: FrameColumns
  /** Absent where they are too many to send at once: then they are asked for, call by call. */
  readonly parts: PartColumns | undefined
  /** Set where there are no parts yet because their tokens are being counted: ask for the run again. */
  readonly partsFollow?: true
}

/** Call stacks as a tree of frames: `parent` is the frame that called it (−1 for the outermost). */
export interface FrameColumns {
  readonly parent: Int32Array
  readonly file: Int32Array
  readonly line: Int32Array
  /** 0 where it is not known. */
  readonly column: Int32Array
  readonly function: Int32Array
}

/** Parts of prompts and replies (`Segment`), sorted by span, in the order of the prompt. */
export interface PartColumns {
  readonly count: number
  readonly span: Int32Array
  readonly path: Int32Array
  readonly kind: Uint8Array
  /** Name of a tool, else ''. */
  readonly name: Int32Array
  readonly cache: Uint8Array
  readonly tokens: Float64Array
  readonly picoUsd: Float64Array
  /** Hash of the content: an index into `strings`, '' for parts without one. */
  readonly hash: Int32Array
}

export function textAt({ bytes, end }: PackedTexts, index: number): string {
  return textOfUtf8(bytes.subarray(index === 0 ? 0 : at(end, index - 1), at(end, index)))
}

/** Id of a span; '' past the end, and for a run that no span stands for. */
export function spanId(columns: RunColumns, span: number): string {
  return span < 0 || span >= columns.count ? '' : textAt(columns.id, span)
}

export function hasFlag(columns: RunColumns, span: number, flag: number): boolean {
  return (at(columns.flags, span) & flag) !== 0
}

/** Input and output tokens of a span's own call; NaN when none is known. */
export function tokensOfSpan(columns: RunColumns, span: number): number {
  const { uncachedTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = columns
  let isKnown = false
  let sum = 0
  const add = (tokens: number | undefined) => {
    if (tokens === undefined || tokens < 0) return
    isKnown = true
    sum += tokens
  }
  add(uncachedTokens[span])
  add(cacheReadTokens[span])
  add(cacheWriteTokens[span])
  add(outputTokens[span])
  return isKnown ? sum : Number.NaN
}

/** Value of a column; an index past the end is a bug of ours and reads as 0. */
export function at(column: ArrayLike<number>, index: number): number {
  return column[index] ?? 0
}

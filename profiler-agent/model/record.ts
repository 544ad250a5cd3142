// What the trace stage hands to the store: spans to write, and calls with their prompt as blocks. Types only.

import type { Block } from './call'
import type { Attribution } from './exchange'
import type { ModelCall, Span } from './span'

/** A block whose content is known by its SHA-256, hex. */
export interface HashedBlock extends Omit<Block, 'content'> {
  readonly hash: string
}

/** A prompt as a list: `[start, count]` copies a range of the base call's prompt, anything else is a block of its own. */
export type PromptPart = readonly [start: number, count: number] | HashedBlock

/** Text behind a hash, or how long it is where it is not kept. */
export type Content =
  | { readonly hash: string; readonly text: string }
  | { readonly hash: string; readonly text: null; readonly characters: number }

/** A span on its way to the store; times are ms since the epoch. */
export interface SpanRecord extends Omit<Span, 'startTime' | 'endTime' | 'durationMs' | 'modelCall'> {
  readonly runId: string
  readonly startedAt: number
  readonly endedAt: number
  readonly call?: CallRecord
}

/** A model call with its prompt; segments are reckoned from the blocks when somebody asks. */
export interface CallRecord {
  readonly modelCall: Omit<ModelCall, 'segments'>
  readonly baseSpanId?: string
  readonly prompt: readonly PromptPart[]
  readonly reply: readonly HashedBlock[]
}

/** What is known of a run before its first call. */
export interface RunRecord {
  readonly id: string
  readonly name: string
  readonly command?: string
  readonly root?: string
  readonly startedAt: number
  readonly gitCommit?: string
  readonly tags: Readonly<Record<string, string>>
  /** Attribution of calls that say nothing of their own (`run --agent …`). */
  readonly defaults: Attribution
}

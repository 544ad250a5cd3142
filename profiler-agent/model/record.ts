// What the trace stage hands to the store: spans to write, and calls with their prompt as blocks. Types only.

import type { Block } from './call'
import type { Attribution } from './exchange'
import type { Frame, ModelCall, Outcome, Span } from './span'

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
  /** Set where a span that was written before is taken away: what hung under it hangs elsewhere now. */
  readonly isGone?: true
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

/** What the API of `costflame/api` and `costflame.py` can declare. */
export type DeclaredKind = 'agent' | 'step' | 'tool' | 'retrieval'

/**
 * A span that the program itself declared: told when it begins and again, whole, when it ends; the later word of an `id` replaces
 * the earlier one. Ids are made in the process and ride in the headers of its calls too, so that joining is by id, never by time.
 * Times are ms since the epoch.
 */
export interface DeclaredSpan {
  readonly id: string
  readonly runId: string
  /** The nearest declared span around it; absent at the top of the run. */
  readonly parentId?: string
  readonly kind: DeclaredKind
  readonly name: string
  readonly startedAt: number
  /** Absent while it goes on. */
  readonly endedAt?: number
  /** `error` where the declared function threw. */
  readonly status?: 'ok' | 'error'
  /** Labels of this span and of what happens in it; `agent` and `step` are said by kind and name alone. */
  readonly attribution: Pick<
    Attribution,
    'agentVersion' | 'intent' | 'tenant' | 'session' | 'tags' | 'command'
  >
  readonly outcome?: Outcome
  /** Frames as sent: innermost first, not yet source-mapped, not yet filtered to the user's own. */
  readonly callSite?: readonly Frame[]
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
}

/** How a run ended, as its program said outside of any declared agent; `at` is ms since the epoch. */
export interface DeclaredOutcome {
  readonly runId: string
  readonly at: number
  readonly outcome: Outcome
  /** Command line of the process, for a run that nobody announced. */
  readonly command?: string
}

// What a page that shows a run asks about it, and the answers, whoever gives them: a live profiler, a saved run, or the page itself. Types only.

import type { LimitUse } from './budget'
import type { CacheSettings } from './cache-settings'
import type { CostByBucket, Segment, SegmentCache, SegmentKind, Span, Totals } from './span'
import type { CacheTtl } from './usage'

export type RunQuestion =
  /** Runs as columns (`profile/columns-codec`), several as one: for the picture, and for what it is compared with. */
  | { readonly ask: 'columns'; readonly runIds: readonly string[] }
  /** Everything of one span, and where to go from it; of the run itself by the run's id. */
  | { readonly ask: 'span'; readonly runId: string; readonly spanId: string }
  /** Parts of prompts, of runs that have too many to send them all. */
  | { readonly ask: 'parts'; readonly runId: string; readonly spanIds: readonly string[] }
  /** The prompt of a call as the provider sees it, beside the request before. */
  | { readonly ask: 'prompt'; readonly runId: string; readonly spanId: string }
  /** The whole text of a block, by its hash. */
  | { readonly ask: 'text'; readonly hash: string }
  /** What each text in the prompts of a run cost over the whole run. */
  | { readonly ask: 'promptShares'; readonly runId: string }
  /** Invocations of the agents of this run over the last runs. */
  | { readonly ask: 'invocations'; readonly runId: string }
  /** The limits that apply to this run, and how it stands. */
  | { readonly ask: 'limits'; readonly runId: string }
  /** Other runs, newest first, to compare with. */
  | { readonly ask: 'otherRuns'; readonly runId: string }

export type RunAnswer =
  | { readonly to: 'columns'; readonly columns: ArrayBuffer | null }
  | { readonly to: 'span'; readonly found: SpanAnswer | null }
  /** In the order asked. */
  | { readonly to: 'parts'; readonly segments: readonly (readonly Segment[])[] }
  | { readonly to: 'prompt'; readonly prompt: CallPrompt | null }
  /** `null`: not kept (`content: hashes`), or gone. */
  | { readonly to: 'text'; readonly text: string | null }
  | { readonly to: 'promptShares'; readonly shares: readonly PromptShare[] }
  | { readonly to: 'invocations'; readonly invocations: readonly PastInvocation[] }
  | { readonly to: 'limits'; readonly limits: readonly LimitUse[] }
  | { readonly to: 'otherRuns'; readonly runs: readonly OtherRun[] }

export type AnswerToRun<Ask extends RunQuestion['ask']> = Extract<RunAnswer, { readonly to: Ask }>

export interface SpanAnswer {
  readonly span: Span
  /** Of the span and all below it. */
  readonly totals: Totals
  /** The cost of the totals by bucket; `null` where there is none. */
  readonly byBucket: CostByBucket | null
  /** The request of the conversation that this one extends. */
  readonly before?: string
  /** The request that extends this one. */
  readonly after?: string
  /** The same call (agent, step, call site, order) in the run before of the same command. */
  readonly runBefore?: { readonly runId: string; readonly spanId: string; readonly picoUsd: number | null }
  /** Spans of all attempts of the same logical call, in order. */
  readonly attempts: readonly string[]
}

/**
 * A prompt block by block in the order of the provider's cache prefix, then the reply. Tokens and costs of all blocks together are
 * the call's exact totals; those of one block are its share, an estimate. What nobody was billed for has counts of our own and no cost.
 */
export interface CallPrompt {
  readonly isBilled: boolean
  readonly blocks: readonly PromptBlock[]
  readonly reply: readonly PromptBlock[]
  /** What of the prompt the request does not show. */
  readonly unseen?: CacheSettings['unseen']
  /** Absent where there is nothing to compare with. */
  readonly before?: PromptBefore
}

/** A text in a prompt. */
export interface PromptText {
  readonly path: string
  readonly kind: SegmentKind
  readonly name?: string
  /** SHA-256, hex; ask for the whole `text` with it. '' for what has no text of its own. */
  readonly hash: string
  /** The beginning of the text; `null` where texts are not kept. */
  readonly text: string | null
  /** Length of the whole text; `null` where nobody knows. */
  readonly characters: number | null
}

/** What a stretch of a prompt was billed as. */
export interface BilledShare {
  readonly cache: SegmentCache
  readonly tokens: number
  readonly picoUsd: number | null
}

export interface PromptBlock extends PromptText, BilledShare {
  /** Where the border of what was cached lies within the block: its stretches in order; `cache` is that of the longest. */
  readonly stretches?: readonly BilledShare[]
  /** A cache breakpoint stands on this block. */
  readonly breakpoint?: CacheTtl
  /** Against the request before; absent where there is none, and in replies. */
  readonly change?: BlockChange
  /** Of the text that stood here in the request before, where it changed. */
  readonly hashBefore?: string
}

/** `same`: in both, in the same order. `moved`: in both, in another order. `changed`: another text took its place. */
export type BlockChange = 'same' | 'changed' | 'moved' | 'new'

export interface PromptBefore {
  readonly spanId: string
  /**
   * Why it is that request: this one goes on from it · a finding compares the two · it is the last one that the same agent
   * made in the same place.
   */
  readonly basis: 'conversation' | 'finding' | 'agent'
  /** Index into `blocks` of the first one that differs; `null`: the one is the beginning of the other. */
  readonly firstDivergence: number | null
  /** Texts of the request before that are not there any more. */
  readonly gone: readonly GoneText[]
  readonly cause?: DivergenceCause
}

export interface GoneText extends PromptText {
  /** Index into `blocks` of the one before which it stood. */
  readonly at: number
}

/** Why the call read less of the cache than it could have. */
export interface DivergenceCause {
  /** `cache/…` */
  readonly rule: string
  readonly message: string
  /** Absent where it is too small a matter for a finding. */
  readonly findingId?: string
  /** Of the block that it is about. */
  readonly path?: string
}

/** One text (a tool definition, a retrieved document, an old message) over all calls of a run that carried it. */
export interface PromptShare {
  readonly kind: SegmentKind
  /** Of a tool; else the beginning of the text, or the path where texts are not kept. */
  readonly name: string
  /** The beginning of the text; absent where texts are not kept. */
  readonly text?: string
  readonly hash: string
  readonly calls: number
  /** Estimates that sum to the exact total over all shares and `overhead` of a run. */
  readonly tokens: number
  readonly picoUsd: number | null
  readonly picoUsdByCache: Readonly<Record<SegmentCache, number>>
  readonly tokensByCache: Readonly<Record<SegmentCache, number>>
  /** The most expensive call that carried it. */
  readonly spanId: string
  readonly path: string
}

export interface PastInvocation {
  readonly agent: string
  readonly runId: string
  readonly spanId: string
  /** ISO 8601. */
  readonly startTime: string
  readonly gitCommit?: string
  /** `null`: a call of it has no price. */
  readonly picoUsd: number | null
  readonly atLeast: boolean
}

export interface OtherRun {
  readonly id: string
  readonly name: string
  readonly startTime: string
  readonly gitCommit?: string
  readonly picoUsd: number | null
  /** Absent for a file that was not read yet. */
  readonly calls?: number
}

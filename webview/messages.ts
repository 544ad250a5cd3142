// What the page accepts and emits. The extension imports this file; nothing else of the webview is shared.
// State is always sent whole: a hidden page loses messages, so nothing may depend on an earlier one. Questions that a hidden
// page loses the answers of are asked again when it is seen.

import type { RunAnswer, RunQuestion } from '../profiler-agent/model/run-questions'
import type { Change } from '../profiler-agent/profile/diff-tree'
import type { Unit } from '../profiler-agent/profile/measures'

export type ToPage =
  | {
      readonly type: 'show'
      readonly runId: string
      /** The run as `profile/columns-codec` encodes it. */
      readonly columns: ArrayBuffer
      /** True while the run goes on; the page keeps zoom and selection from one `show` to the next. */
      readonly live: boolean
      /** Span to select and zoom to, when a place in the editor asked for it. */
      readonly select?: string
      /** Runs to show the difference to, when the editor asked for it. */
      readonly compareWith?: readonly string[]
    }
  | {
      readonly type: 'empty'
      readonly title: string
      readonly text: string
      /** True when something went wrong (a broken file), false when there is simply nothing yet. */
      readonly isError?: boolean
    }
  | { readonly type: 'answer'; readonly id: number; readonly answer: RunAnswer }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }

export type FromPage =
  /** The page listens; the host answers with the current state. */
  | { readonly type: 'ready' }
  /** Answered once, by `answer` or `failure` with the same id. */
  | { readonly type: 'ask'; readonly id: number; readonly question: RunQuestion }
  /** Open the source line of this span, or of one of the places it names. */
  | { readonly type: 'reveal'; readonly spanId: string; readonly frame?: number }
  /** Open the place of a finding (`related`: index of a related location). */
  | { readonly type: 'revealFinding'; readonly findingId: string; readonly related?: number }
  /** Show a span of another run. */
  | { readonly type: 'openRun'; readonly runId: string; readonly spanId?: string }
  /** Save what is seen (`svg`, `png` as a data URL in `content`; `csv` of the table) or the run (no `content`). */
  | {
      readonly type: 'save'
      readonly format: SaveFormat
      readonly content?: string
      readonly redacted?: boolean
    }
  | { readonly type: 'copy'; readonly text: string }

export type SaveFormat = 'svg' | 'png' | 'csv' | 'html' | 'json'

export type ViewName = 'timeline' | 'icicle' | 'stack' | 'prompt' | 'sandwich' | 'table' | 'diff' | 'charts'
export type ColourBy = 'kind' | 'model' | 'cache' | 'agent' | 'heat'

/** What of a call the details show. */
export type DetailsTab = 'call' | 'prompt' | 'reply'

export interface KeptSelection {
  readonly spanId: string
  readonly part?: string
}

/** What the page keeps in `setState` and gets back after it was hidden or reloaded. */
export interface PageState {
  readonly runId?: string
  readonly view?: ViewName
  readonly unit?: Unit
  readonly colour?: ColourBy
  /** The same in every view: a span, and the path of a part of its prompt. */
  readonly selection?: KeptSelection
  /** Zoom by view, in fractions of the whole picture. */
  readonly zoom?: Readonly<Partial<Record<ViewName, { readonly start: number; readonly end: number }>>>
  readonly search?: string
  /** The search is a regular expression. */
  readonly searchIsRegex?: boolean
  /** "Only what costs more than": pico-dollars. */
  readonly atLeastPicoUsd?: number
  readonly pinned?: readonly KeptSelection[]
  readonly compareWith?: readonly string[]
  readonly sort?: { readonly column: string; readonly descending: boolean }
  readonly table?: {
    readonly shows?: 'calls' | 'all' | 'failed'
    /** Id of a column. */
    readonly groupBy?: string | undefined
    readonly columns?: readonly string[]
    /** Labels of the groups that are open. */
    readonly open?: readonly string[]
  }
  /** What the sandwich stands around, by kind and label; as long as the span `of` is selected, else it is what is selected. */
  readonly subject?: { readonly kind: string; readonly label: string; readonly of: string }
  /** Which tree is compared. */
  readonly diffBy?: 'spans' | 'stack' | 'prompt'
  /** Only what changed so. */
  readonly diffShows?: Change | undefined
  /** Runs that count together with this one against those of `compareWith`. */
  readonly compareHead?: readonly string[]
  /** Width of the details beside the view, a share of the page; 0 when they are closed. */
  readonly detailsShare?: number
  readonly detailsTab?: DetailsTab
}

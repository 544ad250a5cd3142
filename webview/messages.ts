// What the flame graph page accepts and emits. The extension imports this file; nothing else of the webview is shared.
// State is always sent whole: a hidden page loses messages, so nothing may depend on an earlier one.

import type { Run } from '../profiler-agent/model/span'
import type { ProfileUnit } from '../profiler-agent/profile/profile'

export type ToPage =
  | {
      readonly type: 'show'
      readonly run: Run
      /** True while the run goes on; the page keeps zoom and selection from one `show` to the next. */
      readonly live: boolean
      /** Span to select and zoom to, when a place in the editor asked for it. */
      readonly select?: string
    }
  | {
      readonly type: 'empty'
      readonly title: string
      readonly text: string
      /** True when something went wrong (a broken file), false when there is simply nothing yet. */
      readonly isError?: boolean
    }

export type FromPage =
  /** The page listens; the host answers with the current state. */
  | { readonly type: 'ready' }
  /** Open the source line of this span. */
  | { readonly type: 'reveal'; readonly spanId: string }

/** What the page keeps in `setState` and gets back after a reload. */
export interface PageState {
  readonly runId?: string
  readonly unit?: ProfileUnit
}

// What every pane of the page is handed: the run, what is selected and how it is shown, and what a pane may do. Types only.

import type { AnswerToRun, RunQuestion } from '../profiler-agent/model/run-questions'
import type { RunColumns } from '../profiler-agent/profile/columns'
import type { Unit } from '../profiler-agent/profile/measures'
import type { ColourBy, FromPage, PageState, ViewName } from './messages'
import type { Selection } from './selection'

export interface Page {
  readonly columns: RunColumns
  readonly live: boolean
  /** False in a saved HTML file: nobody can open a source line there. */
  readonly canReveal: boolean
  readonly view: ViewName
  readonly unit: Unit
  readonly colour: ColourBy
  readonly selection: Selection
  readonly state: PageState
}

export interface PageActions {
  select(selection: Selection): void
  /** Changes view, unit, colour, search … and keeps it. */
  change(change: Partial<PageState>): void
  /** Rejects with a sentence for the user where nobody can answer (a saved run has no prompts). */
  ask<Ask extends RunQuestion['ask']>(
    question: Extract<RunQuestion, { readonly ask: Ask }>,
  ): Promise<AnswerToRun<Ask>>
  post(message: Exclude<FromPage, { type: 'ask' | 'ready' }>): void
  /** Says something to screen readers. */
  announce(text: string): void
}

/** A part of the page; `show` is called with every change, and only then does it look different. */
export interface Pane {
  readonly element: HTMLElement
  show(page: Page): void
  /** How many things match the search, and which of them is selected (from 1; 0 for none); absent where nothing is searched. */
  readonly found?: { readonly count: number; readonly position: number } | undefined
  /** Selects the next match of the search (1), or the one before (−1). */
  goToMatch?(step: 1 | -1): void
  /** Zooms so that what the editor asked for is seen among its like. */
  zoomToSelection?(): void
  /** The picture as it is seen: SVG as text, PNG as a data URL, CSV; absent where the view has none such. */
  exportAs?(format: 'svg' | 'png' | 'csv'): string | undefined
}

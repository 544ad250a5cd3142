// The pane for the selection: what it is and comes to at once, out of the columns; the rest when somebody has answered.

import type { Finding } from '../../profiler-agent/model/finding'
import type { SpanAnswer } from '../../profiler-agent/model/run-questions'
import {
  at,
  PART_CACHES,
  PART_KINDS,
  type PartColumns,
  type RunColumns,
  SPAN_KINDS,
  spanId,
} from '../../profiler-agent/profile/columns'
import { element } from '../element'
import { kindWord } from '../labels'
import type { Page, PageActions, Pane } from '../page'
import { callBuckets, summedBuckets } from './bucket-table'
import { callSite } from './call-site'
import { CACHE_WORDS, callFacts, factList, labelFacts, unpricedFact } from './facts'
import { partFigures, spanFigures } from './figures'
import { errorNote, findingNote } from './notes'

/** What was answered about a span; `failure` is a sentence for the user. */
interface Answered {
  readonly runId: string
  readonly spanId: string
  readonly found?: SpanAnswer
  readonly failure?: string
}

export class DetailsView implements Pane {
  readonly element = element('section', {
    class: 'details',
    'aria-label': 'Details of the selection',
    tabindex: '0',
  })
  #page: Page | undefined
  #answered: Answered | undefined

  constructor(readonly actions: PageActions) {}

  show(page: Page): void {
    const before = this.#page
    this.#page = page
    const isSame =
      before?.columns === page.columns &&
      before.selection.span === page.selection.span &&
      before.selection.part === page.selection.part
    if (isSame) return
    this.#ask(page.columns.head.id, spanId(page.columns, page.selection.span))
    this.#render()
  }

  /** What a live run has answered about a span stays until the newer answer is there. */
  #ask(runId: string, id: string): void {
    const isOther = this.#answered?.runId !== runId || this.#answered.spanId !== id
    if (isOther) this.#answered = { runId, spanId: id }
    // A run that no span stands for: the columns say all there is.
    if (id === '') return
    const isCurrent = () => this.#answered?.runId === runId && this.#answered.spanId === id
    const answered = (answer: Pick<Answered, 'found' | 'failure'>) => {
      if (!isCurrent()) return
      this.#answered = { runId, spanId: id, ...answer }
      this.#render()
    }
    this.actions.ask({ ask: 'span', runId, spanId: id }).then(
      ({ found }) => answered(found === null ? { failure: 'This span is not stored any more.' } : { found }),
      (error: unknown) => answered({ failure: error instanceof Error ? error.message : String(error) }),
    )
  }

  #render(): void {
    const page = this.#page
    if (page === undefined) return
    const { columns, selection } = page
    const { parts } = columns
    this.element.replaceChildren(
      ...(selection.part >= 0 && parts !== undefined
        ? partContent(columns, parts, selection.part)
        : this.#spanContent(page)),
    )
  }

  #spanContent({ columns, selection, canReveal }: Page): HTMLElement[] {
    const { found, failure } = this.#answered ?? {}
    const span = found?.span
    const call = span?.modelCall
    return [
      heading(kindOfSpan(columns, selection.span), textOf(columns, at(columns.name, selection.span))),
      spanFigures(columns, selection.span),
      ...(span === undefined ? [] : errorNote(span)),
      ...this.#findings(columns, selection.span).map((finding) =>
        findingNote(finding, canReveal, this.actions),
      ),
      ...(span === undefined ? [] : callSite(span, canReveal, this.actions)),
      ...(span === undefined || call === undefined
        ? aggregate(columns, selection.span, found)
        : [...factList([...callFacts(span, call), ...labelFacts(span)]), callBuckets(call.usage, call.cost)]),
      ...(failure === undefined ? [] : [element('p', { class: 'hint' }, failure)]),
    ]
  }

  /** The run shows them all, also those that name no span. */
  #findings(columns: RunColumns, span: number): readonly Finding[] {
    const own = spanId(columns, span)
    return columns.head.findings.filter(({ spanIds }) => span === 0 || spanIds.includes(own))
  }
}

function kindOfSpan(columns: RunColumns, span: number) {
  return SPAN_KINDS[at(columns.kind, span)] ?? 'other'
}

function textOf({ strings }: RunColumns, index: number): string {
  return strings[index] ?? ''
}

function heading(kind: Parameters<typeof kindWord>[0], name: string): HTMLElement {
  return element(
    'header',
    { class: 'details-head' },
    element('span', { class: 'swatch', 'data-kind': kind }),
    element('h2', {}, name),
    element('span', { class: 'kind' }, kindWord(kind)),
  )
}

function partContent(columns: RunColumns, parts: PartColumns, part: number): HTMLElement[] {
  const kind = PART_KINDS[at(parts.kind, part)] ?? 'overhead'
  const name = textOf(columns, at(parts.name, part))
  return [
    heading(kind, name === '' ? kindWord(kind) : name),
    partFigures(columns, parts, part),
    ...factList([
      ['Part', textOf(columns, at(parts.path, part))],
      ['Cache', CACHE_WORDS[PART_CACHES[at(parts.cache, part)] ?? 'none']],
      ['≈', 'An estimate. The parts of a call add up to its exact total.'],
    ]),
  ]
}

/** Of the run itself the columns know what no answer is needed for. */
function aggregate(columns: RunColumns, span: number, found: SpanAnswer | undefined): HTMLElement[] {
  const totals = span === 0 ? columns.head.totals : found?.totals
  return [
    ...factList([
      totals === undefined ? undefined : unpricedFact(totals.unpricedCalls),
      ...(found === undefined ? [] : labelFacts(found.span)),
    ]),
    ...(totals === undefined ? [] : summedBuckets(totals.usage)),
  ]
}

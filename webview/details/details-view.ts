// The pane for the selection: what it is and comes to at once, out of the columns; the rest when somebody has answered.

import type { Finding } from '../../profiler-agent/model/finding'
import type { CallPrompt, SpanAnswer } from '../../profiler-agent/model/run-questions'
import {
  at,
  Flag,
  hasFlag,
  PART_KINDS,
  type RunColumns,
  SPAN_KINDS,
  spanId,
} from '../../profiler-agent/profile/columns'
import { NO_PART, REST_OF_CALL } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { kindWord } from '../labels'
import type { DetailsTab } from '../messages'
import type { Page, PageActions, Pane } from '../page'
import { spanWithId } from '../selection'
import { t } from '../words'
import { callSite } from './call-site'
import { attemptList, callTab } from './call-tab'
import { partFigures, spanFigures } from './figures'
import { callLinks } from './links'
import { callNotes, findingNote } from './notes'
import { partContent } from './part'
import { PromptPane } from './prompt/prompt-pane'
import { ReplyPane } from './prompt/reply-pane'
import { type LoadedPrompt, Prompts } from './prompts'
import { aggregate } from './span-content'
import { DETAILS_PANEL, DetailsTabs } from './tabs'

/** What was answered about a span; `failure` is a sentence for the user. */
interface Answered {
  readonly runId: string
  readonly spanId: string
  readonly found?: SpanAnswer
  readonly failure?: string
}

const HEADING = 'details-heading'
/** While a run goes on it changes several times a second. */
const LIVE_ASK_MS = 1_000

export class DetailsView implements Pane {
  readonly element = element('section', { class: 'details', 'aria-label': t('Details of the selection') })
  readonly #top = element('div', { class: 'details-top' })
  readonly #body = element('div', { class: 'details-body', id: DETAILS_PANEL, tabindex: '0' })
  readonly #tabs: DetailsTabs
  readonly #prompts: Prompts
  readonly #prompt: PromptPane
  readonly #reply: ReplyPane
  #page: Page | undefined
  #answered: Answered | undefined
  #askedAt = 0

  constructor(readonly actions: PageActions) {
    this.#tabs = new DetailsTabs((detailsTab) => actions.change({ detailsTab }))
    this.#prompts = new Prompts(actions, () => this.#render())
    this.#prompt = new PromptPane({ ...actions, openSpan: (id) => this.#open(id) })
    this.#reply = new ReplyPane(actions)
    this.element.append(this.#top, this.#body)
  }

  show(page: Page): void {
    const before = this.#page
    this.#page = page
    const isSamePlace =
      before !== undefined &&
      askedId(before) === askedId(page) &&
      before.selection.part === page.selection.part &&
      before.state.detailsTab === page.state.detailsTab
    if (isSamePlace && before.columns === page.columns) return
    const id = askedId(page)
    if (before?.columns !== page.columns || this.#answered?.spanId !== id) this.#ask(page, id)
    // A call that is over stays what it is while its run goes on; what is open in it and has the focus stays, too.
    const isSettled = hasFlag(page.columns, page.selection.span, Flag.call) && this.#answered?.found
    const isFoundAlike = before?.columns.head.findings.length === page.columns.head.findings.length
    if (!isSamePlace || !isSettled || !isFoundAlike) this.#render()
  }

  /** What a live run has answered about a span stays until the newer answer is there. */
  #ask({ columns, live }: Page, id: string): void {
    const runId = columns.head.id
    const isOther = this.#answered?.runId !== runId || this.#answered.spanId !== id
    if (!isOther && live && performance.now() - this.#askedAt < LIVE_ASK_MS) return
    this.#askedAt = performance.now()
    if (isOther) this.#answered = { runId, spanId: id }
    const answered = (answer: Pick<Answered, 'found' | 'failure'>) => {
      if (this.#answered?.runId !== runId || this.#answered.spanId !== id) return
      const isNew = JSON.stringify(answer.found) !== JSON.stringify(this.#answered.found)
      this.#answered = { runId, spanId: id, ...answer }
      if (isNew || answer.failure !== undefined) this.#render()
    }
    this.actions.ask({ ask: 'span', runId, spanId: id }).then(
      ({ found }) =>
        answered(found === null ? { failure: t('This span is not stored any more.') } : { found }),
      (error: unknown) => answered({ failure: error instanceof Error ? error.message : String(error) }),
    )
  }

  #render(): void {
    const page = this.#page
    if (page === undefined) return
    const { columns, selection } = page
    const isCall = hasFlag(columns, selection.span, Flag.call)
    const tab = isCall ? (page.state.detailsTab ?? 'call') : 'call'
    this.#top.replaceChildren(...this.#heading(page), ...(isCall ? [this.#tabs.element] : []))
    this.#tabs.show(tab)
    // Named by its tab, else by what is selected.
    this.#body.setAttribute('role', isCall ? 'tabpanel' : 'region')
    this.#body.setAttribute('aria-labelledby', isCall ? `details-${tab}` : HEADING)
    this.#renderBody(page, tab)
  }

  #heading({ columns, selection: { span, part } }: Page): HTMLElement[] {
    const { parts } = columns
    if (part >= 0 && parts !== undefined) {
      const kind = PART_KINDS[at(parts.kind, part)] ?? 'overhead'
      const name = textOf(columns, at(parts.name, part))
      return [heading(kind, name === '' ? kindWord(kind) : name), partFigures(columns, parts, part)]
    }
    const kind = SPAN_KINDS[at(columns.kind, span)] ?? 'other'
    const name = textOf(columns, at(columns.name, span))
    const isRest = part === REST_OF_CALL
    return [
      heading(kind, isRest ? t('{0}: what its parts leave over', name) : name),
      spanFigures(columns, span),
    ]
  }

  #renderBody(page: Page, tab: DetailsTab): void {
    const prompt = tab === 'call' ? undefined : this.#promptOf(page)
    const isList = prompt !== undefined && !('failure' in prompt)
    this.#body.classList.toggle('is-list', isList)
    // A list is scrolled itself.
    this.#body.tabIndex = isList ? -1 : 0
    if (isList) this.#showPrompt(page, tab, prompt)
    else if (tab === 'call') this.#replace(this.#spanContent(page))
    else this.#replace([element('p', { class: 'hint' }, prompt?.failure ?? t('Loading …'))])
  }

  #replace(content: readonly HTMLElement[]): void {
    const { scrollTop } = this.#body
    this.#body.replaceChildren(...content)
    this.#body.scrollTop = scrollTop
  }

  #promptOf({ columns, selection }: Page): LoadedPrompt {
    const { id, findings } = columns.head
    return this.#prompts.of(id, spanId(columns, selection.span), findings.length)
  }

  #showPrompt({ columns, selection }: Page, tab: DetailsTab, prompt: CallPrompt): void {
    const pane = tab === 'reply' ? this.#reply : this.#prompt
    if (this.#body.firstChild !== pane.element) this.#body.replaceChildren(pane.element)
    const key = JSON.stringify([columns.head.id, spanId(columns, selection.span)])
    pane.show(key, prompt, pathOfPart(columns, selection.part))
  }

  #spanContent({ columns, selection: { span: index, part }, canReveal }: Page): HTMLElement[] {
    const { found, failure } = this.#answered ?? {}
    const span = found?.span
    const call = span?.modelCall
    const note = failure === undefined ? [] : [element('p', { class: 'hint' }, failure)]
    if (part >= 0) return partContent(columns, part, () => this.actions.change({ detailsTab: 'prompt' }))
    const findings = findingsOf(columns, index).map((finding) =>
      findingNote(finding, canReveal, this.actions),
    )
    if (found === undefined || span === undefined) return [...findings, ...note]
    return [
      ...callNotes(span),
      ...findings,
      ...callSite(span, canReveal, this.actions),
      ...callLinks(found, (id) => this.#open(id), this.actions),
      ...(call === undefined
        ? aggregate(found)
        : callTab(
            span,
            call,
            attemptList(columns, span.id, found.attempts, (other) =>
              this.actions.select({ span: other, part: NO_PART }),
            ),
          )),
    ]
  }

  #open(id: string): void {
    const columns = this.#page?.columns
    const span = columns === undefined ? -1 : spanWithId(columns, id)
    if (span >= 0) this.actions.select({ span, part: NO_PART })
  }
}

/** A run that no span stands for is asked for by its own id. */
function askedId({ columns, selection }: Page): string {
  return spanId(columns, selection.span) || columns.head.id
}

/** The run shows them all, also those that name no span. */
function findingsOf(columns: RunColumns, span: number): readonly Finding[] {
  const own = spanId(columns, span)
  return columns.head.findings.filter(({ spanIds }) => span === 0 || spanIds.includes(own))
}

function textOf({ strings }: RunColumns, index: number): string {
  return strings[index] ?? ''
}

function pathOfPart({ parts, strings }: RunColumns, part: number): string | undefined {
  return part >= 0 && parts !== undefined ? strings[at(parts.path, part)] : undefined
}

function heading(kind: Parameters<typeof kindWord>[0], name: string): HTMLElement {
  return element(
    'header',
    { class: 'details-head' },
    element('span', { class: 'swatch', 'data-kind': kind }),
    element('h2', { id: HEADING }, name),
    name === kindWord(kind) ? undefined : element('span', { class: 'kind' }, kindWord(kind)),
  )
}

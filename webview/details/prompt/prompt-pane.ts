// The prompt of a call as the provider saw it: what it was billed as, where it parts from the request before and why, and block by block.

import { formatCount } from '../../../profiler-agent/model/quantity'
import type { CallPrompt, DivergenceCause, PromptBefore } from '../../../profiler-agent/model/run-questions'
import { button, type Child, element } from '../../element'
import type { PageActions } from '../../page'
import { counted, t } from '../../words'
import { cacheStrip } from './cache-strip'
import { PromptList } from './prompt-list'
import { blockKey, countChanges, DIVERGENCE, promptRows } from './prompt-rows'

export interface PromptPaneActions extends PageActions {
  readonly openSpan: (spanId: string) => void
}

const BASIS: Readonly<Record<PromptBefore['basis'], string>> = {
  conversation: t('the request before in this conversation'),
  finding: t('the request that the finding compares it with'),
  agent: t('the last request that the same agent made'),
}

const UNSEEN: Readonly<Record<NonNullable<CallPrompt['unseen']>, string>> = {
  held: t('The provider holds the beginning of this prompt; the request shows only what is new.'),
  edited: t('The provider took something out of this prompt by itself; this is what was sent.'),
  cut: t('The request was not recorded whole.'),
  redacted: t('Credentials in this prompt were masked, so texts that look the same may differ.'),
}

const NO_TEXTS = t('The texts are not here: a saved run holds none, and "content": "hashes" keeps none.')
const UNBILLED = t(
  'Nobody was billed for this call: the tokens are our own count, and nothing says what of it was cached.',
)

export class PromptPane {
  readonly element = element('div', { class: 'prompt' })
  readonly #bar = element('div', { class: 'prompt-bar' })
  readonly #head = element('div', { class: 'prompt-head' })
  readonly #list: PromptList
  #prompt: CallPrompt | undefined
  #key = ''
  #path: string | undefined
  #onlyChanges = false

  constructor(readonly actions: PromptPaneActions) {
    this.#list = new PromptList(actions, t('Prompt, block by block'))
    this.element.append(this.#bar, this.#list.element)
  }

  /** To be called when it is in the document. `path`: of the block that is selected, to go to when it is another one. */
  show(key: string, prompt: CallPrompt, path?: string): void {
    const isOther = key !== this.#key
    const isOtherPart = isOther || path !== this.#path
    if (isOther) this.#onlyChanges = false
    this.#key = key
    this.#path = path
    this.#prompt = prompt
    this.#draw(isOther)
    if (path === undefined || !isOtherPart) return
    const index = prompt.blocks.findIndex((block) => isWithin(block.path, path))
    // The focus stays where the part was selected.
    if (index >= 0) this.#goTo(index)
  }

  #draw(isOther: boolean): void {
    const prompt = this.#prompt
    if (prompt === undefined) return
    const { blocks, unseen, before, isBilled } = prompt
    const { bar, legend } = cacheStrip(blocks, (index) => this.#jumpTo(index))
    this.#bar.replaceChildren(...(bar === undefined ? [] : [bar]))
    this.#head.replaceChildren(
      ...(legend === undefined ? [] : [legend]),
      ...(isBilled ? [] : [element('p', { class: 'note note-info' }, UNBILLED)]),
      ...(hasTexts(prompt) ? [] : [element('p', { class: 'note note-info' }, NO_TEXTS)]),
      ...(unseen === undefined ? [] : [element('p', { class: 'note note-info' }, UNSEEN[unseen])]),
      ...(before === undefined ? [] : [this.#comparison(prompt, before)]),
      // Where nothing parts there is no row at which it could stand.
      ...(before?.firstDivergence === null && before.cause !== undefined ? [causeNote(before.cause)] : []),
    )
    this.#list.show(
      {
        head: this.#head,
        rows: promptRows(prompt, { onlyChanges: this.#onlyChanges }),
        divergence: () => divergenceRow(before),
        showAll: () => this.#filter(false),
        isOpen: false,
      },
      isOther,
    )
  }

  #comparison(prompt: CallPrompt, before: PromptBefore): HTMLElement {
    const { blocks } = prompt
    const { firstDivergence: first } = before
    const link = button(BASIS[before.basis], () => this.actions.openSpan(before.spanId), { class: 'link' })
    const changes = countChanges(prompt)
    const texts: Child[] =
      first === null
        ? [`${sameText(blocks.filter(({ change }) => change === 'same').length)} ${t('as in')} `, link, '.']
        : [
            `${t('Parts at block {0}', formatCount(first + 1))}, `,
            this.#jump(first, blocks[first]?.path ?? ''),
            `, ${t('from')} `,
            link,
          ]
    return element(
      'div',
      { class: 'prompt-compare' },
      element('p', {}, ...texts),
      changes === 0
        ? undefined
        : button(
            this.#onlyChanges
              ? t('All {0}', counted(blocks.length, 'block'))
              : t('Only the {0}', counted(changes, 'change')),
            () => this.#filter(!this.#onlyChanges),
            { class: 'small-button', 'aria-pressed': String(this.#onlyChanges) },
          ),
    )
  }

  #jump(index: number, path: string): HTMLElement {
    return button(path, () => this.#jumpTo(index), { class: 'link place', title: t('Show this block') })
  }

  #filter(onlyChanges: boolean): void {
    this.#onlyChanges = onlyChanges
    this.#draw(false)
    this.#list.toTop()
  }

  #jumpTo(index: number): void {
    this.#goTo(index)
    this.#list.focus()
  }

  #goTo(index: number): void {
    if (this.#onlyChanges && this.#prompt?.blocks[index]?.change === 'same') this.#filter(false)
    const isDivergence = this.#prompt?.before?.firstDivergence === index
    this.#list.goTo(blockKey(index), isDivergence ? DIVERGENCE : undefined)
  }
}

function causeNote({ rule, message }: DivergenceCause): HTMLElement {
  return element('div', { class: 'note note-info' }, message, ' ', element('code', {}, rule))
}

function sameText(count: number): string {
  return count === 0 ? t('Nothing is the same') : t('Begins with the same {0}', counted(count, 'block'))
}

function hasTexts({ blocks }: CallPrompt): boolean {
  const texts = blocks.filter(({ hash }) => hash !== '')
  return texts.length === 0 || texts.some(({ text }) => text !== null)
}

/** Says what it means that the prompts part here, and why, where the analysis knows. */
function divergenceRow(before: PromptBefore | undefined): HTMLElement {
  const cause = before?.cause
  return element(
    'div',
    { class: 'divergence-row', role: 'listitem' },
    element('strong', {}, t('Here it parts from the request before')),
    cause === undefined
      ? element('p', {}, t('What follows cannot be read from what that request left in the cache.'))
      : element('p', {}, cause.message, ' ', element('code', {}, cause.rule)),
  )
}

/** `messages[4].content[0]` is within `messages[4]` and within `messages[2..7]`. */
function isWithin(path: string, part: string): boolean {
  if (path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`)) return true
  const range = /^(\w+)\[(\d+)\.\.(\d+)\]$/.exec(part)
  const at = /^(\w+)\[(\d+)\]/.exec(path)
  if (!range || !at || range[1] !== at[1]) return false
  return Number(at[2]) >= Number(range[2]) && Number(at[2]) <= Number(range[3])
}

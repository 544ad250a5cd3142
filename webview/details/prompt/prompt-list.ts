// The blocks of a prompt or a reply as a list that stays fast with thousands of them: opened one by one, walked through by keyboard.

import { button, element } from '../../element'
import type { PageActions } from '../../page'
import { t } from '../../words'
import { blockRow, goneRow, type RowState, skippedRow } from './block-row'
import { laidOut } from './laid-out'
import { differenceRows, type LoadedText, Texts, textRows } from './open-text'
import type { PromptRow } from './prompt-rows'
import { type VirtualRow, VirtualRows } from './virtual-rows'

export interface ListContent {
  /** Stands above the rows and is scrolled with them. */
  readonly head: HTMLElement
  readonly rows: readonly PromptRow[]
  /** What stands where the prompt parts from the request before. */
  readonly divergence: () => HTMLElement
  readonly showAll: () => void
  /** Blocks that are open to begin with, where there are few. */
  readonly isOpen: boolean
}

/** `laidOut`: JSON on lines of its own, for reading; the text is what was sent. */
type Shown = 'text' | 'laidOut' | 'difference'
type TextRow = Extract<PromptRow, { what: 'block' | 'gone' }>

/** Before it is measured; grows with the page's font. */
const ROW_HEIGHT = 44
const HEAD_HEIGHT = 80

export class PromptList {
  readonly element: HTMLElement
  readonly #list: VirtualRows
  readonly #texts: Texts
  readonly #open = new Map<string, Shown>()
  #content: ListContent | undefined
  #textRows: readonly TextRow[] = []
  #highest = 0
  #active = ''
  /** Opened by going to it, not by hand. */
  #opened: string | undefined

  constructor(
    readonly actions: PageActions,
    label: string,
  ) {
    this.#list = new VirtualRows({ role: 'list', 'aria-label': label, tabindex: '0' })
    this.element = this.#list.element
    this.#texts = new Texts(actions, () => this.#refresh())
    this.element.addEventListener('keydown', (event) => this.#onKey(event))
    this.element.addEventListener('click', (event) => this.#onClick(event))
  }

  /** `isOther`: another prompt, of which nothing is open yet. */
  show(content: ListContent, isOther: boolean): void {
    this.#content = content
    this.#textRows = content.rows.filter((row) => row.what === 'block' || row.what === 'gone')
    this.#highest = content.rows.reduce(
      (most, row) => (row.what === 'block' ? Math.max(most, row.block.picoUsd ?? row.block.tokens) : most),
      0,
    )
    if (isOther) {
      this.#open.clear()
      this.#opened = undefined
      if (content.isOpen) for (const { key } of this.#textRows) this.#open.set(key, 'laidOut')
      this.#list.scrollToTop()
    }
    if (isOther || !this.#textRows.some(({ key }) => key === this.#active))
      this.#active = this.#textRows[0]?.key ?? ''
    this.#refresh()
  }

  toTop(): void {
    this.#list.scrollToTop()
  }

  focus(): void {
    this.#headOf(this.#active)?.focus({ preventScroll: true })
  }

  /** Opens a block and brings it to the top, or the row `under` which it stands. */
  goTo(key: string, under = key): void {
    const row = this.#textRows.find((one) => one.key === key)
    if (row) {
      this.#active = key
      // Whoever walks over the parts of a prompt leaves no trail of open texts.
      if (this.#opened !== undefined && this.#opened !== key) this.#open.delete(this.#opened)
      this.#opened = this.#open.has(key) && this.#opened !== key ? undefined : key
      if (!this.#open.has(key)) this.#open.set(key, shownFirst(row))
    }
    this.#list.keep(key)
    this.#refresh()
    this.#list.reveal(under, 'start')
  }

  #refresh(): void {
    if (this.#content === undefined) return
    const focused = this.element.contains(document.activeElement) && document.activeElement !== this.element
    const { head, rows } = this.#content
    this.#list.show([
      { key: 'head', height: HEAD_HEIGHT, render: () => element('div', { role: 'listitem' }, head) },
      ...rows.flatMap((row) => this.#rowsOf(row)),
    ])
    if (focused) this.focus()
  }

  #rowsOf(row: PromptRow): VirtualRow[] {
    const { key } = row
    switch (row.what) {
      case 'divergence':
        return [{ key, height: ROW_HEIGHT, render: () => this.#content?.divergence() ?? element('div') }]
      case 'skipped':
        return [
          {
            key,
            height: ROW_HEIGHT / 2,
            render: () => skippedRow(row.count, row.tokens, () => this.#content?.showAll()),
          },
        ]
      default:
        return [this.#headRow(row), ...this.#openRows(row)]
    }
  }

  #headRow(row: TextRow): VirtualRow {
    const { key } = row
    const state = (): RowState => ({
      key,
      isOpen: this.#open.has(key),
      isActive: key === this.#active,
      position: this.#textRows.indexOf(row) + 1,
      count: this.#textRows.length,
    })
    const render = () => {
      if (row.what === 'gone') return goneRow(row.gone, state())
      const { picoUsd, tokens } = row.block
      return blockRow(row.block, this.#highest === 0 ? 0 : (picoUsd ?? tokens) / this.#highest, state())
    }
    return { key, height: ROW_HEIGHT, render }
  }

  #openRows(row: TextRow): VirtualRow[] {
    const shown = this.#open.get(row.key)
    const hash = row.what === 'block' ? row.block.hash : row.gone.hash
    if (shown === undefined || hash === '') return []
    const text = this.#texts.of(hash)
    const before = row.what === 'block' ? row.block.hashBefore : undefined
    const rows =
      shown === 'difference' && before !== undefined
        ? differenceRows(row.key, this.#texts.of(before), text)
        : textRows(
            `${row.key} ${shown}`,
            shown === 'laidOut' && typeof text === 'string' ? laidOut(text) : text,
          )
    const bar = this.#textBar(row, shown, before !== undefined, text)
    return [...(bar === undefined ? [] : [bar]), ...rows]
  }

  /** What can be done with a text. */
  #textBar(row: TextRow, shown: Shown, isChanged: boolean, text: LoadedText): VirtualRow | undefined {
    if (typeof text !== 'string') return undefined
    const choice = (what: Shown, word: string) =>
      button(word, () => this.#show(row.key, what), {
        class: 'text-choice',
        'aria-pressed': String(what === (shown === 'laidOut' && laidOut(text) === text ? 'text' : shown)),
      })
    return {
      key: `${row.key} bar`,
      height: 26,
      render: () =>
        element(
          'div',
          { class: 'text-bar', role: 'listitem' },
          ...(isChanged ? [choice('difference', t('What changed'))] : []),
          ...(laidOut(text) === text ? [] : [choice('laidOut', t('Laid out'))]),
          ...(isChanged || laidOut(text) !== text
            ? [choice('text', isChanged ? t('Whole text') : t('As sent'))]
            : []),
          button(t('Copy text'), () => this.#copy(text), { class: 'link' }),
          element('span', { class: 'dim' }, `${text.length.toLocaleString('en')} characters`),
        ),
    }
  }

  #copy(text: string): void {
    this.actions.post({ type: 'copy', text })
    this.actions.announce(t('Text copied'))
  }

  #show(key: string, what: Shown): void {
    this.#open.set(key, what)
    this.#refresh()
  }

  #toggle(key: string, isOpen = !this.#open.has(key)): void {
    const row = this.#textRows.find((one) => one.key === key)
    if (row === undefined || isOpen === this.#open.has(key)) return
    if (isOpen) this.#open.set(key, shownFirst(row))
    else this.#open.delete(key)
    if (this.#opened === key) this.#opened = undefined
    this.#activate(key)
  }

  #activate(key: string): void {
    this.#active = key
    this.#list.keep(key)
    this.#refresh()
    this.#list.reveal(key)
    this.focus()
  }

  #headOf(key: string): HTMLElement | undefined {
    const head = this.#list.rowOf(key)?.querySelector('button.block-head')
    return head instanceof HTMLElement ? head : undefined
  }

  #onClick(event: MouseEvent): void {
    const key = keyAt(event.target)
    if (key !== undefined) this.#toggle(key)
  }

  #onKey(event: KeyboardEvent): void {
    const key = event.target === this.element ? this.#active : keyAt(event.target)
    if (key === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const isOutside = event.target === this.element
    const index = this.#textRows.findIndex((row) => row.key === key)
    const last = this.#textRows.length - 1
    const moves: Readonly<Record<string, number>> = {
      // The first key leads into the list, where there is something to lead to.
      ArrowDown: Math.min(last, index + (isOutside && this.#headOf(key) ? 0 : 1)),
      ArrowUp: Math.max(0, index - 1),
      Home: 0,
      End: last,
    }
    const target = moves[event.key]
    if (target !== undefined) this.#activate(this.#textRows[target]?.key ?? key)
    else if (event.key === 'ArrowRight') this.#toggle(key, true)
    else if (event.key === 'ArrowLeft') this.#toggle(key, false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}

/** Of a text that changed one wants to see first what changed in it. */
function shownFirst(row: TextRow): Shown {
  return row.what === 'block' && row.block.hashBefore !== undefined ? 'difference' : 'laidOut'
}

function keyAt(target: EventTarget | null): string | undefined {
  const head = target instanceof Element ? target.closest('button.block-head') : null
  return head?.getAttribute('data-key') ?? undefined
}

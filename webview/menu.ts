// A button that opens a menu, by the ARIA authoring practices: arrow keys, Home, End, Escape, and focus back on the button.

import { element } from './element'
import { icon } from './icons'

export interface MenuItem {
  readonly label: string
  readonly says?: string
  run(): void
}

export class Menu {
  readonly element: HTMLElement
  private readonly button: HTMLButtonElement
  private readonly list: HTMLElement

  /** `items` is asked each time the menu opens. */
  constructor(
    label: string,
    private readonly items: () => readonly MenuItem[],
  ) {
    this.button = element(
      'button',
      { type: 'button', class: 'menu-button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
      label,
      icon('open'),
    )
    this.list = element('div', { class: 'menu', role: 'menu', 'aria-label': label, hidden: '' })
    this.element = element('div', { class: 'menu-place' }, this.button, this.list)
    this.button.addEventListener('click', () => (this.list.hidden ? this.open() : this.close()))
    this.element.addEventListener('keydown', (event) => this.onKey(event))
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.element.contains(relatedTarget))) this.close()
    })
  }

  private open() {
    this.list.replaceChildren(...this.items().map((item) => this.row(item)))
    this.list.hidden = false
    this.button.setAttribute('aria-expanded', 'true')
    this.keepOnPage()
    this.focusRow(0)
  }

  private close() {
    this.list.hidden = true
    this.button.setAttribute('aria-expanded', 'false')
  }

  /** Opens to the left where there is no room to the right. */
  private keepOnPage() {
    this.list.classList.remove('to-left')
    if (this.list.getBoundingClientRect().right > innerWidth) this.list.classList.add('to-left')
  }

  private row({ label, says, run }: MenuItem): HTMLElement {
    const row = element(
      'button',
      { type: 'button', role: 'menuitem', tabindex: '-1' },
      element('span', {}, label),
      says === undefined ? undefined : element('small', {}, says),
    )
    row.addEventListener('click', () => {
      this.button.focus()
      this.close()
      run()
    })
    return row
  }

  private get rows(): readonly HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('[role=menuitem]')]
  }

  private focusRow(index: number) {
    const { rows } = this
    rows.at(index % rows.length)?.focus()
  }

  private onKey(event: KeyboardEvent) {
    // Keys of an open menu are nobody else's.
    if (!this.list.hidden) event.stopPropagation()
    const focused = this.rows.findIndex((row) => row.matches(':focus'))
    if (event.key === 'ArrowDown' && this.list.hidden) this.open()
    else if (event.key === 'ArrowDown') this.focusRow(focused + 1)
    else if (event.key === 'ArrowUp') this.focusRow(focused - 1)
    else if (event.key === 'Home') this.focusRow(0)
    else if (event.key === 'End') this.focusRow(-1)
    else if (event.key === 'Escape' && !this.list.hidden) {
      this.button.focus()
      this.close()
    } else return
    event.preventDefault()
  }
}

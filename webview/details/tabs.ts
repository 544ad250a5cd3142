// The tabs of a call: what is said of it, its prompt, its reply.

import { element } from '../element'
import type { DetailsTab } from '../messages'
import { t } from '../words'

export const DETAILS_PANEL = 'details-panel'

const TABS: readonly { readonly tab: DetailsTab; readonly word: string }[] = [
  { tab: 'call', word: t('Call') },
  { tab: 'prompt', word: t('Prompt') },
  { tab: 'reply', word: t('Reply') },
]

export class DetailsTabs {
  readonly element = element('div', { class: 'subtabs', role: 'tablist', 'aria-label': t('Of the call') })
  readonly #buttons: ReadonlyMap<DetailsTab, HTMLButtonElement>

  constructor(readonly choose: (tab: DetailsTab) => void) {
    this.#buttons = new Map(TABS.map(({ tab, word }) => [tab, this.#button(tab, word)]))
    this.element.append(...this.#buttons.values())
    this.element.addEventListener('keydown', (event) => this.#onKey(event))
  }

  show(tab: DetailsTab): void {
    for (const [of, made] of this.#buttons) {
      made.setAttribute('aria-selected', String(of === tab))
      made.tabIndex = of === tab ? 0 : -1
    }
  }

  #button(tab: DetailsTab, word: string): HTMLButtonElement {
    const made = element(
      'button',
      { type: 'button', role: 'tab', id: `details-${tab}`, 'aria-controls': DETAILS_PANEL },
      word,
    )
    made.addEventListener('click', () => this.choose(tab))
    return made
  }

  #onKey(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const index = TABS.findIndex(({ tab }) => this.#buttons.get(tab) === event.target)
    const next = TABS[(index + step + TABS.length) % TABS.length]
    if (step === 0 || index < 0 || next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    this.choose(next.tab)
    this.#buttons.get(next.tab)?.focus()
  }
}

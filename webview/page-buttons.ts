// The buttons beside the name of the run: save, details, help.

import { button, element } from './element'
import { iconButton } from './icons'
import { Menu, type MenuItem } from './menu'
import type { Page, PageActions } from './page'
import { isPicture } from './toolbar-choices'
import { t } from './words'

export interface PageButtonEvents {
  save(format: 'svg' | 'png' | 'csv'): void
  help(): void
  toggleDetails(): void
}

export class PageButtons {
  readonly element: HTMLElement
  private page: Page | undefined

  constructor(
    private readonly actions: PageActions,
    private readonly events: PageButtonEvents,
  ) {
    this.element = element(
      'div',
      { class: 'page-buttons' },
      new Menu(t('Save'), () => this.saveItems()).element,
      iconButton('side', t('Show or hide the details'), () => events.toggleDetails(), 'i'),
      button('?', () => events.help(), {
        class: 'icon-button',
        'aria-label': t('Help: keys and pointer'),
        title: t('Keys and pointer (?)'),
      }),
    )
  }

  show(page: Page) {
    this.page = page
  }

  private saveItems(): readonly MenuItem[] {
    const { events } = this
    const { view, canReveal = false } = this.page ?? {}
    const pictures = [
      { label: t('Picture as SVG'), run: () => events.save('svg') },
      { label: t('Picture as PNG'), run: () => events.save('png') },
    ]
    const csv = { label: t('Table as CSV'), run: () => events.save('csv') }
    return [
      ...(view !== undefined && isPicture(view) ? pictures : []),
      // A saved page has nobody to make a table of the run but its own table.
      ...(canReveal || view === 'table' ? [csv] : []),
      ...this.runItems(canReveal),
    ]
  }

  /** A saved page is an HTML file itself. */
  private runItems(isInEditor: boolean): readonly MenuItem[] {
    const { actions } = this
    const json = { label: t('Run as JSON'), run: () => actions.post({ type: 'save', format: 'json' }) }
    if (!isInEditor) return [json]
    return [
      {
        label: t('Page as HTML'),
        says: t('opens in any browser'),
        run: () => actions.post({ type: 'save', format: 'html' }),
      },
      json,
      {
        label: t('Run as JSON, redacted'),
        says: t('hashes instead of names and texts'),
        run: () => actions.post({ type: 'save', format: 'json', redacted: true }),
      },
    ]
  }
}

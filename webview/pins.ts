// What the user has pinned, with what it costs, side by side: to compare and to come back to.

import { kindOf, type Tree } from '../profiler-agent/profile/tree'
import { element } from './element'
import { iconButton } from './icons'
import { costText, kindWord, nameOf } from './labels'
import type { KeptSelection } from './messages'
import type { Page, PageActions } from './page'
import { nodeOfSelection, selectionOf } from './selection'
import { treeOfSpans } from './view-trees'
import { t } from './words'

export class Pins {
  readonly element = element('div', { class: 'pins', role: 'group', 'aria-label': t('Pinned'), hidden: '' })

  constructor(private readonly actions: PageActions) {}

  show(page: Page) {
    const pinned = page.state.pinned ?? []
    this.element.hidden = pinned.length === 0
    if (pinned.length === 0) return
    const tree = treeOfSpans(page.columns)
    this.element.replaceChildren(...pinned.map((kept) => this.pin(page, tree, kept, pinned)))
  }

  private pin(page: Page, tree: Tree, kept: KeptSelection, pinned: readonly KeptSelection[]): HTMLElement {
    const selection = selectionOf(page.columns, kept)
    const node = nodeOfSelection(tree, selection, undefined) ?? 0
    const name = nameOf(tree, node)
    const go = element(
      'button',
      { type: 'button', title: t('Select this {0}', kindWord(kindOf(tree, node))) },
      element('span', {}, name),
      element('b', {}, costText(tree, node)),
    )
    go.addEventListener('click', () => this.actions.select(selection))
    const others = pinned.filter((each) => each !== kept)
    const remove = iconButton('close', t('Unpin {0}', name), () => this.actions.change({ pinned: others }))
    return element('span', { class: 'pin' }, go, remove)
  }
}

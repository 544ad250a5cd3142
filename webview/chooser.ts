// A button that opens a panel of boxes to tick; it stays open while one ticks, and closes with Escape or when one goes elsewhere.

import { type Child, element } from './element'
import { icon } from './icons'

export function chooser(label: Child, panel: HTMLElement): HTMLDetailsElement {
  const summary = element('summary', { class: 'menu-button' }, label, icon('open'))
  const made = element('details', { class: 'chooser' }, summary, panel)
  // A press beside the boxes must not look as if the focus had left.
  panel.tabIndex = -1
  made.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !made.open) return
    event.stopPropagation()
    made.open = false
    summary.focus()
  })
  made.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !made.contains(relatedTarget)) made.open = false
  })
  document.addEventListener('pointerdown', ({ target }) => {
    if (target instanceof Node && !made.contains(target)) made.open = false
  })
  return made
}

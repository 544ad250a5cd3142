// Puts a pane where it is seen.

import { element } from './element'
import type { Page, Pane } from './page'

/** A bug in one pane is told in its place, and leaves the others as they are. Who worked in the one before goes on in this one. */
export function showIn(place: HTMLElement, pane: Pane, page: Page) {
  const isOther = place.firstChild !== pane.element
  const hadFocus = isOther && place.contains(document.activeElement)
  if (isOther) place.replaceChildren(pane.element)
  try {
    pane.show(page)
    if (hadFocus) focusIn(place)
  } catch (error) {
    place.replaceChildren(element('p', { class: 'nothing' }, `This view failed: ${error}`))
    reportError(error)
  }
}

/** On the picture or the table; where there is none that can be seen, on the place itself. */
function focusIn(place: HTMLElement) {
  for (const target of place.querySelectorAll<HTMLElement>('canvas, [role=grid], [role=treegrid]')) {
    target.focus()
    if (document.activeElement === target) return
  }
  place.focus()
}

// A place in the user's source: a way to it where somebody can open it, else its text.

import { button, element } from '../element'
import { t } from '../words'

export interface SourceLink {
  readonly text: string
  /** What is to be found there. */
  readonly title?: string
  readonly open: () => void
}

export function sourceLink({ text, title, open }: SourceLink, canReveal: boolean): HTMLElement {
  if (canReveal) return button(text, open, { class: 'link place', title: title ?? t('Open this line') })
  return element('span', { class: 'place', title }, text)
}

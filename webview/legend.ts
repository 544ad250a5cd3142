// What the colours of the picture mean.

import { element } from './element'
import type { LegendEntry } from './flame/colouring'
import type { Theme } from './flame/theme'
import { t } from './words'

export class Legend {
  readonly element = element('ul', {
    class: 'legend',
    'aria-label': t('What the colours mean'),
    // In a narrow page it scrolls.
    tabindex: '0',
  })

  show(entries: readonly LegendEntry[], { coloursOf }: Theme) {
    this.element.replaceChildren(
      ...entries.map(({ hue, word }) => {
        const swatch = element('span', { class: 'swatch' })
        swatch.style.background = coloursOf(hue).fill
        return element('li', {}, swatch, word)
      }),
    )
  }
}

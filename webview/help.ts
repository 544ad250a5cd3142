// What keys and pointer do, as an overlay over the page.

import { button, element } from './element'
import { t } from './words'

type Rows = readonly (readonly [keys: string, does: string])[]

const EVERYWHERE: Rows = [
  ['1 – 8', t('Timeline, icicle, call stack, prompt, sandwich, table, diff, charts')],
  ['u  U', t('Next, previous width')],
  ['c  C', t('Next, previous colouring')],
  ['f  or  /', t('Search')],
  ['n  p', t('Next, previous match')],
  ['m', t('Pin the selection')],
  ['o', t('Open the source line of the selection')],
  ['Ctrl+C', t('Copy name and numbers of the selection')],
  ['i', t('Show or hide the details')],
  ['?', t('This help')],
]

const PICTURE: Rows = [
  ['← →', t('Neighbours')],
  ['↑ ↓', t('Out to what it belongs to, in to its parts')],
  ['Enter', t('Zoom to the selection')],
  ['Escape', t('Zoom out by one')],
  ['w s  or  + −', t('Zoom in, out')],
  ['a d', t('Move left, right')],
  ['0', t('Show everything')],
  ['Backspace  or  Ctrl+Z', t('Undo a zoom')],
  ['Ctrl+Y', t('Redo a zoom')],
]

const POINTER: Rows = [
  ['Click', t('Select')],
  ['Double-click', t('Zoom to a box')],
  ['Wheel  or  pinch', t('Zoom')],
  ['Drag', t('Move')],
]

export class Help {
  readonly element: HTMLDialogElement

  constructor() {
    this.element = element(
      'dialog',
      { class: 'help', 'aria-labelledby': 'help-title' },
      element(
        'header',
        {},
        element('h2', { id: 'help-title' }, t('Keys and pointer')),
        button(t('Close'), () => this.element.close(), { class: 'plain-button' }),
      ),
      element(
        'div',
        { class: 'help-groups' },
        group(t('Everywhere'), EVERYWHERE),
        group(t('In the picture'), PICTURE),
        group(t('Pointer'), POINTER),
        element(
          'p',
          {},
          '≈ is an estimate or a share of an exact total. ≥ is a lower bound. – is nothing, or not known. Work is time that adds up: what ran in parallel counts side by side.',
        ),
      ),
    )
    this.element.addEventListener('click', (event) => {
      if (event.target === this.element) this.element.close()
    })
  }

  toggle() {
    if (this.element.open) this.element.close()
    else this.element.showModal()
  }
}

function group(title: string, rows: Rows): HTMLElement {
  return element(
    'section',
    {},
    element('h3', {}, title),
    element(
      'dl',
      {},
      ...rows.flatMap(([keys, does]) => [
        element(
          'dt',
          {},
          ...keys
            .split(/( or |\s+)/)
            .filter((word) => word.trim() !== '')
            .map((word) =>
              /^(or|–)$/.test(word.trim()) ? element('span', {}, word) : element('kbd', {}, word),
            ),
        ),
        element('dd', {}, does),
      ]),
    ),
  )
}

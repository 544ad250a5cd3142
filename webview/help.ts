// What keys and pointer do, as an overlay over the page.

import { button, element } from './element'

type Rows = readonly (readonly [keys: string, does: string])[]

const EVERYWHERE: Rows = [
  ['1 – 8', 'Timeline, icicle, call stack, prompt, sandwich, table, diff, charts'],
  ['u  U', 'Next, previous width'],
  ['c  C', 'Next, previous colouring'],
  ['f  or  /', 'Search'],
  ['n  p', 'Next, previous match'],
  ['m', 'Pin the selection'],
  ['o', 'Open the source line of the selection'],
  ['Ctrl+C', 'Copy name and numbers of the selection'],
  ['i', 'Show or hide the details'],
  ['?', 'This help'],
]

const PICTURE: Rows = [
  ['← →', 'Neighbours'],
  ['↑ ↓', 'Out to what it belongs to, in to its parts'],
  ['Enter', 'Zoom to the selection'],
  ['Escape', 'Zoom out by one'],
  ['w s  or  + −', 'Zoom in, out'],
  ['a d', 'Move left, right'],
  ['0', 'Show everything'],
  ['Backspace  or  Ctrl+Z', 'Undo a zoom'],
  ['Ctrl+Y', 'Redo a zoom'],
]

const POINTER: Rows = [
  ['Click', 'Select'],
  ['Double-click', 'Zoom to a box'],
  ['Wheel  or  pinch', 'Zoom'],
  ['Drag', 'Move'],
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
        element('h2', { id: 'help-title' }, 'Keys and pointer'),
        button('Close', () => this.element.close(), { class: 'plain-button' }),
      ),
      element(
        'div',
        { class: 'help-groups' },
        group('Everywhere', EVERYWHERE),
        group('In the picture', PICTURE),
        group('Pointer', POINTER),
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

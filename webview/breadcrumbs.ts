// The line above the picture: where one has zoomed to as a path of steps back, and what can be done with zoom and selection.

import type { Profile } from '../profiler-agent/profile/profile'
import { kindOf, type Tree } from '../profiler-agent/profile/tree'
import { numbersOf, pathText } from './copied'
import { button, element } from './element'
import { iconButton } from './icons'
import { kindWord, nameOf } from './labels'
import { Menu } from './menu'
import { pathTo } from './selection'
import { t } from './words'

export interface BreadcrumbEvents {
  reset(): void
  zoomTo(node: number): void
  undo(): void
  redo(): void
  pin(): void
  copy(text: string): void
}

export interface BreadcrumbState {
  /** The node that fills the picture. */
  readonly zoomedTo: number
  readonly selected: number
  readonly isZoomed: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
}

/** So many steps of a path at most; of a longer one those in the middle are left out. */
const MOST_STEPS = 6

export class Breadcrumbs {
  readonly element: HTMLElement
  private readonly path = element('nav', { class: 'crumbs', 'aria-label': t('Zoomed to') })
  private readonly undo: HTMLButtonElement
  private readonly redo: HTMLButtonElement
  private readonly reset: HTMLButtonElement
  private profile: Profile | undefined
  private selected = 0
  private zoomedTo = -1

  constructor(private readonly events: BreadcrumbEvents) {
    this.undo = iconButton('undo', t('Undo zoom'), () => events.undo(), 'Backspace')
    this.redo = iconButton('redo', t('Redo zoom'), () => events.redo(), 'Ctrl+Y')
    this.reset = iconButton('whole', t('Reset zoom'), () => events.reset(), '0')
    this.element = element(
      'div',
      { class: 'crumb-bar' },
      this.path,
      this.undo,
      this.redo,
      this.reset,
      iconButton('pin', t('Pin the selection'), () => events.pin(), 'm'),
      new Menu(t('Copy'), () => this.copyItems()).element,
    )
  }

  show(profile: Profile, state: BreadcrumbState) {
    this.undo.disabled = !state.canUndo
    this.redo.disabled = !state.canRedo
    this.reset.disabled = !state.isZoomed
    this.selected = state.selected
    // During a gesture nothing here changes but rarely.
    if (this.profile?.tree === profile.tree && this.zoomedTo === state.zoomedTo) return
    this.profile = profile
    this.zoomedTo = state.zoomedTo
    const steps = shortened(pathTo(profile.tree, state.zoomedTo))
    this.path.replaceChildren(
      ...steps.flatMap((step, index) => [
        ...(index === 0 ? [] : [element('i', { 'aria-hidden': 'true' }, '›')]),
        this.step(profile.tree, step),
      ]),
    )
  }

  private step(tree: Tree, step: number | undefined): HTMLElement {
    if (step === undefined) return element('span', {}, '…')
    const name = nameOf(tree, step)
    return button(name, () => this.events.zoomTo(step), { title: `${kindWord(kindOf(tree, step))} ${name}` })
  }

  private copyItems() {
    const { profile, selected, events } = this
    if (profile === undefined) return []
    const { tree } = profile
    return [
      { label: t('Name'), run: () => events.copy(nameOf(tree, selected)) },
      { label: t('Numbers'), run: () => events.copy(numbersOf(tree, selected)) },
      { label: t('Path'), run: () => events.copy(pathText(tree, selected)) },
    ]
  }
}

function shortened(path: readonly number[]): readonly (number | undefined)[] {
  if (path.length <= MOST_STEPS) return path
  return [...path.slice(0, 2), undefined, ...path.slice(3 - MOST_STEPS)]
}

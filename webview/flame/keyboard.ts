// Keys on the flame graph: which node comes next, and what else a key asks for. Pure; the view carries it out.

import { at } from '../../profiler-agent/profile/columns'
import { boxOf, type Flame, lastStartingAtOrBefore } from './layout'

export type KeyIntent =
  | { readonly do: 'select'; readonly node: number }
  | { readonly do: 'zoomToSelection' | 'zoomOut' | 'reset' | 'open' | 'undo' | 'redo' | 'find' | 'pin' }
  | { readonly do: 'match'; readonly step: 1 | -1 }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'pan'; readonly share: number }
  | { readonly do: 'scroll'; readonly screens: number }

export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const INTENTS: Readonly<Record<string, KeyIntent>> = {
  Enter: { do: 'zoomToSelection' },
  ' ': { do: 'zoomToSelection' },
  Escape: { do: 'zoomOut' },
  Backspace: { do: 'undo' },
  0: { do: 'reset' },
  o: { do: 'open' },
  f: { do: 'find' },
  n: { do: 'match', step: 1 },
  p: { do: 'match', step: -1 },
  m: { do: 'pin' },
  '+': { do: 'zoom', factor: 0.7 },
  '=': { do: 'zoom', factor: 0.7 },
  w: { do: 'zoom', factor: 0.7 },
  '-': { do: 'zoom', factor: 1 / 0.7 },
  s: { do: 'zoom', factor: 1 / 0.7 },
  a: { do: 'pan', share: -0.15 },
  d: { do: 'pan', share: 0.15 },
  PageUp: { do: 'scroll', screens: -0.9 },
  PageDown: { do: 'scroll', screens: 0.9 },
}

/** What a key means while `selected` is selected; `undefined` for keys that are not ours. Arrows follow the rows: callers of a sandwich stand above. */
export function intentOf(press: KeyPress, flame: Flame, selected: number | undefined): KeyIntent | undefined {
  if (press.altKey) return undefined
  if (press.ctrlKey || press.metaKey) return undoIntent(press)
  const node = nextNode(press.key, flame, selected)
  if (node !== undefined) return { do: 'select', node }
  return Object.hasOwn(INTENTS, press.key) ? INTENTS[press.key] : undefined
}

function undoIntent({ key, shiftKey }: KeyPress): KeyIntent | undefined {
  const letter = key.toLowerCase()
  if (letter === 'z') return { do: shiftKey ? 'redo' : 'undo' }
  return letter === 'y' ? { do: 'redo' } : undefined
}

function nextNode(key: string, flame: Flame, selected: number | undefined): number | undefined {
  if (!/^(Arrow|Home$|End$)/.test(key)) return undefined
  const from = selected === undefined ? undefined : boxOf(flame, selected)
  if (selected === undefined || from === undefined)
    return flame.rows.find((row) => row.nodes.length > 0)?.nodes[0]
  const nodes = flame.rows[from.row]?.nodes ?? new Int32Array(0)
  switch (key) {
    case 'ArrowUp':
      return isUpsideDown(flame) ? firstChild(flame, selected) : parentWithBox(flame, selected)
    case 'ArrowDown':
      return isUpsideDown(flame) ? parentWithBox(flame, selected) : firstChild(flame, selected)
    case 'ArrowLeft':
      return neighbour(flame, nodes, selected, -1)
    case 'ArrowRight':
      return neighbour(flame, nodes, selected, 1)
    case 'Home':
      return nodes[0]
    default:
      return nodes.at(-1)
  }
}

/** The root is at the bottom. */
function isUpsideDown({ profile }: Flame): boolean {
  return at(profile.row, 0) > 0
}

function parentWithBox(flame: Flame, node: number): number {
  let parent = at(flame.profile.tree.parent, node)
  while (parent > 0 && boxOf(flame, parent) === undefined) parent = at(flame.profile.tree.parent, parent)
  return parent === -1 ? node : parent
}

/** The first child that can be seen, else the first one without width. */
function firstChild(flame: Flame, node: number): number {
  const { subtreeEnd } = flame.profile.tree
  let first = node
  for (let child = node + 1; child < at(subtreeEnd, node); child = at(subtreeEnd, child)) {
    const box = boxOf(flame, child)
    if (box !== undefined && box.end > box.start) return child
    if (box !== undefined && first === node) first = child
  }
  return first
}

function neighbour({ profile }: Flame, nodes: Int32Array, node: number, step: number): number {
  let index = lastStartingAtOrBefore(profile, nodes, at(profile.start, node))
  while (index > 0 && at(nodes, index) !== node) index--
  return nodes[index + step] ?? node
}

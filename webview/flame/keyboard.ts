// Keys on the flame graph: which node comes next, and what else a key asks for. Pure; the view carries it out.

import { at } from '../../profiler-agent/profile/tree'
import { boxOf, type Flame } from './layout'

export type KeyIntent =
  | { readonly do: 'select'; readonly node: number }
  | { readonly do: 'zoomToSelection' | 'zoomOut' | 'reset' | 'open' }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'pan'; readonly share: number }

/** What a key means while `selected` is selected; `undefined` for keys that are not ours. */
export function intentOf(key: string, flame: Flame, selected: number | undefined): KeyIntent | undefined {
  const node = nextNode(key, flame, selected)
  if (node !== undefined) return { do: 'select', node }
  switch (key) {
    case 'Enter':
      return { do: 'zoomToSelection' }
    case 'Escape':
      return { do: 'zoomOut' }
    case '0':
      return { do: 'reset' }
    case 'o':
      return { do: 'open' }
    case '+':
    case '=':
    case 'w':
      return { do: 'zoom', factor: 0.7 }
    case '-':
    case 's':
      return { do: 'zoom', factor: 1 / 0.7 }
    case 'a':
      return { do: 'pan', share: -0.15 }
    case 'd':
      return { do: 'pan', share: 0.15 }
    default:
      return undefined
  }
}

function nextNode(key: string, flame: Flame, selected: number | undefined): number | undefined {
  if (!/^(Arrow|Home$|End$)/.test(key)) return undefined
  const from = selected === undefined ? undefined : boxOf(flame, selected)
  if (selected === undefined || from === undefined) return firstNode(flame)
  switch (key) {
    case 'ArrowUp':
      return parentWithBox(flame, selected)
    case 'ArrowDown':
      return firstChild(flame, selected)
    case 'ArrowLeft':
      return neighbour(flame, selected, from.row, -1)
    case 'ArrowRight':
      return neighbour(flame, selected, from.row, 1)
    case 'Home':
      return flame.rows[from.row]?.node[0]
    default:
      return flame.rows[from.row]?.node.at(-1)
  }
}

function firstNode(flame: Flame): number | undefined {
  return flame.rows[0]?.node[0]
}

function parentWithBox(flame: Flame, node: number): number | undefined {
  let parent = at(flame.profile.tree.parent, node)
  while (parent > 0 && boxOf(flame, parent) === undefined) parent = at(flame.profile.tree.parent, parent)
  return parent === -1 ? node : parent
}

/** The first child in the picture, not the first in the tree: it may have no box in this unit. */
function firstChild(flame: Flame, node: number): number {
  const { parent, subtreeEnd } = flame.profile.tree
  for (let child = node + 1; child < at(subtreeEnd, node); child++)
    if (at(parent, child) === node && boxOf(flame, child) !== undefined) return child
  return node
}

function neighbour(flame: Flame, node: number, row: number, step: number): number {
  const nodes = flame.rows[row]?.node
  if (nodes === undefined) return node
  return nodes[nodes.indexOf(node) + step] ?? node
}

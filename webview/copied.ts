// What is copied of a node: its name, its numbers, its path. Pure.

import { at } from '../profiler-agent/profile/columns'
import { sumsOf } from '../profiler-agent/profile/measures'
import type { Tree } from '../profiler-agent/profile/tree'
import { costText, durationText, nameOf, tokensText } from './labels'
import { pathTo } from './selection'

/** A value a line, for a message or a sheet; exact pico-dollars beside the text for people, empty where they are not known. */
export function numbersOf(tree: Tree, node: number): string {
  const picoUsd = at(sumsOf(tree, 'cost'), node)
  const lines = [
    ['cost', costText(tree, node)],
    ['picoUsd', Number.isNaN(picoUsd) ? '' : String(picoUsd)],
    ['tokens', tokensText(tree, node)],
    ['time', durationText(tree, node)],
  ]
  return lines.map((line) => line.join('\t')).join('\n')
}

/** Names from the whole picture down to the node. */
export function pathText(tree: Tree, node: number): string {
  return pathTo(tree, node)
    .map((step) => nameOf(tree, step))
    .join(' › ')
}

// A profile as lines of text, for tests: `row name start..end`, in the order of the tree.

import { at } from '../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import type { Unit } from '../../../profiler-agent/profile/measures'
import { byWeight, inTime, NO_ROW, type Profile } from '../../../profiler-agent/profile/profile'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { labelOf } from '../../../profiler-agent/profile/tree'
import { runOf } from './run-of'

export function linesOf(profile: Profile): string[] {
  const { tree, row, start, weight } = profile
  return Array.from(tree.parent, (_, node) => node)
    .filter((node) => at(row, node) !== NO_ROW)
    .map((node) => {
      const from = at(start, node)
      const name = node === 0 && labelOf(tree, node) === tree.columns.head.name ? 'run' : labelOf(tree, node)
      return `${at(row, node)} ${name} ${from}..${from + at(weight, node)}`
    })
}

/** The tree of a run that is given as a picture (`run-of.ts`). */
export function treeOf(picture: string) {
  return spanTree(columnsOf(runOf(picture)))
}

export function weighed(picture: string, unit: Unit): string[] {
  return linesOf(byWeight(treeOf(picture), unit))
}

export function timed(picture: string): string[] {
  return linesOf(inTime(treeOf(picture)))
}

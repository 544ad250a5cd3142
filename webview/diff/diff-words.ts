// How differences read: signed amounts, words for what happened, and the colours of boxes. Colours never stand alone: boxes say the sign too. Pure.

import { at } from '../../profiler-agent/profile/columns'
import { type Change, type DiffTree, deltaOf, type NodeDelta } from '../../profiler-agent/profile/diff-tree'
import { sumsOf, type Unit } from '../../profiler-agent/profile/measures'
import { isPart } from '../../profiler-agent/profile/span-tree'
import type { Tree } from '../../profiler-agent/profile/tree'
import type { Colouring } from '../flame/colouring'
import type { Hue } from '../flame/palette'
import { amountText } from '../labels'
import { t } from '../words'

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  grew: t('grew'),
  shrank: t('shrank'),
  appeared: t('new'),
  vanished: t('gone'),
  same: t('same'),
  unknown: t('not known'),
}

/** `+$0.0021`, `−12`, `=`; `≈` before it where one of the sides is an estimate or a lower bound. */
export function deltaText(diff: DiffTree, node: number, unit: Unit): string {
  const { delta } = deltaOf(diff, node, unit)
  if (Number.isNaN(delta)) return '–'
  const mark = [diff.base, diff.head].some((tree) => isInexact(tree, node, unit)) ? '≈ ' : ''
  if (delta === 0) return `${mark}=`
  return `${mark}${delta > 0 ? '+' : '−'}${amountText(unit, Math.abs(delta))}`
}

function isInexact(tree: Tree, node: number, unit: Unit): boolean {
  if (unit === 'time') return false
  if (isPart(tree, node)) return true
  const isMoney = unit === 'cost' || unit === 'avoidable'
  const counts = isMoney
    ? (['unpricedCalls', 'atLeast', 'estimated'] as const)
    : (['unknownTokens', 'estimated'] as const)
  return counts.some((count) => at(sumsOf(tree, count), node) > 0)
}

/** Of the base, `+12 %`; nothing where there is no base to be a part of. */
export function percentText({ base, delta }: NodeDelta): string {
  if (!(base > 0) || Number.isNaN(delta)) return ''
  const percent = (100 * delta) / base
  const size = Math.abs(percent)
  const digits = size < 10 ? 1 : 0
  const text = delta !== 0 && size < 0.05 ? '<0.1' : size.toFixed(digits).replace(/\.0$/, '')
  return `${percent < 0 ? '−' : '+'}${text} %`
}

/** What stands in a box behind its name. */
export function boxText(diff: DiffTree, node: number, unit: Unit): string {
  const { change } = deltaOf(diff, node, unit)
  const word = change === 'appeared' || change === 'vanished' ? `${CHANGE_WORDS[change]} ` : ''
  return word + deltaText(diff, node, unit)
}

const STRENGTHS = [0.32, 0.58, 0.88] as const
const HUES: readonly Hue[] = (['orange', 'yellow', 'blue', 'cyan'] as const).flatMap((name) =>
  STRENGTHS.map((strength) => ({ name, strength })),
)
const SAME: Hue = { name: 'neutral', strength: 0.22 }
const UNKNOWN: Hue = { name: 'neutral', strength: 0.6 }
const FIRST_HUE: Readonly<Partial<Record<Change, number>>> = { grew: 0, appeared: 3, shrank: 6, vanished: 9 }
const LEGEND_WORDS: Readonly<Record<Change, string>> = {
  grew: t('grew'),
  appeared: t('new in this run'),
  shrank: t('shrank'),
  vanished: t('gone from the base'),
  same: t('the same'),
  unknown: t('not known on one side'),
}

const CHANGES: readonly Change[] = ['grew', 'appeared', 'shrank', 'vanished', 'same', 'unknown']

/** The stronger the hue, the more of the largest difference it is. */
export function diffColouring(diff: DiffTree, unit: Unit): Colouring {
  const hues = [...HUES, SAME, UNKNOWN]
  const deltas = Array.from({ length: diff.head.count }, (_, node) => deltaOf(diff, node, unit))
  const largest = deltas.reduce((most, { delta }) => Math.max(most, Math.abs(delta) || 0), 0)
  const hueOf = Uint8Array.from(deltas, ({ change, delta }) => {
    const first = FIRST_HUE[change]
    if (first === undefined) return change === 'same' ? HUES.length : HUES.length + 1
    return first + strengthOf(Math.abs(delta) / largest)
  })
  const legend = CHANGES.map((change) => {
    const first = FIRST_HUE[change]
    const of =
      first === undefined
        ? [change === 'same' ? HUES.length : HUES.length + 1]
        : [0, 1, 2].map((step) => first + step)
    return { hue: hues[of.at(-1) ?? 0] ?? UNKNOWN, word: LEGEND_WORDS[change], of }
  })
  return { hueOf, hues, legend }
}

function strengthOf(share: number): number {
  if (share >= 1 / 4) return 2
  return share >= 1 / 32 ? 1 : 0
}

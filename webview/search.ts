// Finds nodes of a tree by text or regular expression, and what a filter by cost leaves out. Pure.

import { formatUsd } from '../profiler-agent/model/money'
import { sumsOf } from '../profiler-agent/profile/measures'
import { NO_PART, NODE_KINDS, type Tree } from '../profiler-agent/profile/tree'
import { kindWord } from './labels'
import type { PageState } from './messages'

export interface Matcher {
  test(text: string): boolean
  /** Why the expression cannot be used, for the user; then nothing matches. */
  readonly problem?: string
}

/** `undefined` where nothing is searched for. Neither text nor expression cares for upper and lower case. */
export function matcherOf({ search = '', searchIsRegex = false }: PageState): Matcher | undefined {
  if (search === '') return undefined
  if (!searchIsRegex) {
    const wanted = search.toLowerCase()
    return { test: (text) => text.toLowerCase().includes(wanted) }
  }
  try {
    const expression = new RegExp(search, 'iu')
    return { test: (text) => expression.test(text) }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { test: () => false, problem }
  }
}

export interface Matches {
  /** By node: 1 for what matches. */
  readonly mask: Uint8Array
  /** Nodes that match, in the order of the tree. */
  readonly nodes: Int32Array
}

/** Nodes match by their name, by what they are and by the model that answered. Each different text is tried once. */
export function matchesIn(tree: Tree, matcher: Matcher): Matches {
  const { columns, label, kind, span, part, nodeOf } = tree
  const byLabel = triedOnce(tree.labels.length, (index) => matcher.test(tree.labels[index] ?? ''))
  const byKind = triedOnce(NODE_KINDS.length, (index) => matcher.test(kindWord(NODE_KINDS[index] ?? 'other')))
  const byModel = triedOnce(columns.strings.length, (index) => {
    return index > 0 && matcher.test(columns.strings[index] ?? '')
  })
  const mask = new Uint8Array(tree.count)
  const nodes: number[] = []
  // Columns are read directly: a million nodes are gone through with every letter that is typed.
  for (let node = 0; node < tree.count; node++) {
    const own = span[node] ?? -1
    const isCall = own >= 0 && part[node] === NO_PART && nodeOf[own] === node
    const matches =
      byLabel(label[node] ?? 0) || byKind(kind[node] ?? 0) || (isCall && byModel(columns.model[own] ?? 0))
    if (!matches) continue
    mask[node] = 1
    nodes.push(node)
  }
  return { mask, nodes: Int32Array.from(nodes) }
}

const UNTRIED = 0
const NO = 1
const YES = 2

function triedOnce(count: number, test: (index: number) => boolean): (index: number) => boolean {
  const known = new Uint8Array(count)
  return (index) => {
    if (known[index] === UNTRIED) known[index] = test(index) ? YES : NO
    return known[index] === YES
  }
}

/** The first match after `node` (`step` 1) or before it (−1), round the ends; `undefined` where nothing matches. */
export function nextMatch({ nodes }: Matches, node: number, step: 1 | -1): number | undefined {
  if (nodes.length === 0) return undefined
  const after = nodes.findIndex((match) => match > node)
  if (step === 1) return nodes[after === -1 ? 0 : after]
  const from = nodes.findLastIndex((match) => match < node)
  return nodes[from === -1 ? nodes.length - 1 : from]
}

/** By node: 1 for what costs less than `picoUsd`, or nobody knows how much; the whole picture always stays. */
export function hiddenBelow(tree: Tree, picoUsd: number | undefined): Uint8Array | undefined {
  if (picoUsd === undefined || picoUsd <= 0) return undefined
  const sums = sumsOf(tree, 'cost')
  const hidden = Uint8Array.from(sums, (value) => (value >= picoUsd ? 0 : 1))
  hidden[0] = 0
  return hidden
}

/** Pico-dollars of an amount in dollars as people type it; `undefined` for nothing, 0 and what is no amount. */
export function picoUsdOf(typed: string): number | undefined {
  const usd = Number(typed.replace(/[$\s,]/g, ''))
  return usd > 0 ? Math.round(usd * 1e12) : undefined
}

/** The same amount back as text, without zeros that say nothing: `$1,000`, `$0.05`. */
export function amountInUsd(picoUsd: number): string {
  return formatUsd(picoUsd)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

// The view by prompt segment out of the sums that the profiler has for each text of a run.

import type { PromptShare } from '../model/run-questions'
import { at, PART_KINDS, type RunColumns, SPAN_KINDS, spanId } from './columns'
import { type Count, sumsOf, type Unit } from './measures'
import { Labels, NodeGroups } from './node-groups'
import { dearestParts, OwnNames, promptGroup, restGroup, seenAt } from './prompt-groups'
import { NOT_IN_PARTS } from './prompt-shares'
import { allNodes, placed } from './regroup'
import type { Tree } from './tree'

/** kind → tool or text, and below tools of which there were several texts, those. `undefined` where the shares are of another moment than the columns. */
export function shareTree(source: Tree, allShares: readonly PromptShare[]): Tree | undefined {
  const shares = allShares.filter(({ name }) => name !== NOT_IN_PARTS)
  if (isMoreThan(source, shares, 'cost') || isMoreThan(source, shares, 'tokens')) return undefined
  const { columns } = source
  const spans = spansWithIds(columns, new Set(shares.map(({ spanId }) => spanId)))
  const labels = new Labels(source.labels)
  const groups = new NodeGroups(at(source.kind, 0), at(source.label, 0))
  const groupOfShare = new ShareGroups(columns, spans, groups, labels).of(shares)
  const hasRest = shares.length < allShares.length || isLessThan(source, shares)
  const rest = hasRest ? restGroup(groups, labels) : 0
  const weight = new Float64Array(groups.count)
  for (const [index, { picoUsd }] of shares.entries()) weight[at(groupOfShare, index)] = picoUsd ?? 0
  const shape = { ...groups.layOut(weight), labels: labels.finish() }
  const tree = placed(source, allNodes(new Int32Array(source.count)), shape)
  const nodeOfShare = groupOfShare.map((share) => at(shape.node, share))
  const placedShares = { shares, nodeOfShare, restNode: at(shape.node, rest) }
  return {
    ...tree,
    span: spansOfShares(tree, placedShares, spans),
    nodeOf: dearestParts(columns, nodeOfParts(columns, placedShares)),
    own: (measure) =>
      isCutUp(measure)
        ? ownOfShares(source, tree.count, placedShares, measure)
        : (tree.own?.(measure) ?? new Float64Array()),
  }
}

/** Finds the node of a text by kind and hash: a reply is a message of the calls after it. */
function nodeOfParts({ parts, strings }: RunColumns, { shares, nodeOfShare }: PlacedShares) {
  const nodes = new Map(shares.map(({ kind, hash }, index) => [`${kind} ${hash}`, at(nodeOfShare, index)]))
  return (part: number) => {
    const hash = strings[at(parts?.hash ?? [], part)] ?? ''
    const kind = PART_KINDS[at(parts?.kind ?? [], part)]
    return hash === '' ? -1 : (nodes.get(`${kind} ${hash}`) ?? -1)
  }
}

/** The group of each text. */
class ShareGroups {
  readonly #names = new OwnNames()

  constructor(
    readonly columns: RunColumns,
    readonly spans: ReadonlyMap<string, number>,
    readonly groups: NodeGroups,
    readonly labels: Labels,
  ) {}

  of(shares: readonly PromptShare[]): Int32Array {
    const texts = new Map<string, number>()
    const nameOf = ({ kind, name }: PromptShare) => `${kind} ${name}`
    for (const share of shares) texts.set(nameOf(share), (texts.get(nameOf(share)) ?? 0) + 1)
    return Int32Array.from(shares, (share) => this.#group(share, texts.get(nameOf(share)) === 1))
  }

  #group(share: PromptShare, isOnly: boolean): number {
    const part = PART_KINDS.indexOf(share.kind)
    const kind = SPAN_KINDS.length + part
    const ofKind = promptGroup(part, this.groups, this.labels)
    const place = seenAt(this.columns, this.spans.get(share.spanId) ?? 0, part, share.path)
    // Places are no names: texts at the same place of different calls have nothing in common.
    if (share.name === share.path)
      return this.groups.add(ofKind, kind, this.labels.index(this.#names.next(ofKind, place)))
    const named = this.groups.child(ofKind, kind, this.labels.index(share.name))
    if (isOnly) return named
    const text = this.#names.next(named, share.text ?? place)
    return this.groups.add(named, kind, this.labels.index(text))
  }
}

type CutUp = 'cost' | 'tokens' | 'uncachedTokens' | 'cacheWriteTokens'

function isCutUp(measure: Unit | Count): measure is CutUp {
  return ['cost', 'tokens', 'uncachedTokens', 'cacheWriteTokens'].includes(measure)
}

/** NaN where it is not known. */
function valueOfShare({ kind, picoUsd, tokens, tokensByCache }: PromptShare, measure: CutUp): number {
  if (measure === 'cost') return picoUsd ?? Number.NaN
  if (measure === 'tokens') return tokens
  if (measure === 'cacheWriteTokens') return tokensByCache.write
  return kind === 'output' ? 0 : tokensByCache.fresh
}

function sumOf(shares: readonly PromptShare[], measure: CutUp): number {
  return shares.reduce((sum, share) => sum + (valueOfShare(share, measure) || 0), 0)
}

function isMoreThan(source: Tree, shares: readonly PromptShare[], measure: CutUp): boolean {
  return sumOf(shares, measure) > (at(sumsOf(source, measure), 0) || 0)
}

function isLessThan(source: Tree, shares: readonly PromptShare[]): boolean {
  const measures = ['cost', 'tokens', 'uncachedTokens', 'cacheWriteTokens'] as const
  return measures.some((measure) => sumOf(shares, measure) !== (at(sumsOf(source, measure), 0) || 0))
}

interface PlacedShares {
  readonly shares: readonly PromptShare[]
  readonly nodeOfShare: Int32Array
  readonly restNode: number
}

/** What the texts do not account for lies at a node of its own, so that the whole is the run's. */
function ownOfShares(
  source: Tree,
  count: number,
  { shares, nodeOfShare, restNode }: PlacedShares,
  measure: CutUp,
) {
  const own = new Float64Array(count).fill(Number.NaN)
  const whole = at(sumsOf(source, measure), 0)
  // Where a provider does not say what its cache did, more seems fresh than it says.
  const isKnown = !isMoreThan(source, shares, measure)
  own[restNode] = isKnown ? whole - sumOf(shares, measure) : whole
  if (isKnown)
    for (const [index, share] of shares.entries()) own[at(nodeOfShare, index)] = valueOfShare(share, measure)
  return own
}

/** A text stands for the most expensive call that carried it, a kind for the most expensive of its texts. */
function spansOfShares(
  tree: Tree,
  { shares, nodeOfShare }: PlacedShares,
  spans: ReadonlyMap<string, number>,
): Int32Array {
  const span = Int32Array.from(tree.span)
  // The dearest come first and have the last word.
  for (let index = shares.length - 1; index >= 0; index--)
    for (let node = at(nodeOfShare, index); node > 0; node = at(tree.parent, node))
      span[node] = spans.get(shares[index]?.spanId ?? '') ?? -1
  return span
}

function spansWithIds(columns: RunColumns, wanted: ReadonlySet<string>): Map<string, number> {
  const spans = new Map<string, number>()
  for (let span = 0; span < columns.count && spans.size < wanted.size; span++) {
    const id = spanId(columns, span)
    if (wanted.has(id)) spans.set(id, span)
  }
  return spans
}

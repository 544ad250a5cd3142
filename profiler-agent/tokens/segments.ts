// Splits the reported tokens and the cost of a call over the parts of its prompt and reply. Totals are exact, shares are estimates; it never changes a total.

import { createHash } from 'node:crypto'
import { largestRemainder } from '../model/largest-remainder'
import type { HashedBlock } from '../model/record'
import type { Cost, Segment, SegmentCache, SegmentKind } from '../model/span'
import { CACHE_TTLS, type Usage } from '../model/usage'

/** A block with the tokenizer's count of its text. `unchanged`: the call that this one extends had it at the same place. */
export interface CountedBlock extends Omit<HashedBlock, 'toolCallId' | 'mark'> {
  readonly tokens: number
  readonly unchanged?: boolean
}

export interface SegmentInput {
  readonly model: string
  readonly usage: Usage
  readonly cost: Cost | null
  /** In render order. */
  readonly prompt: readonly CountedBlock[]
  readonly reply: readonly CountedBlock[]
}

interface Share {
  readonly path: string
  readonly kind: SegmentKind
  readonly name?: string
  readonly hash: string
  readonly unchanged: boolean
  readonly tokens: number
}

/** A stretch of the prompt that was billed alike; read, then written, then fresh, as a prefix cache serves it. */
interface Stretch {
  readonly cache: SegmentCache
  readonly tokens: number
  readonly picoUsd: number | null
}

/** Tokens around each message that are in no text: role and separators. Source: measured on recorded calls of OpenAI and Anthropic models. */
export const FRAMING_PER_BLOCK = 4
export const FRAMING_PER_CALL = 3
/** Files in base64: nobody knows their tokens before the provider has read them. */
export const ENCODED_FILE = /[A-Za-z0-9+/=_-]{1000,}/g
/** Beyond these factors the difference is not calibration but content that the caller did not send. */
const PLAUSIBLE_SCALE = { least: 0.5, most: 2 }

/**
 * Segments of one call: input parts first, in render order, then output parts.
 * Their tokens sum to the reported input and output, their cost to the call's cost.
 * Unknown totals give the tokenizer's own counts and no cost.
 */
export function segmentsOf(input: SegmentInput): MarkedSegment[] {
  const { usage, cost } = input
  const shares = inputShares(input)
  const stretches = stretchesOf(usage, cost, sumOf(shares))
  return [...walk(shares, stretches), ...unitSegments(cost), ...outputSegments(input)]
}

function inputShares({ model, usage, prompt }: SegmentInput): Share[] {
  const factor = tokenizerFactor(model)
  const estimates = prompt.map((block) => block.tokens * factor + FRAMING_PER_BLOCK)
  const total = usage.inputTokens
  if (total === null) return prompt.map((block, index) => shareOf(block, Math.round(estimates[index] ?? 0)))
  const known = estimates.reduce((sum, estimate) => sum + estimate, 0)
  const overhead = Math.min(FRAMING_PER_CALL, Math.floor(total / 2))
  const scale = known === 0 ? Number.POSITIVE_INFINITY : (total - overhead) / known
  const visible =
    scale > PLAUSIBLE_SCALE.most ? Math.min(total - overhead, Math.round(known)) : total - overhead
  const tokens = largestRemainder(estimates, visible)
  return [
    ...prompt.map((block, index) => shareOf(block, tokens[index] ?? 0)),
    extraShare('overhead', overhead),
    extraShare('hidden', total - overhead - sumOf(tokens.map((count) => ({ tokens: count })))),
  ].filter((share) => share.tokens > 0 || share.hash !== '')
}

function shareOf(block: CountedBlock, tokens: number): Share {
  const { path, kind, name, hash, unchanged = false } = block
  return { path, kind, ...(name === undefined ? {} : { name }), hash, unchanged, tokens }
}

/** Tokens that no block of the request accounts for. */
function extraShare(kind: 'overhead' | 'hidden', tokens: number): Share {
  return { path: kind, kind, hash: '', unchanged: false, tokens }
}

/** How many tokens a model's own tokenizer makes of one o200k token. Source: ratios measured on recorded Claude calls; others 1. */
export function tokenizerFactor(model: string): number {
  if (!model.includes('claude')) return 1
  return /claude-(opus-4-[78]|opus-5|sonnet-5|haiku-5|fable|mythos)/.test(model) ? 1.42 : 1.1
}

/** The input in billed order. Costs per stretch come from the call's own buckets, so that they add up to them. */
function stretchesOf(usage: Usage, cost: Cost | null, total: number): Stretch[] {
  const read = usage.cacheReadTokens ?? 0
  const writes = CACHE_TTLS.map((ttl) => ({
    tokens: usage.cacheWriteTokens[ttl] ?? 0,
    price: cost?.prices.cacheWrite[ttl] ?? 0,
  }))
  const written = sumOf(writes)
  const writeCosts = cost
    ? largestRemainder(
        writes.map(({ tokens, price }) => tokens * price),
        cost.byBucket.cacheWrite,
      )
    : []
  return [
    { cache: 'read', tokens: read, picoUsd: cost ? cost.byBucket.cacheRead : null },
    ...writes.map(({ tokens }, index) => ({
      cache: 'write' as const,
      tokens,
      picoUsd: cost ? (writeCosts[index] ?? 0) : null,
    })),
    {
      cache: 'fresh',
      tokens: Math.max(0, total - read - written),
      picoUsd: cost ? cost.byBucket.uncachedInput : null,
    },
  ]
}

/** Lays the shares over the stretches; a share that crosses a border becomes two segments. */
function walk(shares: readonly Share[], stretches: readonly Stretch[]): MarkedSegment[] {
  const segments: MarkedSegment[] = []
  let index = 0
  let used = 0
  for (const share of shares) {
    let left = share.tokens
    do {
      while (index < stretches.length - 1 && used >= (stretches[index]?.tokens ?? 0)) {
        index++
        used = 0
      }
      const stretch = stretches[index]
      if (!stretch) break
      const taken = index === stretches.length - 1 ? left : Math.min(left, stretch.tokens - used)
      segments.push(segmentOf(share, taken, stretch.cache, costBetween(stretch, used, used + taken)))
      used += taken
      left -= taken
    } while (left > 0)
  }
  return segments
}

/** A segment that also knows whether its block stood in the call before; not for exports. */
export interface MarkedSegment extends Segment {
  readonly unchanged?: boolean
}

function segmentOf(share: Share, tokens: number, cache: SegmentCache, picoUsd: number | null): MarkedSegment {
  const { unchanged, tokens: _, ...rest } = share
  return { ...rest, tokens, picoUsd, cache, estimate: true, ...(unchanged ? { unchanged } : {}) }
}

/** Cost of tokens `from`..`to` of a stretch; over the whole stretch the parts sum exactly, because each end is rounded once. */
function costBetween(stretch: Stretch, from: number, to: number): number | null {
  if (stretch.picoUsd === null || stretch.tokens === 0) return stretch.picoUsd === null ? null : 0
  const upTo = (tokens: number) => Math.round(((stretch.picoUsd ?? 0) * tokens) / stretch.tokens)
  return upTo(to) - upTo(from)
}

function unitSegments(cost: Cost | null): Segment[] {
  if (!cost || cost.byBucket.units === 0) return []
  const units = {
    path: 'units',
    kind: 'overhead',
    name: 'server tools',
    tokens: 0,
    cache: 'none',
    hash: '',
  } as const
  return [{ ...units, picoUsd: cost.byBucket.units, estimate: true }]
}

function outputSegments({ usage, cost, reply }: SegmentInput): Segment[] {
  const blocks: readonly CountedBlock[] =
    reply.length > 0 ? reply : [{ path: 'output', kind: 'output', hash: '', tokens: 0 }]
  const total = usage.outputTokens ?? sumOf(blocks)
  if (total === 0) return []
  const reasoning = Math.min(usage.reasoningTokens ?? 0, total)
  const hasReasoning = blocks.some((block) => block.kind === 'reasoning')
  const parts: readonly CountedBlock[] =
    reasoning > 0 && !hasReasoning
      ? [{ path: 'output', kind: 'reasoning', hash: '', tokens: 0 }, ...blocks]
      : blocks
  const tokens = outputTokens(parts, total, reasoning)
  const stretch: Stretch = { cache: 'none', tokens: total, picoUsd: cost ? cost.byBucket.output : null }
  return walk(
    parts.map((part, index) => shareOf(part, tokens[index] ?? 0)),
    [stretch],
  )
}

/** Reasoning gets what was reported for it, the rest is shared by the counts of what can be seen. */
function outputTokens(parts: readonly CountedBlock[], total: number, reasoning: number): number[] {
  const weigh = (ofReasoning: boolean) =>
    parts.map((part) => ((part.kind === 'reasoning') === ofReasoning ? part.tokens + 1 : 0))
  const visibleParts = parts.some((part) => part.kind !== 'reasoning')
  if (reasoning === 0 || !visibleParts) return largestRemainder(weigh(!visibleParts), total)
  const hidden = largestRemainder(weigh(true), reasoning)
  const visible = largestRemainder(weigh(false), total - reasoning)
  return parts.map((_, index) => (hidden[index] ?? 0) + (visible[index] ?? 0))
}

/** The segments as exports show them, one a block. */
export function plainSegments(segments: readonly MarkedSegment[]): Segment[] {
  return segments.map(({ unchanged: _, ...segment }) => segment)
}

/**
 * Neighbours that did not change since the call before, of one kind and cache state, as one segment (`messages[0..41]`),
 * so that a long conversation stays small in an export.
 */
export function mergeUnchanged(segments: readonly MarkedSegment[]): Segment[] {
  const groups: MarkedSegment[][] = []
  for (const segment of segments) {
    const group = groups.at(-1)
    const last = group?.at(-1)
    if (
      group &&
      last?.unchanged &&
      segment.unchanged &&
      last.kind === segment.kind &&
      last.cache === segment.cache
    )
      group.push(segment)
    else groups.push([segment])
  }
  return groups.map(mergeGroup)
}

function mergeGroup(group: readonly MarkedSegment[]): Segment {
  const [first] = group
  if (!first) throw new Error('a group of segments is never empty')
  const { unchanged: _, ...segment } = first
  if (group.length === 1) return segment
  const { name: __, ...nameless } = segment
  return {
    ...nameless,
    path: rangeOf(first.path, group.at(-1)?.path ?? first.path),
    tokens: sumOf(group),
    picoUsd: first.picoUsd === null ? null : group.reduce((sum, part) => sum + (part.picoUsd ?? 0), 0),
    hash: createHash('sha256')
      .update(group.map((part) => part.hash).join())
      .digest('hex'),
  }
}

/** `messages[0]` and `messages[41].content[0]` give `messages[0..41]`. */
function rangeOf(first: string, last: string): string {
  const from = /^([a-z]+)\[(\d+)\]/.exec(first)
  const to = /^[a-z]+\[(\d+)\]/.exec(last)
  if (!from || !to || from[2] === to[1]) return first
  return `${from[1]}[${from[2]}..${to[1]}]`
}

function sumOf(parts: readonly { readonly tokens: number }[]): number {
  return parts.reduce((sum, part) => sum + part.tokens, 0)
}

// What of a call's tokens and cost each block of its prompt and reply is billed for. Sums are kept; pure.

import type { HashedBlock } from '../model/record'
import type { BilledShare } from '../model/run-questions'
import type { Segment } from '../model/span'

/** A block with its share; `stretches` where it was billed in several ways. */
export interface SharedBlock extends Pick<HashedBlock, 'path' | 'name' | 'hash' | 'mark'> {
  readonly kind: Segment['kind']
  readonly billed: BilledShare & { readonly stretches?: readonly BilledShare[] }
}

export interface SharedBlocks {
  /** Behind the blocks of the request comes what has no text: overhead, what the provider hides, and units. */
  readonly prompt: readonly SharedBlock[]
  readonly reply: readonly SharedBlock[]
}

/**
 * `shares` in the order in which `segmentsOf` gives them: at least one for each block of the prompt, then those without a text,
 * then the reply. What was not billed was neither read nor written.
 */
export function sharesOfBlocks(
  call: { readonly prompt: readonly HashedBlock[]; readonly reply: readonly HashedBlock[] },
  shares: readonly Segment[],
  isBilled: boolean,
): SharedBlocks {
  const left = [...(isBilled ? shares : shares.map((share) => ({ ...share, cache: 'none' as const })))]
  const prompt = takeBlocks(call.prompt, left)
  const isInput = ({ path }: Segment) => path === 'overhead' || path === 'hidden' || path === 'units'
  while (left[0] && isInput(left[0])) prompt.push(...left.splice(0, 1).map(withoutText))
  // Reasoning of which the provider shows nothing, or a reply that was not kept.
  const unseen = left[0]?.hash === '' ? left.splice(0, 1).map(withoutText) : []
  return { prompt, reply: [...unseen, ...takeBlocks(call.reply, left)] }
}

/** Takes the shares of the blocks off the list. */
function takeBlocks(blocks: readonly HashedBlock[], left: Segment[]): SharedBlock[] {
  return blocks.map((block, index) => {
    const next = blocks[index + 1]
    let count = isOf(left[0], block) ? 1 : 0
    // Of equal neighbours each has a share of its own.
    if (!isOf(next, block)) while (count > 0 && isOf(left[count], block)) count++
    return { ...block, billed: billedAs(left.splice(0, count)) }
  })
}

type Named = Pick<Segment, 'path' | 'hash' | 'kind'>

function isOf(share: Named | undefined, block: Named): boolean {
  return share?.path === block.path && share.hash === block.hash && share.kind === block.kind
}

function withoutText(share: Segment): SharedBlock {
  const { path, kind, name, hash } = share
  return { path, kind, ...(name === undefined ? {} : { name }), hash, billed: billedAs([share]) }
}

function billedAs(shares: readonly Segment[]): SharedBlock['billed'] {
  const stretches = shares.map(({ cache, tokens, picoUsd }) => ({ cache, tokens, picoUsd }))
  const longest = stretches.reduce((most, next) => (next.tokens > most.tokens ? next : most), {
    ...{ cache: stretches[0]?.cache ?? ('none' as const), tokens: 0 },
  })
  const sum = stretches.reduce((tokens, share) => tokens + share.tokens, 0)
  const isPriced = stretches.length > 0 && stretches.every(({ picoUsd }) => picoUsd !== null)
  const picoUsd = isPriced ? stretches.reduce((cost, share) => cost + (share.picoUsd ?? 0), 0) : null
  return { cache: longest.cache, tokens: sum, picoUsd, ...(stretches.length > 1 ? { stretches } : {}) }
}

// A prompt as one bar: how wide each stretch is by cost (by tokens where there is no price), and what it was billed as. Clicking goes there.

import { formatUsd } from '../../../profiler-agent/model/money'
import { formatCompact, formatShare } from '../../../profiler-agent/model/quantity'
import type { BilledShare, PromptBlock } from '../../../profiler-agent/model/run-questions'
import type { SegmentCache } from '../../../profiler-agent/model/span'
import { element } from '../../element'
import { t } from '../../words'
import { type Stretch, stretchesOf } from './stretches'

interface CacheState {
  readonly cache: SegmentCache
  readonly word: string
  readonly short: string
}

export const CACHE_STATES: readonly CacheState[] = [
  { cache: 'read', word: t('read from the cache'), short: t('read') },
  { cache: 'write', word: t('written to the cache'), short: t('written') },
  { cache: 'fresh', word: t('not cached'), short: t('fresh') },
]

/** The bar and its legend; neither for a call of which nobody knows what was cached. */
export function cacheStrip(
  blocks: readonly PromptBlock[],
  goTo: (index: number) => void,
): { readonly bar?: HTMLElement; readonly legend?: HTMLElement } {
  const stretches = stretchesOf(blocks).filter(({ cache }) => cache !== 'none')
  if (stretches.length === 0) return {}
  const weight = ({ picoUsd, tokens }: BilledShare) => picoUsd ?? tokens
  const total = stretches.reduce((sum, stretch) => sum + weight(stretch), 0)
  const bar = element('div', { class: 'cache-bar', 'aria-hidden': 'true' })
  for (const stretch of stretches) {
    const part = element('div', {
      class: 'cache-part',
      'data-cache': stretch.cache,
      title: shareText(stretch),
    })
    part.style.flexGrow = String(total === 0 ? 1 : weight(stretch) / total)
    part.addEventListener('click', () => goTo(stretch.index))
    bar.append(part)
  }
  const entries = CACHE_STATES.flatMap(({ cache, word }) => legendEntry(cache, word, stretches))
  const legend = element(
    'ul',
    { class: 'cache-legend', 'aria-label': t('What the prompt was billed as') },
    ...entries,
  )
  return { bar, legend }
}

function legendEntry(cache: SegmentCache, word: string, stretches: readonly Stretch[]): HTMLElement[] {
  const of = stretches.filter((stretch) => stretch.cache === cache)
  if (of.length === 0) return []
  const all = stretches.reduce((sum, { tokens }) => sum + tokens, 0)
  const sum = of.reduce<BilledShare>((left, right) => ({ cache, ...joinedShare(left, right) }), {
    cache,
    tokens: 0,
    picoUsd: 0,
  })
  return [
    element(
      'li',
      {},
      element('i', { class: 'cache-dot', 'data-cache': cache }),
      element('span', {}, word),
      element(
        'span',
        { class: 'dim' },
        `${formatCompact(sum.tokens)} tok · ${formatShare(all === 0 ? 0 : sum.tokens / all)}${sum.picoUsd === null ? '' : ` · ${formatUsd(sum.picoUsd)}`}`,
      ),
    ),
  ]
}

function joinedShare(left: BilledShare, right: BilledShare) {
  const picoUsd = left.picoUsd === null || right.picoUsd === null ? null : left.picoUsd + right.picoUsd
  return { tokens: left.tokens + right.tokens, picoUsd }
}

function shareText({ cache, tokens, picoUsd }: BilledShare): string {
  const word = CACHE_STATES.find((state) => state.cache === cache)?.word ?? cache
  return `${word}: ${t('{0} tokens', formatCompact(tokens))}${picoUsd === null ? '' : `, ${formatUsd(picoUsd)}`}`
}

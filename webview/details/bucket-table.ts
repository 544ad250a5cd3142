// The billing buckets of a call, or of many, as a table.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount, formatShare } from '../../profiler-agent/model/quantity'
import type { SpanAnswer } from '../../profiler-agent/model/run-questions'
import type { Cost, TotalCost } from '../../profiler-agent/model/span'
import { sumOfKnown, type Usage } from '../../profiler-agent/model/usage'
import { element } from '../element'
import { t } from '../words'
import { type BucketLine, bucketLines, summedLines } from './buckets'

/** Tokens, unit prices and costs of one call; tokens alone where it has no price. */
export function callBuckets(usage: Usage, cost: Cost | null): HTMLElement {
  const lines = bucketLines(usage, cost)
  if (lines.length === 0) return element('p', { class: 'hint' }, t('No tokens are known for this call.'))
  if (cost === null) return tokenTable(lines, usage)
  return bucketTable(
    [t('Bucket'), t('Tokens'), t('Price'), t('Cost')],
    lines.map((line) => [line.label, line.tokens, line.price, line.cost]),
    [t('Total'), tokensText(usage), '', costText(cost)],
  )
}

/** Tokens and costs by bucket over many calls, with what part of the cost each is; nothing where no tokens are known. */
export function summedBuckets({ totals, byBucket }: Pick<SpanAnswer, 'totals' | 'byBucket'>): HTMLElement[] {
  const { cost, usage, unpricedCalls } = totals
  const lines = summedLines(usage, byBucket)
  if (lines.length === 0) return []
  if (cost === null || byBucket === null) return [tokenTable(lines, usage)]
  const atLeast = cost.atLeast === true || unpricedCalls > 0
  return [
    bucketTable(
      [t('Bucket'), t('Tokens'), t('Cost'), t('Share')],
      lines.map((line) => [line.label, line.tokens, line.cost, shareText(line.picoUsd, cost.picoUsd)]),
      [t('Total'), tokensText(usage), costText({ picoUsd: cost.picoUsd, atLeast }), ''],
    ),
  ]
}

function tokenTable(lines: readonly BucketLine[], usage: Usage): HTMLElement {
  return bucketTable(
    [t('Bucket'), t('Tokens')],
    lines.map(({ label, tokens }) => [label, tokens]),
    [t('Total'), tokensText(usage)],
  )
}

function shareText(picoUsd: number | undefined, total: number): string {
  return picoUsd === undefined || total === 0 ? '' : formatShare(picoUsd / total)
}

function costText({ picoUsd, atLeast }: Pick<TotalCost, 'picoUsd' | 'atLeast'>): string {
  return `${atLeast === true ? '≥ ' : ''}${formatUsd(picoUsd)}`
}

/** What is billed by the piece is no token. */
function tokensText({ inputTokens, outputTokens, origin }: Usage): string {
  const sum = sumOfKnown([inputTokens, outputTokens])
  if (sum === null) return ''
  const isPart = inputTokens === null || outputTokens === null || origin === 'partial'
  return `${isPart ? '≥ ' : ''}${formatCount(sum)}`
}

function bucketTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  total?: readonly string[],
): HTMLElement {
  const row = (texts: readonly string[]) =>
    element(
      'tr',
      {},
      ...texts.map((text, column) =>
        column === 0 ? element('th', { scope: 'row' }, text) : element('td', {}, text),
      ),
    )
  const heads = columns.map((name) => element('th', { scope: 'col' }, name))
  return element(
    'table',
    { class: 'buckets' },
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows.map(row)),
    total === undefined ? undefined : element('tfoot', {}, row(total)),
  )
}

// The billing buckets of a call, or of many, as a table.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatShare } from '../../profiler-agent/model/quantity'
import type { SpanAnswer } from '../../profiler-agent/model/run-questions'
import type { Cost, TotalCost } from '../../profiler-agent/model/span'
import type { Usage } from '../../profiler-agent/model/usage'
import { element } from '../element'
import { bucketLines, summedLines } from './buckets'

/** Tokens, unit prices and costs of one call; tokens alone where it has no price. */
export function callBuckets(usage: Usage, cost: Cost | null): HTMLElement {
  const lines = bucketLines(usage, cost)
  if (lines.length === 0) return element('p', { class: 'hint' }, 'No tokens are known for this call.')
  if (cost === null)
    return bucketTable(
      ['Bucket', 'Tokens'],
      lines.map(({ label, tokens }) => [label, tokens]),
    )
  return bucketTable(
    ['Bucket', 'Tokens', 'Price', 'Cost'],
    lines.map((line) => [line.label, line.tokens, line.price, line.cost]),
    ['Total', '', '', totalText(cost)],
  )
}

/** Tokens and costs by bucket over many calls, with what part of the cost each is; nothing where no tokens are known. */
export function summedBuckets({ totals, byBucket }: Pick<SpanAnswer, 'totals' | 'byBucket'>): HTMLElement[] {
  const lines = summedLines(totals.usage, byBucket)
  if (lines.length === 0) return []
  const { cost } = totals
  if (cost === null || byBucket === null)
    return [
      bucketTable(
        ['Bucket', 'Tokens'],
        lines.map(({ label, tokens }) => [label, tokens]),
      ),
    ]
  return [
    bucketTable(
      ['Bucket', 'Tokens', 'Cost', 'Share'],
      lines.map((line) => [line.label, line.tokens, line.cost, shareText(line.picoUsd, cost.picoUsd)]),
      ['Total', '', totalText(cost), ''],
    ),
  ]
}

function shareText(picoUsd: number | undefined, total: number): string {
  return picoUsd === undefined || total === 0 ? '' : formatShare(picoUsd / total)
}

function totalText({ picoUsd, atLeast }: Pick<TotalCost, 'picoUsd' | 'atLeast'>): string {
  return `${atLeast === true ? '≥ ' : ''}${formatUsd(picoUsd)}`
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

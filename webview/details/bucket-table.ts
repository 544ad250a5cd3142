// The billing buckets of a call, or of many, as a table.

import { formatUsd } from '../../profiler-agent/model/money'
import type { Cost } from '../../profiler-agent/model/span'
import type { Usage } from '../../profiler-agent/model/usage'
import { element } from '../element'
import { type BucketLine, bucketLines } from './buckets'

/** Tokens, unit prices and costs of one call; tokens alone where it has no price. */
export function callBuckets(usage: Usage, cost: Cost | null): HTMLElement {
  const lines = bucketLines(usage, cost)
  if (lines.length === 0) return element('p', { class: 'hint' }, 'No tokens are known for this call.')
  const total = cost === null ? '' : `${cost.atLeast === true ? '≥ ' : ''}${formatUsd(cost.picoUsd)}`
  return bucketTable(lines, total)
}

/** Tokens by bucket over many calls; nothing where none is known. */
export function summedBuckets(usage: Usage): HTMLElement[] {
  const lines = bucketLines(usage)
  return lines.length === 0 ? [] : [bucketTable(lines, '')]
}

function bucketTable(lines: readonly BucketLine[], total: string): HTMLElement {
  const hasPrices = total !== ''
  const columns = hasPrices ? ['Bucket', 'Tokens', 'Price', 'Cost'] : ['Bucket', 'Tokens']
  const row = (texts: readonly string[]) =>
    element(
      'tr',
      {},
      ...texts.map((text, column) =>
        column === 0 ? element('th', { scope: 'row' }, text) : element('td', {}, text),
      ),
    )
  return element(
    'table',
    { class: 'buckets' },
    element('thead', {}, element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)))),
    element(
      'tbody',
      {},
      ...lines.map(({ label, tokens, price, cost }) =>
        row(hasPrices ? [label, tokens, price, cost] : [label, tokens]),
      ),
    ),
    hasPrices ? element('tfoot', {}, row(['Total', '', '', total])) : undefined,
  )
}

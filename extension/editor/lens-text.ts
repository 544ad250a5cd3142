// What a code lens says about the calls of one line. Text only.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount, formatPlural, formatShare } from '../../profiler-agent/model/quantity'
import type { Totals } from '../../profiler-agent/model/span'
import { cacheShareOf } from '../../profiler-agent/model/totals'

/** `$0.0123 this run · 12 calls · 8,400 tokens in · 62 % cached`; what is not known is left out or named, never 0. */
export function lensText(totals: Totals): string {
  const { inputTokens } = totals.usage
  const cached = cacheShareOf(totals)
  return [
    costPart(totals),
    formatPlural(totals.calls, 'call'),
    totals.errors === 0 ? undefined : `${formatCount(totals.errors)} failed`,
    totals.cost === null || totals.unpricedCalls === 0
      ? undefined
      : `${formatPlural(totals.unpricedCalls, 'call')} without price`,
    inputTokens === null ? undefined : `${formatCount(inputTokens)} tokens in`,
    cached === null ? undefined : `${formatShare(cached)} cached`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ')
}

function costPart({ cost, unpricedCalls }: Totals): string {
  if (cost === null) return unpricedCalls > 0 ? 'no price' : 'no cost known'
  return `${cost.atLeast === true ? 'at least ' : ''}${formatUsd(cost.picoUsd)} this run`
}

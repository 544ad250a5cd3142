// The figures of a selection in one line, out of the columns alone: they are there at once.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount, formatDuration, formatShare } from '../../profiler-agent/model/quantity'
import { at, type PartColumns, type RunColumns } from '../../profiler-agent/profile/columns'
import { element } from '../element'
import { t } from '../words'
import { type SpanSums, sumsOfSpan } from './span-sums'

export function spanFigures(columns: RunColumns, span: number): HTMLElement {
  const sums = sumsOfSpan(columns, span)
  return figureList(
    [t('Cost'), costText(sums)],
    [t('Tokens'), tokensText(sums)],
    [t('Time'), formatDuration(at(columns.duration, span))],
    sums.calls > 1 ? [t('Calls'), formatCount(sums.calls)] : undefined,
    sums.avoidablePicoUsd > 0 ? [t('Avoidable'), formatUsd(Math.round(sums.avoidablePicoUsd))] : undefined,
    Number.isNaN(sums.avoidedPicoUsd) ? undefined : [t('Avoided'), `≈ ${formatUsd(sums.avoidedPicoUsd)}`],
  )
}

/** Cost and tokens of a part are its share of the call's exact totals. */
export function partFigures(columns: RunColumns, parts: PartColumns, part: number): HTMLElement {
  const picoUsd = at(parts.picoUsd, part)
  const whole = at(columns.picoUsd, at(parts.span, part))
  return figureList(
    [t('Cost'), Number.isNaN(picoUsd) ? t('no price') : `≈ ${formatUsd(picoUsd)}`],
    [t('Tokens'), `≈ ${formatCount(at(parts.tokens, part))}`],
    picoUsd >= 0 && whole > 0 ? [t('Of the call'), formatShare(picoUsd / whole)] : undefined,
  )
}

type Figure = readonly [string, string] | undefined

function figureList(...figures: readonly Figure[]): HTMLElement {
  return element(
    'dl',
    { class: 'details-figures' },
    ...figures.flatMap((figure) =>
      figure === undefined
        ? []
        : [element('div', {}, element('dt', {}, figure[0]), element('dd', {}, figure[1]))],
    ),
  )
}

/** `≥` where a call below has no price or only told a part of its usage, `≈` where tokens were counted. */
function costText({ picoUsd, isAtLeast, isEstimate, unpricedCalls, isUnbilled }: SpanSums): string {
  if (!Number.isNaN(picoUsd)) return `${markOf(isAtLeast, isEstimate)}${formatUsd(picoUsd)}`
  if (unpricedCalls > 0) return t('no price')
  return isUnbilled ? t('not billed') : '–'
}

function tokensText({ tokens, isEstimate, isUsageUnknown }: SpanSums): string {
  return Number.isNaN(tokens) ? '–' : `${markOf(isUsageUnknown, isEstimate)}${formatCount(tokens)}`
}

function markOf(isAtLeast: boolean, isEstimate: boolean): string {
  return isAtLeast ? '≥ ' : isEstimate ? '≈ ' : ''
}

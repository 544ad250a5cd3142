// Prices stored calls again with today's book: what changes, by run and by model, and why. Reads no files and prints nothing.

import { factsOfAttributes } from './model/billing'
import type { PicoUsd } from './model/money'
import { present } from './model/present'
import type { Cost, ModelCall, Run, Span } from './model/span'
import { hasModelCall } from './model/totals'
import { regionOf, sellerUrl } from './pricing/exchange-seller'
import { type PriceAnswer, type PriceBook, priceCall } from './pricing/price'

/** A call whose cost is no longer what is stored. */
export interface Repriced {
  readonly runId: string
  readonly spanId: string
  readonly provider: string
  readonly model: string
  readonly before: Cost | null
  readonly after: Cost | null
  /** Why it has no price now. */
  readonly unpricedReason?: string
  readonly reason: string
}

export interface RepriceOptions {
  readonly book: PriceBook
  /** Whose prices count instead of those of the moment that each call was priced at. */
  readonly at?: Date
}

type CallSpan = Span & { readonly modelCall: ModelCall }

/** The calls of a run that cost something else now, in the order of the run. */
export function repriceRun(run: Pick<Run, 'id' | 'spans'>, options: RepriceOptions): Repriced[] {
  return run.spans
    .filter(hasModelCall)
    .filter((span) => span.modelCall.billed)
    .flatMap((span) => repriceCall(run.id, span, options))
}

function repriceCall(runId: string, span: CallSpan, options: RepriceOptions): Repriced[] {
  const { modelCall } = span
  const before = modelCall.cost
  const answer = priceAgain(span, options)
  const after = 'cost' in answer ? answer.cost : null
  const reason = reasonOf(before, answer)
  if (reason === undefined) return []
  const model = modelCall.responseModel ?? modelCall.requestModel
  return [
    {
      ...{ runId, spanId: span.id, provider: modelCall.provider, model, before, after, reason },
      ...('unpricedReason' in answer && { unpricedReason: answer.unpricedReason }),
    },
  ]
}

function priceAgain(span: CallSpan, { book, at }: RepriceOptions): PriceAnswer {
  const { provider, requestModel, responseModel, usage, tier, cost } = span.modelCall
  const { geo, speed, modalities, providerPicoUsd } = factsOfAttributes(span.attributes)
  const url = String(span.attributes['url.full'] ?? '')
  const server = span.attributes['costflame.inference_provider']
  const responseHeaders: Record<string, string> =
    typeof server === 'string' ? { 'x-inference-provider': server } : {}
  return priceCall(
    {
      provider,
      url: sellerUrl({ provider, url, responseHeaders }),
      model: responseModel ?? requestModel,
      requestModel,
      usage,
      at: at ?? new Date(cost?.pricedAt ?? span.startTime),
      basis: at ? 'import' : (cost?.pricedAtBasis ?? basisOf(span)),
      hasBothSides: span.kind === 'chat',
      ...present({ modalities, tier, speed, geo: regionOf(provider, url) ?? geo }),
      ...present({ providerPicoUsd: providerPicoUsd ?? providerFigure(cost) }),
    },
    book,
  )
}

function basisOf({ attributes }: Span): Cost['pricedAtBasis'] {
  return attributes['costflame.source.file'] === undefined ? 'call' : 'recorded'
}

/** The provider's own figure stays the provider's own figure. */
function providerFigure(cost: Cost | null): PicoUsd | undefined {
  return cost?.source === 'provider' ? cost.picoUsd : undefined
}

/** What changed, in words; `undefined` where money and its source are as they were. */
function reasonOf(before: Cost | null, answer: PriceAnswer): string | undefined {
  if (!('cost' in answer)) return before === null ? undefined : `no price any more: ${answer.unpricedReason}`
  const { cost: after } = answer
  if (before === null) return 'has a price now'
  if (before.source !== after.source) return `${SOURCES[before.source]} → ${SOURCES[after.source]}`
  const changed = RATES.filter((name) => before.prices[name] !== after.prices[name])
  const isSame = before.picoUsd === after.picoUsd && before.atLeast === after.atLeast
  if (isSame && JSON.stringify(before.byBucket) === JSON.stringify(after.byBucket)) return undefined
  if (changed.length === 0) return 'other fees or cache prices'
  return changed
    .map((name) => `${WORDS[name]} ${perMillion(before, name)} → ${perMillion(after, name)}`)
    .join(', ')
}

const SOURCES: Readonly<Record<Cost['source'], string>> = {
  override: 'config.jsonc',
  provider: "the provider's own figure",
  catalog: 'the price book',
}

const RATES = ['uncachedInput', 'cacheRead', 'output'] as const
const WORDS = { uncachedInput: 'input', cacheRead: 'cache read', output: 'output' } as const

function perMillion(cost: Cost, name: (typeof RATES)[number]): string {
  return `$${Number((cost.prices[name] / 1e6).toFixed(6))}`
}

/** The same change of many calls as one line. */
export interface RepriceGroup {
  readonly provider: string
  readonly model: string
  readonly reason: string
  readonly calls: number
  readonly before: CostSum
  readonly after: CostSum
}

export interface CostSum {
  readonly picoUsd: PicoUsd
  /** Calls without a price, which are not in the sum. */
  readonly unpriced: number
}

/** By provider, model and reason; the largest change first. */
export function groupRepriced(calls: readonly Repriced[]): RepriceGroup[] {
  const groups = Map.groupBy(calls, ({ provider, model, reason }) =>
    JSON.stringify([provider, model, reason]),
  )
  const change = ({ before, after }: RepriceGroup) => Math.abs(after.picoUsd - before.picoUsd)
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group
      if (!first) return []
      const { provider, model, reason } = first
      const before = sumOfCosts(group.map((call) => call.before))
      return [
        {
          provider,
          model,
          reason,
          calls: group.length,
          before,
          after: sumOfCosts(group.map((call) => call.after)),
        },
      ]
    })
    .sort((left, right) => change(right) - change(left))
}

export function sumOfCosts(costs: readonly (Cost | null)[]): CostSum {
  return {
    picoUsd: costs.reduce((sum, cost) => sum + (cost?.picoUsd ?? 0), 0),
    unpriced: costs.filter((cost) => cost === null).length,
  }
}

/** Costs of a run before and after: what changed, and what stayed. */
export function runSums(
  run: Pick<Run, 'spans'>,
  repriced: readonly Repriced[],
): { readonly before: CostSum; readonly after: CostSum } {
  const changed = new Map(repriced.map((call) => [call.spanId, call.after]))
  const billed = run.spans.filter(hasModelCall).filter((span) => span.modelCall.billed)
  return {
    before: sumOfCosts(billed.map((span) => span.modelCall.cost)),
    after: sumOfCosts(
      billed.map((span) => (changed.has(span.id) ? (changed.get(span.id) ?? null) : span.modelCall.cost)),
    ),
  }
}

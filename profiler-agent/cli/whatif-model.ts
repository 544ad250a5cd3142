// `costflame whatif --model`: what one run would have cost with another model.

import { present } from '../model/present'
import { isKnownProvider, PROVIDER_ORIGINS } from '../model/provider'
import type { Cost, ModelCall, Span } from '../model/span'
import { hasModelCall } from '../model/totals'
import type { PriceBook } from '../pricing/price-book'
import { type ModelSwitch, switchModel } from '../what-if/model-switch'
import type { RecordedCall, Target } from '../what-if/switched-call'
import { UsageError } from './io'
import type { AskedRun } from './whatif'
import type { AskedFixes } from './whatif-fixes'

export interface ModelQuestion {
  readonly model: string
  readonly provider?: string
  readonly book: PriceBook
  /** To be tried with the new model. */
  readonly fixes?: AskedFixes
  readonly lifetime?: string
}

/** Throws UsageError where the model has no price for any call of the run. */
export function whatIfModel(run: AskedRun, question: ModelQuestion): ModelSwitch {
  const billed = run.spans.filter(hasModelCall).filter(({ modelCall }) => modelCall.billed)
  const { fixes } = question
  const prompts = new Map(run.calls.map((call) => [call.spanId, call]))
  const calls = billed.flatMap((span): RecordedCall[] => {
    if (!isPriced(span)) return []
    const call = prompts.get(span.id)
    return [{ span, ...(call ? { call } : {}) }]
  })
  const answer = switchModel({
    calls,
    textOf: run.textOf,
    book: question.book,
    targetOf: (call) => targetOf(call, question),
    ...present({ lifetime: question.lifetime }),
    ...(fixes ? { candidatesOn: (switched) => fixes(switched).candidates } : {}),
  })
  if (answer.switchedCalls === 0 && calls.length > 0)
    throw new UsageError(`--model ${question.model}: ${reasonOf(answer)}`)
  return answer
}

function isPriced(span: Span & { readonly modelCall: ModelCall }): span is RecordedCall['span'] {
  const cost: Cost | null = span.modelCall.cost
  return cost !== null
}

/** Why no call was switched: for want of a price, or because there is none to switch. */
function reasonOf({ kept }: ModelSwitch): string {
  return kept.at(-1)?.reason ?? 'the run has no call with a price'
}

/** Who sells it: who was named, else whoever the call went to, else its maker. */
function targetOf(
  { span }: RecordedCall,
  question: ModelQuestion,
): Target | { readonly unpricedReason: string } {
  const { model, provider, book } = question
  const { cost } = span.modelCall
  const [prefix = '', rest = ''] = model.split(/\/(.*)/s)
  const candidates: readonly Target[] =
    provider !== undefined
      ? [{ provider, model }]
      : [
          { provider: span.modelCall.provider, model },
          ...(isKnownProvider(prefix) ? [{ provider: prefix, model: rest }] : []),
          ...MAKERS.filter(([pattern]) => pattern.test(model)).map(([, maker]) => ({
            provider: maker,
            model,
          })),
          ...Object.keys(PROVIDER_ORIGINS)
            .filter((seller) => seller !== 'ollama')
            .map((seller) => ({ provider: seller, model })),
        ]
  const known = candidates.find((target) => isSold(target, book, new Date(cost.pricedAt)))
  return known ?? { unpricedReason: `no price for "${model}" in ${book.name}. ${NEXT_STEP}` }
}

const NEXT_STEP =
  'costflame prices MODEL shows near names; give it a price in .costflame/config.jsonc, or fetch a newer catalogue with: costflame prices update'

function isSold({ provider, model }: Target, book: PriceBook, at: Date): boolean {
  return (
    book.find({ provider }, book.modelOf(provider, model) ?? model, at) !== undefined ||
    book.findOverride(provider, model, at, undefined) !== undefined
  )
}

const MAKERS: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/^claude-/, 'anthropic'],
  [/^(gpt-|o\d|chatgpt-|codex-)/, 'openai'],
  [/^gemini-/, 'google'],
  [/^grok-/, 'xai'],
  [/^deepseek-/, 'deepseek'],
  [/^(mi|ma|mini|code|dev)\w*stral/, 'mistral'],
]

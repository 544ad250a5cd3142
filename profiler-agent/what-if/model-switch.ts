// A recorded run with another model: its calls go through that model's cache, and are priced by the book. Makes no call, prints nothing.

import type { CacheFix } from '../analysis/cache-causes'
import { bestOrder } from '../analysis/replay/best-order'
import { breakpointsOf } from '../analysis/replay/breakpoints'
import type { FixCandidate } from '../analysis/replay/fix-candidate'
import type { FixPlan } from '../analysis/replay/fix-plan'
import { CallFixer } from '../analysis/replay/fixed-calls'
import type { ReplayCall } from '../analysis/replay/replay-call'
import type { PicoUsd } from '../model/money'
import { cacheWriteTotal } from '../model/usage'
import type { PriceBook } from '../pricing/price-book'
import type { CacheRule } from '../rules/cache-rules'
import { type TokenRatio, tokenRatio } from '../rules/tokenizer-families'
import { type BilledCall, billCalls, ruleOf, type SwitchedCost } from './switched-bill'
import { type RecordedCall, ScaledBlocks, type SwitchedCall, switchCall, type Target } from './switched-call'

export interface ModelSwitch {
  /** Who sells the new model, under which name; empty where no call can be switched. */
  readonly targets: readonly Target[]
  /** Of all calls, as they were. */
  readonly recorded: PicoUsd
  /** Of all calls; those that keep their model are in it as they were. The two ends differ in what is only estimated. */
  readonly low: SwitchedCost
  readonly high: SwitchedCost
  readonly switchedCalls: number
  /** Calls that stay as they were, by why. */
  readonly kept: readonly KeptCalls[]
  /** Switched calls whose prompt is not known: cached as they were at the low end, not at all at the high end. */
  readonly unseenPrompts: number
  /** Of the new model, for one of the old. */
  readonly tokens: TokenRatio
  /** Switched calls that were cached and are too short for the new model's cache. */
  readonly belowMinimum: number
  /** Switched calls without a breakpoint, where the new model caches nothing else. */
  readonly unmarked: number
  /** Switched calls with a part that has no price in the book. */
  readonly atLeast: number
  /** Fixes that are worth making with the new model, of those that were asked for; they are in the amounts. */
  readonly fixes: readonly CacheFix[]
  /** The lifetime that was asked for. It is in the amounts where the new model's cache knows it. */
  readonly lifetime?: { readonly name: string; readonly isKnown: boolean }
  /** How the new model caches; absent where nobody knows. */
  readonly rule?: CacheRule
}

export interface KeptCalls {
  readonly reason: string
  readonly calls: number
}

export interface SwitchQuestion {
  /** Priced calls. */
  readonly calls: readonly RecordedCall[]
  /** Who sells the new model to whoever made a call; says why where nobody does. */
  readonly targetOf: (call: RecordedCall) => Target | { readonly unpricedReason: string }
  readonly book: PriceBook
  readonly textOf: (hash: string) => string | undefined
  /** Fixes to try on the calls as the new model has them. */
  readonly candidatesOn?: (calls: readonly ReplayCall[]) => readonly FixCandidate[]
  readonly lifetime?: string
}

export function switchModel(question: SwitchQuestion): ModelSwitch {
  const { calls } = question
  const chats = calls.filter(({ span }) => span.kind === 'chat')
  const [low, high] = [scenario(question, chats, 'low'), scenario(question, chats, 'high')]
  const [first] = low.billed
  const rule = first && ruleOf(first.switched.call)
  return {
    targets: targetsOf(low.billed),
    recorded: costOf(calls),
    ...ordered(withKept(low, calls), withKept(high, calls)),
    switchedCalls: low.billed.length,
    kept: keptCalls(calls.length - chats.length, low.unpriced),
    unseenPrompts: low.billed.filter(({ isReplayed }) => !isReplayed).length,
    tokens: widest(low.billed),
    belowMinimum: high.billed.filter(isBelowMinimum).length,
    unmarked: low.billed.filter(({ switched: { call } }) => isUnmarked(call)).length,
    atLeast: high.billed.filter(({ isAtLeast }) => isAtLeast).length,
    fixes: [...new Set([...low.fixes, ...high.fixes])],
    ...(rule ? { rule } : {}),
    ...(question.lifetime === undefined
      ? {}
      : {
          lifetime: { name: question.lifetime, isKnown: rule !== undefined && knowsLifetime(rule, question) },
        }),
  }
}

type End = 'low' | 'high'

interface Scenario {
  readonly billed: readonly BilledCall[]
  /** Why calls have no price now, one for each. */
  readonly unpriced: readonly string[]
  readonly fixes: readonly CacheFix[]
}

function scenario(question: SwitchQuestion, chats: readonly RecordedCall[], end: End): Scenario {
  const switched: SwitchedCall[] = []
  const unpriced: string[] = []
  const blocks = new ScaledBlocks()
  for (const call of chats) {
    const answer = switchedBy(question, call, { end, blocks })
    if ('unpricedReason' in answer) unpriced.push(answer.unpricedReason)
    else switched.push(answer)
  }
  switched.sort((left, right) => left.call.startedAt - right.call.startedAt)
  const { calls, fixes } = fixedWith(switched, question, blocks)
  const billed = billCalls(calls, { textOf: question.textOf, isOptimist: end === 'low' })
  return { billed, unpriced, fixes }
}

/** With the fixes that are worth making now, and the lifetime that was asked for. */
function fixedWith(
  switched: readonly SwitchedCall[],
  question: SwitchQuestion,
  blocks: ScaledBlocks,
): { readonly calls: readonly SwitchedCall[]; readonly fixes: readonly CacheFix[] } {
  const calls = switched.map(({ call }) => call)
  const ratios = new Map(switched.map(({ call, ratio }) => [call.spanId, ratio]))
  const scaled = (question.candidatesOn?.(calls) ?? []).map((candidate) => ({
    ...candidate,
    plans: candidate.plans.map((plan) => scaledPlan(plan, ratios, blocks)),
  }))
  const { worthwhile } = bestOrder(calls, scaled, { ruleOf, textOf: question.textOf })
  const plans = worthwhile.flatMap(({ candidate }) => candidate.plans)
  const fixer = new CallFixer([...plans, ...lifetimePlan(calls, question)], ruleOf)
  return {
    calls: switched.map((one) => ({ ...one, call: fixer.fix(one.call) })),
    fixes: worthwhile.map(({ candidate }) => candidate.fix),
  }
}

/** Blocks that a plan brings along count in the new model's tokens, too. */
function scaledPlan(plan: FixPlan, ratios: ReadonlyMap<string, number>, blocks: ScaledBlocks): FixPlan {
  const [spanId = ''] = plan.spanIds ?? ratios.keys()
  const ratio = ratios.get(spanId) ?? 1
  if (plan.fix === 'freeze-tools') return { ...plan, tools: blocks.of(plan.tools, ratio) }
  return plan.fix === 'freeze-system' ? { ...plan, system: blocks.of(plan.system, ratio) } : plan
}

function lifetimePlan(calls: readonly ReplayCall[], question: SwitchQuestion): readonly FixPlan[] {
  const { lifetime } = question
  const knowing = calls.filter((call) => {
    const rule = ruleOf(call)
    return rule && knowsLifetime(rule, question)
  })
  if (lifetime === undefined || knowing.length === 0) return []
  return [{ fix: 'longer-ttl', lifetime, spanIds: new Set(knowing.map(({ spanId }) => spanId)) }]
}

function knowsLifetime({ lifetimes }: CacheRule, { lifetime }: SwitchQuestion): boolean {
  return lifetimes.some(({ name }) => name === lifetime)
}

function switchedBy(
  { targetOf, book }: SwitchQuestion,
  call: RecordedCall,
  { end, blocks }: { readonly end: End; readonly blocks: ScaledBlocks },
) {
  const target = targetOf(call)
  if ('unpricedReason' in target) return target
  return switchCall(call, target, tokenRatio(modelOf(call), target.model)[end], { book, blocks })
}

function modelOf({ span: { modelCall } }: RecordedCall): string {
  return modelCall.responseModel ?? modelCall.requestModel
}

function costOf(calls: readonly RecordedCall[]): PicoUsd {
  return calls.reduce((sum, { span }) => sum + span.modelCall.cost.picoUsd, 0)
}

function withKept({ billed }: Scenario, calls: readonly RecordedCall[]): SwitchedCost {
  const kept = costOf(calls) - costOf(billed.map(({ switched }) => switched.recorded))
  const sum = (end: keyof SwitchedCost) => billed.reduce((total, { cost }) => total + cost[end], kept)
  return { cold: sum('cold'), warm: sum('warm') }
}

/** Fewer tokens may cost more, where they are too few to be cached. */
function ordered(left: SwitchedCost, right: SwitchedCost): { low: SwitchedCost; high: SwitchedCost } {
  const { min, max } = Math
  return {
    low: { cold: min(left.cold, right.cold), warm: min(left.warm, right.warm) },
    high: { cold: max(left.cold, right.cold), warm: max(left.warm, right.warm) },
  }
}

function targetsOf(billed: readonly BilledCall[]): readonly Target[] {
  const targets = billed.map(({ switched: { call } }) => ({ provider: call.provider, model: call.model }))
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()]
}

function keptCalls(others: number, unpriced: readonly string[]): readonly KeptCalls[] {
  const reasons = [...Map.groupBy(unpriced, (reason) => reason)]
  return [
    ...(others > 0 ? [{ reason: 'no chat model: embeddings, reranking and the like', calls: others }] : []),
    ...reasons.map(([reason, list]) => ({ reason, calls: list.length })),
  ]
}

function widest(billed: readonly BilledCall[]): TokenRatio {
  const ratios = billed.map(({ switched: { recorded, call } }) => tokenRatio(modelOf(recorded), call.model))
  if (ratios.length === 0) return { low: 1, high: 1, isExact: true }
  return {
    low: Math.min(...ratios.map(({ low }) => low)),
    high: Math.max(...ratios.map(({ high }) => high)),
    isExact: ratios.every(({ isExact }) => isExact),
  }
}

function isUnmarked(call: ReplayCall): boolean {
  const rule = ruleOf(call)
  const needsMarks = rule?.mechanism === 'breakpoints' && rule.unmarked === undefined
  return needsMarks && call.isPromptWhole && breakpointsOf(call, rule).length === 0
}

function isBelowMinimum({ switched: { recorded, call } }: BilledCall): boolean {
  const { usage } = recorded.span.modelCall
  const wasCached = (usage.cacheReadTokens ?? 0) + (cacheWriteTotal(usage) ?? 0) > 0
  return wasCached && (call.usage.inputTokens ?? 0) < (ruleOf(call)?.minimumTokens ?? 0)
}

// A call as the analysis of its cache sees it: its rule, where its breakpoints stand, and what tells it apart from others. Pure.

import type { CacheSettings } from '../../model/cache-settings'
import { invalidationOf } from '../../rules/cache-invalidation'
import type { CacheLifetime, CacheRule } from '../../rules/cache-rule'
import { ruleForRequest } from '../../rules/cache-rules'
import type { AnalysedCall, AnalysisContext } from '../finding-input'
import { breakpointsOf, lifetimeOf } from '../replay/breakpoints'
import { wayOf } from '../replay/prompt-identity'
import { renderedCall } from '../replay/rendered-prompt'
import type { PromptEnds } from './prompt-ends'
import type { Part } from './prompt-parts'

export interface SentCall {
  /** As its provider's cache sees it. */
  readonly call: AnalysedCall
  readonly asSent: AnalysedCall
  readonly rule: CacheRule
  /** Indices of the blocks that breakpoints stand on, by its request and its provider's rule; ascending. */
  readonly breakpoints: readonly number[]
  readonly lifetime: CacheLifetime
  /** What the provider reported; what it does not say is 0 here. */
  readonly read: number
  readonly written: number
  readonly input: number
  /** False where the provider says nothing of reads, so that having read nothing is no fact. */
  readonly tellsReads: boolean
  /** What the block at an index is compared by; its hash and nothing else where `isPlain`. */
  readonly keyAt: (index: number) => string
  readonly isPlain: boolean
  /** False where its start is only a place in an order: a recording without dates, or with dates that run backwards. */
  readonly isTimeKnown: boolean
  /** Tokens of the prompt up to and with each block. */
  readonly ends: readonly number[]
  /** Where in the program it comes from, the same in every run: file and function, else step and agent. */
  readonly place: string
}

/** By start; calls that started in the same moment by their ids, so that the order is one. */
export function isBefore({ call: left }: SentCall, { call: right }: SentCall): boolean {
  return (
    left.startedAt < right.startedAt || (left.startedAt === right.startedAt && left.spanId < right.spanId)
  )
}

/** Between two calls of one provider. */
export type Standing = 'ready' | 'pending' | 'expired'

/** What `later` could find of what `earlier` sent. */
export function standingOf(earlier: SentCall, later: SentCall): Standing {
  const age = later.call.startedAt - earlier.call.startedAt
  if (age > earlier.lifetime.idleMs) return 'expired'
  return earlier.call.firstTokenAt <= later.call.startedAt ? 'ready' : 'pending'
}

export interface SettingChange {
  readonly parameter: string
  readonly before: string | null
  readonly after: string | null
  /** The first part of the prompt that it makes another one. */
  readonly from: Part
}

/** Of the parameters that differ, the one that invalidates most; `undefined` where a cache sees no difference. */
export function settingChange(earlier: SentCall, later: SentCall): SettingChange | undefined {
  if (earlier.call.model !== later.call.model)
    return { parameter: 'model', before: earlier.call.model, after: later.call.model, from: 'tools' }
  const before = earlier.call.settings.parameters ?? {}
  const after = later.call.settings.parameters ?? {}
  let change: SettingChange | undefined
  for (const parameter of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const row = invalidationOf(later.rule.provider, parameter)
    const meant = (value: string | undefined) => (value && row?.ordinary?.includes(value) ? undefined : value)
    if (!row || meant(before[parameter]) === meant(after[parameter])) continue
    const { from } = row
    if (change && ORDER[change.from] <= ORDER[from]) continue
    change = { parameter, before: before[parameter] ?? null, after: after[parameter] ?? null, from }
  }
  return change
}

const ORDER: Readonly<Record<Part, number>> = { tools: 0, system: 1, messages: 2 }

/** True where the two ask to be sent to different caches, and the provider heeds it. */
export function hasOtherKey(earlier: SentCall, later: SentCall): boolean {
  return later.rule.affinity !== undefined && earlier.call.settings.key !== later.call.settings.key
}

/**
 * Providers whose replies leave out counts that are 0. Source: protobuf.dev/programming-guides/json, "implicit presence fields" (Gemini's
 * `cachedContentTokenCount`), read 2026-11-22; its caches are on by default, so that no count is no read.
 */
const LEAVE_OUT_ZERO: ReadonlySet<string> = new Set(['google', 'vertex'])

/** `undefined` for a call of which nothing can be said: no rule, no usage, or a prompt that is not known whole. */
export function sentCallOf(
  asSent: AnalysedCall,
  ruleOfModel: CacheRule,
  textOf: AnalysisContext['textOf'],
  ends: PromptEnds,
): SentCall | undefined {
  const call = renderedCall(asSent, ruleOfModel, textOf)
  const { usage, prompt, settings } = call
  const { cacheReadTokens: read, inputTokens: input } = usage
  if (!call.isPromptWhole || prompt.blocks.length === 0 || input === null) return undefined
  if (usage.origin !== 'reported' && usage.origin !== 'partial') return undefined
  const breakpoints = breakpointsOf(call, ruleOfModel)
  const rule = ruleForRequest(ruleOfModel, breakpoints.length > 0)
  // Parameters are compared by themselves, so that a change of them can be named.
  const { keyAt, isPlain } = wayOf({ ...call, settings: withoutParameters(call) }, rule)
  const lifetimes = [lifetimeOf(rule, settings.lifetime), ...breakpoints.map(({ lifetime }) => lifetime)]
  return {
    call,
    asSent,
    rule,
    breakpoints: breakpoints.map(({ index }) => index),
    lifetime: lifetimes.reduce((longest, next) => (next.idleMs > longest.idleMs ? next : longest)),
    read: read ?? 0,
    tellsReads: read !== null || LEAVE_OUT_ZERO.has(rule.provider),
    written: Object.values(usage.cacheWriteTokens).reduce<number>((sum, tokens) => sum + (tokens ?? 0), 0),
    input,
    isTimeKnown: isTimeKnown(call),
    keyAt,
    isPlain,
    ends: ends.of(call.prompt),
    place: placeOf(call),
  }
}

/** All but the one that says which thinking stays in the prompt. */
function withoutParameters({ settings }: AnalysedCall): CacheSettings {
  const kept = settings.parameters?.context_management
  return kept === undefined ? {} : { parameters: { context_management: kept } }
}

/** Recordings give whole seconds. */
const SECOND = 1_000

function isTimeKnown({ cost: { pricedAtBasis, pricedAt }, startedAt }: AnalysedCall): boolean {
  if (pricedAtBasis === 'recorded') return Math.abs(Date.parse(pricedAt) - startedAt) <= SECOND
  return pricedAtBasis === 'call'
}

function placeOf({ callSite, agent, step }: AnalysedCall): string {
  if (callSite) return JSON.stringify(['code', callSite.file, callSite.function ?? ''])
  return JSON.stringify(['said', agent ?? '', step === undefined ? '' : withoutCount(step)])
}

/** The whole way to the line, without lines: agents of several kinds may share the function that calls. */
export function stackOf({ call: { callSite } }: SentCall): string | undefined {
  return callSite?.stack.map((frame) => `${frame.file}:${frame.function ?? ''}`).join('\n')
}

/** The name that the program gives the kind of call. */
export function labelOf({ call: { agent, step } }: SentCall): string | undefined {
  if (agent === undefined && step === undefined) return undefined
  return `${agent ?? ''}\n${step === undefined ? '' : withoutCount(step)}`
}

/** Steps without a name of their own are numbered. */
function withoutCount(step: string): string {
  return step.replace(/\d+/g, '#')
}

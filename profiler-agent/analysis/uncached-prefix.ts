// Rules cache/volatile-prefix and cache/missing-breakpoint: a large stable start of the prompt is sent again and again at the full price.

import type { Finding, Location, Saving } from '../model/finding'
import { formatUsd, type PicoUsd } from '../model/money'
import { formatCount } from '../model/quantity'
import type { CallSite } from '../model/span'
import { CACHE_TTLS, type CacheTtl, cacheWriteTotal } from '../model/usage'
import type { CacheRule } from '../rules/cache-rules'
import {
  type AnalysedCall,
  type AnalysedPrompt,
  type AnalysisContext,
  type FindingRule,
  type RuleRun,
  TooLate,
} from './finding-input'
import { type SharedPrefix, sharedPrefix, type VolatileText } from './prefix'

/** Nobody is told of less than this, nor of less than FLOOR_SHARE of the run, nor of what happened once. */
const FLOOR_PICO_USD: PicoUsd = 10_000_000_000
const FLOOR_SHARE = 0.02
const LEAST_OCCURRENCES = 2

type Cause = 'volatile-prefix' | 'missing-breakpoint'

interface Occurrence {
  readonly call: AnalysedCall
  readonly cause: Cause
  /** Same for calls that send the same stable text: what makes several calls one finding. */
  readonly topic: string
  /** Tokens that a cache could have served had the cause not been there. */
  readonly tokens: number
  readonly volatile?: VolatileText
  readonly saving: PicoUsd
  /** What it costs more to write the prefix once than to send it plain. */
  readonly seeding: PicoUsd
}

export const uncachedPrefixRule: FindingRule = {
  name: 'cache/uncached-prefix',
  start: (context) => new UncachedPrefixes(context),
}

/** Prompts are compared with the latest calls only: the cache has forgotten the others, and the cost stays linear. */
const LOOK_BACK_CALLS = 8

/** Prompts that are remembered, for calls that began earlier than others that ended before them. */
const REMEMBERED_CALLS = 64

interface Entry {
  readonly call: AnalysedCall
  readonly occurrence?: Occurrence
}

/** Calls that could have served each other's prefixes, from wherever in the code they were made; by start. */
interface Group {
  readonly startedAt: number
  readonly latest: Entry[]
  /** Of calls whose prompts are forgotten. */
  readonly past: Occurrence[]
  hasForgotten: boolean
}

class UncachedPrefixes implements RuleRun {
  #runPicoUsd = 0
  readonly #groups = new Map<string, Group>()

  constructor(readonly context: AnalysisContext) {}

  add(call: AnalysedCall): void {
    const group = this.#groupOf(call)
    const { latest } = group
    const index = latest.findLastIndex((entry) => entry.call.startedAt <= call.startedAt) + 1
    if (group.hasForgotten && index < LOOK_BACK_CALLS) throw new TooLate(call.spanId)
    this.#runPicoUsd += call.cost.picoUsd
    latest.splice(index, 0, { call })
    const end = Math.min(latest.length, index + 1 + LOOK_BACK_CALLS)
    for (let each = index; each < end; each++) this.#compare(latest, each)
    if (latest.length > REMEMBERED_CALLS) forgetOldest(group)
  }

  findings(): Finding[] {
    const floor = Math.max(FLOOR_PICO_USD, this.#runPicoUsd * FLOOR_SHARE)
    return [...this.#groups.values()]
      .sort((left, right) => left.startedAt - right.startedAt)
      .flatMap(({ past, latest }) =>
        byCause([...past, ...latest.flatMap(({ occurrence }) => occurrence ?? [])]),
      )
      .filter((group) => group.length >= LEAST_OCCURRENCES && savingOf(group) >= floor)
      .map((group) => findingOf(group, this.context))
  }

  #groupOf({ provider, model, startedAt }: AnalysedCall): Group {
    const key = `${provider} ${model}`
    const known = this.#groups.get(key)
    const group = known
      ? { ...known, startedAt: Math.min(known.startedAt, startedAt) }
      : { startedAt, latest: [], past: [], hasForgotten: false }
    this.#groups.set(key, group)
    return group
  }

  #compare(entries: Entry[], index: number): void {
    const call = entries[index]?.call
    const rule = call && this.context.cacheRule(call)
    if (!rule) return
    const before = entries.slice(Math.max(0, index - LOOK_BACK_CALLS), index).map((entry) => entry.call)
    const occurrence = occurrenceOf(call, before, rule, this.context)
    entries[index] = { call, ...(occurrence ? { occurrence } : {}) }
  }
}

const FORGOTTEN: AnalysedPrompt = { blocks: [], hiddenTokens: 0, tokensPerCharacter: 0 }

function forgetOldest(group: Group): void {
  const occurrence = group.latest.shift()?.occurrence
  group.hasForgotten = true
  if (occurrence) group.past.push({ ...occurrence, call: { ...occurrence.call, prompt: FORGOTTEN } })
}

function occurrenceOf(
  call: AnalysedCall,
  before: readonly AnalysedCall[],
  rule: CacheRule,
  context: AnalysisContext,
): Occurrence | undefined {
  const shared = before
    .filter((earlier) => call.startedAt - earlier.startedAt <= (rule.lifetimes[0]?.idleMs ?? 0))
    .map((earlier) => sharedPrefix(earlier.prompt, call.prompt, context.textOf))
    .reduce<SharedPrefix | undefined>(
      (best, next) => (best && best.stableTokens >= next.stableTokens ? best : next),
      undefined,
    )
  if (!shared) return undefined
  const tokens = Math.floor(shared.stableTokens / rule.incrementTokens) * rule.incrementTokens
  const cause = causeOf(call, shared, rule)
  if (!cause || tokens < rule.minimumTokens) return undefined
  const saving = savingPer(call, tokens, rule)
  if (saving <= 0) return undefined
  const [volatile] = cause === 'volatile-prefix' ? shared.volatile : []
  const topic = topicOf(call, volatile, context)
  const seeding = cause === 'missing-breakpoint' ? seedingOf(call, tokens, rule) : 0
  return { call, cause, topic, tokens, saving, seeding, ...(volatile ? { volatile } : {}) }
}

const TOPIC_CHARACTERS = 200

/** The end of the block that changes, which does not change; without one, the first block. */
function topicOf(call: AnalysedCall, volatile: VolatileText | undefined, context: AnalysisContext): string {
  const [first] = call.prompt.blocks
  const block = volatile ? call.prompt.blocks.find((candidate) => candidate.path === volatile.path) : first
  return context.textOf(block?.hash ?? '')?.slice(-TOPIC_CHARACTERS) ?? ''
}

/** No blame without evidence: what is neither volatile nor unmarked may be the provider's own doing. */
function causeOf(call: AnalysedCall, shared: SharedPrefix, rule: CacheRule): Cause | undefined {
  if (shared.volatile.length > 0 && shared.equalTokens < rule.minimumTokens) return 'volatile-prefix'
  const idle = (call.usage.cacheReadTokens ?? 0) === 0 && (cacheWriteTotal(call.usage) ?? 0) === 0
  return needsBreakpoints(rule) && call.marks.length === 0 && idle ? 'missing-breakpoint' : undefined
}

/** What this call's input cost, less what it would have cost with `tokens` read from the cache and the rest billed as the cache bills it. */
function savingPer({ usage, cost }: AnalysedCall, tokens: number, rule: CacheRule): PicoUsd {
  const input = usage.inputTokens ?? 0
  const served = Math.min(tokens, input)
  if (served <= (usage.cacheReadTokens ?? 0)) return 0
  const actual = cost.byBucket.uncachedInput + cost.byBucket.cacheRead + cost.byBucket.cacheWrite
  const { prices } = cost
  const writeTtl = writeTtlOf(rule)
  const rest = writeTtl ? prices.cacheWrite[writeTtl] : prices.uncachedInput
  return Math.round(actual - served * prices.cacheRead - (input - served) * rest)
}

/** The call before the first that saves has to write the prefix. */
function seedingOf({ cost: { prices } }: AnalysedCall, tokens: number, rule: CacheRule): PicoUsd {
  const writeTtl = writeTtlOf(rule)
  return writeTtl ? tokens * (prices.cacheWrite[writeTtl] - prices.uncachedInput) : 0
}

function needsBreakpoints(rule: CacheRule): boolean {
  return rule.mechanism === 'breakpoints' && !rule.implicitBreakpoint
}

/** The bucket that a write of the default lifetime is billed in; `undefined` where writes are free. */
function writeTtlOf(rule: CacheRule): CacheTtl | undefined {
  return rule.chargesWrites ? CACHE_TTLS.find((ttl) => ttl === rule.lifetimes[0]?.name) : undefined
}

function byCause(occurrences: readonly Occurrence[]): Occurrence[][] {
  return [...Map.groupBy(occurrences, ({ cause, topic }) => `${cause} ${topic}`).values()]
}

function savingOf(group: readonly Occurrence[]): PicoUsd {
  return group.reduce((sum, occurrence) => sum + occurrence.saving, 0) - (group[0]?.seeding ?? 0)
}

function findingOf(group: readonly Occurrence[], context: AnalysisContext): Finding {
  const [first] = group
  if (!first) throw new Error('a group of occurrences is never empty')
  const { call, cause, volatile } = first
  const rule = `cache/${cause}`
  const [place, ...others] = placesOf(group)
  const saving = savingFor(group, first, context)
  return {
    id: context
      .hashOf([rule, place?.file, place?.function ?? place?.line, volatile?.path, call.model].join('\n'))
      .slice(0, 16),
    rule,
    severity: 'warning',
    message: messageOf(group, first, saving),
    runId: context.runId,
    spanIds: group.map((occurrence) => occurrence.call.spanId),
    ...(place ? { location: locationOf(place) } : {}),
    relatedLocations: others.map((other) => ({
      ...locationOf(other),
      message: 'The same prompt is sent here',
    })),
    evidence: {
      calls: group.length,
      tokensPerCall: meanTokens(group),
      model: call.model,
      ...(volatile ? { volatile } : {}),
    },
    saving,
    fix: FIXES[cause],
  }
}

const FIXES = {
  'volatile-prefix': {
    title: 'Move the changing text behind the stable part of the prompt',
    safety: 'review',
  },
  'missing-breakpoint': { title: 'Mark the end of the stable part with cache_control', safety: 'safe' },
} as const satisfies Record<Cause, Finding['fix']>

/** Lines that made these calls, the one with the largest saving first. */
function placesOf(group: readonly Occurrence[]): CallSite[] {
  const byLine = Map.groupBy(group, ({ call }) => `${call.callSite?.file}:${call.callSite?.line}`)
  return [...byLine.values()]
    .sort((left, right) => savingOf(right) - savingOf(left))
    .flatMap((occurrences) => occurrences[0]?.call.callSite ?? [])
}

function locationOf({ file, line, column = 1 }: CallSite): Location {
  return { file, line, column }
}

function savingFor(
  group: readonly Occurrence[],
  { call, cause }: Occurrence,
  context: AnalysisContext,
): Saving {
  const rule = context.cacheRule(call)
  return {
    picoUsd: savingOf(group),
    perRun: true,
    assumption:
      cause === 'volatile-prefix'
        ? 'the start of the prompt were the same in all calls'
        : 'the end of the stable part of the prompt carried a cache breakpoint',
    // A cache that works by itself promises nothing.
    certainty: rule && needsBreakpoints(rule) ? 'expected' : 'upTo',
  }
}

function messageOf(group: readonly Occurrence[], { cause, volatile }: Occurrence, saving: Saving): string {
  const what = `About ${formatCount(meanTokens(group))} stable tokens were sent again uncached in ${group.length} calls`
  const saves = `saves ${saving.certainty === 'upTo' ? 'up to ' : ''}${formatUsd(saving.picoUsd)} a run`
  if (cause === 'missing-breakpoint')
    return `${what}, because the prompt has no cache breakpoint. A cache_control mark at the end of the stable part ${saves}.`
  const changing = volatile ? ` (${quote(volatile.before)} → ${quote(volatile.after)})` : ''
  const where = volatile ? ` at character ${volatile.at + 1} of ${volatile.path}` : ''
  return `${what}, because text${where} changes with every call${changing}. Moving it behind the stable part ${saves}.`
}

function meanTokens(group: readonly Occurrence[]): number {
  return Math.round(group.reduce((sum, occurrence) => sum + occurrence.tokens, 0) / group.length)
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 40 ? `"${line.slice(0, 39)}…"` : `"${line}"`
}

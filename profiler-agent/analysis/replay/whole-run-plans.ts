// Fixes tried on all calls of a run without a finding that asks for them: what they need to know is read off the calls themselves.

import type { CacheFix } from '../cache-causes'
import type { ReplayOptions } from './cache-replay'
import type { BreakpointPlace, FixPlan } from './fix-plan'
import { leadingBlocks } from './prompt-identity'
import type { ReplayBlock, ReplayCall } from './replay-call'
import { savingOf } from './saving'

/** A call, and who made it: calls of one maker have the same prompt but for what changes. */
export interface MadeCall {
  readonly call: ReplayCall
  readonly maker: string
}

/**
 * The plans of a fix for all calls, one or more for each maker; `undefined` where it takes evidence that only a finding has
 * (which text changes, what was written differently, which call goes on from which).
 */
export function wholeRunPlans(
  fix: CacheFix,
  calls: readonly MadeCall[],
  options: ReplayOptions,
): readonly FixPlan[] | undefined {
  switch (fix) {
    case 'add-breakpoint':
    case 'move-breakpoint':
      return perMaker(calls, (own) => [bestPlaces(fix, own, options)])
    case 'drop-breakpoint':
      return perMaker(calls, (own) => [{ fix, spanIds: spanIdsOf(own) }])
    case 'longer-ttl':
      return perMaker(calls, (own) => [bestLifetime(own, options)])
    case 'cache-key':
      return perMaker(calls, (own, maker) => [{ fix, key: maker, spanIds: spanIdsOf(own) }])
    case 'sort-tools':
    case 'warm-first':
      return [{ fix }]
    case 'freeze-tools':
      return perMaker(calls, (own) => [{ fix, tools: allTools(own), spanIds: spanIdsOf(own) }])
    case 'freeze-system':
      return perMaker(calls, (own) => [{ fix, system: commonSystem(own), spanIds: spanIdsOf(own) }])
    case 'keep-settings':
      return perMaker(calls, (own) => [{ fix, parameters: usualParameters(own), spanIds: spanIdsOf(own) }])
    case 'sort-keys':
    case 'move-volatile':
    case 'append-only':
      return undefined
  }
}

function perMaker(
  calls: readonly MadeCall[],
  plansOf: (calls: readonly ReplayCall[], maker: string) => readonly FixPlan[],
): readonly FixPlan[] {
  return [...Map.groupBy(calls, ({ maker }) => maker)].flatMap(([maker, made]) =>
    plansOf(
      made.map(({ call }) => call),
      maker,
    ),
  )
}

function spanIdsOf(calls: readonly ReplayCall[]): ReadonlySet<string> {
  return new Set(calls.map(({ spanId }) => spanId))
}

const PLACES: readonly (readonly BreakpointPlace[])[] = [
  ['system'],
  ['last'],
  ['system', 'last'],
  ['tools'],
  ['spread'],
]

function bestPlaces(
  fix: 'add-breakpoint' | 'move-breakpoint',
  calls: readonly ReplayCall[],
  options: ReplayOptions,
): FixPlan {
  const spanIds = spanIdsOf(calls)
  return best(
    PLACES.map((places) => ({ fix, places, spanIds })),
    calls,
    options,
  )
}

function bestLifetime(calls: readonly ReplayCall[], options: ReplayOptions): FixPlan {
  const spanIds = spanIdsOf(calls)
  const [first] = calls
  const lifetimes = (first && options.ruleOf(first)?.lifetimes) ?? []
  const plans = lifetimes
    .slice(1)
    .map(({ name }) => ({ fix: 'longer-ttl', lifetime: name, spanIds }) as const)
  return best([...plans, { fix: 'longer-ttl', spanIds }], calls, options)
}

/** The one that saves most; of equals the first. */
function best<P extends FixPlan>(
  plans: readonly P[],
  calls: readonly ReplayCall[],
  options: ReplayOptions,
): FixPlan {
  const [first, ...others] = plans.map((plan) => ({ plan, saved: savingOf(calls, [plan], options).picoUsd }))
  if (!first) throw new Error('there is always a plan to try')
  return others.reduce((most, next) => (next.saved > most.saved ? next : most), first).plan
}

/** Every tool that any of the calls declares, in the order in which they came up, without marks; the latest text of each. */
function allTools(calls: readonly ReplayCall[]): readonly ReplayBlock[] {
  const tools = new Map<string, ReplayBlock>()
  for (const { prompt } of calls)
    for (const { mark: _, ...tool } of prompt.blocks.slice(0, leadingBlocks(prompt.blocks, 'tools')))
      tools.set(tool.name ?? tool.hash, tool)
  return [...tools.values()]
}

/** System texts that all calls have, in the order of the first call. */
function commonSystem(calls: readonly ReplayCall[]): readonly ReplayBlock[] {
  const [first, ...others] = calls.map(systemOf)
  const known = others.map((system) => new Set(system.map(({ hash }) => hash)))
  return (first ?? [])
    .filter(({ hash }) => known.every((hashes) => hashes.has(hash)))
    .map(({ mark: _, ...block }) => block)
}

function systemOf({ prompt: { blocks } }: ReplayCall): readonly ReplayBlock[] {
  return blocks.slice(leadingBlocks(blocks, 'tools'), leadingBlocks(blocks, 'system'))
}

/** Of each parameter the commonest value, `null` for those that most calls do not name. */
function usualParameters(calls: readonly ReplayCall[]): Readonly<Record<string, string | null>> {
  const names = new Set(calls.flatMap(({ settings }) => Object.keys(settings.parameters ?? {})))
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      commonest(calls.map(({ settings }) => settings.parameters?.[name] ?? null)),
    ]),
  )
}

function commonest<T>(values: readonly T[]): T | null {
  const counts = [...Map.groupBy(values, (value) => value).values()]
  return counts.toSorted((left, right) => right.length - left.length)[0]?.[0] ?? null
}

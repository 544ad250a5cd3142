// What could be done about a group of misses, as plans for the replay to try: usually one, several where a breakpoint could stand in several places. Pure.

import type { CacheFix } from '../cache-causes'
import type { BreakpointPlace, FixPlan, StablePart } from '../replay/fix-plan'
import { callsOf, callsOfMaker, type MissedCall, type MissGroup } from './miss-group'
import { blocksIn } from './prompt-parts'
import type { SentCall } from './sent-call'

export interface FixOption {
  readonly fix: CacheFix
  /** Applied together. */
  readonly plans: readonly FixPlan[]
  /** Where the breakpoint would stand: `tools`, `system`, `last`. */
  readonly places?: readonly string[]
}

/** `calls`: all of the provider. Empty where nothing helps. */
export function fixOptions(group: MissGroup, calls: readonly SentCall[]): FixOption[] {
  const spanIds = new Set([...callsOfMaker(group, calls)].map(({ call }) => call.spanId))
  switch (group.cause) {
    case 'missing-breakpoint':
      return breakpointOptions('add-breakpoint', spanIds)
    case 'misplaced-breakpoint': {
      const added = breakpointOptions('add-breakpoint', spanIds)
      const moved = breakpointOptions('move-breakpoint', spanIds)
      // Breakpoints by which something was read stay where they are.
      return group.misses.some(({ sent }) => sent.read > 0) ? [...added, ...moved] : [...moved, ...added]
    }
    case 'look-back-overflow':
      return [
        {
          fix: 'add-breakpoint',
          places: ['spread'],
          plans: [{ fix: 'add-breakpoint', spanIds, places: ['spread'] }],
        },
      ]
    case 'write-never-read':
      return [{ fix: 'drop-breakpoint', plans: [{ fix: 'drop-breakpoint', spanIds }] }]
    case 'expired':
      return lifetimeOptions(group, spanIds)
    case 'parallel-fan-out':
      return [{ fix: 'warm-first', plans: [{ fix: 'warm-first', spanIds }] }]
    case 'routing-affinity':
      return [{ fix: 'cache-key', plans: [{ fix: 'cache-key', spanIds, key: 'costflame' }] }]
    default:
      return withBreakpoints(promptOptions(group, spanIds), group, spanIds)
  }
}

function promptOptions(group: MissGroup, spanIds: ReadonlySet<string>): FixOption[] {
  switch (group.cause) {
    case 'volatile-prefix':
      return [
        { fix: 'move-volatile', plans: [{ fix: 'move-volatile', spanIds, stableParts: stableParts(group) }] },
      ]
    case 'unstable-serialisation':
      return [{ fix: 'sort-keys', plans: [{ fix: 'sort-keys', spanIds, looseHashes: looseHashes(group) }] }]
    case 'tools-reordered':
      return [{ fix: 'sort-tools', plans: [{ fix: 'sort-tools', spanIds }] }]
    case 'tools-changed':
      return [{ fix: 'freeze-tools', plans: [{ fix: 'freeze-tools', spanIds, tools: allTools(group) }] }]
    case 'system-changed':
      return [{ fix: 'freeze-system', plans: [frozenSystem(group, spanIds)] }]
    case 'history-edited':
      return [
        { fix: 'append-only', plans: [{ fix: 'append-only', spanIds, previous: previousCalls(group) }] },
      ]
    case 'settings-changed':
      return keptSettings(group, spanIds)
    default:
      return []
  }
}

const PLACES: readonly (readonly BreakpointPlace[])[] = [['system'], ['last'], ['system', 'last'], ['tools']]

function breakpointOptions(
  fix: 'add-breakpoint' | 'move-breakpoint',
  spanIds: ReadonlySet<string>,
): FixOption[] {
  return PLACES.map((places) => ({ fix, places: places.map(String), plans: [{ fix, spanIds, places }] }))
}

/** A stable start is of use only where a breakpoint ends it: as they are, and with another one. */
function withBreakpoints(
  options: readonly FixOption[],
  { misses }: MissGroup,
  spanIds: ReadonlySet<string>,
): FixOption[] {
  if (misses.every(({ sent }) => sent.rule.mechanism === 'automatic')) return [...options]
  return options.flatMap((option) => [
    option,
    ...breakpointOptions('add-breakpoint', spanIds).map((marks) => ({
      ...marks,
      fix: option.fix,
      plans: [...option.plans, ...marks.plans],
    })),
  ])
}

/** The shortest of the longer lifetimes in which most came back. */
function lifetimeOptions({ misses }: MissGroup, spanIds: ReadonlySet<string>): FixOption[] {
  const names = new Set(misses.map(({ miss }) => String(miss.details.longerLifetime)))
  return [...names].map((lifetime) => ({
    fix: 'longer-ttl',
    places: [lifetime],
    plans: [{ fix: 'longer-ttl', spanIds, lifetime }],
  }))
}

/** Blocks that are versions of one block get one name. */
function nameVersions(misses: readonly MissedCall[]): Map<string, StablePart> {
  const parts = new Map<string, StablePart>()
  for (const { miss } of misses)
    for (const { earlier, later, volatileShare } of miss.variants) {
      const hash = parts.get(earlier)?.hash ?? parts.get(later)?.hash ?? `stable ${earlier}`
      for (const version of [earlier, later])
        if (!parts.has(version)) parts.set(version, { hash, volatileShare })
    }
  return parts
}

function stableParts({ misses }: MissGroup): Map<string, StablePart> {
  return nameVersions(misses)
}

function looseHashes({ misses }: MissGroup): Map<string, string> {
  return new Map([...nameVersions(misses)].map(([version, { hash }]) => [version, hash]))
}

/** Every tool that one of the calls declares, in the order in which they came up. */
function allTools(group: MissGroup) {
  const tools = new Map<string, SentCall['call']['prompt']['blocks'][number]>()
  for (const { call } of callsOf(group))
    for (const tool of blocksIn(call.prompt, 'tools')) {
      const name = tool.name ?? tool.hash
      if (!tools.has(name)) tools.set(name, tool)
    }
  return [...tools.values()]
}

/** Where most of a text stays, only what changes in it moves; else the calls keep the first system prompt. */
function frozenSystem(group: MissGroup, spanIds: ReadonlySet<string>): FixPlan {
  const [first] = group.misses
  const parts = nameVersions(group.misses)
  if (parts.size > 0) return { fix: 'move-volatile', spanIds, stableParts: parts }
  return { fix: 'freeze-system', spanIds, system: blocksIn(first.miss.earlier.call.prompt, 'system') }
}

function previousCalls({ misses }: MissGroup): Map<string, string> {
  return new Map(misses.map(({ sent, miss }) => [sent.call.spanId, miss.earlier.call.spanId]))
}

/** The parameter stays what it was first. A model is no parameter that could be kept without other answers. */
function keptSettings({ part, misses }: MissGroup, spanIds: ReadonlySet<string>): FixOption[] {
  if (part === 'model') return []
  const value = misses[0].miss.earlier.call.settings.parameters?.[part] ?? null
  return [{ fix: 'keep-settings', plans: [{ fix: 'keep-settings', spanIds, parameters: { [part]: value } }] }]
}

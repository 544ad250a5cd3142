// Breakpoints put elsewhere: which blocks of a call carry marks when a fix has added, moved or dropped some.

import type { CacheTtl } from '../../model/usage'
import type { CacheRule } from '../../rules/cache-rules'
import { hasOwnBreakpoint, lifetimeOf } from './breakpoints'
import type { AddBreakpoint, BreakpointPlace, DropBreakpoint, MoveBreakpoint } from './fix-plan'
import { bucketOfLifetime } from './input-bill'
import { leadingBlocks } from './prompt-identity'
import type { ReplayBlock, ReplayCall } from './replay-call'

type MarkPlan = AddBreakpoint | MoveBreakpoint | DropBreakpoint

/** The call with the marks that the plan gives it. Automatic caches know no marks, so nothing changes there. */
export function changedMarks(call: ReplayCall, plan: MarkPlan, rule: CacheRule): ReplayCall {
  if (rule.mechanism === 'automatic') return call
  if (plan.fix === 'drop-breakpoint') return dropped(call, plan, rule)
  const { blocks } = call.prompt
  const isMove = plan.fix === 'move-breakpoint'
  const old = markedIndexes(blocks)
  const room = roomIn(call, rule, isMove)
  const added = plan.places.flatMap((place) => placesIn(blocks, place)).slice(0, room)
  const kept = isMove ? [] : keptOf(old, added, room)
  const lifetime = lifetimeOf(rule, plan.lifetime, longestMark(blocks, old, rule), call.settings.lifetime)
  const mark = bucketOfLifetime(lifetime.name)
  return {
    ...call,
    ...(isMove ? { settings: withoutOwn(call, rule) } : {}),
    prompt: { blocks: withMarks(blocks, new Set([...kept, ...added]), { old, mark }) },
  }
}

function markedIndexes(blocks: readonly ReplayBlock[]): readonly number[] {
  const marked: number[] = []
  for (let index = 0; index < blocks.length; index++)
    if (blocks[index]?.mark !== undefined) marked.push(index)
  return marked
}

/** A mark that is there already keeps what it asks for. */
function withMarks(
  blocks: readonly ReplayBlock[],
  places: ReadonlySet<number>,
  { old, mark }: { readonly old: readonly number[]; readonly mark: CacheTtl },
): readonly ReplayBlock[] {
  const changed = [...blocks]
  for (const index of new Set([...old, ...places])) {
    const block = blocks[index]
    if (!block) continue
    if (!places.has(index)) changed[index] = unmarked(block)
    else if (block.mark === undefined) changed[index] = { ...block, mark }
  }
  return changed
}

/** Old marks that stay beside the added ones: the latest. */
function keptOf(old: readonly number[], added: readonly number[], room: number): readonly number[] {
  const others = old.filter((index) => !added.includes(index))
  return others.slice(Math.max(0, others.length - Math.max(0, room - added.length)))
}

function roomIn(call: ReplayCall, rule: CacheRule, isMove: boolean): number {
  return rule.maxBreakpoints - (!isMove && hasOwnBreakpoint(call, rule) ? 1 : 0)
}

function unmarked(block: ReplayBlock): ReplayBlock {
  if (block.mark === undefined) return block
  const { mark: _, ...rest } = block
  return rest
}

function longestMark(
  blocks: readonly ReplayBlock[],
  marked: readonly number[],
  rule: CacheRule,
): string | undefined {
  const known = marked.flatMap(
    (index) => rule.lifetimes.find(({ name }) => name === blocks[index]?.mark) ?? [],
  )
  return known.toSorted((left, right) => right.idleMs - left.idleMs)[0]?.name
}

const SPREAD = 15

/** Indexes of blocks, the most important first. */
function placesIn(blocks: readonly ReplayBlock[], place: BreakpointPlace): readonly number[] {
  const index = indexOf(blocks, place)
  if (place !== 'spread') return index < 0 ? [] : [index]
  return Array.from({ length: Math.floor(index / SPREAD) + 1 }, (_, step) => index - step * SPREAD)
}

function indexOf(blocks: readonly ReplayBlock[], place: BreakpointPlace): number {
  if (place === 'tools') return leadingBlocks(blocks, 'tools') - 1
  if (place === 'system') return leadingBlocks(blocks, 'system') - 1
  if (typeof place === 'object') return blocks.findIndex(({ path }) => path === place.path)
  return blocks.findLastIndex(({ kind, isMoved }) => kind !== 'reasoning' && !isMoved)
}

function dropped(call: ReplayCall, { paths }: DropBreakpoint, rule: CacheRule): ReplayCall {
  const blocks = call.prompt.blocks.map((block) =>
    paths?.has(block.path) === false ? block : unmarked(block),
  )
  return {
    ...call,
    ...(paths === undefined ? { settings: withoutOwn(call, rule) } : {}),
    prompt: { blocks },
  }
}

/** The provider's own breakpoint switched off. */
function withoutOwn({ settings }: ReplayCall, rule: CacheRule): ReplayCall['settings'] {
  const { mode: _, ...rest } = settings
  return rule.implicitBreakpoint ? { ...rest, mode: 'explicit' } : rest
}

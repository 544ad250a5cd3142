// What makes two sets of runs hard to compare: other prompts, models or inputs. Hashes say so; no text is looked at.

import type { ComparedSet } from '../../model/comparison'
import { formatPlural } from '../../model/quantity'
import { totalsOfSet } from './sums'

/** What a call was asked with; absent where it is not known. Hashes. */
export interface AskedWith {
  readonly agent?: string
  readonly system?: string
  readonly tools?: string
  /** The last words of the user before the first call of an invocation. */
  readonly question?: string
}

export interface ComparableSide {
  readonly set: ComparedSet
  readonly runIds: readonly string[]
  readonly asked: readonly AskedWith[]
}

/** A sentence each; none where nothing speaks against it. */
export function comparabilityWarnings(base: ComparableSide, head: ComparableSide): string[] {
  return [
    ...sharedRuns(base, head),
    ...otherTexts(base, head, 'system', 'system prompt'),
    ...otherTexts(base, head, 'tools', 'set of tools'),
    ...otherModels(base, head),
    ...otherQuestions(base, head),
    ...otherIntents(base, head),
    ...unknownCosts('base', base),
    ...unknownCosts('head', head),
  ]
}

function sharedRuns(base: ComparableSide, head: ComparableSide): string[] {
  const both = head.runIds.filter((id) => base.runIds.includes(id))
  return both.length === 0
    ? []
    : [
        `${formatPlural(both.length, 'run')} (${both.slice(0, 3).join(', ')}${both.length > 3 ? ', …' : ''}) on both sides`,
      ]
}

/** An agent whose texts are others in each call has no text of its own. */
const MOST_VARIANTS = 10

function otherTexts(
  base: ComparableSide,
  head: ComparableSide,
  of: 'system' | 'tools',
  name: string,
): string[] {
  const [before, after] = [byAgent(base, of), byAgent(head, of)]
  return [...before].flatMap(([agent, texts]) => {
    const others = after.get(agent) ?? new Set<string>()
    const isSteady = texts.size > 0 && others.size > 0 && Math.max(texts.size, others.size) <= MOST_VARIANTS
    return isSteady && shared(texts, others) === 0
      ? [`other prompt: ${agent} has another ${name} in the head`]
      : []
  })
}

function byAgent({ asked }: ComparableSide, of: 'system' | 'tools'): Map<string, Set<string>> {
  const texts = new Map<string, Set<string>>()
  for (const each of asked) {
    const [agent, text] = [each.agent ?? 'the program', each[of]]
    if (text !== undefined) texts.set(agent, (texts.get(agent) ?? new Set()).add(text))
  }
  return texts
}

function otherModels(base: ComparableSide, head: ComparableSide): string[] {
  const [before, after] = [modelsByAgent(base.set), modelsByAgent(head.set)]
  return [...before].flatMap(([agent, models]) => {
    const others = after.get(agent)
    if (!others || isSame(models, others)) return []
    return [`other model: ${agent} called ${listed(models)} in the base and ${listed(others)} in the head`]
  })
}

function modelsByAgent({ units }: ComparedSet): Map<string, Set<string>> {
  const models = new Map<string, Set<string>>()
  for (const { agent = 'the program', model } of units.flatMap(({ calls }) => calls))
    models.set(agent, (models.get(agent) ?? new Set()).add(model))
  return models
}

function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  return [...one].filter((each) => other.has(each)).length
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && shared(one, other) === one.size
}

function listed(names: ReadonlySet<string>): string {
  return [...names].sort().join(', ')
}

/** Below this part of the head's questions the sides were asked different things. */
const SHARED_QUESTIONS = 0.8

function otherQuestions(base: ComparableSide, head: ComparableSide): string[] {
  const [before, after] = [questionsOf(base), questionsOf(head)]
  if (before.size === 0 || after.size === 0) return []
  const known = shared(after, before)
  if (known >= after.size * SHARED_QUESTIONS) return []
  const many = known === 0 ? 'none' : `only ${known}`
  return [
    `other inputs: ${many} of the head's ${formatPlural(after.size, 'question')} ${known <= 1 ? 'was' : 'were'} asked in the base`,
  ]
}

function questionsOf({ asked }: ComparableSide): Set<string> {
  return new Set(asked.flatMap(({ question }) => question ?? []))
}

function otherIntents(base: ComparableSide, head: ComparableSide): string[] {
  const [before, after] = [intentsOf(base.set), intentsOf(head.set)]
  if (before.size === 0 || after.size === 0 || isSame(before, after)) return []
  return [`other inputs: intents ${listed(before)} in the base and ${listed(after)} in the head`]
}

function intentsOf({ units }: ComparedSet): Set<string> {
  return new Set(units.flatMap(({ intent }) => intent ?? []))
}

function unknownCosts(name: string, { set }: ComparableSide): string[] {
  const { unpricedCalls, atLeast } = totalsOfSet(set)
  return [
    ...(unpricedCalls > 0
      ? [
          `${formatPlural(unpricedCalls, 'call')} of the ${name} ${unpricedCalls === 1 ? 'has' : 'have'} no price and ${unpricedCalls === 1 ? 'is' : 'are'} in no sum`,
        ]
      : []),
    ...(atLeast
      ? [`some calls of the ${name} cost at least what is counted: their usage is known in part`]
      : []),
  ]
}

// A violated limit in words: who, by how much, where most of it was spent, and what it looks like.

import type { NumericLimit } from '../../model/budget'
import type { LooksLike } from '../../model/escalation'
import { formatCount, formatPlural, formatShare } from '../../model/quantity'
import type { HeldLimit, Over, Stop } from './held-limit'
import { amountOf, deedOf, subjectOf, subjectsOf } from './limit-texts'
import type { Spending } from './places'

export interface ViolationFacts {
  readonly held: HeldLimit
  /** Largest first. */
  readonly overs: readonly Over[]
  readonly stops: readonly Stop[]
  readonly spending: Spending
  readonly looksLike: LooksLike | undefined
}

export function violationText(facts: ViolationFacts): string {
  const { overs, spending, looksLike } = facts
  return [
    overs.length > 0 ? `${overText(facts)}.` : '',
    modelsText(facts),
    stopsText(facts),
    overs.length > 0 ? shareText(facts.held, spending) : '',
    guessText(facts),
    looksLike ? `It looks like ${nounOf(looksLike)}: ${looksLike.why}.` : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function overText({ held, overs }: ViolationFacts): string {
  const { limit, budget, allowed, isFloor, count, overCount } = held
  const [worst] = overs
  if (!worst || limit === 'models' || typeof allowed !== 'number') return ''
  const relation = isFloor ? 'less than' : 'more than'
  const deed = deedOf(limit, worst.held.value ?? 0, worst.held.atLeast)
  const than = (whose: string) =>
    `${relation} ${whose} ${isFloor ? 'floor' : 'limit'} of ${amountOf(limit, allowed)} (${limit})`
  const { scope } = budget
  const subject = scope.kind === 'day' ? `Everything recorded on ${worst.measured.id}` : subjectOf(scope)
  if (overCount === 1 && count === 1) return `${subject} has ${deed}, ${than('its')}`
  if (overCount === 1) return `One of ${formatCount(count)} ${subjectsOf(scope)} has ${deed}, ${than('its')}`
  const many = `${formatCount(overCount)} of ${formatCount(count)} ${subjectsOf(scope)}`
  return `${many} are ${isFloor ? 'below their floor' : 'over their limit'} of ${amountOf(limit, allowed)} (${limit}): the ${isFloor ? 'lowest' : 'largest'} has ${deed}`
}

function modelsText({ held }: ViolationFacts): string {
  const { wrongModels, allowed, budget } = held
  if (wrongModels.size === 0 || typeof allowed === 'number') return ''
  const called = [...wrongModels.keys()].join(', ')
  return `${subjectOf(budget.scope)} has called ${called}; allowed are ${allowedText(held)} (models).`
}

function modelsOf(stops: readonly Stop[]): string {
  return [...new Set(stops.map(({ model }) => model ?? 'another model'))].join(', ')
}

function allowedText({ allowed }: HeldLimit): string {
  return typeof allowed === 'number' ? '' : allowed.join(', ') || 'none'
}

function stopsText({ held, overs, stops }: ViolationFacts): string {
  if (stops.length === 0) return ''
  const refused = stops.filter(({ isRefused }) => isRefused).length
  const cut = stops.length - refused
  const parts = [
    refused > 0 ? `${formatPlural(refused, 'call')} ${refused === 1 ? 'was' : 'were'} refused` : '',
    cut > 0 ? `${formatPlural(cut, 'reply', 'replies')} ${cut === 1 ? 'was' : 'were'} ended` : '',
  ].filter((part) => part !== '')
  const what = parts.join(' and ')
  if (overs.length > 0 || held.wrongModels.size > 0) return `${capitalised(what)}.`
  if (typeof held.allowed !== 'number' || held.limit === 'models')
    return `${subjectOf(held.budget.scope)} has asked for ${modelsOf(stops)}; allowed are ${allowedText(held)} (models): ${what}.`
  const stopped = held.stopped.length
  const { scope } = held.budget
  const who =
    stopped > 1
      ? `${formatCount(stopped)} of ${formatCount(held.count)} ${subjectsOf(scope)} were stopped at their`
      : `${subjectOf(scope)} was stopped at its`
  return `${who} limit of ${amountOf(held.limit, held.allowed)} (${held.limit}): ${what}.`
}

/** What the calls at the line of the finding have to do with it. */
function shareText({ limit, budget }: HeldLimit, { share, callsThere }: Spending): string {
  if (share === undefined || budget.scope.kind === 'day') return ''
  const calls = callsThere === 1 ? 'call' : `${formatCount(callsThere)} calls`
  const part = share === 1 ? 'All' : formatShare(share)
  if (limit === 'modelCalls' || limit === 'retries') return `${part} of them were made here.`
  const deed = limit.startsWith('costUsd') ? 'was spent' : 'was used'
  return `${part} of it ${deed} by the ${calls} made here.`
}

function guessText({ held, overs }: ViolationFacts): string {
  if (overs.length === 0 || held.isSure) return ''
  const only = held.budget.onExceed === 'warn' ? '' : ', so that it only warns'
  return `That this is retrieval is guessed${only}: name the tools in "retrievalTools" of config.jsonc.`
}

/** Why nobody can say whether a limit is kept. */
export function unknownText(held: HeldLimit, unknown: number, unpriced: readonly string[]): string {
  const { limit, budget, allowed, count } = held
  if (limit === 'models' || typeof allowed !== 'number') return ''
  const whose =
    count === 1
      ? subjectOf(budget.scope)
      : `${formatCount(unknown)} of ${formatCount(count)} ${subjectsOf(budget.scope)}`
  const isOne = count === 1 || unknown === 1
  const verbs = held.isFloor ? (isOne ? 'reaches' : 'reach') : isOne ? 'keeps within' : 'keep within'
  return `Nobody can say whether ${lowered(whose)} ${verbs} ${amountOf(limit, allowed)} (${limit}): ${whyUnknown(limit, unpriced)}.`
}

function whyUnknown(limit: NumericLimit, unpriced: readonly string[]): string {
  if (isCost(limit) && unpriced.length > 0)
    return `calls of ${unpriced.join(', ')} have no price, or no usage. "prices" of config.jsonc takes a price, or 0 for what costs nothing`
  switch (limit) {
    case 'cacheHitRatio':
      return 'the provider does not say what was read from a cache'
    case 'retrievalTokens':
    case 'toolResultTokens':
      return 'how many tokens some results of tools have is not known'
    default:
      return 'the provider did not say all of the usage'
  }
}

function isCost(limit: NumericLimit): boolean {
  return limit.startsWith('costUsd')
}

function nounOf({ is }: LooksLike): string {
  return { regression: 'a regression', attack: 'an attack', split: 'an intent that should be split' }[is]
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

// What a program, and an escalation, are told when a call would pass a limit: scope, limit, what is used, where the limit stands, what to do.

import type { BudgetScope, LimitName } from '../../model/budget'
import { budgetRule } from '../../model/budget'
import type { BudgetRefusal } from '../../model/call-gate'
import type { Violation } from '../../model/escalation'
import { formatUsd, usdOf } from '../../model/money'
import { present } from '../../model/present'
import { formatCount, formatDuration } from '../../model/quantity'
import { type Excess, isMoney } from './limit-check'

/** Rule of a call of a run that its user stopped. */
export const STOPPED = 'budget/stopped'

export function stoppedRefusal(runId: string): BudgetRefusal {
  return {
    rule: STOPPED,
    message: `budget exceeded: run ${runId} was stopped by its user, so that all its further calls are refused. Start it again to go on.`,
  }
}

/** `file` is the budget file as people know it; `isCut` where the reply was under way; `isLate` where earlier calls could not be read in time. */
export interface RefusalFacts {
  readonly file: string
  readonly isCut: boolean
  readonly isLate: boolean
}

export function refusalOf(excess: Excess, facts: RefusalFacts): BudgetRefusal {
  const { limit, position, holding } = excess
  const end = facts.isCut ? ' The reply was ended here.' : ''
  const late = facts.isLate
    ? ' Earlier calls that have ended are counted by their reservation, because they could not be read in time.'
    : ''
  const message = `budget exceeded: ${whoIs(holding.budget.scope, holding.account.intent)} ${howMuch(excess)} (${facts.file}:${position.line}).${end}${late} ${whatToDo(limit, facts.isCut)}`
  return { rule: budgetRule(limit), message }
}

function whoIs(scope: BudgetScope, intent: string | undefined): string {
  const withIntent = scope.kind === 'agent' || scope.kind === 'step' ? (scope.intent ?? intent) : undefined
  const aim = withIntent === undefined ? '' : `, intent ${withIntent},`
  switch (scope.kind) {
    case 'agent':
      return `agent ${scope.agent}${aim}`
    case 'step':
      return `step ${scope.step} of agent ${scope.agent}${aim}`
    case 'workflow':
      return `workflow ${scope.workflow} of agent ${scope.rootAgent}`
    case 'run':
      return 'this run'
    case 'day':
      return 'everything of today'
    default:
      return scope satisfies never
  }
}

function howMuch({ limit, allowed, value, spent, reserved, asked }: Excess): string {
  if (typeof allowed !== 'number')
    return `may not call ${value}: models allows ${allowed.join(', ') || 'none'}`
  const text = (amount: number) => amountOf(limit, amount)
  switch (limit) {
    case 'inputTokensPerCall':
      return `may send ${text(allowed)} tokens in one call (inputTokensPerCall), and this one has at least ${text(asked)}`
    case 'outputTokensPerCall':
      return `may be answered ${text(allowed)} tokens in one call (outputTokensPerCall), and this reply has more`
    case 'toolCalls':
      return `may use ${text(allowed)} tool calls without an answer in between (toolCalls), and this request brings the result of number ${text(asked)}`
    case 'retrievalTokens':
    case 'toolResultTokens':
      return `may take in ${text(allowed)} ${limit}, and would have ${text(asked)} with this request`
    case 'durationMs':
      return `may last ${text(allowed)} (durationMs), and began ${text(spent)} ago`
    case 'agents':
      return `may have ${text(allowed)} agents, and this call begins number ${text(spent + asked)}`
    default:
      return `may use ${limit} ${text(allowed)}: used ${text(spent)}, reserved for calls under way ${text(reserved)}, this call ${isExact(limit) ? '' : 'up to '}${text(asked)}`
  }
}

function isExact(limit: LimitName): boolean {
  return limit === 'modelCalls' || limit === 'retries'
}

function amountOf(limit: LimitName, amount: number): string {
  if (isMoney(limit)) return formatUsd(amount)
  return limit === 'durationMs' ? formatDuration(amount) : formatCount(amount)
}

function whatToDo(limit: LimitName, isCut: boolean): string {
  if (isCut && limit !== 'outputTokensPerCall') return 'Raise the limit if that was right.'
  switch (limit) {
    case 'models':
      return 'Call one of these, or add the model there.'
    case 'toolCalls':
      return 'End the loop here and hand over to a human, or raise the limit.'
    case 'retrievalTokens':
    case 'toolResultTokens':
      return 'Send less of it, or raise the limit.'
    case 'outputTokensPerCall':
      return 'Ask for less, set "clampOutput", or raise the limit.'
    case 'inputTokens':
    case 'inputTokensPerCall':
      return 'Shorten the prompt, or raise the limit.'
    case 'costUsdPerDay':
      return 'Wait until tomorrow, or raise the limit.'
    case 'costUsd':
    case 'costUsdPerRun':
    case 'outputTokens':
    case 'totalTokens':
      return 'End here, lower max_tokens or set "clampOutput", or raise the limit.'
    default:
      return 'End here, or raise the limit.'
  }
}

/** What an escalation is told; `at` is ms since the epoch. Nothing where the limit escalates nothing. */
export function violationOf(excess: Excess, callId: string, file: string, at: number): Violation | undefined {
  const { holding, limit, position, allowed, value } = excess
  const { budget, account } = holding
  if (budget.onExceed !== 'escalate' || budget.escalation === undefined) return undefined
  const inUnit = <T>(amount: T) => (isMoney(limit) && typeof amount === 'number' ? usdOf(amount) : amount)
  const { agent, agentVersion, intent, step, runId, id } = account
  return {
    escalation: budget.escalation,
    scope: budget.scope,
    instance: id,
    ...{ runId, limit, file, at },
    line: position.line,
    allowed: inUnit(allowed),
    value: inUnit(value),
    refusedCall: callId,
    ...present({ agent, agentVersion, intent, step }),
  }
}

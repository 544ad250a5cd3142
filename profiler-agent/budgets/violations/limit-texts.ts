// Limits, scopes and amounts as findings name them.

import type { BudgetScope, NumericLimit } from '../../model/budget'
import { formatUsd, picoOfUsd } from '../../model/money'
import { formatCount, formatDuration, formatShare } from '../../model/quantity'

/** An amount with its unit, in the words of the limit. */
export function amountOf(limit: NumericLimit, value: number): string {
  switch (limit) {
    case 'costUsd':
    case 'costUsdPerRun':
    case 'costUsdPerDay':
      return formatUsd(picoOfUsd(value))
    case 'durationMs':
      return formatDuration(value)
    case 'cacheHitRatio':
      return formatShare(value)
    case 'modelCalls':
      return counted(value, 'model call')
    case 'toolCalls':
      return counted(value, 'tool call')
    case 'retries':
      return value === 1 ? '1 retry' : `${formatCount(value)} retries`
    case 'agents':
      return counted(value, 'agent')
    case 'inputTokens':
    case 'inputTokensPerCall':
      return counted(value, 'input token')
    case 'outputTokens':
    case 'outputTokensPerCall':
      return counted(value, 'output token')
    default:
      return counted(value, 'token')
  }
}

/** What was done that the limit is about; the amount stands where `*` does. */
const DEEDS: Readonly<Record<NumericLimit, string>> = {
  costUsd: 'cost *',
  costUsdPerRun: 'cost *',
  costUsdPerDay: 'cost *',
  inputTokens: 'used *',
  outputTokens: 'used *',
  totalTokens: 'used *',
  retrievalTokens: 'taken in * of retrieved context',
  toolResultTokens: 'taken in * of tool results',
  inputTokensPerCall: 'sent * in one call',
  outputTokensPerCall: 'been answered * in one call',
  modelCalls: 'made *',
  toolCalls: 'used * without an answer in between',
  retries: 'made *',
  durationMs: 'lasted *',
  contextGrowthPerStep: 'grown by * from one call to the next',
  agents: 'had *',
  cacheHitRatio: 'read * of its input from the cache',
}

/** `used at least 7,100 tokens`. */
export function deedOf(limit: NumericLimit, value: number, atLeast = false): string {
  return DEEDS[limit].replace('*', `${atLeast ? 'at least ' : ''}${amountOf(limit, value)}`)
}

/** `An invocation of desk (intent refund)`, `Step plan of desk`, `Workflow refund (root agent orchestrator)`, `This run`, `Today`. */
export function subjectOf(scope: BudgetScope): string {
  switch (scope.kind) {
    case 'agent':
      return `An invocation of ${agentText(scope)}`
    case 'step':
      return `Step ${scope.step} of ${agentText(scope)}`
    case 'workflow':
      return `Workflow ${scope.workflow} (root agent ${scope.rootAgent})`
    case 'run':
      return 'This run'
    default:
      return 'Everything recorded on this day'
  }
}

/** `invocations of desk (intent refund)`, for a number of them. */
export function subjectsOf(scope: BudgetScope): string {
  switch (scope.kind) {
    case 'agent':
      return `invocations of ${agentText(scope)}`
    case 'step':
      return `steps ${scope.step} of ${agentText(scope)}`
    case 'workflow':
      return `invocations of workflow ${scope.workflow} (root agent ${scope.rootAgent})`
    default:
      return `${scope.kind}s`
  }
}

function agentText({ agent, intent }: { readonly agent: string; readonly intent?: string }): string {
  return intent === undefined ? agent : `${agent} (intent ${intent})`
}

function counted(value: number, one: string): string {
  return `${formatCount(value)} ${value === 1 ? one : `${one}s`}`
}

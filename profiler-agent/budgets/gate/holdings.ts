// Which budgets a call is held against, each with what it is about: the run, the day, the agent, its step, the workflow around it.

import type { Budget } from '../../model/budget'
import { Account, type Accounts, type Balance, type Place } from './accounts'
import type { Holding } from './limit-check'

/** `day` is the local calendar day as `2026-11-20`. */
export function holdingsOf(
  budgets: readonly Budget[],
  place: Place,
  accounts: Accounts,
  day: string,
): Holding[] {
  return budgets.flatMap((budget) => holdingOf(budget, place, accounts, day) ?? [])
}

function holdingOf(budget: Budget, place: Place, accounts: Accounts, day: string): Holding | undefined {
  const { scope } = budget
  const { run, agent, step } = place
  const holding = (account: Account, balance: Balance, isSure = true) => ({
    budget,
    account,
    balance,
    isSure,
  })
  switch (scope.kind) {
    case 'run':
      return holding(run, run.own)
    case 'day':
      return holding(new Account(run.runId, day, 'run'), accounts.dayOf(day))
    case 'agent':
      return agent && mayBe(agent, scope) ? holding(agent, agent.own, agent.agent !== undefined) : undefined
    case 'step':
      return agent && step && step.step === scope.step && mayBe(agent, scope)
        ? holding(step, step.own, agent.agent !== undefined)
        : undefined
    case 'workflow': {
      const root = agent?.line.findLast((above) => above.agent === scope.rootAgent)
      return root && holding(root, root.whole)
    }
    default:
      return scope satisfies never
  }
}

function mayBe(agent: Account, scope: { readonly agent: string; readonly intent?: string }): boolean {
  const isNamed = agent.agent === undefined || agent.agent === scope.agent
  return isNamed && (scope.intent === undefined || scope.intent === agent.intent)
}

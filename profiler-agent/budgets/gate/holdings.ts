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
  return budgets.flatMap((budget) => holdingsIn(budget, place, accounts, day))
}

function holdingsIn(budget: Budget, place: Place, accounts: Accounts, day: string): Holding[] {
  const { scope } = budget
  const { run, agent, steps } = place
  const holding = (account: Account, balance: Balance, isSure = true) => ({
    budget,
    account,
    balance,
    isSure,
  })
  switch (scope.kind) {
    case 'run':
      return [holding(run, run.own)]
    case 'day':
      return [holding(new Account(run.runId, day, 'run'), accounts.dayOf(day))]
    case 'agent':
      return agent ? ofAgent(budget, scope, agent) : []
    case 'step':
      if (!agent || !mayBe(agent, scope)) return []
      return steps.flatMap((step) =>
        step.step === scope.step ? [holding(step, step.own, agent.agent !== undefined)] : [],
      )
    case 'workflow': {
      const root = agent?.line.findLast((above) => above.agent === scope.rootAgent)
      return root ? [holding(root, root.whole)] : []
    }
    default:
      return scope satisfies never
  }
}

type AgentScope = { readonly agent: string; readonly intent?: string }

/** The agent itself; of the agents around it only how many agents they may have. */
function ofAgent(budget: Budget, scope: AgentScope, agent: Account): Holding[] {
  const own = { budget, account: agent, balance: agent.own, isSure: agent.agent !== undefined }
  const { agents } = budget.limits
  const around = agents ? agent.line.slice(1).filter((above) => above.agent && mayBe(above, scope)) : []
  const { models: _, ...withoutModels } = budget
  const ofNumber = { ...withoutModels, limits: agents ? { agents } : {} }
  return [
    ...(mayBe(agent, scope) ? [own] : []),
    ...around.map((account) => ({ budget: ofNumber, account, balance: account.whole, isSure: true })),
  ]
}

function mayBe(agent: Account, scope: AgentScope): boolean {
  const isNamed = agent.agent === undefined || agent.agent === scope.agent
  return isNamed && (scope.intent === undefined || scope.intent === agent.intent)
}

// For which agents, intents, steps and workflows limits are derived, out of what was measured. Derives nothing itself.

import type { BudgetScope, Measured } from '../../model/budget'
import { present } from '../../model/present'
import { isNumberedStep } from '../../model/step-name'

/** Agents by name; each with its steps in the order in which they began, then its intents with theirs; then workflows. */
export function scopesOf(measured: readonly Measured[]): BudgetScope[] {
  const agents = Map.groupBy(measured, ({ agent }) => agent)
  const names = [...agents.keys()].filter((name) => name !== undefined).sort()
  return [
    ...names.flatMap((agent) => scopesOfAgent(agent, agents.get(agent) ?? [])),
    ...rootAgents(measured).map((rootAgent) => ({
      kind: 'workflow' as const,
      workflow: rootAgent,
      rootAgent,
    })),
  ]
}

/** Where every invocation names its intent, each intent has limits of its own and the agent as a whole has none. */
function scopesOfAgent(agent: string, measured: readonly Measured[]): BudgetScope[] {
  const invocations = measured.filter(({ kind }) => kind === 'agent')
  const intents = [...new Set(invocations.map(({ intent }) => intent))].sort()
  const whole = intents.includes(undefined) ? [undefined] : []
  return [...whole, ...intents.filter((intent) => intent !== undefined)].flatMap((intent) => {
    const of = { agent, ...present({ intent }) }
    const own = measured.filter((each) => intent === undefined || each.intent === intent)
    return [
      { kind: 'agent' as const, ...of },
      ...stepsOf(own).map((step) => ({ kind: 'step' as const, ...of, step })),
    ]
  })
}

function stepsOf(measured: readonly Measured[]): string[] {
  const byStart = measured
    .filter(({ kind, step }) => kind === 'step' && step !== undefined && !isNumberedStep(step))
    .sort((left, right) => left.startedAt - right.startedAt || (left.id < right.id ? -1 : 1))
  return [...new Set(byStart.flatMap(({ step }) => (step === undefined ? [] : [step])))]
}

/** Agents that called others, and that nobody else called. */
function rootAgents(measured: readonly Measured[]): string[] {
  const workflows = measured.filter(({ kind }) => kind === 'workflow')
  const widest = new Map<string, Measured>()
  for (const workflow of workflows)
    for (const call of workflow.calls) {
      const key = JSON.stringify([workflow.runId, call])
      if (workflow.calls.length > (widest.get(key)?.calls.length ?? 0)) widest.set(key, workflow)
    }
  const roots = workflows.filter((workflow) => {
    const [call] = workflow.calls
    const isRoot =
      call === undefined || widest.get(JSON.stringify([workflow.runId, call]))?.id === workflow.id
    return isRoot && (workflow.values.agents?.value ?? 0) > 1
  })
  return [...new Set(roots.flatMap(({ agent }) => agent ?? []))].sort()
}

// Versions of agents: which somebody declared, in which order they ran, and which of them a budget is held against.

import type { Budget, Measured } from '../../model/budget'
import { appliesTo } from './budgets-for'

/** A version that is a commit names no release: every change would be another one. */
const COMMIT = /^[0-9a-f]{8}(-dirty|-unchecked)?$/

/** The version that somebody gave the agent; `undefined` for a commit. */
export function declaredVersion({ agentVersion }: Measured): string | undefined {
  return agentVersion === undefined || COMMIT.test(agentVersion) ? undefined : agentVersion
}

/** The version of each agent that ran last. */
export function newestVersions(measured: readonly Measured[]): ReadonlyMap<string, string | undefined> {
  const agents = new Set(measured.flatMap(({ kind, agent }) => (kind === 'agent' && agent ? [agent] : [])))
  return new Map([...agents].map((agent) => [agent, versionsOf(agent, measured).at(-1)]))
}

export interface HeldAgainst {
  readonly counted: readonly Measured[]
  /** Of versions that ran before the one that the limits were made for, and not after it. */
  readonly older: readonly Measured[]
}

/** What a budget is about; all of it counts where the version that the limits were made for never ran. */
export function measuredFor(
  budget: Pick<Budget, 'scope' | 'agentVersion'>,
  measured: readonly Measured[],
): HeldAgainst {
  const own = measured.filter((each) => appliesTo(budget, each))
  const before = versionsBefore(budget, measured)
  const isOlder = (each: Measured) => before.has(declaredVersion(each))
  return { counted: own.filter((each) => !isOlder(each)), older: own.filter(isOlder) }
}

function versionsBefore(
  { scope, agentVersion }: Pick<Budget, 'scope' | 'agentVersion'>,
  measured: readonly Measured[],
): ReadonlySet<string | undefined> {
  if (agentVersion === undefined || !('agent' in scope)) return new Set()
  const versions = versionsOf(scope.agent, measured)
  return new Set(versions.slice(0, Math.max(0, versions.indexOf(agentVersion))))
}

/** In the order in which each ran last. */
function versionsOf(name: string, measured: readonly Measured[]): (string | undefined)[] {
  const newestFirst = measured
    .filter(({ kind, agent }) => kind === 'agent' && agent === name)
    .sort((left, right) => left.startedAt - right.startedAt)
    .reverse()
  return [...new Set(newestFirst.map(declaredVersion))].reverse()
}

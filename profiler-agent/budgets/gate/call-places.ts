// Which run, agent and step a call belongs to before anybody has read it: by its ids, by what it goes on from, by its name. The worker's word, which comes later, counts more.

import type { GatedCall } from '../../model/call-gate'
import type { Attribution } from '../../model/exchange'
import { ownId } from '../../model/own-id'
import { RecentMap } from '../../model/recent-map'
import type { DeclaredSpan, RunRecord } from '../../model/record'
import type { Account, Accounts, Place } from './accounts'
import type { Extension } from './recent-calls'
import type { Reservations } from './reservations'
import type { ReadCall } from './spent'

const REMEMBERED = 20_000
const MOST_DEPTH = 200

/** What places a call. */
export interface PlacedBy {
  readonly call: Pick<GatedCall, 'id' | 'runId' | 'attribution' | 'startTime'>
  /** What its headers, and rules where they were asked, say of it. */
  readonly labels: Attribution
  readonly extension: Extension | undefined
  /** Whether a model talks: embeddings and rerankings begin no agent. */
  readonly isChat: boolean
}

type Declared = Pick<DeclaredSpan, 'id' | 'runId' | 'parentId' | 'kind' | 'name'>

export class CallPlaces {
  readonly #declared = new RecentMap<string, Declared>(REMEMBERED)
  readonly #children = new RecentMap<string, Set<string>>(REMEMBERED)
  readonly #awaited = new RecentMap<string, true>(REMEMBERED)
  readonly #defaults = new RecentMap<string, Attribution>(REMEMBERED)
  /** The latest agent with a name, in each group another one. */
  readonly #named = new RecentMap<string, Account>(REMEMBERED)
  /** The first agent of a group: the others hang under it. */
  readonly #roots = new RecentMap<string, Account>(REMEMBERED)
  readonly #lastSteps = new WeakMap<Account, Account>()
  /** Agents that are only supposed to begin with a call. */
  readonly #supposed = new WeakSet<Account>()

  constructor(
    readonly accounts: Accounts,
    readonly reservations: Reservations,
  ) {}

  /** What calls of a run are that say nothing of their own. */
  describe({ id, defaults }: Pick<RunRecord, 'id' | 'defaults'>): void {
    this.#defaults.set(id, defaults)
  }

  /** Takes a span that the program declared, in whatever order they come. */
  declare(span: DeclaredSpan): void {
    const { id, runId, parentId, kind, name, attribution } = span
    this.#declared.set(keyOf(runId, id), {
      id,
      runId,
      kind,
      name,
      ...(parentId === undefined ? {} : { parentId }),
    })
    if (parentId !== undefined) this.#expect(keyOf(runId, parentId), id)
    if (kind === 'agent' || kind === 'step') {
      const account = this.accounts.of(runId, id, kind)
      const defaults = this.#defaults.get(runId)
      account.intent = attribution.intent ?? account.intent ?? defaults?.intent
      account.agentVersion = attribution.agentVersion ?? account.agentVersion
      account.startedAt = Math.min(account.startedAt, span.startedAt)
      if (kind === 'agent') account.agent = name
      else account.step = name
    }
    this.#link(runId, id, new Set())
  }

  /** Whether a call names a place that is about to be told: its program declares it while the call is on its way. Nobody waits for it twice. */
  isParentMissing({ runId, attribution: { parent, agentId } }: PlacedBy['call']): boolean {
    if (parent === undefined || parent === runId || this.#awaited.has(keyOf(runId, parent))) return false
    const isKnown = (id: string) =>
      this.#declared.has(keyOf(runId, id)) || this.accounts.find(runId, id) !== undefined
    return !isKnown(parent) && (agentId === undefined || !isKnown(agentId))
  }

  /** Who the call names as its parent was waited for. */
  awaited({ runId, attribution: { parent = runId } }: PlacedBy['call']): void {
    this.#awaited.set(keyOf(runId, parent), true)
  }

  /** Where a call belongs; accounts that begin with it are there afterwards. */
  placeOf(by: PlacedBy): Place {
    const { call, labels } = by
    const run = this.accounts.run(call.runId)
    run.startedAt = Math.min(run.startedAt, call.startTime)
    const agent = this.#agentOf(by)
    const steps = this.#stepsOf(by, agent)
    for (const account of [agent, ...steps]) {
      if (!account) continue
      account.startedAt = Math.min(account.startedAt, call.startTime)
      account.intent ??= labels.intent
      account.agentVersion ??= labels.agentVersion
    }
    return { run, steps, ...(agent && { agent }) }
  }

  /** The worker has read a call: what was only supposed of it is put right, also for others that go on from it. */
  read({ id, runId, agentId }: ReadCall, place: Place | undefined): Account | undefined {
    const actual = agentId === undefined ? undefined : this.accounts.find(runId, agentId)
    const supposed = place?.agent
    if (!actual || !supposed || supposed === actual) return actual
    const beganWithIt = this.#supposed.has(supposed) && supposed.id === `${id}.agent`
    if (!beganWithIt) return actual
    this.reservations.repoint(supposed, actual)
    this.accounts.alias(runId, supposed.id, actual)
    this.accounts.dissolve(supposed)
    return actual
  }

  #agentOf(by: PlacedBy): Account | undefined {
    const { call, labels, extension, isChat } = by
    const { runId, attribution } = call
    const { agentId } = attribution
    if (agentId !== undefined) return this.#withId(by, agentId)
    const around = this.#agentAbove(runId, attribution.parent)
    if (labels.agent === undefined && around) return around
    const earlier = extension && (extension.isWhole || (extension.isSame && extension.call.isFailed))
    const before = earlier ? extension.call.agent : undefined
    if (before && (labels.agent === undefined || before.agent === undefined || before.agent === labels.agent))
      return before
    const known = labels.agent === undefined ? undefined : this.#named.get(nameKey(runId, labels))
    if (known && (groupOf(labels) !== undefined || labels.step !== undefined)) return known
    return isChat ? this.#begin(by, `${call.id}.agent`) : undefined
  }

  /** The agent that a call names with an id: its account has the id that its span will have. */
  #withId(by: PlacedBy, given: string): Account {
    const { runId } = by.call
    const name = by.labels.agent
    let id = given
    while (name !== undefined && this.#isOther(runId, id, name)) id = ownId(name, id)
    const account = this.#begin(by, id)
    account.isNamed = name !== undefined && !this.#declared.has(keyOf(runId, id))
    return account
  }

  /** Whether an id is not that of an agent with a name: several may be given the id of one request. */
  #isOther(runId: string, id: string, name: string): boolean {
    const declared = this.#declared.get(keyOf(runId, id))
    if (declared) return declared.kind !== 'agent'
    const account = this.accounts.find(runId, id)
    return account !== undefined && (account.kind !== 'agent' || (account.agent ?? name) !== name)
  }

  #begin({ call, labels }: PlacedBy, id: string): Account {
    const { runId, attribution } = call
    const isKnown = this.accounts.find(runId, id) !== undefined
    const account = this.accounts.of(runId, id, 'agent')
    if (!isKnown && attribution.agentId === undefined) this.#supposed.add(account)
    const group = groupOf(labels)
    const root = group === undefined ? undefined : this.#roots.get(keyOf(runId, group))
    if (!account.parent) {
      const { parent, agentId } = attribution
      const around = parent === id || parent === agentId ? undefined : this.#agentAbove(runId, parent)
      this.accounts.hang(account, around ?? this.#agentAbove(runId, this.#parentOf(runId, id)) ?? root)
    }
    // Only what hangs under the run is called what the run was started as.
    const isTop = account.parent === undefined
    account.agent ??= labels.agent ?? (isTop ? this.#defaults.get(runId)?.agent : undefined)
    account.intent ??= labels.intent ?? this.#defaults.get(runId)?.intent
    if (group !== undefined && !root) this.#roots.set(keyOf(runId, group), account)
    if (labels.agent !== undefined) this.#named.set(nameKey(runId, labels), account)
    return account
  }

  #stepsOf({ call, labels }: PlacedBy, agent: Account | undefined): Account[] {
    const { runId, attribution } = call
    const { stepId } = attribution
    if (labels.step === undefined && stepId === undefined) return []
    const last = agent && this.#lastSteps.get(agent)
    if (stepId === undefined && last && last.step === labels.step) return [last]
    const id = stepId === undefined ? `${call.id}.step` : this.#stepIdOf(call, labels, stepId, agent)
    const step = this.accounts.of(runId, id, 'step')
    step.step ??= labels.step
    step.parent ??= agent
    if (agent) this.#lastSteps.set(agent, step)
    return [step, ...this.#stepsAround(runId, step.id)]
  }

  /** The id that the span of a step will have: the one that the program gave, unless something else has it. */
  #stepIdOf(
    { runId, attribution }: PlacedBy['call'],
    { step }: Attribution,
    given: string,
    agent: Account | undefined,
  ): string {
    const account = this.accounts.find(runId, given)
    const declared = this.#declared.get(keyOf(runId, given))
    if (step === undefined || !(account ?? declared) || declared?.kind === 'step') return given
    const { parent } = account ?? {}
    const isInIt =
      !parent || parent === agent || (attribution.agentId === undefined && parent.agent === agent?.agent)
    const isIt = account?.kind === 'step' && (account.step ?? step) === step && isInIt
    if (isIt) return given
    return agent ? ownId(agent.id, ownId(step, given)) : ownId(step, given)
  }

  /** Declared steps around a step, up to its agent. */
  #stepsAround(runId: string, stepId: string): Account[] {
    const steps: Account[] = []
    let id = this.#parentOf(runId, stepId)
    for (let depth = 0; id !== undefined && depth < MOST_DEPTH; depth++) {
      const account = this.accounts.find(runId, id)
      if (account?.kind === 'agent') break
      if (account?.kind === 'step' && !steps.includes(account)) steps.push(account)
      id = this.#parentOf(runId, id)
    }
    return steps
  }

  #parentOf(runId: string, id: string): string | undefined {
    return this.#declared.get(keyOf(runId, id))?.parentId
  }

  /** The agent that a span lies in, itself included. */
  #agentAbove(runId: string, spanId: string | undefined): Account | undefined {
    let id = spanId
    for (let depth = 0; id !== undefined && depth < MOST_DEPTH; depth++) {
      const account = this.accounts.find(runId, id)
      if (account?.kind === 'agent') return account
      id = this.#parentOf(runId, id) ?? account?.parent?.id
    }
    return undefined
  }

  #expect(parentKey: string, childId: string): void {
    const children = this.#children.get(parentKey)
    if (children) children.add(childId)
    else this.#children.set(parentKey, new Set([childId]))
  }

  /** Hangs a declared span, and what waited for it, under the agent that it lies in. What lies in an agent moves with it. */
  #link(runId: string, id: string, linked: Set<string>): void {
    const declared = this.#declared.get(keyOf(runId, id))
    if (!declared || linked.has(id)) return
    linked.add(id)
    const above = this.#agentAbove(runId, declared.parentId)
    const account = this.accounts.find(runId, id)
    if (account?.kind === 'agent' && above) this.accounts.hang(account, above)
    else if (account?.kind === 'step') account.parent = above
    for (const child of this.#children.get(keyOf(runId, id)) ?? []) this.#link(runId, child, linked)
  }
}

function groupOf({ context, traceId }: Attribution): string | undefined {
  return context ?? traceId
}

function nameKey(runId: string, labels: Attribution): string {
  return `${runId} ${labels.agent};${groupOf(labels) ?? ''}`
}

function keyOf(runId: string, id: string): string {
  return `${runId} ${id}`
}

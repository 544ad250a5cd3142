// What is spent and reserved in each run, agent, step and day, as the gate counts it between one word of the worker and the next. Decides nothing.

import { ownId } from '../../model/own-id'
import { RecentMap } from '../../model/recent-map'
import { ContentUse } from './content'
import type { SpentAccount, SpentDay } from './spent'
import { minus, NOTHING, plus, type Sums } from './sums'

const REMEMBERED_ACCOUNTS = 50_000
const MOST_DEPTH = 200

/** Sums over some calls. */
export class Balance {
  /** Of calls that were read. */
  spent: Sums = NOTHING
  /** For calls under way, and for those that ended and were not read yet. */
  reserved: Sums = NOTHING
  /** The part of it that is for calls that ended, and how many they are. */
  ended: Sums = NOTHING
  unread = 0
  /** Agents that made calls. */
  agents = 0
  readonly content = new ContentUse()
}

/** One agent span, step span or run. */
export class Account {
  readonly own = new Balance()
  /** With all agents under it. */
  readonly whole = new Balance()
  parent: Account | undefined
  agent: string | undefined
  agentVersion: string | undefined
  intent: string | undefined
  step: string | undefined
  startedAt = Number.POSITIVE_INFINITY
  hasCalled = false
  /** Begun by a call that named it with an id, which another one may have been given too. */
  isNamed = false

  constructor(
    readonly runId: string,
    /** Of its span, as far as is known. */
    public id: string,
    readonly kind: SpentAccount['kind'],
  ) {}

  /** Itself and the agents around it, innermost first. */
  get line(): Account[] {
    const line: Account[] = [this]
    for (let above = this.parent; above && line.length < MOST_DEPTH; above = above.parent) line.push(above)
    return line
  }
}

/** Where a call belongs, as far as is known. */
export interface Place {
  readonly run: Account
  readonly agent?: Account
  /** Innermost first. */
  readonly steps: readonly Account[]
}

export class Accounts {
  readonly #byId = new RecentMap<string, Account>(REMEMBERED_ACCOUNTS)
  readonly day = new Balance()
  #dayName = ''

  find(runId: string, id: string): Account | undefined {
    return this.#byId.get(keyOf(runId, id))
  }

  /** The account with that id, which begins with nothing. */
  of(runId: string, id: string, kind: Account['kind']): Account {
    const known = this.find(runId, id)
    if (known) return known
    const account = new Account(runId, id, kind)
    this.#byId.set(keyOf(runId, id), account)
    return account
  }

  run(runId: string): Account {
    return this.of(runId, runId, 'run')
  }

  /** From now on the one id means the other account. */
  alias(runId: string, id: string, account: Account): void {
    this.#byId.set(keyOf(runId, id), account)
  }

  /** Has an id that two agents were given mean the one whose span has it: of calls at the same time the worker reads first what ends first. */
  identify({ runId, id, kind, agent }: SpentAccount): void {
    const held = this.find(runId, id)
    if (!held?.isNamed || kind !== 'agent' || agent === undefined || held.agent === agent) return
    const actual = this.of(runId, ownId(agent, id), 'agent')
    held.id = ownId(held.agent ?? '', id)
    actual.id = id
    for (const account of [held, actual]) this.alias(runId, account.id, account)
  }

  /** Takes what the worker says: whole sums, and where the account belongs. */
  tell(said: SpentAccount): void {
    const account = this.of(said.runId, said.id, said.kind)
    account.agent = said.agent ?? account.agent
    account.agentVersion = said.agentVersion ?? account.agentVersion
    account.intent = said.intent ?? account.intent
    account.step = said.step ?? account.step
    account.startedAt = Math.min(account.startedAt, said.startedAt)
    this.#spend(account, said.isGone ? NOTHING : said.spent)
    const parent = said.parentId === undefined ? undefined : this.of(said.runId, said.parentId, 'agent')
    if (said.kind === 'agent') this.hang(account, parent)
    else account.parent = parent
    if (said.isGone) this.#uncount(account)
    else if (said.kind === 'agent' && said.spent.calls > 0) this.count(account)
  }

  /** What everything in the data folder spent that day. */
  tellDay({ day, picoUsd, unknown }: SpentDay): void {
    this.#dayName = day
    this.day.spent = { ...NOTHING, picoUsd, unknown }
  }

  /** The balance of a day; nothing is spent in one that nobody told of yet. */
  dayOf(name: string): Balance {
    if (name !== this.#dayName) {
      this.#dayName = name
      this.day.spent = NOTHING
    }
    return this.day
  }

  /** Hangs an agent under another one, with all that is counted in it. */
  hang(account: Account, parent: Account | undefined): void {
    if (account.parent === parent || parent?.line.includes(account)) return
    this.#carry(account, -1)
    account.parent = parent
    this.#carry(account, 1)
  }

  /** Counts an agent that makes calls, once. */
  count(account: Account): void {
    if (account.hasCalled) return
    account.hasCalled = true
    for (const { whole } of account.line) whole.agents++
  }

  #uncount(account: Account): void {
    if (!account.hasCalled) return
    account.hasCalled = false
    for (const { whole } of account.line) whole.agents--
  }

  /** Everything of an account that turned out to be another one is taken out of the sums around it. */
  dissolve(account: Account): void {
    this.#uncount(account)
    this.hang(account, undefined)
  }

  /** All balances that a call counts in, the day's included. */
  balancesOf({ run, agent, steps }: Place): Balance[] {
    return [
      this.day,
      run.own,
      ...steps.map(({ own }) => own),
      ...(agent ? [agent.own, ...agent.line.map(({ whole }) => whole)] : []),
    ]
  }

  #spend(account: Account, spent: Sums): void {
    const added = minus(spent, account.own.spent)
    account.own.spent = spent
    if (account.kind !== 'agent') return
    for (const { whole } of account.line) whole.spent = plus(whole.spent, added)
  }

  #carry({ whole, parent }: Account, sign: 1 | -1): void {
    const change = sign === 1 ? plus : minus
    for (const above of parent?.line ?? []) {
      above.whole.spent = change(above.whole.spent, whole.spent)
      above.whole.reserved = change(above.whole.reserved, whole.reserved)
      above.whole.ended = change(above.whole.ended, whole.ended)
      above.whole.unread += sign * whole.unread
      above.whole.agents += sign * whole.agents
    }
  }
}

function keyOf(runId: string, id: string): string {
  return `${runId} ${id}`
}

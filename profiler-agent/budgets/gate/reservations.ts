// Calls that the gate let pass and whose cost is not known yet: what is kept free for each, in whatever it counts to, until it has been read.

import type { Account, Accounts, Balance, Place } from './accounts'
import type { ReadCall, TokenPrices } from './spent'
import { minus, NOTHING, plus, type Sums } from './sums'

/** One call under way, or ended and not read yet. */
export interface Reservation {
  readonly id: string
  place: Place
  sums: Sums
  /** Of its tokens; `null` where they have none. */
  readonly prices: TokenPrices | null
  /** Tokens of its reply so far, where that streams. */
  streamed: number
  /** On the clock of the gate, in ms; undefined while it goes on. */
  endedAt: number | undefined
}

export class Reservations {
  readonly #held = new Map<string, Reservation>()
  /** Of accounts that are only supposed, so that what is reserved there can move to the true ones. */
  readonly #byAccount = new Map<Account, Set<Reservation>>()

  constructor(readonly accounts: Accounts) {}

  get count(): number {
    return this.#held.size
  }

  get runIds(): string[] {
    return [...new Set([...this.#held.values()].map(({ place }) => place.run.runId))]
  }

  find(id: string): Reservation | undefined {
    return this.#held.get(id)
  }

  /** Keeps so much free. A call that is asked for twice is reserved once. */
  add(id: string, place: Place, sums: Sums, prices: TokenPrices | null = null): Reservation {
    this.release(id)
    const held: Reservation = { id, place, sums, prices, streamed: 0, endedAt: undefined }
    this.#held.set(id, held)
    this.#enter(held)
    return held
  }

  /** Keeps that much more free. */
  grow(held: Reservation, by: Sums): void {
    if (this.#held.get(held.id) !== held || held.endedAt !== undefined) return
    for (const balance of this.#balances(held)) balance.reserved = plus(balance.reserved, by)
    held.sums = plus(held.sums, by)
  }

  /** The call is over; what it spent is to be read. Once. */
  end(held: Reservation, at: number): void {
    if (held.endedAt !== undefined || this.#held.get(held.id) !== held) return
    held.endedAt = at
    for (const balance of this.#balances(held)) endIn(balance, held.sums, 1)
  }

  /** What the call spent is known, or nobody will ever know. The second time does nothing. */
  release(id: string): void {
    const held = this.#held.get(id)
    if (!held) return
    this.#leave(held)
    this.#held.delete(id)
  }

  /** The call is over, and nobody will ever know all that it used: so much stays taken. */
  keep(id: string, sums: Sums): void {
    const held = this.#held.get(id)
    if (!held) return
    this.release(id)
    this.add(`${id} kept`, held.place, sums)
  }

  /** Those that count to one account count to another one from now on. */
  repoint(from: Account, to: Account): void {
    for (const held of [...(this.#byAccount.get(from) ?? [])]) {
      this.#leave(held)
      const { place } = held
      held.place = {
        run: place.run,
        ...(place.agent && { agent: place.agent === from ? to : place.agent }),
        steps: place.steps.map((step) => (step === from ? to : step)),
      }
      this.#enter(held)
    }
  }

  /** Calls that ended before that and were not read. */
  unreadSince(before: number): Reservation[] {
    return [...this.#held.values()].filter(({ endedAt }) => endedAt !== undefined && endedAt < before)
  }

  #balances({ place }: Reservation): Balance[] {
    return this.accounts.balancesOf(place)
  }

  #enter(held: Reservation): void {
    for (const balance of this.#balances(held)) {
      balance.reserved = plus(balance.reserved, held.sums)
      if (held.endedAt !== undefined) endIn(balance, held.sums, 1)
    }
    for (const account of [held.place.agent, ...held.place.steps]) {
      if (!account) continue
      const others = this.#byAccount.get(account)
      if (others) others.add(held)
      else this.#byAccount.set(account, new Set([held]))
    }
  }

  #leave(held: Reservation): void {
    for (const balance of this.#balances(held)) {
      balance.reserved = minus(balance.reserved, held.sums)
      if (held.endedAt !== undefined) endIn(balance, held.sums, -1)
    }
    for (const account of [held.place.agent, ...held.place.steps]) {
      const others = account && this.#byAccount.get(account)
      others?.delete(held)
      if (account && others?.size === 0) this.#byAccount.delete(account)
    }
  }
}

function endIn(balance: Balance, sums: Sums, sign: 1 | -1): void {
  balance.ended = sign === 1 ? plus(balance.ended, sums) : minus(balance.ended, sums)
  balance.unread += sign
}

/** What is known of a call whose reply broke off, beyond what its provider said of it. */
export function streamedSums({ sums, streamed, prices }: Reservation, said: ReadCall): Sums {
  const input = said.input === null ? sums.input : 0
  const picoUsd = prices ? Math.ceil(input * prices.input + streamed * prices.output) : 0
  return { ...NOTHING, input, output: streamed, picoUsd }
}

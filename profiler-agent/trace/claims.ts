// Calls that name a parent which is not known yet, kept until it is. Decides nothing.

/** A call with the parent that it named. */
export interface Claim {
  readonly parent: string
  /** The span of its exchange. */
  readonly spanId: string
  /** The agent and the step that it named too, by their spans. */
  readonly within: readonly string[]
}

/** Beyond so many, the oldest stay where they are. */
const MOST_WAITING = 5_000

export class Claims {
  #claims: Claim[] = []

  add(claim: Claim): void {
    this.#claims.push(claim)
    if (this.#claims.length > MOST_WAITING) this.#claims = this.#claims.slice(MOST_WAITING / 10)
  }

  /** Lets go of those that are settled. */
  settle(isSettled: (claim: Claim) => boolean): void {
    if (this.#claims.length > 0) this.#claims = this.#claims.filter((claim) => !isSettled(claim))
  }
}

// What became of escalations, for the log: the first of a kind with all that it says, the others counted. Knows no clock.

import { budgetRule } from '../model/budget'
import type { Violation } from '../model/escalation'
import { formatPlural } from '../model/quantity'
import { type Claim, scopeKey } from './claims'
import { outcomeText } from './outcomes'
import { subjectOf, textOf } from './summary'

interface Kind {
  /** Of those that followed the first. */
  more: number
  readonly text: string
}

/** Kinds that are told apart; who has more limits hears of the others one by one. */
const MOST_KINDS = 1_000

export class OutcomeLog {
  readonly #kinds = new Map<string, Kind>()

  constructor(readonly log: (message: string) => void) {}

  /** A violation whose escalation ended; credentials are masked. */
  add(violation: Violation, claim: Claim): void {
    const { escalation, scope, limit } = violation
    const outcome = outcomeText(claim)
    const key = [escalation, scopeKey(scope), limit, outcome].join('\n')
    const known = this.#kinds.get(key)
    if (known) {
      known.more++
      return
    }
    const text = `over ${budgetRule(limit)} of ${subjectOf(violation)}: ${outcome}`
    if (this.#kinds.size < MOST_KINDS) this.#kinds.set(key, { more: 0, text })
    this.log(`${textOf(violation)}. ${outcome}`)
  }

  /** Says how many more there were. */
  flush(): void {
    for (const kind of this.#kinds.values()) {
      if (kind.more > 0) this.log(`${formatPlural(kind.more, 'more violation')} ${kind.text}`)
      kind.more = 0
    }
  }
}

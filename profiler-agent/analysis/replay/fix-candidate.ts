// A fix that somebody could make, with all that it takes to try it on the calls of a run. Types only.

import type { CacheFix } from '../cache-causes'
import type { FixPlan } from './fix-plan'

export interface FixCandidate {
  readonly fix: CacheFix
  /** The finding that asks for it; absent where nobody found a need. */
  readonly findingId?: string
  /** Where it would be made, for people: `agents/support.ts:41`. */
  readonly place?: string
  /** Made together; the first is the fix itself, the others what it needs to be worth anything. */
  readonly plans: readonly FixPlan[]
}

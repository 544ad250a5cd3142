// Limits that are sound each for itself and make no sense together.

import type { Budget } from '../../model/budget'
import type { Problem } from '../../wire/jsonc'

/** A problem for each limit that can do nothing because of another one, and for an escalation without a name. */
export function contradictions(_budgets: readonly Budget[]): Problem[] {
  return []
}

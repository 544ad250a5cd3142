// The fixes that a run's findings ask for, with the evidence to try them.

import type { FixCandidate } from '../analysis/replay/fix-candidate'
import type { AskedRun } from './whatif'

/** Those of all cache findings, however little they save. */
export function findingCandidates(_run: AskedRun): readonly FixCandidate[] {
  return []
}

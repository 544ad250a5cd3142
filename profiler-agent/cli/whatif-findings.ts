// The fixes that a run's cache findings ask for, with the evidence to try them.

import { CacheMisses } from '../analysis/cache/cache-misses'
import type { FixCandidate } from '../analysis/replay/fix-candidate'
import { cacheRuleFor } from '../rules/cache-rules'
import { hashOf } from './text-hash'
import type { AskedRun } from './whatif'

/** Those of all cache findings, however little they save: what is worth a finding is another question. */
export function findingCandidates({ id, calls, textOf }: AskedRun): readonly FixCandidate[] {
  const misses = new CacheMisses({
    ...{ runId: id, textOf, hashOf },
    cacheRule: ({ provider, model }) => cacheRuleFor(provider, model),
  })
  for (const call of calls) misses.add(call)
  return misses.candidates()
}

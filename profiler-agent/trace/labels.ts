// What every span bears of what its run and its caller say of it. One function.

import type { Attribution } from '../model/exchange'
import { present } from '../model/present'
import type { RunRecord, SpanRecord } from '../model/record'

export type Labels = Pick<SpanRecord, 'agentVersion' | 'intent' | 'tenant' | 'session' | 'tags'>

/** What the caller said of itself, else what the run was started with. */
export function labelsOf(run: RunRecord, attribution: Attribution): Labels {
  const { agentVersion, intent, tenant, session } = { ...run.defaults, ...attribution }
  const tags = { ...run.tags, ...run.defaults.tags, ...attribution.tags }
  const labels = present({ agentVersion, intent, tenant, session })
  return Object.keys(tags).length === 0 ? labels : { ...labels, tags }
}

// Spans that the program declared itself, as the tree has them. Knows no calls.

import { present } from '../model/present'
import type { DeclaredSpan, RunRecord, SpanRecord } from '../model/record'
import type { CallSite } from '../model/span'

/** A declared span below its declared parent, else below the run. One that goes on lasts, so far, no time. */
export function declaredSpanRecord(
  declared: DeclaredSpan,
  run: RunRecord,
  callSite: CallSite | undefined,
): SpanRecord {
  const { kind, name, startedAt, attribution, outcome } = declared
  const tags = { ...run.tags, ...run.defaults.tags, ...attribution.tags }
  const { agentVersion, intent, tenant, session } = { ...run.defaults, ...attribution }
  return {
    id: declared.id,
    runId: run.id,
    parentId: declared.parentId ?? run.id,
    parentBasis: 'header',
    kind,
    name,
    startedAt,
    endedAt: declared.endedAt ?? startedAt,
    status: declared.status ?? 'ok',
    ...present({ agentVersion, intent, tenant, session, outcome, callSite }),
    ...(kind === 'agent' ? { agent: name } : {}),
    ...(kind === 'step' ? { step: name } : {}),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    attributes: declared.attributes ?? {},
  }
}

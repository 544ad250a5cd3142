// Reads a saved run in the page itself, where there is no profiler that could: to compare a saved page with it.

import { RUN_SCHEMA, type Run } from '../../profiler-agent/model/span'
import { joinRuns } from '../../profiler-agent/profile/joined-runs'
import { t } from '../words'

/** All runs of the file as one. Throws an error whose message is a sentence for the user where the text is not a saved run. */
export function runOfFile(text: string, name: string): Run {
  const file = parsed(text)
  const version = file?.schema
  if (typeof version === 'string' && version !== RUN_SCHEMA && version.startsWith('costflame.run/'))
    throw new Error(
      t('{0} is of another version ({1}); this page reads {2}.', name, String(version), RUN_SCHEMA),
    )
  const runs = Array.isArray(file?.runs) ? file.runs.filter(isRun) : []
  if (version !== RUN_SCHEMA || runs.length === 0) throw new Error(t('{0} is not a saved run.', name))
  return joinRuns(runs)
}

function parsed(text: string): { readonly schema?: unknown; readonly runs?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // The caller says that it is not a saved run.
    return undefined
  }
}

/** As much as it takes to show it: the profiler wrote it, or somebody who meant it. */
function isRun(value: unknown): value is Run {
  if (typeof value !== 'object' || value === null) return false
  const run = value as Partial<Record<keyof Run, unknown>>
  return (
    typeof run.id === 'string' &&
    typeof run.startTime === 'string' &&
    Array.isArray(run.spans) &&
    Array.isArray(run.findings) &&
    typeof run.totals === 'object'
  )
}

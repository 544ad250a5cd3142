// The headers that tell the proxy where a call comes from.

import { HEADERS } from '../../../model/headers'
import type { CallSites } from './call-sites'
import { MODEL_ENDPOINT } from './model-hosts'
import type { RunIdentity } from './run-identity'
import { currentContext } from './server-contexts'

/** Names and values. */
export type Tags = readonly (readonly [name: string, value: string])[]

/** What `costflame/api` leaves for us, where the program has loaded it. */
interface DeclaredContext {
  headers(): Tags
}

const DECLARED = Symbol.for('costflame.context')

export class RequestTags {
  private readonly fixed: Tags

  constructor(
    private readonly run: RunIdentity,
    token: string | undefined,
    private readonly callSites: CallSites,
  ) {
    const fixed: [string, string][] = [[HEADERS.run, run.runId]]
    if (token !== undefined) fixed.push([HEADERS.token, token])
    if (run.command !== undefined) fixed.push([HEADERS.command, encodeURIComponent(run.command)])
    this.fixed = fixed
  }

  /** Those of the call that is being made right now, to a path of the provider or of the proxy. Throws nothing. */
  forCurrentCall(path: string): Tags {
    const tags = [...this.fixed, ...declared()]
    const context = currentContext()
    if (context !== undefined) tags.push([HEADERS.context, context])
    const callSite = this.callSite(path)
    if (callSite !== '') tags.push([HEADERS.callSite, callSite])
    // What the API declared comes first: its span is nearer to the call than the run.
    if (!tags.some(([name]) => name === HEADERS.parent)) tags.push([HEADERS.parent, this.run.runId])
    return tags
  }

  private callSite(path: string): string {
    try {
      return this.callSites.current(MODEL_ENDPOINT.test(path))
    } catch {
      // Frozen intrinsics, for one: the call is shown in its run, without its line.
      return ''
    }
  }
}

function declared(): Tags {
  try {
    const context = (globalThis as Record<symbol, unknown>)[DECLARED] as DeclaredContext | undefined
    return context?.headers() ?? []
  } catch {
    // The call is shown without what was declared.
    return []
  }
}

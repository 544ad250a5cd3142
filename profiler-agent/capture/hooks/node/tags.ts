// The headers that tell the proxy where a call comes from.

import { HEADERS } from '../../../model/headers'
import type { CallSites } from './call-sites'
import type { RunIdentity } from './run-identity'

export class RequestTags {
  private readonly fixed: readonly (readonly [string, string])[]

  constructor(
    run: RunIdentity,
    token: string | undefined,
    private readonly callSites: CallSites,
  ) {
    const fixed: [string, string][] = [
      [HEADERS.run, run.runId],
      [HEADERS.parent, run.runId],
    ]
    if (token !== undefined) fixed.push([HEADERS.token, token])
    if (run.command !== undefined) fixed.push([HEADERS.command, encodeURIComponent(run.command)])
    this.fixed = fixed
  }

  /** Names and values for the call that is being made right now. Throws nothing. */
  forCurrentCall(): readonly (readonly [string, string])[] {
    const callSite = this.callSite()
    return callSite === '' ? this.fixed : [...this.fixed, [HEADERS.callSite, callSite]]
  }

  private callSite(): string {
    try {
      return this.callSites.current()
    } catch {
      // Frozen intrinsics, for one: the call is shown in its run, without its line.
      return ''
    }
  }
}

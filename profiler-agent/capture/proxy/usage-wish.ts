// Which requests are asked for their usage, as the user wants it, and their bodies with the wish in them.

import { inTurns } from '../steps'
import { type ClientRequest, hasTrailers } from './client'
import type { Guard } from './guard'
import type { Route } from './routing'
import { mayAskForUsage, type SplicedBody, spliceIncludeUsage } from './usage-splice'

export interface WishOptions {
  /** False leaves streams without usage as they are. */
  readonly spliceUsage: boolean
  /** True asks hosts of unknown make for usage too; some refuse a field that they do not know. */
  readonly spliceUsageOnCustomHosts?: boolean
}

export class UsageWish {
  constructor(
    readonly options: WishOptions,
    readonly guard: Guard,
  ) {}

  /** Whether its body has to be looked at. */
  concerns(req: ClientRequest, route: Route): boolean {
    const { spliceUsage, spliceUsageOnCustomHosts = false } = this.options
    if (!spliceUsage || req.method !== 'POST' || req.headers['content-encoding'] || hasTrailers(req))
      return false
    return mayAskForUsage(route.provider, route.path, spliceUsageOnCustomHosts)
  }

  /** A promise where the body is long: it is looked through a little at a time. Neither throws nor rejects. */
  putInto(body: Buffer): SplicedBody | undefined | Promise<SplicedBody | undefined> {
    const step = 'asking for usage'
    const spliced = this.guard.run(step, () => inTurns(spliceIncludeUsage(body)))
    if (!(spliced instanceof Promise)) return spliced
    return spliced.catch((error) => {
      this.guard.report(step, error)
      return undefined
    })
  }
}

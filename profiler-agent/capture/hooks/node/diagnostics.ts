// Tags requests of undici that did not come through the global fetch (npm's own undici, a program's own dispatcher).

import { channel } from 'node:diagnostics_channel'
import { HEADERS } from '../../../model/headers'
import { quietly } from './quietly'
import type { Settings } from './settings'
import type { RequestTags } from './tags'

interface UndiciRequest {
  readonly origin?: unknown
  /** Text in older majors, an array of names and values in newer ones. */
  readonly headers?: unknown
  addHeader?(name: string, value: string): unknown
}

export function tagUndiciRequests(settings: Settings, tags: RequestTags): void {
  channel('undici:request:create').subscribe((message) => {
    // Untagged, a call counts to the proxy's own run.
    quietly(() => {
      const request = (message as { request?: UndiciRequest }).request
      if (request?.addHeader === undefined || String(request.origin) !== settings.proxy) return
      if (isTagged(request.headers)) return
      for (const [name, value] of tags.forCurrentCall()) request.addHeader(name, value)
    })
  })
}

function isTagged(headers: unknown): boolean {
  const text = Array.isArray(headers) ? headers.join('\n') : String(headers)
  return text.toLowerCase().includes(HEADERS.run)
}

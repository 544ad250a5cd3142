// Puts the observation together: which requests are looked at, which only get the headers that tell the proxy where they come from.

import type { ClientRequest } from 'node:http'
import { watchClientRequests } from './client-requests'
import { http1Facts, observeHttp1 } from './observe-http1'
import { http2Facts, observeHttp2 } from './observe-http2'
import { observeUndici, undiciFacts } from './observe-undici'
import { CopyMemory, ObservedCall } from './observed-call'
import { isObserved, type RequestFacts } from './observed-request'
import { Reporter } from './reporter'
import type { Settings } from './settings'
import type { RequestTags } from './tags'

export function observeCalls(settings: Settings, tags: RequestTags): void {
  const memory = new CopyMemory()
  const reporter = new Reporter(settings, memory)
  const begin = (facts: RequestFacts): ObservedCall => {
    const call = new ObservedCall(facts, tags.forCurrentCall(), memory, reporter.ended)
    reporter.opened(call)
    return call
  }
  watchClientRequests({
    onHttp1(request) {
      const facts = http1Facts(request)
      if (facts === undefined) return
      if (facts.url.origin === settings.proxy) tagHttp1(request, tags)
      else if (isObserved(facts)) observeHttp1(request, begin(facts))
    },
    onHttp2(stream) {
      const facts = http2Facts(stream)
      if (facts !== undefined && facts.url.origin !== settings.proxy && isObserved(facts))
        observeHttp2(stream, begin(facts))
    },
    onUndici(request) {
      const facts = undiciFacts(request)
      if (facts !== undefined && facts.url.origin !== settings.proxy && isObserved(facts))
        observeUndici(request, begin(facts))
    },
  })
}

/** Clients of the proxy that do not use fetch: axios, gaxios, node-fetch. */
function tagHttp1(request: ClientRequest, tags: RequestTags): void {
  if (request.headersSent) return
  for (const [name, value] of tags.forCurrentCall())
    if (!request.hasHeader(name)) request.setHeader(name, value)
}

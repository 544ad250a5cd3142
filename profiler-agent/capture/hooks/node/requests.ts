// Each request that the process makes to models: its line is found when it is made, and given to the connection that it is written
// on. One that goes past the proxy is looked at in the process instead.

import { channel } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Around } from './around'
import { watchClientRequests } from './client-requests'
import { intercept } from './intercept'
import type { ModelHosts } from './model-hosts'
import { ModelSocket } from './model-socket'
import { http1Facts, observeHttp1 } from './observe-http1'
import { http2Facts, observeHttp2 } from './observe-http2'
import { observeUndici, type UndiciRequest, undiciFacts } from './observe-undici'
import { type CopyMemory, ObservedCall } from './observed-call'
import { observedProvider, type RequestFacts } from './observed-request'
import { isMocked } from './plain-connections'
import { quietly } from './quietly'
import type { Reporter } from './reporter'
import type { Settings } from './settings'
import type { RequestTags, Tags } from './tags'

export interface RequestTools {
  readonly settings: Settings
  readonly hosts: ModelHosts
  readonly tags: RequestTags
  readonly memory: CopyMemory
  readonly reporter: Reporter
  readonly around: Around
}

/** A request to models: what the proxy is told, and how it is looked at while it is not known to go there. */
interface ModelRequest {
  readonly tags: Tags
  readonly observed: ObservedCall | undefined
}

export function watchModelRequests(tools: RequestTools): void {
  const requests = new ModelRequests(tools)
  watchClientRequests({
    onHttp1: (request) => requests.ofHttp1(request),
    onHttp2(stream) {
      const facts = http2Facts(stream)
      // To the proxy it has its tags already.
      if (facts === undefined || facts.url.origin === tools.settings.proxy) return
      const begun = requests.begin(facts)
      if (begun?.observed !== undefined) observeHttp2(stream, begun.observed)
    },
    onUndici: (request) => requests.ofUndici(request),
  })
  channel('undici:client:sendHeaders').subscribe((message) => {
    quietly(() => requests.writtenByUndici(message as { request: object; socket: unknown }))
  })
}

class ModelRequests {
  private readonly undici = new WeakMap<object, ModelRequest>()

  constructor(private readonly tools: RequestTools) {}

  /** Undefined for what is no request to models. */
  begin(facts: RequestFacts): ModelRequest | undefined {
    const { settings, hosts, tags, memory, reporter } = this.tools
    const isToProxy = facts.url.origin === settings.proxy
    const provider = isToProxy ? undefined : (this.providerOf(facts, hosts) ?? observedProvider(facts))
    if (!isToProxy && provider === undefined) return undefined
    // Its answers may be made up: nothing that anybody bills.
    if (!isToProxy && isMocked()) {
      this.tools.around.add(facts.url.origin, 'the program mocks its connections (msw, nock)')
      return undefined
    }
    reporter.called()
    const found = tags.forCurrentCall(facts.url.pathname)
    if (provider === undefined) return { tags: found, observed: undefined }
    const observed = new ObservedCall({ ...facts, provider }, found, memory, reporter.ended)
    reporter.opened(observed)
    return { tags: found, observed }
  }

  ofHttp1(request: ClientRequest): void {
    const facts = http1Facts(request)
    const begun = facts && this.begin(facts)
    if (begun === undefined) return
    intercept(request, 'emit', ([event, socket]) => {
      if (event === 'socket') this.given(begun, socket)
    })
    if (begun.observed !== undefined) observeHttp1(request, begun.observed)
  }

  ofUndici(request: UndiciRequest): void {
    const facts = undiciFacts(request)
    const begun = facts && this.begin(facts)
    if (begun === undefined) return
    this.undici.set(request, begun)
    if (begun.observed !== undefined) observeUndici(request, begun.observed)
  }

  writtenByUndici({ request, socket }: { readonly request: object; readonly socket: unknown }): void {
    const begun = this.undici.get(request)
    if (begun !== undefined) this.given(begun, socket)
  }

  /** Now the connection is known. */
  private given({ tags, observed }: ModelRequest, socket: unknown): void {
    if (socket instanceof ModelSocket) {
      socket.expect(tags)
      if (observed !== undefined) this.tools.reporter.forgotten(observed)
    }
  }

  private providerOf({ method, url, headers }: RequestFacts, hosts: ModelHosts): string | undefined {
    const host = hosts.of(url.origin)
    if (host === undefined || method === 'CONNECT' || !hosts.isModelCall(host, url.pathname)) return undefined
    const isGrpc = headers['content-type']?.startsWith('application/grpc') === true
    if (isGrpc) this.tools.around.add(url.origin, 'gRPC')
    return isGrpc ? undefined : host.provider
  }
}

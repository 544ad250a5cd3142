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
import { isObserved, type RequestFacts } from './observed-request'
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
      const { observed } = (facts && requests.begin(facts)) ?? {}
      if (observed !== undefined) observeHttp2(stream, observed)
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
    if (facts.method === 'CONNECT') return undefined
    const isToProxy = facts.url.origin === settings.proxy
    if (!isToProxy && !isObserved(facts) && !this.isModelCall(facts, hosts)) return undefined
    reporter.called()
    const found = tags.forCurrentCall()
    if (isToProxy) return { tags: found, observed: undefined }
    const observed = new ObservedCall(facts, found, memory, reporter.ended)
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
    } else if (observed !== undefined) this.tools.around.add(observed.origin)
  }

  private isModelCall({ url, headers }: RequestFacts, hosts: ModelHosts): boolean {
    const host = hosts.of(url.origin)
    const isGrpc = headers['content-type']?.startsWith('application/grpc') === true
    return host !== undefined && !isGrpc && hosts.isModelCall(host, url.pathname)
  }
}

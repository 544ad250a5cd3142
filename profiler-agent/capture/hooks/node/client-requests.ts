// Tells of each request that the process makes by node:http, node:https, node:http2 or undici, when it has been made and before it is sent.
// By Node's own diagnostics channels, which load and change nothing; in a Node without them by wrapping the functions that make requests.

import { channel } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import * as nodeModule from 'node:module'
import type { UndiciRequest } from './observe-undici'
import { withoutOurFrames } from './own-frames'
import { quietly } from './quietly'
import { isInstalledNear } from './sdk-detection'

export interface RequestListener {
  readonly onHttp1: (request: ClientRequest) => void
  readonly onHttp2: (stream: ClientHttp2Stream) => void
  readonly onUndici: (request: UndiciRequest) => void
}

/** `listener` may throw: the program does not notice. */
export function watchClientRequests(listener: RequestListener): void {
  const safe: RequestListener = {
    onHttp1: (request) => quietly(() => listener.onHttp1(request)),
    onHttp2: (stream) => quietly(() => listener.onHttp2(stream)),
    onUndici: (request) => quietly(() => listener.onUndici(request)),
  }
  channel('undici:request:create').subscribe((message) => {
    safe.onUndici((message as { request: UndiciRequest }).request)
  })
  if (hasChannels(process.versions.node)) subscribe(safe)
  else wrapModules(safe)
}

/** Both channels, for requests of HTTP/1.1 and of HTTP/2, are there since 22.17 and 24.1. */
function hasChannels(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 25 || (major === 24 && minor >= 1) || (major === 22 && minor >= 17)
}

function subscribe({ onHttp1, onHttp2 }: RequestListener): void {
  channel('http.client.request.created').subscribe((message) => {
    onHttp1((message as { request: ClientRequest }).request)
  })
  channel('http2.client.stream.created').subscribe((message) => {
    onHttp2((message as { stream: ClientHttp2Stream }).stream)
  })
}

type Wrapper = (module: Record<string, unknown>) => void

interface Loader {
  _load?(request: string, ...rest: unknown[]): unknown
  syncBuiltinESMExports(): void
}

/** An SDK of AWS, or what it sends its requests with. */
const AWS_FOLDERS = ['@aws-sdk', '@smithy/node-http-handler']

/** This Node does not say when an ES module imports one of them: then what is installed has to tell. */
function wrapModules(listener: RequestListener): void {
  const http1 = (module: Record<string, unknown>) => wrapMakers(module, ['request', 'get'], listener.onHttp1)
  const wrappers: Record<string, Wrapper> = {
    http: http1,
    https: http1,
    http2: (module) => wrapConnect(module, listener.onHttp2),
  }
  const loader = (nodeModule as unknown as { default?: Loader }).default ?? (nodeModule as unknown as Loader)
  // These two are loaded already; loading the third takes its time.
  for (const name of ['http', 'https']) wrapNow(wrappers, name)
  if (isInstalledNear(AWS_FOLDERS)) wrapNow(wrappers, 'http2')
  else wrapWhenRequired(loader, wrappers)
  loader.syncBuiltinESMExports()
}

function wrapNow(wrappers: Record<string, Wrapper>, name: string): void {
  wrappers[name]?.(require(`node:${name}`))
  delete wrappers[name]
}

function wrapWhenRequired(loader: Loader, wrappers: Record<string, Wrapper>): void {
  const original = loader._load
  if (original === undefined) return
  loader._load = function load(this: unknown, request: string, ...rest: unknown[]) {
    const loaded = original.call(this, request, ...rest)
    quietly(() => {
      const name = request.replace(/^node:/, '')
      const wrap = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined
      if (wrap === undefined) return
      delete wrappers[name]
      wrap(loaded as Record<string, unknown>)
      loader.syncBuiltinESMExports()
    })
    return loaded
  }
}

function wrapMakers(
  module: Record<string, unknown>,
  names: readonly string[],
  onMade: (made: never) => void,
): void {
  for (const name of names) {
    const maker = module[name]
    if (typeof maker !== 'function') continue
    // A Proxy keeps name, length and properties of the function that the program knows.
    module[name] = new Proxy(maker, {
      apply(target, self, args) {
        const made = withoutOurFrames(() => Reflect.apply(target, self, args))
        quietly(() => onMade(made as never))
        return made
      },
    })
  }
}

/** The class of sessions is not exported; the first session shows its prototype. */
function wrapConnect(module: Record<string, unknown>, onHttp2: RequestListener['onHttp2']): void {
  const seen = new WeakSet<object>()
  wrapMakers(module, ['connect'], (session: ClientHttp2Session) => {
    const prototype = Object.getPrototypeOf(session) as Record<string, unknown>
    if (seen.has(prototype)) return
    seen.add(prototype)
    wrapMakers(prototype, ['request'], onHttp2)
  })
}

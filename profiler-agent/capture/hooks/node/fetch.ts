// The global fetch, seen by the program as it was: tags calls to the proxy, and re-sends them straight to the provider
// when the profiler is gone. Written with promise chains: an async function would show in the user's stack traces.

import { HEADER_PREFIX, HEADERS } from '../../../model/headers'
import { isProfilerGone } from './profiler-gone'
import type { Settings } from './settings'
import type { RequestTags } from './tags'
import { upstreamUrl } from './upstream'

type Fetch = typeof globalThis.fetch

/** After a refusal calls go straight to the provider for this long before the proxy is tried again. */
const RETRY_PROXY_AFTER_MS = 1000

interface ProxiedCall {
  readonly url: URL
  readonly input: Request | string
  readonly headers: Headers
  readonly init: RequestInit
  /** What can be sent a second time; undefined where the body can be read only once. */
  readonly spare: Request | string | undefined
}

export function wrapFetch(settings: Settings, tags: RequestTags): void {
  const property = Object.getOwnPropertyDescriptor(globalThis, 'fetch')
  const original = globalThis.fetch
  if (property === undefined || !property.configurable || typeof original !== 'function') return
  const proxied = new ProxiedFetch(original, settings, tags)
  // A Proxy keeps name, length, properties and source text of the function that the program knows.
  const value = new Proxy(original, {
    apply(target, self, args: Parameters<Fetch>) {
      const url = proxied.claims(args[0])
      return url === undefined ? Reflect.apply(target, self, args) : proxied.send(url, self, args)
    },
  })
  Object.defineProperty(globalThis, 'fetch', {
    value,
    writable: true,
    enumerable: property.enumerable ?? true,
    configurable: true,
  })
}

class ProxiedFetch {
  private directUntil = 0

  constructor(
    private readonly original: Fetch,
    private readonly settings: Settings,
    private readonly tags: RequestTags,
  ) {}

  /** The URL of a call that goes to the proxy; undefined for all others, which are none of our business. */
  claims(input: unknown): URL | undefined {
    try {
      const text = typeof input === 'string' ? input : input instanceof Request ? input.url : String(input)
      if (!text.startsWith(this.settings.proxy)) return undefined
      const url = new URL(text)
      return url.origin === this.settings.proxy ? url : undefined
    } catch {
      // The original says what is wrong with its arguments.
      return undefined
    }
  }

  send(url: URL, self: unknown, args: Parameters<Fetch>): Promise<Response> {
    let call: ProxiedCall
    try {
      call = prepare(url, args)
    } catch {
      // Arguments that we cannot read are the original's to judge.
      return Reflect.apply(this.original, self, args)
    }
    if (Date.now() < this.directUntil) {
      const direct = this.direct(call, call.input, self)
      if (direct !== undefined) return direct
    }
    return this.throughProxy(call, self, args)
  }

  private throughProxy(call: ProxiedCall, self: unknown, args: Parameters<Fetch>): Promise<Response> {
    const answer: Promise<Response> = Reflect.apply(this.original, self, [
      args[0],
      { ...call.init, headers: this.tagged(call.headers) },
    ])
    return answer.then(
      (response) => {
        discard(call.spare)
        return response
      },
      (error: unknown) => this.afterFailure(error, call, self),
    )
  }

  private tagged(headers: Headers): Headers {
    const tagged = new Headers(headers)
    try {
      for (const [name, value] of this.tags.forCurrentCall()) if (!tagged.has(name)) tagged.set(name, value)
    } catch {
      // The call goes on with the tags it has.
    }
    return tagged
  }

  private afterFailure(error: unknown, call: ProxiedCall, self: unknown): Promise<Response> {
    return isProfilerGone(error, call.url).then((gone) => {
      if (gone) {
        this.directUntil = Date.now() + RETRY_PROXY_AFTER_MS
        const direct = call.spare === undefined ? undefined : this.direct(call, call.spare, self)
        if (direct !== undefined) return direct
      }
      throw withoutOurFrames(error)
    })
  }

  /** The same call to the provider itself, without our headers; undefined where that cannot be done. */
  private direct(call: ProxiedCall, input: Request | string, self: unknown): Promise<Response> | undefined {
    let args: Parameters<Fetch>
    try {
      const target = upstreamUrl(call.url, this.settings.upstreams, call.headers.get(HEADERS.upstream))
      if (target === undefined) return undefined
      args = [typeof input === 'string' ? target : new Request(target, input), withoutOurHeaders(call)]
    } catch {
      // A request that cannot be made anew, for one because its body was read: the original says so.
      return undefined
    }
    return Reflect.apply(this.original, self, args)
  }
}

function withoutOurHeaders({ init, headers: given }: ProxiedCall): RequestInit {
  const headers = new Headers(given)
  for (const name of [...headers.keys()]) if (name.startsWith(HEADER_PREFIX)) headers.delete(name)
  return { ...init, headers }
}

function prepare(url: URL, args: Parameters<Fetch>): ProxiedCall {
  const [input, init = {}] = args
  const request = input instanceof Request ? input : undefined
  const headers = new Headers(init?.headers ?? request?.headers)
  const spare = spareOf(url, request, init?.body)
  return { url, input: request ?? url.href, headers, init: init ?? {}, spare }
}

function spareOf(url: URL, request: Request | undefined, body: unknown): Request | string | undefined {
  if (!isReplayable(body)) return undefined
  if (request === undefined) return url.href
  return request.bodyUsed ? undefined : request.clone()
}

function isReplayable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string') return true
  return (
    ArrayBuffer.isView(body) ||
    body instanceof ArrayBuffer ||
    body instanceof URLSearchParams ||
    body instanceof Blob ||
    body instanceof FormData
  )
}

/** A clone that nobody will read would keep the whole body in memory. */
function discard(spare: Request | string | undefined): void {
  if (typeof spare !== 'object' || spare.body === null || spare.bodyUsed) return
  spare.body.cancel().catch(() => {
    // Nobody reads this copy: its end concerns nobody.
  })
}

function withoutOurFrames(error: unknown): unknown {
  if (error instanceof Error && typeof error.stack === 'string' && error.stack.includes(__filename))
    error.stack = error.stack
      .split('\n')
      .filter((line) => !line.includes(__filename))
      .join('\n')
  return error
}

// Tags requests of node:http2 to the proxy: the AWS SDK with a bearer key, which speaks HTTP/2 to whatever address it is given.

import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2'
import * as nodeModule from 'node:module'
import type { Settings } from './settings'
import type { RequestTags } from './tags'

interface Http2Module {
  connect: (authority: string | URL, ...rest: unknown[]) => ClientHttp2Session
}

/** Loading node:http2 takes its time, so only where the environment sends such calls to the proxy. */
export function tagHttp2Requests(
  environment: NodeJS.ProcessEnv,
  settings: Settings,
  tags: RequestTags,
): void {
  if (!environment.AWS_ENDPOINT_URL_BEDROCK_RUNTIME?.startsWith(`${settings.proxy}/`)) return
  const http2 = require('node:http2') as Http2Module
  http2.connect = new Proxy(http2.connect, {
    apply(connect, self, args: Parameters<Http2Module['connect']>) {
      const session: ClientHttp2Session = Reflect.apply(connect, self, args)
      if (isProxy(args[0], settings)) tagSession(session, tags)
      return session
    },
  })
  nodeModule.syncBuiltinESMExports()
}

function isProxy(authority: unknown, { proxy }: Settings): boolean {
  try {
    return new URL(String(authority)).origin === proxy
  } catch {
    // Node says what is wrong with the address.
    return false
  }
}

function tagSession(session: ClientHttp2Session, tags: RequestTags): void {
  const value = new Proxy(session.request, {
    apply(request, self, [headers, ...rest]: [unknown, ...unknown[]]) {
      return Reflect.apply(request, self, [tagged(headers, tags), ...rest])
    },
  })
  Object.defineProperty(session, 'request', { value, writable: true, configurable: true, enumerable: false })
}

/** Lists of names and values, which newer Nodes take too, stay as they are. */
function tagged(headers: unknown, tags: RequestTags): unknown {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return headers
  try {
    return { ...(Object.fromEntries(tags.forCurrentCall()) as OutgoingHttpHeaders), ...headers }
  } catch {
    // The call goes on untagged; the proxy counts it to the run that its path names.
    return headers
  }
}

// Connections as Node makes them, for our own use: what the program connects to may be led elsewhere, what we connect to may not.

import type { Socket } from 'node:net'

type Connect = (options: object) => Socket

/** `connect` of node:net and of node:tls as they were before the hook. */
export interface Makers {
  readonly net: Connect
  readonly tls: Connect
}

/** Where the hook leaves them for other code of ours in the same thread, which comes later. */
const MAKERS = Symbol.for('costflame.connect')

/** Keeps the functions, unless that has been done. To be called, and asked for each, before they are changed. */
export function keepMakers(): Makers {
  const kept = (globalThis as Record<symbol, unknown>)[MAKERS] as Makers | undefined
  const makers = kept ?? currentMakers()
  if (kept === undefined) Object.defineProperty(globalThis, MAKERS, { value: makers, enumerable: false })
  return makers
}

/** Each as it is when first asked for: a program that needs no TLS does not wait for it to be loaded. */
function currentMakers(): Makers {
  let tls: Connect | undefined
  return {
    net: (require('node:net') as typeof import('node:net')).connect as Connect,
    get tls() {
      tls ??= (require('node:tls') as typeof import('node:tls')).connect as Connect
      return tls
    },
  }
}

/** `connect` of all sockets as it was before the program ran. */
let socketConnect: unknown

export function keepSocketConnect(): void {
  socketConnect = currentSocketConnect()
}

function currentSocketConnect(): unknown {
  return (require('node:net') as typeof import('node:net')).Socket.prototype.connect
}

/**
 * True while a mock (msw 3, nock 15) stands behind all sockets: it must see the provider, so that no connection may be led elsewhere.
 * Others that replace the function, to trace what it does, say nothing of the kind.
 */
export function isMocked(): boolean {
  return '__MSW_INTERNAL_CONNECTION_CONTEXT' in globalThis && currentSocketConnect() !== socketConnect
}

/** A connection to an http(s) origin; its errors come as events. Over TLS it speaks HTTP/1.1. */
export function connectTo(origin: string): Socket {
  const url = new URL(origin)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isTls = url.protocol === 'https:'
  const place = { host, port: Number(url.port || (isTls ? 443 : 80)) }
  const kept = (globalThis as Record<symbol, unknown>)[MAKERS] as Makers | undefined
  const makers = kept ?? currentMakers()
  if (!isTls) return makers.net(place)
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
  return makers.tls({ ...place, ...servername, ALPNProtocols: ['http/1.1'] })
}

// Who may talk to the loopback services at all: host names, browser origins and the token. Knows no routes.

import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { HEADERS } from '../../model/headers'
import type { ProxyAnswer } from './answers'
import { answerOf } from './answers'

/** Where the service listens. `host` is what `--host` said; `allowedOrigins` comes from user settings only. */
export interface ServicePlace {
  readonly port: number
  readonly host: string
  readonly allowedOrigins?: readonly string[]
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']
const WILDCARD_HOSTS = ['0.0.0.0', '::', '[::]']

/** True when only programs of this machine can reach a service that listens on `host`. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/**
 * The 403 answer for a request that a web page or another name for this machine brought here, or `undefined` for one that may pass.
 * Stops DNS rebinding (the `Host` is not our own name) and cross-site requests (a browser says `Origin` or `Sec-Fetch-Site`).
 * For HTTP/2 pass `:authority` as `host`.
 */
export function refusalFor(headers: IncomingHttpHeaders, place: ServicePlace): ProxyAnswer | undefined {
  if (!isOwnName(headers.host ?? '', place))
    return answerOf(
      403,
      'foreign_host',
      `The Host header "${headers.host ?? ''}" is not a name of this profiler. Use http://127.0.0.1:${place.port} as the address.`,
    )
  const origin = headers.origin
  if (origin !== undefined && place.allowedOrigins?.includes(origin)) return undefined
  if (origin === undefined && headers['sec-fetch-site'] !== 'cross-site') return undefined
  return answerOf(
    403,
    'cross_origin',
    `Requests from web pages are refused (Origin ${origin ?? 'not given'}). Call from a program, or allow this origin in the user settings of Costflame.`,
  )
}

/** The one that was found to be our own last: every call names it. */
let ownName: { readonly authority: string; readonly port: number; readonly host: string } | undefined

function isOwnName(authority: string, { port, host }: ServicePlace): boolean {
  if (ownName?.authority === authority && ownName.port === port && ownName.host === host) return true
  const isOwn = isNameOf(authority, { port, host })
  if (isOwn) ownName = { authority, port, host }
  return isOwn
}

function isNameOf(authority: string, { port, host }: ServicePlace): boolean {
  const [, name = '', ownPort = '80'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority.toLowerCase()) ?? []
  if (name === '' || Number(ownPort) !== port) return false
  if (LOOPBACK_NAMES.includes(name) || name === bracketed(host.toLowerCase())) return true
  // A literal address cannot be rebound by DNS, and a wildcard listener has no other name of its own.
  return WILDCARD_HOSTS.includes(host) && isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

/** True when the request carries the service's token; takes the same time whatever was sent. */
export function hasToken(headers: IncomingHttpHeaders, token: string): boolean {
  const given = headers[HEADERS.token]
  return typeof given === 'string' && sameToken(given, token)
}

/** Compares a token in constant time. */
export function sameToken(given: string, token: string): boolean {
  const ours = Buffer.from(token)
  const theirs = Buffer.alloc(ours.length)
  theirs.write(given)
  const sameLength = Buffer.byteLength(given) === ours.length
  return timingSafeEqual(ours, theirs) && sameLength && ours.length > 0
}

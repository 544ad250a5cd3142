// Addresses that are never an upstream: link-local and cloud metadata services, by literal and after name resolution.

import { lookup as dnsLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const forbidden = new BlockList()
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addAddress('100.100.100.200', 'ipv4')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addAddress('fd00:ec2::254', 'ipv6')

const FORBIDDEN_NAMES = new Set(['metadata.google.internal', 'metadata', 'instance-data'])

/** Raised instead of a connection to a forbidden address. */
export class ForbiddenAddressError extends Error {
  readonly code = 'ERR_COSTFLAME_FORBIDDEN_ADDRESS'
  constructor(readonly host: string) {
    super(`${host} is a link-local or cloud metadata address`)
  }
}

/** True for a host (name or literal address, as in `URL.hostname`) that must not be an upstream. Resolves nothing. */
export function isForbiddenHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  if (FORBIDDEN_NAMES.has(host)) return true
  const family = isIP(host)
  return family !== 0 && forbidden.check(host.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4')
}

/** `dns.lookup` for sockets that fails when a name resolves to a forbidden address, so that DNS cannot get around the check. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, options, (error, found, family) => {
    if (error) return callback(error, '', 0)
    const addresses = typeof found === 'string' ? [found] : found.map((entry) => entry.address)
    const bad = addresses.find(isForbiddenHost)
    if (bad !== undefined) return callback(new ForbiddenAddressError(`${hostname} (${bad})`), '', 0)
    callback(null, found, family)
  })
}

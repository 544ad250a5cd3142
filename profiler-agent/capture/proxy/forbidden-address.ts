// Addresses that are never an upstream: link-local and cloud metadata services, by literal and after name resolution.

import { lookup as dnsLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Address and prefix length. Sources: the clouds' own pages on instance metadata, read 2026-11-22. */
const FORBIDDEN_IPV4: readonly (readonly [address: string, bits: number])[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32], // Alibaba Cloud
  ['168.63.129.16', 32], // Azure's wire server
  ['192.0.0.192', 32], // Oracle Cloud
]
/** Prefixes that carry an IPv4 address in their last 32 bits: the old notation, and translation by SIIT and NAT64. */
const EMBEDDING_PREFIXES = ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::']

const forbidden = new BlockList()
for (const [address, bits] of FORBIDDEN_IPV4) {
  // A BlockList finds `::ffff:1.2.3.4` by itself.
  forbidden.addSubnet(address, bits, 'ipv4')
  const embedded = ipv6Half(address)
  for (const prefix of EMBEDDING_PREFIXES) forbidden.addSubnet(prefix + embedded, 96 + bits, 'ipv6')
  forbidden.addSubnet(`2002:${embedded}::`, 16 + bits, 'ipv6')
}
// Teredo carries an IPv4 address in two places, one of them inverted; no upstream is reached so (RFC 4380).
forbidden.addSubnet('2001::', 32, 'ipv6')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addSubnet('fd00:ec2::', 32, 'ipv6') // AWS
forbidden.addAddress('fd20:ce::254', 'ipv6') // Google Cloud

const FORBIDDEN_NAMES = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
])

/** `1.2.3.4` as `0102:0304`. */
function ipv6Half(address: string): string {
  const hex = Buffer.from(address.split('.').map(Number)).toString('hex')
  return `${hex.slice(0, 4)}:${hex.slice(4)}`
}

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

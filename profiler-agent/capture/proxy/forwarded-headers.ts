// Which headers go on and which belong to one connection only. Works on raw lists, so that order, case and duplicates stay.

import { HEADER_PREFIX } from '../../model/headers'

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Ours to set: the upstream's name, the length of the bytes we send, and the 100-continue that Node has answered. */
const SET_BY_US = new Set(['host', 'content-length', 'expect'])

/** A flat list name, value, name, value, … as on the wire. */
export type RawHeaders = readonly string[]

/** The caller's headers for the upstream, without `host` and `content-length`, which the sender sets. */
export function requestHeadersFor(raw: RawHeaders): string[] {
  const named = namedByConnection(raw)
  return selected(
    raw,
    (name) =>
      !HOP_BY_HOP.has(name) && !SET_BY_US.has(name) && !named.has(name) && !name.startsWith(HEADER_PREFIX),
  )
}

/** The upstream's headers for the caller; `without` are those that hold no longer, in lower case. */
export function responseHeadersFor(raw: RawHeaders, without: readonly string[] = []): string[] {
  const named = namedByConnection(raw)
  return selected(raw, (name) => !HOP_BY_HOP.has(name) && !named.has(name) && !without.includes(name))
}

/** The same headers with one value put in place of all that had this name, or at the end. */
export function withHeader(raw: RawHeaders, name: string, value: string): string[] {
  return [...withoutHeader(raw, name), name, value]
}

/** The same headers without all that have this name. */
export function withoutHeader(raw: RawHeaders, name: string): string[] {
  return selected(raw, (other) => other !== name)
}

/** Headers by lower-case name, duplicates joined with `, `; the profiler's own are left out. */
export function headerRecord(raw: RawHeaders): Record<string, string> {
  const record: Record<string, string> = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const key = (raw[index] ?? '').toLowerCase()
    const value = raw[index + 1] ?? ''
    if (key.startsWith(HEADER_PREFIX)) continue
    record[key] = Object.hasOwn(record, key) ? `${record[key]}, ${value}` : value
  }
  return record
}

/** Name and value pairs of a flat list. */
export function pairs(raw: RawHeaders): Iterable<[string, string]> {
  return { [Symbol.iterator]: () => pairsOf(raw) }
}

function* pairsOf(raw: RawHeaders): Generator<[string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? '']
}

function selected(raw: RawHeaders, keep: (lowerCaseName: string) => boolean): string[] {
  const kept: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? ''
    if (keep(name.toLowerCase())) kept.push(name, raw[index + 1] ?? '')
  }
  return kept
}

const CONNECTION = 'connection'
const NONE: ReadonlySet<string> = new Set()

/** Nearly every request has one that names nothing but `keep-alive`, and this is asked for each call. */
function namedByConnection(raw: RawHeaders): ReadonlySet<string> {
  let named: Set<string> | undefined
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? ''
    if (name.length !== CONNECTION.length || name.toLowerCase() !== CONNECTION) continue
    const value = raw[index + 1] ?? ''
    if (value === 'keep-alive' || value === 'close') continue
    named ??= new Set()
    for (const option of value.split(',')) named.add(option.trim().toLowerCase())
  }
  return named ?? NONE
}

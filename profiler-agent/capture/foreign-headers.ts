// What callers say about themselves in headers meant for others: W3C baggage and traceparent, Helicone, Portkey, session ids, OpenRouter's title.

import type { Attribution } from '../model/exchange'
import {
  boundedTags,
  ignored,
  labelOf,
  labelsOfPairs,
  meaningOf,
  mergedAttribution,
  percentDecoded,
  tagNameOf,
} from '../model/labels'
import { present } from '../model/present'
import { utf8Of } from './header-text'
import { traceIdOf } from './trace-parent'

type Headers = Readonly<Record<string, string>>

/** Longer than every propagator writes (W3C asks for 8,192); what stands behind it is left out. */
const MAX_BAGGAGE_LENGTH = 16 * 1024
const MAX_METADATA_LENGTH = 64 * 1024

/** Headers that hold the id of a conversation, the most telling first. */
const SESSION_HEADERS = [
  'helicone-session-id',
  'x-claude-code-session-id',
  'x-session-id',
  'session-id',
  'session_id',
]
const TITLE_HEADERS = ['x-openrouter-title', 'x-title', 'http-referer']
const PROPERTY = 'helicone-property-'
const OWN = 'costflame.'

/** `own` is what baggage says under `costflame.*`, in words meant for us; `other` everything else. */
export interface ForeignAttribution {
  readonly own: Attribution
  readonly other: Attribution
}

/** Names in lower case, as recorded. Throws nothing: what cannot be read is named in `ignored`. */
export function foreignAttribution(headers: Headers): ForeignAttribution {
  const baggage = baggageOf(headers.baggage)
  return {
    own: baggage.own,
    other: mergedAttribution([
      traceOf(headers),
      baggage.other,
      heliconeOf(headers),
      portkeyOf(headers),
      appOf(headers),
    ]),
  }
}

function traceOf(headers: Headers): Attribution {
  const { traceparent } = headers
  const traceId = traceparent === undefined ? undefined : traceIdOf(traceparent)
  return {
    ...present({ traceId: traceId ?? textOf(headers, 'x-portkey-trace-id') }),
    ...ignored(traceparent !== undefined && traceId === undefined ? ['traceparent: not valid'] : []),
  }
}

/** Members of a `baggage` header; of two with one key the later counts. Properties behind `;` say nothing to us. */
export function baggageOf(header: string | undefined): ForeignAttribution {
  if (header === undefined) return { own: {}, other: {} }
  const text = header.slice(0, MAX_BAGGAGE_LENGTH)
  // What the cut left of its last member would be another value.
  const whole = text.length < header.length ? text.slice(0, Math.max(0, text.lastIndexOf(','))) : text
  const members = whole.split(',').flatMap(memberOf)
  const { other, ...own } = ownMembers(members)
  // Most baggage is other tools' own: only what has a meaning for everybody is ours to read.
  const { tags, ...known } = labelsOfPairs(
    other.filter(([key]) => meaningOf(key) !== undefined),
    'baggage',
  )
  const user = tags?.user
  const tooLong = ignored(text.length < header.length ? [`baggage: ${header.length} bytes`] : [])
  return {
    own: { ...own, ...tooLong },
    other: { ...known, ...(user === undefined ? {} : { tags: { user } }) },
  }
}

type Pair = readonly [key: string, value: string]

function memberOf(member: string): Pair[] {
  const [pair = ''] = member.split(';', 1)
  const equals = pair.indexOf('=')
  if (equals < 1) return []
  return [[pair.slice(0, equals).trim(), percentDecoded(utf8Of(pair.slice(equals + 1).trim()))]]
}

/** `costflame.agent` … and `costflame.tag.NAME`, and the members that are not ours. */
function ownMembers(members: readonly Pair[]): Attribution & { readonly other: readonly Pair[] } {
  const own = members.filter(([key]) => key.toLowerCase().startsWith(OWN))
  const tags = new Map<string, string>()
  const labels: Record<string, string> = {}
  for (const [key, raw] of own) {
    const name = key.slice(OWN.length)
    const value = labelOf(raw)
    const tag = /^tag\./i.test(name) ? tagNameOf(name.slice('tag.'.length)) : undefined
    const meaning = meaningOf(name)
    if (value === undefined) continue
    if (tag !== undefined) tags.set(tag, value)
    else if (meaning !== undefined && meaning !== 'user') labels[meaning] = value
  }
  return { ...labels, ...boundedTags(tags), other: members.filter((member) => !own.includes(member)) }
}

/** `Helicone-Session-Path: /plan/search` names the step by its path; properties are pairs, and the session's name is one. */
function heliconeOf(headers: Headers): Attribution {
  const session = SESSION_HEADERS.map((header) => textOf(headers, header)).find((text) => text !== undefined)
  const step = textOf(headers, 'helicone-session-path')?.replace(/^\/+|\/+$/g, '')
  const properties = Object.keys(headers)
    .filter((header) => header.startsWith(PROPERTY))
    .map((header): Pair => [header.slice(PROPERTY.length), decoded(headers[header])])
  const others: Pair[] = [
    ['session-name', decoded(headers['helicone-session-name'])],
    ['user', decoded(headers['helicone-user-id'])],
  ]
  return mergedAttribution([
    present({ session, step: step || undefined }),
    labelsOfPairs([...properties, ...others.filter(([, value]) => value !== '')], 'helicone-*'),
  ])
}

/** A JSON object of texts; `_user` and other known keys begin with an underscore. */
function portkeyOf(headers: Headers): Attribution {
  const raw = headers['x-portkey-metadata']
  if (raw === undefined) return {}
  const pairs = raw.length > MAX_METADATA_LENGTH ? undefined : pairsOfJson(utf8Of(raw))
  return pairs ? labelsOfPairs(pairs, 'x-portkey-metadata') : ignored(['x-portkey-metadata: no JSON object'])
}

function pairsOfJson(text: string): Pair[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return Object.entries(value).flatMap(([key, each]) =>
      ['string', 'number', 'boolean'].includes(typeof each) ? [[key, String(each)] as const] : [],
    )
  } catch {
    // The caller says that it was no JSON.
    return undefined
  }
}

/** Which application calls, as it tells OpenRouter. Frameworks send their own name there, so it is a tag and no agent. */
function appOf(headers: Headers): Attribution {
  const app = TITLE_HEADERS.map((header) => textOf(headers, header)).find((text) => text !== undefined)
  return app === undefined ? {} : { tags: { app } }
}

function textOf(headers: Headers, header: string): string | undefined {
  return labelOf(decoded(headers[header]))
}

function decoded(raw: string | undefined): string {
  return raw === undefined ? '' : percentDecoded(utf8Of(raw))
}

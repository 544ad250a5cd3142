// Reads what a caller says about itself in `x-costflame-*` headers. Values that make no sense are dropped, never an error.

import type { IncomingHttpHeaders } from 'node:http'
import { decodeCallSite } from '../../model/call-site'
import type { Attribution } from '../../model/exchange'
import { HEADER_PREFIX, HEADERS } from '../../model/headers'

const MAX_LENGTH = 256
const MAX_COMMAND_LENGTH = 4096
const MAX_TAGS = 32
const TAG_KEY = /^[a-z0-9._-]{1,64}$/

/** Attribution of one request; absent keys were not given. Throws nothing. */
export function attributionOf(headers: IncomingHttpHeaders): Attribution {
  // Most calls say nothing.
  if (!Object.keys(headers).some((header) => header.startsWith(HEADER_PREFIX))) return {}
  const agent = nameAndId(headers, HEADERS.agent)
  const step = nameAndId(headers, HEADERS.step)
  return defined({
    agent: agent.name,
    agentId: agent.id,
    step: step.name,
    stepId: step.id,
    parent: textOf(headers, HEADERS.parent),
    session: textOf(headers, HEADERS.session),
    agentVersion: textOf(headers, HEADERS.agentVersion),
    intent: textOf(headers, HEADERS.intent),
    tenant: textOf(headers, HEADERS.tenant),
    tags: tagsOf(headers),
    callSite: callSiteOf(headers),
    command: textOf(headers, HEADERS.command, MAX_COMMAND_LENGTH),
  })
}

function nameAndId(headers: IncomingHttpHeaders, header: string): { name?: string; id?: string } {
  const raw = headers[header]
  if (typeof raw !== 'string') return {}
  // Split before decoding, so that a name may hold an encoded semicolon.
  const [name = '', id = ''] = raw.split(';', 2)
  return defined({ name: cleaned(name, MAX_LENGTH), id: cleaned(id, MAX_LENGTH) })
}

function tagsOf(headers: IncomingHttpHeaders): Record<string, string> | undefined {
  const tags: Record<string, string> = {}
  for (const header of Object.keys(headers)) {
    const key = header.startsWith(HEADERS.tagPrefix) ? header.slice(HEADERS.tagPrefix.length) : ''
    const value = TAG_KEY.test(key) ? textOf(headers, header) : undefined
    if (value !== undefined && Object.keys(tags).length < MAX_TAGS) tags[key] = value
  }
  return Object.keys(tags).length > 0 ? tags : undefined
}

function callSiteOf(headers: IncomingHttpHeaders): Attribution['callSite'] {
  const raw = headers[HEADERS.callSite]
  const frames = typeof raw === 'string' ? decodeCallSite(raw) : []
  return frames.length > 0 ? frames : undefined
}

function textOf(headers: IncomingHttpHeaders, header: string, maxLength = MAX_LENGTH): string | undefined {
  const raw = headers[header]
  return typeof raw === 'string' ? cleaned(raw, maxLength) : undefined
}

function cleaned(raw: string, maxLength: number): string | undefined {
  const text = percentDecoded(utf8Of(raw)).trim()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text === '' || /[\u0000-\u001f\u007f]/.test(text) ? undefined : text.slice(0, maxLength)
}

/** Node reads header bytes as Latin-1; a caller that sent UTF-8 meant UTF-8. */
function utf8Of(raw: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(raw, 'latin1'))
  } catch {
    return raw // It was Latin-1 after all.
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A plain per cent sign: the text stands as it is.
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}

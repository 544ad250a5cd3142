// Reads what a caller says about itself in `x-costflame-*` headers. Values that make no sense are left out and named, never an error.

import type { IncomingHttpHeaders } from 'node:http'
import { decodeCallSite } from '../../model/call-site'
import type { Attribution } from '../../model/exchange'
import { HEADER_PREFIX, HEADERS, RUN_ID } from '../../model/headers'
import { boundedTags, ignored, labelOf, percentDecoded, tagNameOf } from '../../model/labels'
import { present } from '../../model/present'
import { utf8Of } from '../header-text'

const MAX_COMMAND_LENGTH = 4096

/** Attribution of one request; absent keys were not given, or are named in `ignored`. Throws nothing. */
export function attributionOf(headers: IncomingHttpHeaders): Attribution {
  // Most calls say nothing.
  if (!Object.keys(headers).some((header) => header.startsWith(HEADER_PREFIX))) return {}
  return new OwnHeaders(headers).attribution()
}

class OwnHeaders {
  readonly #ignored: string[] = []

  constructor(readonly headers: IncomingHttpHeaders) {}

  attribution(): Attribution {
    const agent = this.#nameAndId(HEADERS.agent)
    const step = this.#nameAndId(HEADERS.step)
    const labels = present({
      agent: agent.name,
      agentId: agent.id,
      step: step.name,
      stepId: step.id,
      parent: this.#text(HEADERS.parent),
      session: this.#text(HEADERS.session),
      agentVersion: this.#text(HEADERS.agentVersion),
      intent: this.#text(HEADERS.intent),
      tenant: this.#text(HEADERS.tenant),
      callSite: this.#callSite(),
      context: this.#id(HEADERS.context),
      command: this.#text(HEADERS.command, MAX_COMMAND_LENGTH),
    })
    // The call is in that run already, unless it makes no sense.
    this.#id(HEADERS.run)
    const tags = this.#tags()
    return { ...labels, ...tags, ...ignored([...this.#ignored, ...(tags.ignored ?? [])]) }
  }

  #raw(header: string): string | undefined {
    const raw = this.headers[header]
    return typeof raw === 'string' ? raw : undefined
  }

  /** Split before decoding, so that a name may hold an encoded semicolon. */
  #nameAndId(header: string): { readonly name?: string; readonly id?: string } {
    const [name, id] = this.#raw(header)?.split(';', 2) ?? []
    return present({ name: this.#cleaned(header, name), id: this.#cleaned(header, id) })
  }

  #text(header: string, maxLength?: number): string | undefined {
    return this.#cleaned(header, this.#raw(header), maxLength)
  }

  #cleaned(header: string, raw: string | undefined, maxLength?: number): string | undefined {
    const text = raw === undefined ? '' : percentDecoded(utf8Of(raw))
    const label = labelOf(text, maxLength)
    if (label === undefined && text.trim() !== '') this.#ignored.push(header)
    return label
  }

  #callSite(): Attribution['callSite'] {
    const raw = this.#raw(HEADERS.callSite)
    if (raw === undefined) return undefined
    const frames = decodeCallSite(raw)
    if (frames.length > 0) return frames
    this.#ignored.push(HEADERS.callSite)
    return undefined
  }

  #id(header: string): string | undefined {
    const raw = this.#raw(header)
    if (raw === undefined || RUN_ID.test(raw)) return raw
    this.#ignored.push(header)
    return undefined
  }

  #tags(): Pick<Attribution, 'tags' | 'ignored'> {
    const tags = new Map<string, string>()
    let unusable = 0
    for (const header of Object.keys(this.headers)) {
      if (!header.startsWith(HEADERS.tagPrefix)) continue
      const name = tagNameOf(header.slice(HEADERS.tagPrefix.length))
      const value = labelOf(percentDecoded(utf8Of(this.#raw(header) ?? '')))
      if (name === undefined || value === undefined) unusable++
      else tags.set(name, value)
    }
    if (unusable > 0) this.#ignored.push(`${HEADERS.tagPrefix}*: ${unusable} unusable`)
    return boundedTags(tags)
  }
}

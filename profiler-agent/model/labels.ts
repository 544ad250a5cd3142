// What a call is labelled with (agent, session, tenant, tags …), out of whatever callers send: cleaned, bounded, and by the meaning of its key.

import { hasControl } from './control-characters'
import type { Attribution } from './exchange'

/** Longer values are cut. */
export const MAX_LABEL_LENGTH = 256
/** Of one call, from all sources together; the rest is left out, and said. */
export const MAX_TAGS = 32
const TAG_KEY = /^[a-z0-9._-]{1,64}$/

/** A value without blanks around it, cut to `maxLength`; undefined where nothing is left or it holds control characters. */
export function labelOf(text: string, maxLength = MAX_LABEL_LENGTH): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || hasControl(trimmed)) return undefined
  // A cut between the halves of a character leaves no half behind.
  const cut = trimmed.slice(0, maxLength).toWellFormed()
  return cut.endsWith('\ufffd') ? cut.slice(0, -1) : cut
}

/** A tag's name as it is stored, in lower case like the header that may carry it; undefined for one that cannot be. */
export function tagNameOf(text: string): string | undefined {
  const name = text.trim().toLowerCase()
  return TAG_KEY.test(name) && name !== '__proto__' ? name : undefined
}

/** The same in other notations: blanks and whatever else cannot stand in a name become `-`. */
function looseTagName(text: string): string | undefined {
  return tagNameOf(
    text
      .trim()
      .replace(/^_+/, '')
      .replace(/[^A-Za-z0-9._-]+/g, '-'),
  )
}

/** Percent-encoding undone; a text in which a per cent sign is only that stands as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

type Label = 'agent' | 'agentVersion' | 'step' | 'intent' | 'tenant' | 'session' | 'user'

/** Keys that mean the same to everybody, in lower case, without `.`, `_` and `-`. */
const MEANINGS: ReadonlyMap<string, Label> = new Map(
  Object.entries({
    agent: ['agent', 'agentname', 'genaiagentname'],
    agentVersion: ['agentversion', 'genaiagentversion'],
    step: ['step', 'stepname'],
    intent: ['intent'],
    tenant: [
      ...['tenant', 'tenantid', 'tenantname', 'customer', 'customerid'],
      ...['org', 'orgid', 'organization', 'organizationid', 'organisation', 'organisationid'],
    ],
    session: ['session', 'sessionid', 'conversationid', 'genaiconversationid', 'threadid'],
    user: ['user', 'userid', 'enduser', 'enduserid'],
  } satisfies Record<Label, readonly string[]>).flatMap(([label, keys]) =>
    keys.map((key) => [key, label as Label] as const),
  ),
)

/** What a key that people use means, if it means anything to us: `session_id`, `session.id` and `sessionId` are the session. */
export function meaningOf(key: string): Label | undefined {
  return MEANINGS.get(key.toLowerCase().replace(/[^a-z0-9]/g, ''))
}

type Pair = readonly [key: string, value: string]

/**
 * Labels of free pairs such as request metadata: a key whose meaning is known is that label, and every pair is a tag under its
 * own name, an end user always under `user`. The later of two equal keys counts. What cannot be stored is counted in `ignored`.
 */
export function labelsOfPairs(pairs: readonly Pair[], source: string): Attribution {
  const labels: Partial<Record<Label, string>> = {}
  const tags = new Map<string, string>()
  let unusable = 0
  for (const [key, raw] of pairs) {
    const value = labelOf(raw)
    const meaning = meaningOf(key)
    const tag = meaning === 'user' ? 'user' : looseTagName(key)
    if (value === undefined || tag === undefined) unusable++
    else tags.set(tag, value)
    if (value !== undefined && meaning !== undefined) labels[meaning] = value
  }
  const { user: _, ...known } = labels
  return {
    ...known,
    ...boundedTags(tags),
    ...ignored(unusable > 0 ? [`${source}: ${unusable} unusable`] : []),
  }
}

/** At most MAX_TAGS of these tags, the first ones, and how many are left out. */
export function boundedTags(
  tags: ReadonlyMap<string, string>,
  most = MAX_TAGS,
): Pick<Attribution, 'tags' | 'ignored'> {
  if (tags.size === 0) return {}
  const kept = Object.fromEntries([...tags].slice(0, most))
  return { tags: kept, ...ignored(tags.size > most ? [`${tags.size - most} tags over ${most}`] : []) }
}

/** Nothing ignored is nothing said. */
export function ignored(what: readonly string[]): Pick<Attribution, 'ignored'> {
  return what.length === 0 ? {} : { ignored: what }
}

/** An id goes with its name: alone it would say something about the name of another source. */
const TOGETHER: readonly (readonly (keyof Attribution)[])[] = [
  ['agent', 'agentId'],
  ['step', 'stepId'],
  ...(['parent', 'session', 'agentVersion', 'intent', 'tenant'] as const).map((key) => [key]),
  ...(['callSite', 'context', 'traceId', 'command'] as const).map((key) => [key]),
]

/** What several sources say, the strongest first: each label from the first that has it, tags of all, each from the first that has it. */
export function mergedAttribution(all: readonly Attribution[]): Attribution {
  // Of most calls hardly anybody says a thing.
  const sources = all.filter((source) => Object.keys(source).length > 0)
  if (sources.length === 0) return {}
  const merged: Record<string, unknown> = {}
  for (const keys of TOGETHER) {
    const source = sources.find((each) => keys.some((key) => each[key] !== undefined))
    for (const key of keys) if (source?.[key] !== undefined) merged[key] = source[key]
  }
  const tags = new Map<string, string>()
  for (const source of sources)
    for (const [key, value] of Object.entries(source.tags ?? {})) if (!tags.has(key)) tags.set(key, value)
  const bounded = boundedTags(tags)
  const notes = [...sources.flatMap((source) => source.ignored ?? []), ...(bounded.ignored ?? [])]
  return { ...merged, ...(bounded.tags ? { tags: bounded.tags } : {}), ...ignored(notes) }
}

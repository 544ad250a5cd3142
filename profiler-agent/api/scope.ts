// Where the running code stands: which declared agent, step and span it is in, and the labels that hold there. Knows no storage and sends nothing.

import type { Attribution } from '../model/exchange'
import { HEADERS } from '../model/headers'
import { tagNameOf, textOf } from './labels'
import type { LiveSpan } from './live-span'

/** Labels that a scope adds to those around it. */
export interface ScopeLabels {
  readonly agentVersion?: string
  readonly intent?: string
  readonly tenant?: string
  readonly session?: string
  /** Grows when the program tags. */
  readonly tags: Record<string, string>
}

interface Named {
  readonly name: string
  readonly id: string
}

/** One declared span, or labels without one, within others. */
export interface Scope {
  readonly outer?: Scope
  readonly labels: ScopeLabels
  /** Nearest declared agent, and nearest declared step within it. */
  readonly agent?: Named
  readonly step?: Named
  /** Id of the nearest declared span of any kind. */
  readonly parent?: string
  /** The span whose scope this is, and the nearest agent, where this process declared them itself. */
  readonly span?: LiveSpan
  readonly agentSpan?: LiveSpan
  /** True where an agent begins: the version of the one around it is not its own. */
  readonly isAgent?: boolean
}

/** The scope in which a declared span's function runs. */
export function scopeIn(span: LiveSpan, outer: Scope | undefined): Scope {
  const { kind, name, id, labels } = span
  const around = { ...(outer && { outer }), labels, parent: id, span }
  if (kind === 'agent') return { ...around, agent: { name, id }, agentSpan: span, isAgent: true }
  return {
    ...around,
    ...(outer?.agent && { agent: outer.agent }),
    ...(outer?.agentSpan && { agentSpan: outer.agentSpan }),
    ...(kind === 'step' ? { step: { name, id } } : outer?.step && { step: outer.step }),
  }
}

/** The same place, for what follows there: it has the labels of that place and may get more without changing those. */
export function scopeWithOwnLabels(scope: Scope | undefined): Scope {
  const { outer: _, span: __, ...place } = scope ?? {}
  return { ...place, labels: labelsOf(scope) }
}

/** The innermost span there that goes on, else the innermost one: code may run on behind the end of the span that it was started in. */
export function openSpanIn(scope: Scope | undefined): LiveSpan | undefined {
  let at = scope
  while (at?.span?.isOver) at = at.outer
  return at?.span ?? scope?.span
}

/** All labels that hold there, the innermost word first. */
export function labelsOf(scope: Scope | undefined): ScopeLabels {
  if (scope === undefined) return { tags: {} }
  const { agentVersion, ...outer } = labelsOf(scope.outer)
  const inherited = scope.isAgent || agentVersion === undefined ? outer : { ...outer, agentVersion }
  return { ...inherited, ...scope.labels, tags: { ...outer.tags, ...scope.labels.tags } }
}

/** The same, as a line tells them: without empty tags. */
export function attributionOf(scope: Scope | undefined): Attribution {
  const { tags, ...labels } = labelsOf(scope)
  return Object.keys(tags).length === 0 ? labels : { ...labels, tags }
}

type Header = readonly [name: string, value: string]

const LABEL_HEADERS = [
  ['agentVersion', HEADERS.agentVersion],
  ['intent', HEADERS.intent],
  ['tenant', HEADERS.tenant],
  ['session', HEADERS.session],
] as const

/** The headers of a call that is made there. */
export function headersOf(scope: Scope | undefined): Header[] {
  if (scope === undefined) return []
  const { tags, ...labels } = labelsOf(scope)
  const headers: Header[] = []
  if (scope.agent) headers.push([HEADERS.agent, named(scope.agent)])
  if (scope.step) headers.push([HEADERS.step, named(scope.step)])
  if (scope.parent !== undefined) headers.push([HEADERS.parent, scope.parent])
  for (const [label, header] of LABEL_HEADERS) {
    const value = labels[label]
    if (value !== undefined) headers.push([header, encodeURIComponent(value)])
  }
  for (const [key, value] of Object.entries(tags))
    headers.push([HEADERS.tagPrefix + key, encodeURIComponent(value)])
  return headers
}

function named({ name, id }: Named): string {
  return `${encodeURIComponent(name)};${id}`
}

const ID = /^[A-Za-z0-9._-]{1,64}$/

/** The place that such headers name; names in any case. What makes no sense is left out. */
export function scopeFrom(headers: ReadonlyMap<string, string>): Scope {
  const tags: Record<string, string> = {}
  const labels: Record<string, string> = {}
  for (const [label, header] of LABEL_HEADERS) {
    const value = decoded(headers.get(header))
    if (value !== undefined) labels[label] = value
  }
  for (const [header, value] of headers) {
    const key = header.startsWith(HEADERS.tagPrefix)
      ? tagNameOf(header.slice(HEADERS.tagPrefix.length))
      : undefined
    const text = decoded(value)
    if (key !== undefined && text !== undefined) tags[key] = text
  }
  const agent = nameAndId(headers.get(HEADERS.agent))
  const step = nameAndId(headers.get(HEADERS.step))
  const parent = headers.get(HEADERS.parent)
  return {
    labels: { ...labels, tags },
    ...(agent && { agent }),
    ...(step && { step }),
    ...(parent !== undefined && ID.test(parent) && { parent }),
  }
}

function nameAndId(value: string | undefined): Named | undefined {
  const [name, id = ''] = value?.split(';', 2) ?? []
  const text = decoded(name)
  return text !== undefined && ID.test(id) ? { name: text, id } : undefined
}

function decoded(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  try {
    return textOf(decodeURIComponent(value))
  } catch {
    return textOf(value) // Nobody encoded it: the text stands as it is.
  }
}

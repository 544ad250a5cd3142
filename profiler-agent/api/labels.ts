// Makes what a program passes fit for a header and a line: cleaned, bounded, and never an error. For old Nodes too, unlike `model/labels`.

import { withoutControl } from '../model/control-characters'
import type { Outcome } from '../model/span'

const MAX_LENGTH = 256
const MAX_TAGS = 32
const MAX_DETAILS = 32
/** Without their other half, which has no UTF-8. */
const LONE_SURROGATES = /\p{Surrogate}/gu

/** Text of a name or value; undefined where there is none. Throws nothing, whatever it is given. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const text = withoutControl(String(value)).trim().slice(0, MAX_LENGTH).replace(LONE_SURROGATES, '')
  return text === '' ? undefined : text
}

/** A tag's name as a header can carry it. */
export function tagNameOf(key: unknown): string | undefined {
  const name = textOf(key)
    ?.toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, 64)
  return name === '__proto__' ? undefined : name
}

/** Tags of an object, or as many of them as are kept. */
export function tagsOf(value: unknown): Record<string, string> {
  const tags: Record<string, string> = {}
  if (typeof value !== 'object' || value === null) return tags
  for (const [key, each] of Object.entries(value)) addTag(tags, key, each)
  return tags
}

export function addTag(tags: Record<string, string>, key: unknown, value: unknown): void {
  const name = tagNameOf(key)
  const text = textOf(value)
  if (name === undefined || text === undefined) return
  if (name in tags || Object.keys(tags).length < MAX_TAGS) tags[name] = text
}

/** An outcome, unless it has no status. Details that are no text, number or boolean are left out. */
export function outcomeOf(status: unknown, details: unknown): Outcome | undefined {
  const said = textOf(status)
  if (said === undefined) return undefined
  const outcome: Record<string, string | number | boolean> = {}
  if (typeof details === 'object' && details !== null)
    for (const [key, value] of Object.entries(details).slice(0, MAX_DETAILS)) {
      const detail = typeof value === 'string' ? textOf(value) : value
      const isKept = key !== 'value' || typeof value === 'number'
      if (isKept && isDetail(detail)) outcome[key.slice(0, 64)] = detail
    }
  return { ...outcome, status: said }
}

function isDetail(value: unknown): value is string | number | boolean {
  return typeof value === 'number' ? Number.isFinite(value) : /^(?:string|boolean)$/.test(typeof value)
}

/** A count that was said: a whole number, not negative. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

// How long runs are kept, as the user typed it and as their settings say it.

import type { UserSettings } from '../config/user-settings'
import { DEFAULT_RETENTION, type Retention } from '../model/retention'
import { UsageError } from './io'

const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }

/** What was typed (`30d`, `1GB`) wins over the settings, and these over the defaults. Throws UsageError. */
export function retentionOf(
  { retention }: UserSettings,
  typed: { readonly days?: string | undefined; readonly size?: string | undefined },
): Retention {
  return {
    ...DEFAULT_RETENTION,
    ...retention,
    ...(typed.days === undefined ? {} : { days: daysOf(typed.days) }),
    ...(typed.size === undefined ? {} : { maxBytes: bytesOf(typed.size) }),
  }
}

/** `30d`, `12h`, or a plain number of days. */
function daysOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(d|h)?$/.exec(text) ?? []
  if (number === undefined)
    throw new UsageError(`"${text}" is not an age; write 30d, 12h or a number of days`)
  return unit === 'h' ? Number(number) / 24 : Number(number)
}

/** `1GB`, `500 MB`, or a plain number of bytes. */
function bytesOf(text: string): number {
  const [, number, unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b)?$/i.exec(text) ?? []
  if (number === undefined)
    throw new UsageError(`"${text}" is not a size; write 1GB, 500MB or a number of bytes`)
  return Number(number) * (UNITS[unit.toLowerCase()] ?? 1)
}

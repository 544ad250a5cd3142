// A date as the user typed it.

import { UsageError } from './io'

/** Ms since the epoch; `undefined` where nothing was typed. A date without time is its first moment, UTC. */
export function parseMoment(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const moment = Date.parse(text)
  if (Number.isNaN(moment))
    throw new UsageError(`--at ${text}: not a date. Write --at 2026-11-22 or a full ISO time.`)
  return moment
}

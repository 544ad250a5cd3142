// What all runs of a store cost between two moments. No prompts, no prices.

import type { PicoUsd } from '../model/money'
import type { Store } from './store'

// Runs that were over before have no calls in it.
const SQL = `SELECT total(calls.pico_usd) AS cost, total(calls.billed = 1 AND calls.pico_usd IS NULL) AS unknown
  FROM runs JOIN calls ON calls.run = runs.key JOIN spans ON spans.key = calls.span
  WHERE runs.active_at >= ? AND spans.started_at >= ? AND spans.started_at < ?`

/** Of calls that began at `start` or later and before `end`, in ms since the epoch; `unknown` billed calls have no price. */
export function costBetween(
  store: Store,
  start: number,
  end: number,
): { readonly picoUsd: PicoUsd; readonly unknown: number } {
  const row = store.prepare(SQL).get(start, start, end)
  return { picoUsd: Number(row?.cost ?? 0), unknown: Number(row?.unknown ?? 0) }
}

// Recorded exchanges in whose files a prompt cache was read or written: what was asked, when, and what the provider says it read and wrote.
import { type Json, type RecordedRow, recordedRows } from '../recorded-corpus'
import { bucketsOf } from '../recorded-usage'

/** One exchange. Token counts are the provider's; `total` is all of the input. */
export interface Turn {
  readonly row: RecordedRow
  /** Empty where only the response was recorded. */
  readonly body: Json
  readonly total: number
  readonly read: number
  readonly written: number
  readonly output: number
  /** By the response's `date` header, ms since the epoch. */
  readonly at?: number
}

/** The exchanges of one file that report usage, in order; at least one of them read or wrote a cache. */
export interface Chain {
  readonly file: string
  readonly turns: readonly Turn[]
}

export function recordedChains(): Chain[] {
  const files = Map.groupBy(recordedRows(), ({ file }) => file)
  return [...files]
    .map(([file, rows]) => ({ file, turns: rows.flatMap(turnOf) }))
    .filter(({ turns }) => turns.some(({ read, written }) => read > 0 || written > 0))
}

/** Calls in which a model reads a prompt. */
const PROMPTED = /^(chat|.*completions|responses|messages|(stream)?[gG]enerateContent|converse.*|invoke.*)$/

function turnOf(row: RecordedRow): Turn[] {
  if (!PROMPTED.test(row.endpoint)) return []
  const buckets = bucketsOf(row)
  const total = (pick: (bucket: (typeof buckets)[number]) => number | null) =>
    buckets.reduce((sum, bucket) => sum + (pick(bucket) ?? 0), 0)
  const [read, written] = [total((bucket) => bucket.read), total((bucket) => bucket.written)]
  const at = Date.parse(row.recorded.response_headers.date ?? '')
  return [
    {
      ...{ row, read, written, output: total((bucket) => bucket.output) },
      total: total((bucket) => bucket.uncached) + read + written,
      body: parsed(row.recorded.request_body),
      ...(Number.isNaN(at) ? {} : { at }),
    },
  ]
}

function parsed(text: string): Json {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

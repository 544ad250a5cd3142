// Recorded provider traffic of other projects, where it is at hand beside the repository: its files, and what the provider itself said of each exchange.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const CORPUS = join(process.cwd(), '../shared/corpus')

export type Json = Readonly<Record<string, unknown>>

/** A usage object as the provider sent it; of a stream the first and the last that stood at this path. */
export interface RawUsage {
  readonly path: string
  readonly event: string | null
  readonly first: unknown
  readonly last: unknown
}

export interface Recorded {
  readonly method: string
  readonly url: string
  readonly request_headers: Readonly<Record<string, string>>
  readonly request_body: string
  readonly status: number
  readonly response_headers: Readonly<Record<string, string>>
  readonly response_body?: string
  readonly response_body_base64?: string
}

/** One exchange with what its provider said of it. */
export interface RecordedRow {
  readonly file: string
  readonly index: number
  readonly provider: string
  readonly endpoint: string
  readonly isStream: boolean
  /** Of the reply, else of the request. */
  readonly model: string
  readonly recorded: Recorded
  readonly usage: readonly RawUsage[]
  readonly usageHeaders: Readonly<Record<string, string>>
}

export const hasCorpus = existsSync(join(CORPUS, 'EXCHANGES.tsv'))

/** All visible exchanges, in the order of their list. */
export function recordedRows(): RecordedRow[] {
  const [head = '', ...lines] = readFileSync(join(CORPUS, 'EXCHANGES.tsv'), 'utf8').trimEnd().split('\n')
  const columns = head.split('\t')
  const files = new Map<string, { exchanges: Recorded[]; expected: Expected[] }>()
  return lines.map((line) => {
    const values = line.split('\t')
    const column = (name: string) => values[columns.indexOf(name)] ?? ''
    const file = column('file')
    const index = Number(column('i'))
    const known = files.get(file) ?? {
      exchanges: read(file).exchanges as Recorded[],
      expected: read(join('expected', file)).exchanges as Expected[],
    }
    files.set(file, known)
    const recorded = known.exchanges[index]
    if (!recorded) throw new Error(`${file} has no exchange ${index}`)
    const expected = known.expected.find((each) => each.i === index)
    return {
      ...{ file, index, recorded },
      provider: column('provider'),
      endpoint: column('endpoint'),
      isStream: column('streaming') === 'yes',
      model: column('response_model') || column('request_model'),
      usage: expected?.usage ?? [],
      usageHeaders: expected?.usage_headers ?? {},
    }
  })
}

interface Expected {
  readonly i: number
  readonly usage?: readonly RawUsage[]
  readonly usage_headers?: Readonly<Record<string, string>>
}

function read(file: string): { exchanges: unknown[] } {
  return JSON.parse(readFileSync(join(CORPUS, file), 'utf8'))
}

// What an import has to say of a recorded exchange: billed or not, and the provider's own numbers.

import type { RecordedRow } from './recorded-corpus'
import { type Buckets, bucketsOf } from './recorded-usage'

/** The provider takes nothing for it, and why; the format is one that need not be read; or it is billed, and the usage not said. */
export type Expectation = { readonly unbilled: string } | 'unread' | 'unsaid' | readonly Buckets[]

const FREE = new Set(['messages.count_tokens', 'responses.input_tokens', 'countTokens', 'count-tokens'])
/** Assistants, Bedrock agents, and text completions of long ago. */
const UNREAD = new Set(['agent', 'threads.runs', 'complete', 'generate', 'generation', 'endpoint'])

/** What must be said of an exchange; a response that an earlier one of the same file brought already is billed only there. */
export function expectedOf(row: RecordedRow, earlier: readonly RecordedRow[]): Expectation {
  const expected = expectedAlone(row)
  if (!Array.isArray(expected)) return expected
  const id = responseIdOf(row)
  const isSeen = earlier.some(
    (other) =>
      id !== undefined &&
      responseIdOf(other) === id &&
      JSON.stringify(expectedAlone(other)) === JSON.stringify(expected),
  )
  return isSeen ? { unbilled: 'the same response as before' } : expected
}

/** The first id in a reply is that of the reply. */
function responseIdOf({ recorded }: RecordedRow): string | undefined {
  return /"(?:id|responseId)":\s*"((?:resp|chatcmpl|msg|gen|cmpl)[-_][^"]+)"/.exec(
    recorded.response_body ?? '',
  )?.[1]
}

function expectedAlone(row: RecordedRow): Expectation {
  const { endpoint, recorded } = row
  if (recorded.status < 200 || recorded.status >= 300) return { unbilled: `HTTP ${recorded.status}` }
  if (FREE.has(endpoint)) return { unbilled: 'counts tokens only' }
  if (UNREAD.has(endpoint)) return 'unread'
  if (isReRead(row)) return { unbilled: 'reads a response again' }
  const buckets = bucketsOf(row)
  if (buckets.length > 0) return buckets
  return isOnlyError(row) ? { unbilled: 'nothing but an error in it' } : 'unsaid'
}

/** Fetching a response again repeats its usage; only that of one made in the background is said nowhere else. */
function isReRead({ endpoint, recorded }: RecordedRow): boolean {
  return endpoint === 'responses.retrieve' && !/"background":\s*true/.test(recorded.response_body ?? '')
}

/** An error and no output before it. */
function isOnlyError({ recorded }: RecordedRow): boolean {
  const body = recorded.response_body ?? ''
  const isError = /"(?:error|code)":\s*[{"]/.test(body) && /error/.test(body)
  return isError && !/"(?:delta|message)":\s*\{[^}]*"content":\s*"[^"]/.test(body)
}

// What each text in the prompts of a stored run cost over the whole run, call by call, so that a long run needs no more room than its texts.

import type { PromptShare } from './model/run-questions'
import { hasModelCall } from './model/totals'
import { TextCosts } from './profile/prompt-shares'
import type { RunView } from './run-view'
import { readContent, readPrompts, readSpans } from './store/reader'

/** As much of a text as a box or a row has room for. */
const SHOWN_CHARACTERS = 120
/** Of a text that is looked through for its first words: it may begin with any number of blanks. */
const READ_CHARACTERS = 1_000

/** Calls of which all texts are shared out in one turn of the event loop. */
const CALLS_AT_ONCE = 20

/** Empty for a run that is not stored. The shares are estimates; their sums are the run's tokens and cost. */
export async function promptSharesOf(view: RunView, runId: string): Promise<PromptShare[]> {
  const costs = new TextCosts()
  const prompts = readPrompts(view.store, runId)
  const calls = readSpans(view.store, runId).filter(hasModelCall)
  for (const [index, span] of calls.entries()) {
    // What is to be recorded comes in between.
    if (index % CALLS_AT_ONCE === 0) await new Promise(setImmediate)
    if (!span.modelCall.billed) continue
    const prompt = prompts.get(span.id)
    const segments = prompt === undefined ? [] : await view.blockShares(span.modelCall, prompt)
    costs.add(span.id, span.modelCall, segments)
  }
  return costs.finish((hash) => beginOf(readContent(view.store, hash)))
}

/** One line; `undefined` where the text has nothing to read in it. */
function beginOf(text: string | undefined): string | undefined {
  const line = wordsOf(text ?? '')
    ?.slice(0, READ_CHARACTERS)
    .replace(/\s+/g, ' ')
    .trim()
  if (line === undefined || line === '') return undefined
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS)}…`
}

/** Blocks without a text of their own are stored as JSON; what there is to read in them is in strings, but not in ids and types. */
function wordsOf(text: string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return text
  try {
    return firstWords(JSON.parse(text))
  } catch {
    // It only looked like JSON.
    return text
  }
}

const NOT_TO_READ = new Set([
  'id',
  'type',
  'role',
  'status',
  'call_id',
  'tool_use_id',
  'signature',
  'encrypted_content',
])

function firstWords(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const words = NOT_TO_READ.has(key) ? undefined : firstWords(inner)
    if (words !== undefined) return words
  }
  return undefined
}

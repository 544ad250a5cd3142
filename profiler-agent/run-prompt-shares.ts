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

/** Empty for a run that is not stored. The shares are estimates; their sums are the run's tokens and cost. */
export async function promptSharesOf(view: RunView, runId: string): Promise<PromptShare[]> {
  const costs = new TextCosts()
  const prompts = readPrompts(view.store, runId)
  for (const span of readSpans(view.store, runId)) {
    if (!hasModelCall(span) || !span.modelCall.billed) continue
    const prompt = prompts.get(span.id)
    const segments = prompt === undefined ? [] : await view.blockShares(span.modelCall, prompt)
    costs.add(span.id, span.modelCall, segments)
  }
  return costs.finish((hash) => beginOf(readContent(view.store, hash)))
}

/** One line; `undefined` for nothing. */
function beginOf(text: string | undefined): string | undefined {
  const line = text?.slice(0, READ_CHARACTERS).replace(/\s+/g, ' ').trim()
  if (line === undefined || line === '') return undefined
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS)}…`
}

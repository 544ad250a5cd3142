// What the calls of runs were asked with, as hashes: whether two sets of runs had the same prompts, tools and questions.

import { createHash } from 'node:crypto'
import type { AskedWith } from '../budgets/compare/comparability'
import { present } from '../model/present'
import type { Segment, Span } from '../model/span'
import { hasModelCall } from '../model/totals'
import { readPrompts } from '../store/reader'
import type { Store } from '../store/store'

/** A part of a prompt, in its order. */
type Part = Pick<Segment, 'kind' | 'hash'>

/** Of the chats of a stored run. */
export function askedInStore(store: Store, runId: string, spans: readonly Span[]): AskedWith[] {
  const prompts = readPrompts(store, runId)
  return askedWith(spans, ({ id }) => prompts.get(id)?.prompt ?? [])
}

/** Of the chats of a run file, as far as its segments have hashes. */
export function askedInFile(spans: readonly Span[]): AskedWith[] {
  return askedWith(spans, ({ modelCall }) => modelCall?.segments ?? [])
}

function askedWith(spans: readonly Span[], partsOf: (span: Span) => readonly Part[]): AskedWith[] {
  return spans
    .filter(({ kind }) => kind === 'chat')
    .filter(hasModelCall)
    .map((span) => {
      const parts = partsOf(span).filter(({ hash }) => hash !== '')
      const hashOf = (kind: Segment['kind']) => hashed(parts.filter((part) => part.kind === kind))
      const { agent } = span
      return present({
        agent,
        system: hashOf('system'),
        tools: hashOf('tool_def'),
        question: questionOf(parts),
      })
    })
}

/** Only of a prompt that goes on from nothing: later calls say what was said before. */
function questionOf(parts: readonly Part[]): string | undefined {
  const isLater = parts.some(
    ({ kind }) => kind === 'assistant' || kind === 'tool_call' || kind === 'tool_result',
  )
  return isLater ? undefined : parts.findLast(({ kind }) => kind === 'user')?.hash
}

function hashed(parts: readonly Part[]): string | undefined {
  if (parts.length === 0) return undefined
  return createHash('sha256')
    .update(parts.map(({ hash }) => hash).join('\n'))
    .digest('hex')
}

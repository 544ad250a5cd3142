// The request that a prompt is held against, and why the call read less of the cache than it could have: in the words of the analysis.

import { AnalysedCalls } from '../analysed-calls'
import { CallBook } from '../analysis/cache/call-book'
import { reasonOf } from '../analysis/cache/miss-words'
import { exchangeOfCall } from '../earlier-exchanges'
import type { Finding } from '../model/finding'
import { present } from '../model/present'
import { formatCount } from '../model/quantity'
import type { DivergenceCause, PromptBefore } from '../model/run-questions'
import type { Span } from '../model/span'
import { cacheRuleFor } from '../rules/cache-rules'
import { callsStoredBefore, type OneCall, readCall } from '../store/one-call'
import { readContent, readSpan } from '../store/reader'
import type { Store } from '../store/store'
import { objectOf, textOf } from '../wire/json'
import type { PromptChanges } from './changes'
import { promptText } from './texts'

export interface StoredCall {
  readonly runId: string
  readonly span: Span
  readonly stored: OneCall
  /** Of the run. */
  readonly findings: readonly Finding[]
}

export interface OtherRequest {
  readonly span: Span
  readonly stored: OneCall
  readonly basis: PromptBefore['basis']
}

/** So many calls back the same agent is looked for. */
const MOST_CALLS_BACK = 200

/**
 * The request that a finding compares this call with; else the one that it goes on from; else the last one of its agent. What it
 * takes over from another agent is another prompt, and nothing to be held against.
 */
export function requestBefore(store: Store, call: StoredCall): OtherRequest | undefined {
  const { runId, span, stored, findings } = call
  const requestOf = (id: string | undefined, basis: OtherRequest['basis']): OtherRequest | undefined => {
    const other = id === undefined || id === span.id ? undefined : readSpan(store, runId, id)
    const itsPrompt = other && readCall(store, runId, other.id)
    if (!itsPrompt) return undefined
    return { span: other, stored: itsPrompt, basis: goesOn(itsPrompt, call) ? 'conversation' : basis }
  }
  const compared = findings.map(comparedSpans).find(({ later }) => later === span.id)?.earlier
  const found = requestOf(compared, 'finding')
  if (found) return found
  const base = requestOf(stored.baseSpanId, 'agent')
  if (base?.basis === 'conversation' && base.span.agent === span.agent) return base
  return requestOf(lastOfAgent(store, call), 'agent')
}

/** What is copied from in the store need not be what the conversation goes on from: the messages tell. */
export function goesOn(earlier: OneCall, { span, stored }: Pick<StoredCall, 'span' | 'stored'>): boolean {
  if (span.modelCall?.cacheSettings?.unseen === 'held') return true
  const messages = messagesOf(stored)
  const before = messagesOf(earlier)
  return (
    before.length > 0 &&
    before.length < messages.length &&
    before.every(({ hash }, index) => hash === messages[index]?.hash)
  )
}

function messagesOf({ prompt }: OneCall) {
  return prompt.filter(({ kind }) => kind !== 'system' && kind !== 'tool_def')
}

/** The pair of calls that the analysis compared, as `why` shows it. */
function comparedSpans({ evidence }: Finding): { readonly earlier?: string; readonly later?: string } {
  const { earlier, later } = objectOf(evidence.spans)
  return present({ earlier: textOf(earlier), later: textOf(later) })
}

/** Of this very agent, else of another one of its name that asks in the same place. */
function lastOfAgent(store: Store, { runId, span }: StoredCall): string | undefined {
  const agents = new Map<string, string | undefined>()
  const agentOf = ({ parentId = '' }: Span): string | undefined => {
    if (!agents.has(parentId)) {
      // Also ends the way round a circle.
      agents.set(parentId, undefined)
      const parent = readSpan(store, runId, parentId)
      agents.set(parentId, !parent || parent.kind === 'agent' ? parent?.id : agentOf(parent))
    }
    return agents.get(parentId)
  }
  const own = agentOf(span)
  const alike = callsStoredBefore(store, runId, span.id, MOST_CALLS_BACK)
    .map((id) => readSpan(store, runId, id))
    .filter((other) => other !== undefined && isAlike(other, span))
  const ofThisOne = alike.find((other) => other && own !== undefined && agentOf(other) === own)
  return (ofThisOne ?? alike.find((other) => kindOfStep(other) === kindOfStep(span)))?.id
}

/** Steps without a name of their own are numbered. */
function kindOfStep(span: Span | undefined): string | undefined {
  return span?.step?.replace(/\d+/g, '#')
}

function isAlike(other: Span, span: Span): boolean {
  return (
    other.endTime <= span.startTime &&
    other.kind === span.kind &&
    other.agent === span.agent &&
    other.modelCall?.requestModel === span.modelCall?.requestModel &&
    other.callSite?.file === span.callSite?.file &&
    other.callSite?.function === span.callSite?.function
  )
}

export function promptBefore(
  store: Store,
  call: StoredCall,
  other: OtherRequest,
  { firstDivergence, gone }: PromptChanges,
): PromptBefore {
  const { prompt } = other.stored
  return {
    spanId: other.span.id,
    basis: other.basis,
    firstDivergence,
    gone: gone.flatMap(({ index, at }) => {
      const block = prompt[index]
      return block ? [{ ...promptText(store, block), at }] : []
    }),
    ...present({ cause: causeInFindings(call) ?? causeOfPair(store, call, other) }),
  }
}

/** What was found in calls like this one, the pair that was compared before all others. */
function causeInFindings({ span, findings }: StoredCall): DivergenceCause | undefined {
  const about = findings.filter(({ rule, spanIds }) => rule.startsWith('cache/') && spanIds.includes(span.id))
  const finding = about.find((one) => comparedSpans(one).later === span.id) ?? about[0]
  if (!finding) return undefined
  const { id, rule, message, evidence } = finding
  const path = comparedSpans(finding).later === span.id ? textOf(objectOf(evidence.spans).path) : undefined
  return { rule, message, findingId: id, ...present({ path }) }
}

/** The verdict on this call alone, where it is too small a matter for a finding. */
function causeOfPair(
  store: Store,
  { span, stored }: StoredCall,
  other: OtherRequest,
): DivergenceCause | undefined {
  const calls = new AnalysedCalls()
  const book = new CallBook({
    cacheRule: ({ provider, model }) => cacheRuleFor(provider, model),
    textOf: (hash) => readContent(store, hash),
  })
  for (const [its, { prompt }] of [[other.span, other.stored] as const, [span, stored] as const]) {
    const exchange = exchangeOfCall(store, its, prompt)
    const analysed = exchange && calls.of(exchange)
    if (analysed) book.add(analysed)
  }
  const judged = book
    .judged()
    .flat()
    .find(({ sent }) => sent.call.spanId === span.id)
  const miss = judged?.verdict.miss
  // That nobody read what it wrote cannot be told of two calls.
  if (!judged || !miss || miss.cause === 'write-never-read') return undefined
  const { cause, part, path, tokens } = miss
  const reason = reasonOf({ cause, part, place: judged.sent.place, misses: [{ sent: judged.sent, miss }] })
  return {
    rule: `cache/${cause}`,
    message: `About ${formatCount(tokens)} tokens were sent again uncached, because ${reason}.`,
    ...present({ path }),
  }
}

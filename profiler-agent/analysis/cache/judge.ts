// Judges one call: what it could have read, and the one cause why it read less. Knows the earlier calls by what it is handed.

import { providerFault, providersWord, type RequestRates } from './affinity-cause'
import { markFault } from './breakpoint-cause'
import { type Divergence, divergenceOf, type PromptPair } from './divergence'
import { partAt, partsOf } from './prompt-parts'
import { type Reach, type Reached, reachOf } from './reach'
import { isBefore, type SentCall } from './sent-call'
import type { SentPath } from './sent-path'
import type { SentPrompts } from './sent-prompts'
import { sharedTextTokens } from './shared-text'
import { isOneAgent, type SimilarCalls } from './similar-calls'
import { isAbout, isLonger, type Miss, type Verdict } from './verdict'

export interface Evidence {
  readonly prompts: SentPrompts
  readonly similar: SimilarCalls
  readonly rates: RequestRates
  readonly textOf: PromptPair['textOf']
  /** Tokens of the shortest prefix that the call's model caches. */
  readonly minimumOf: (sent: SentCall) => number
}

export function verdictOf(sent: SentCall, evidence: Evidence): Verdict {
  const miss = missOf(sent, evidence)
  const { read, written, input, call } = sent
  return {
    read,
    written,
    fresh: call.usage.uncachedInputTokens ?? Math.max(0, input - read - written),
    reachable: Math.max(read, miss?.reachable ?? 0),
    ...(miss ? { miss } : {}),
  }
}

function missOf(sent: SentCall, evidence: Evidence): Miss | undefined {
  const path = evidence.prompts.sentBefore(sent)
  const reach = reachOf(sent, path, evidence.textOf)
  const divergent = divergentMiss(sent, reach, evidence)
  const ready = sent.tellsReads ? readyMiss(sent, reach, path, evidence) : undefined
  const blocked = sent.tellsReads ? blockedMisses(sent, reach) : []
  const found =
    divergent && ready && isRootOf(divergent, ready)
      ? { ...divergent, tokens: divergent.reachable - sent.read }
      : worst([ready, ...blocked, divergent])
  if (!found) return saidMiss(sent, reach, evidence)
  const minimumTokens = evidence.minimumOf(sent)
  if (found.reachable < minimumTokens)
    return { ...found, cause: 'below-minimum', part: 'prompt', details: { minimumTokens } }
  return withProvidersWord(sent, found)
}

/**
 * True where a breakpoint would have been right, had the conversation only gone on: it would have seen what the call before wrote behind
 * the place at which they part.
 */
function isRootOf(divergent: DivergentMiss, { cause }: Miss): boolean {
  if (cause !== 'look-back-overflow' && cause !== 'misplaced-breakpoint') return false
  const { earlier, at, isConversation } = divergent
  return isConversation === true && earlier.breakpoints.some((index) => index >= at)
}

/** True where a prefix is longer than what the call read and what it could have read anyway. */
function isMissed(tokens: number, base: number, { read, rule }: SentCall, { ready }: Reach): boolean {
  if (!isLonger(tokens, base, rule.incrementTokens)) return false
  // Where the provider read what it could, estimates are compared with estimates.
  const isServed = ready !== undefined && isAbout(read, ready.tokens, ready.isExact)
  return read === 0 || isServed || !isAbout(read, tokens)
}

function baseOf({ read }: SentCall, { ready }: Reach): number {
  return Math.max(read, ready?.tokens ?? 0)
}

function worst(misses: readonly (Miss | undefined)[]): Miss | undefined {
  return misses.reduce((most, miss) => (miss && miss.tokens > (most?.tokens ?? 0) ? miss : most), undefined)
}

/** An equal prefix was there to be read. */
function readyMiss(sent: SentCall, reach: Reach, path: SentPath, { rates }: Evidence): Miss | undefined {
  const { ready } = reach
  if (!ready || !isLonger(ready.tokens, sent.read, sent.rule.incrementTokens)) return undefined
  if (sent.read > 0 && isAbout(sent.read, ready.tokens, ready.isExact)) return undefined
  const isMarked = sent.rule.mechanism === 'breakpoints'
  const fault = isMarked ? markFault(sent, ready, path) : undefined
  if (fault) return { ...missBehind(sent, ready), ...fault }
  if (!areTimesKnown(sent, ready)) return undefined
  return { ...missBehind(sent, ready), ...providerFault(sent, ready, rates.before(sent)) }
}

/** What a provider forgot, or could not know yet, is told by times. */
function areTimesKnown(sent: SentCall, { earlier }: Reached): boolean {
  return sent.isTimeKnown && earlier.isTimeKnown
}

/** A call that goes on from one that it could read misses what is new in it only where its conversation went on elsewhere meanwhile. */
function isPredecessor(
  sent: SentCall,
  { earlier, blocks, isExact }: Reached,
  ready: Reached | undefined,
): boolean {
  if (!ready || !goesOn(sent, ready)) return true
  return isExact && blocks < sent.call.prompt.blocks.length && isBefore(ready.earlier, earlier)
}

/** An equal prefix was sent before, and something known stood in the way of reading it. */
function blockedMisses(sent: SentCall, reach: Reach): (Miss | undefined)[] {
  const base = baseOf(sent, reach)
  const { expired, pending, changed, otherKey } = reach
  const isBlocked = (reached: Reached | undefined): reached is Reached =>
    reached !== undefined && isMissed(reached.tokens, base, sent, reach)
  const isMeanwhile = (reached: Reached | undefined): reached is Reached =>
    isBlocked(reached) && isPredecessor(sent, reached, reach.ready)
  return [
    isMeanwhile(expired) && areTimesKnown(sent, expired) && isHeldLonger(sent, expired)
      ? expiredMiss(sent, expired, base)
      : undefined,
    isBlocked(pending) && areTimesKnown(sent, pending)
      ? {
          ...missBehind(sent, pending, base),
          cause: 'parallel-fan-out',
          details: { readableAfterMs: pending.earlier.call.firstTokenAt - sent.call.startedAt },
        }
      : undefined,
    changed && isMeanwhile(changed)
      ? {
          ...missBehind(sent, changed, base),
          cause: 'settings-changed',
          part: changed.change.parameter,
          details: { ...changed.change },
        }
      : undefined,
    isMeanwhile(otherKey)
      ? {
          ...missBehind(sent, otherKey, base),
          cause: 'routing-affinity',
          details: {
            affinity: sent.rule.affinity,
            key: sent.call.settings.key ?? null,
            earlierKey: otherKey.earlier.call.settings.key ?? null,
          },
        }
      : undefined,
  ]
}

/** An entry can expire only where there was one, and only a lifetime that can be asked for helps. */
function isHeldLonger(sent: SentCall, { earlier, blocks }: Reached): boolean {
  const { rule, call } = sent
  const ageMs = call.startedAt - earlier.call.startedAt
  const wasWritten =
    rule.mechanism === 'automatic' ||
    (earlier.written > 0 && earlier.breakpoints.some((index) => index < blocks))
  return wasWritten && rule.lifetimes.some(({ idleMs }) => idleMs >= ageMs)
}

function expiredMiss(sent: SentCall, expired: Reached, base: number): Miss {
  const { earlier } = expired
  const ageMs = sent.call.startedAt - earlier.call.startedAt
  const longer = sent.rule.lifetimes.find(({ idleMs }) => idleMs >= ageMs)
  return {
    ...missBehind(sent, expired, base),
    cause: 'expired',
    details: { ageMs, lifetime: earlier.lifetime.name, longerLifetime: longer?.name },
  }
}

interface DivergentMiss extends Miss {
  /** Index of the first block that differs. */
  readonly at: number
}

/** The prompt would be longer the same as an earlier one, had something in it not changed. */
function divergentMiss(sent: SentCall, reach: Reach, evidence: Evidence): DivergentMiss | undefined {
  // Where the text was the same all along, nothing in it kept the call from reading it.
  const { expired, pending, changed, otherKey } = reach
  const equal = [expired, pending, changed, otherKey].map((reached) => reached?.tokens ?? 0)
  const blocked = Math.max(baseOf(sent, reach), ...equal)
  if (!isMissed(sent.input, blocked, sent, reach) || goesOn(sent, reach.ready)) return undefined
  const best = nearest(sent, evidence)
  if (!best) return undefined
  const { stableTokens, ...divergence } = best.divergence
  const { at } = divergence
  const equalTokens = (sent.ends[at - 1] ?? 0) + sharedTextTokens(best.earlier, sent, at, evidence.textOf)
  const base = Math.max(blocked, equalTokens)
  if (!isMissed(stableTokens, base, sent, reach)) return undefined
  return { ...divergence, earlier: best.earlier, tokens: stableTokens - base, reachable: stableTokens }
}

interface Nearest {
  readonly divergence: Divergence
  readonly earlier: SentCall
}

/** The earlier call of the same agent with which the prompt would have most in common. */
function nearest(sent: SentCall, { similar, textOf }: Evidence): Nearest | undefined {
  let best: Nearest | undefined
  for (const earlier of similar.before(sent)) {
    const divergence = divergenceOf(earlier.call.prompt.blocks, sent.call.prompt.blocks, textOf)
    if (!divergence || !isOneAgent(earlier, sent, divergence)) continue
    if (!best || divergence.stableTokens > best.divergence.stableTokens) best = { divergence, earlier }
  }
  return best
}

/** True where the call only adds to a conversation. */
function goesOn({ call }: SentCall, ready: Reached | undefined): boolean {
  const sent = ready?.earlier.call.prompt.blocks.length
  return sent !== undefined && ready?.blocks === sent && sent > partsOf(call.prompt).messagesAt
}

function missBehind(sent: SentCall, { earlier, blocks, tokens }: Reached, base = sent.read) {
  const last = sent.call.prompt.blocks[blocks - 1]
  return {
    part: partAt(partsOf(sent.call.prompt), blocks - 1),
    tokens: tokens - base,
    reachable: tokens,
    earlier,
    ...(last ? { path: last.path } : {}),
    variants: [],
  }
}

/** A miss of which only the provider knows. */
function saidMiss(sent: SentCall, { ready }: Reach, { similar }: Evidence): Miss | undefined {
  const { missReason, missedTokens = 0 } = sent.call.settings
  const said = providersWord(missReason, undefined)
  const earlier = ready?.earlier ?? similar.before(sent)[0]
  if (!said || !earlier || !isLonger(missedTokens, 0, sent.rule.incrementTokens)) return undefined
  const { cause, parameter } = said
  return {
    ...{
      cause,
      part: parameter ?? 'prompt',
      tokens: missedTokens,
      reachable: Math.min(sent.input, sent.read + missedTokens),
    },
    ...{ earlier, variants: [], details: { missReason, ...(parameter === undefined ? {} : { parameter }) } },
  }
}

/** What the provider itself says of a miss wins; where it says how many tokens, so does that. */
function withProvidersWord(sent: SentCall, found: Miss): Miss {
  const { missReason, missedTokens } = sent.call.settings
  if (missReason === undefined) return found
  const said = providersWord(missReason, found.cause)
  const details = { ...found.details, missReason }
  const tokens = missedTokens ?? found.tokens
  if (!said) return { ...found, tokens, details }
  const { parameter } = said
  return {
    ...found,
    tokens,
    cause: said.cause,
    part: parameter ?? found.part,
    variants: [],
    details: { missReason, ...(parameter === undefined ? {} : { parameter }) },
  }
}

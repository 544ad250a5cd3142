// A prompt cache with breakpoints: entries are exact prefixes that end at a mark. Anthropic, and OpenAI from gpt-5.6 on.

import { createHash } from 'node:crypto'
import type { PromptUnit } from '../prompt'
import { type CacheOutcome, type CacheQuestion, lifetimeOf, NOTHING_CACHED } from './question'

interface Entry {
  idleMs: number
  expiresAt: number
}

/** A place in the prompt at which a prefix can end. */
interface Boundary {
  readonly key: string
  /** Tokens of the prompt up to and with this unit. */
  readonly tokens: number
  readonly unit: PromptUnit
}

interface Breakpoint {
  readonly index: number
  readonly lifetime: string
}

export class BreakpointCache {
  readonly #entries = new Map<string, Entry>()

  ask(question: CacheQuestion): CacheOutcome {
    const boundaries = boundariesOf(question)
    const breakpoints = breakpointsOf(question, boundaries)
    if (breakpoints.length === 0) return NOTHING_CACHED
    const hit = this.#longestHit(question, boundaries, breakpoints)
    this.#refresh(question.at, boundaries, breakpoints, hit)
    const written = breakpoints.filter((breakpoint) => breakpoint.index > hit)
    return {
      readTokens: boundaries[hit]?.tokens ?? 0,
      writeTokens: writeTokensOf(boundaries, written, hit),
      commit: () => this.#write(question, boundaries, written),
    }
  }

  // The longest live entry that a breakpoint can see: each looks back over a limited number of blocks or breakpoints.
  #longestHit(
    { rule, at }: CacheQuestion,
    boundaries: readonly Boundary[],
    breakpoints: readonly Breakpoint[],
  ): number {
    let longest = -1
    for (const { index } of breakpoints) {
      let blocks = 0
      let passedBreakpoints = 0
      for (let i = index; i > longest; i--) {
        const boundary = boundaries[i]
        if (!boundary?.unit.isBlock) continue
        if (rule.lookBackBlocks !== null && ++blocks > rule.lookBackBlocks) break
        const entry = this.#entries.get(boundary.key)
        if (!entry) continue
        if (rule.lookBackBreakpoints !== null && ++passedBreakpoints > rule.lookBackBreakpoints) break
        if (entry.expiresAt >= at) longest = i
      }
    }
    return longest
  }

  // A read renews, free of charge, the entry it hits and those at its own earlier marks.
  #refresh(
    at: number,
    boundaries: readonly Boundary[],
    breakpoints: readonly Breakpoint[],
    hit: number,
  ): void {
    const read = [hit, ...breakpoints.map(({ index }) => index).filter((index) => index < hit)]
    for (const index of read) {
      const entry = this.#entries.get(boundaries[index]?.key ?? '')
      if (entry && entry.expiresAt >= at) entry.expiresAt = Math.max(entry.expiresAt, at + entry.idleMs)
    }
  }

  #write({ rule, at }: CacheQuestion, boundaries: readonly Boundary[], written: readonly Breakpoint[]): void {
    for (const { index, lifetime } of written) {
      const { idleMs } = lifetimeOf(rule, lifetime)
      const key = boundaries[index]?.key
      if (key !== undefined) this.#entries.set(key, { idleMs, expiresAt: at + idleMs })
    }
  }
}

function boundariesOf({ prompt, scope }: CacheQuestion): Boundary[] {
  let key = scope
  let tokens = 0
  return prompt.units.map((unit) => {
    key = createHash('sha256').update(`${key}\n${unit.tier}\n`).update(unit.text).digest('base64')
    tokens += unit.tokens
    return { key, tokens, unit }
  })
}

// Prefixes below the minimum are passed over without a word, as the providers do.
function breakpointsOf(question: CacheQuestion, boundaries: readonly Boundary[]): Breakpoint[] {
  const { rule, lifetime } = question
  const explicit: Breakpoint[] = []
  for (const [index, { unit }] of boundaries.entries()) {
    if (unit.mark === undefined) continue
    explicit.push({ index, lifetime: lifetimeOf(rule, unit.mark === 'default' ? lifetime : unit.mark).name })
  }
  const implicit = question.implicitBreakpoint ? implicitBreakpoint(question, boundaries) : []
  const kept = explicit.slice(-(rule.maxBreakpoints - implicit.length))
  return [...kept, ...implicit]
    .filter((breakpoint, at, all) => all.findIndex((other) => other.index === breakpoint.index) === at)
    .filter(({ index }) => (boundaries[index]?.tokens ?? 0) >= rule.minimumTokens)
    .sort((a, b) => a.index - b.index)
}

function implicitBreakpoint(
  { rule, lifetime }: CacheQuestion,
  boundaries: readonly Boundary[],
): Breakpoint[] {
  if (!rule.implicitBreakpoint) return []
  const index = boundaries.findLastIndex(({ unit }) => unit.isBlock && unit.canHoldMark)
  return index < 0 ? [] : [{ index, lifetime: lifetimeOf(rule, lifetime).name }]
}

// Each mark pays for the tokens since the one before it (or since the hit), at its own lifetime.
function writeTokensOf(
  boundaries: readonly Boundary[],
  written: readonly Breakpoint[],
  hit: number,
): Record<string, number> {
  const tokens: Record<string, number> = {}
  let paid = boundaries[hit]?.tokens ?? 0
  for (const { index, lifetime } of written) {
    const upTo = boundaries[index]?.tokens ?? paid
    tokens[lifetime] = (tokens[lifetime] ?? 0) + upTo - paid
    paid = upTo
  }
  return tokens
}

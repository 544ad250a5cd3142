// A prompt cache without marks: any prefix seen before is read, in whole steps of tokens, and writes are free. OpenAI to gpt-5.5, Gemini, xAI …
// Where the rule says so only whole units are held: beginnings that ended a prompt or an answer, or at which two prompts parted (DeepSeek).

import { createHash } from 'node:crypto'
import type { CountTokens, PromptUnit } from '../prompt'
import { type CacheOutcome, type CacheQuestion, lifetimeOf } from './question'

/** A tree of prompts: a path from the root is a prefix that was sent. */
interface Node {
  readonly text: string
  readonly children: Children
  writtenAt: number
  usedAt: number
  lifetime: { readonly idleMs: number; readonly maxMs?: number }
  /** True where a prompt or an answer ended, or two prompts parted. */
  isUnit: boolean
}

interface Children {
  readonly byKey: Map<string, Node>
  /** Texts with which two children began that were not the same. */
  readonly partings: Set<string>
}

export class AutomaticCache {
  readonly #roots = new Map<string, Children>()

  constructor(private readonly count: CountTokens) {}

  ask(question: CacheQuestion): CacheOutcome {
    const { rule } = question
    const shared = this.#sharedTokens(question)
    const whole = Math.floor(shared / rule.incrementTokens) * rule.incrementTokens
    return {
      readTokens: whole >= rule.minimumTokens ? whole : 0,
      writeTokens: {},
      commit: (answer = []) => this.#write(question, rule.holds === 'whole-units' ? answer : []),
    }
  }

  // Tokens that the prompt shares, from its beginning, with what is still held.
  #sharedTokens({ prompt, scope, at, rule }: CacheQuestion): number {
    const unitsOnly = rule.holds === 'whole-units'
    let children = this.#roots.get(scope)
    let tokens = 0
    let held = 0
    for (const unit of prompt.units) {
      const node = children?.byKey.get(keyOf(unit))
      if (!node || !isLive(node, at)) {
        const more = unitsOnly ? this.#partedText(unit, children, at) : this.#sharedText(unit, children, at)
        return more > 0 || !unitsOnly ? tokens + more : held
      }
      node.usedAt = at
      tokens += unit.tokens
      if (node.isUnit) held = tokens
      children = node.children
    }
    return unitsOnly ? held : tokens
  }

  // Within the first unit that differs, the beginning may still be the same text.
  #sharedText(unit: PromptUnit, others: Children | undefined, at: number): number {
    let longest = 0
    for (const node of others?.byKey.values() ?? [])
      if (isLive(node, at)) longest = Math.max(longest, sharedLength(unit.text, node.text))
    return this.#tokensOf(unit, longest)
  }

  #partedText(unit: PromptUnit, others: Children | undefined, at: number): number {
    const live = [...(others?.byKey.values() ?? [])].filter((node) => isLive(node, at))
    let longest = 0
    for (const text of others?.partings ?? [])
      if (unit.text.startsWith(text) && live.some((node) => node.text.startsWith(text)))
        longest = Math.max(longest, text.length)
    return this.#tokensOf(unit, longest)
  }

  #tokensOf(unit: PromptUnit, characters: number): number {
    return characters === 0 ? 0 : Math.min(unit.tokens, this.count(unit.text.slice(0, characters)))
  }

  #write({ prompt, scope, rule, lifetime, at }: CacheQuestion, answer: readonly PromptUnit[]): void {
    const kept = lifetimeOf(rule, lifetime)
    let children = this.#roots.get(scope) ?? noChildren()
    this.#roots.set(scope, children)
    const end = prompt.units.findLastIndex((unit) => unit.isBlock)
    // What opens the answer is no part of a prompt that goes on from it.
    const opening = answer.length > 0 && !prompt.units.at(-1)?.isBlock ? -1 : prompt.units.length
    const units = [...prompt.units.slice(0, opening), ...answer]
    let parent: Node | undefined
    for (const [index, unit] of units.entries()) {
      forgetExpired(children.byKey, at)
      const known = children.byKey.get(keyOf(unit))
      const node = known ?? {
        ...{
          text: unit.text,
          children: noChildren(),
          writtenAt: at,
          usedAt: at,
          lifetime: kept,
          isUnit: false,
        },
      }
      if (!known && rule.holds === 'whole-units') part(children, parent, unit)
      children.byKey.set(keyOf(unit), node)
      node.usedAt = Math.max(node.usedAt, at)
      node.isUnit ||= index === end || index === units.length - 1
      parent = node
      children = node.children
    }
  }
}

/** Notes where a prompt that goes on with `unit` leaves the others. */
function part(others: Children, parent: Node | undefined, unit: PromptUnit): void {
  if (others.byKey.size === 0) return
  if (parent) parent.isUnit = true
  for (const other of others.byKey.values()) {
    const length = sharedLength(unit.text, other.text)
    if (length > 0) others.partings.add(unit.text.slice(0, length))
  }
}

function noChildren(): Children {
  return { byKey: new Map(), partings: new Set() }
}

function keyOf(unit: PromptUnit): string {
  return createHash('sha256').update(`${unit.tier}\n`).update(unit.text).digest('base64')
}

function isLive(node: Node, at: number): boolean {
  const { idleMs, maxMs } = node.lifetime
  return at - node.usedAt <= idleMs && (maxMs === undefined || at - node.writtenAt <= maxMs)
}

function forgetExpired(children: Map<string, Node>, at: number): void {
  for (const [key, node] of children) if (!isLive(node, at)) children.delete(key)
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let length = 0
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length
}

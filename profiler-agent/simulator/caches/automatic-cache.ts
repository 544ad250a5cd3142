// A prompt cache without marks: any prefix seen before is read, in whole steps of tokens, and writes are free. OpenAI to gpt-5.5.

import { createHash } from 'node:crypto'
import type { CountTokens, PromptUnit } from '../prompt'
import { type CacheOutcome, type CacheQuestion, lifetimeOf } from './question'

/** A tree of prompts: a path from the root is a prefix that was sent. */
interface Node {
  readonly text: string
  readonly children: Map<string, Node>
  writtenAt: number
  usedAt: number
  lifetime: { readonly idleMs: number; readonly maxMs?: number }
}

export class AutomaticCache {
  readonly #roots = new Map<string, Map<string, Node>>()

  constructor(private readonly count: CountTokens) {}

  ask(question: CacheQuestion): CacheOutcome {
    const { rule } = question
    const shared = this.#sharedTokens(question)
    const whole = Math.floor(shared / rule.incrementTokens) * rule.incrementTokens
    return {
      readTokens: whole >= rule.minimumTokens ? whole : 0,
      writeTokens: {},
      commit: () => this.#write(question),
    }
  }

  // Tokens that the prompt shares, from its beginning, with one that is still held.
  #sharedTokens({ prompt, scope, at }: CacheQuestion): number {
    let children = this.#roots.get(scope)
    let tokens = 0
    for (const unit of prompt.units) {
      const node = children?.get(keyOf(unit))
      if (!node || !isLive(node, at)) return tokens + this.#sharedText(unit, children, at)
      node.usedAt = at
      tokens += unit.tokens
      children = node.children
    }
    return tokens
  }

  // Within the first unit that differs, the beginning may still be the same text.
  #sharedText(unit: PromptUnit, others: Map<string, Node> | undefined, at: number): number {
    let longest = 0
    for (const node of others?.values() ?? [])
      if (isLive(node, at)) longest = Math.max(longest, sharedLength(unit.text, node.text))
    return longest === 0 ? 0 : Math.min(unit.tokens, this.count(unit.text.slice(0, longest)))
  }

  #write({ prompt, scope, rule, lifetime, at }: CacheQuestion): void {
    const kept = lifetimeOf(rule, lifetime)
    let children = this.#roots.get(scope) ?? new Map<string, Node>()
    this.#roots.set(scope, children)
    for (const unit of prompt.units) {
      forgetExpired(children, at)
      const key = keyOf(unit)
      let node = children.get(key)
      if (!node) {
        node = { text: unit.text, children: new Map(), writtenAt: at, usedAt: at, lifetime: kept }
        children.set(key, node)
      }
      node.usedAt = Math.max(node.usedAt, at)
      children = node.children
    }
  }
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

// Hashes of ranges of tokens as an anchor writes them: how many tokens, and what they say.

import type { TokenRange, Tokens } from './tokens'

const PATTERN = /^([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-z]+)$/

export interface CodeHash {
  readonly size: number
  readonly hash: readonly [number, number]
}

export function hashText(tokens: Tokens, range: TokenRange): string {
  const [first, second] = tokens.hashOf(range)
  return [range.to - range.from, first >>> 0, second >>> 0].map((part) => part.toString(36)).join('.')
}

/** `undefined` for what another version wrote. */
export function readHash(text: string): CodeHash | undefined {
  const [, size = '', first = '', second = ''] = PATTERN.exec(text) ?? []
  if (size === '') return undefined
  const [count = 0, one = 0, two = 0] = [size, first, second].map((part) => Number.parseInt(part, 36))
  return { size: count, hash: [one | 0, two | 0] }
}

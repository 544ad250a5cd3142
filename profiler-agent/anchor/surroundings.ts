// What stands around a statement, as hashes of three tokens each: how much of it is found around another place.

import { mixed, type TokenRange, type Tokens, TRIGRAMS } from './tokens'

/** On each side. */
const MOST = 24
export const WIDTH = 3
/** Signs alone are everywhere: so many tokens are passed to find words. */
const FARTHEST = 3 * MOST
/** What was inserted in between pushes things away. */
const SLACK = 2

export interface Surroundings {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

export function surroundingsOf(tokens: Tokens, { from, to }: TokenRange, most = MOST): Surroundings {
  const far = FARTHEST * Math.ceil(most / MOST)
  const before: number[] = []
  for (let end = from; end > 0 && before.length < most && from - end < far; end--)
    if (hasWord(tokens, end - WIDTH)) before.push(trigram(tokens, end - WIDTH))
  const after: number[] = []
  for (let start = to; start < tokens.count && after.length < most && start - to < far; start++)
    if (hasWord(tokens, start)) after.push(trigram(tokens, start))
  return { before, after }
}

/** How much of what stood around one place stands around another: from 0 to 1 on each side. */
export function likenessAt(tokens: Tokens, known: Surroundings, range: TokenRange): [number, number] {
  const { before, after } = surroundingsOf(tokens, range, MOST * SLACK)
  return [likeness(known.before, before), likeness(known.after, after)]
}

/** Half as much for what is farther by so many. */
const HALF_DISTANCE = 16
/** At the edge of a file nothing is known. */
const UNKNOWN = 0.5

/** The nearer, the heavier; what was pushed away counts for less. */
function likeness(known: readonly number[], there: readonly number[]): number {
  if (known.length === 0) return UNKNOWN
  const places = Map.groupBy(there.keys(), (index) => there[index] ?? 0)
  let [found, all] = [0, 0]
  for (const [index, hash] of known.entries()) {
    const weight = 1 / (4 + index)
    all += weight
    const place = places.get(hash)?.shift()
    if (place !== undefined) found += weight / (1 + Math.abs(place - index) / HALF_DISTANCE)
  }
  return found / all
}

/** Pairs of tokens with a word among them. */
export function partsOf(tokens: Tokens, { from, to }: TokenRange): Set<number> {
  const parts = new Set<number>()
  for (let index = from; index + 1 < to; index++)
    if (tokens.isWord(index) || tokens.isWord(index + 1))
      parts.add((mixed(Math.imul(tokens.valueAt(index), 31) + tokens.valueAt(index + 1)) >>> 0) % TRIGRAMS)
  if (parts.size === 0) parts.add((tokens.valueAt(from) >>> 0) % TRIGRAMS)
  return parts
}

export function hasWord(tokens: Tokens, start: number): boolean {
  return tokens.isWord(start) || tokens.isWord(start + 1) || tokens.isWord(start + 2)
}

function trigram(tokens: Tokens, start: number): number {
  return tokens.trigrams[start + 2] ?? 0
}

/** Where three tokens begin that have this hash. */
export function trigramsIn({ trigrams }: Tokens, wanted: number): number[] {
  const starts: number[] = []
  for (let at = trigrams.indexOf(wanted); at >= 0; at = trigrams.indexOf(wanted, at + 1)) starts.push(at - 2)
  return starts
}

export function written(hashes: Iterable<number>): string[] {
  return [...hashes].map((hash) => hash.toString(36))
}

export function read(hashes: readonly string[]): number[] {
  return hashes.map((hash) => Number.parseInt(hash, 36))
}

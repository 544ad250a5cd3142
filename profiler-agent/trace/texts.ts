// Whether one text stands in another, whatever the quoting, escaping and white space around its words. Knows no calls.

import { RecentMap } from '../model/recent-map'

/** Of a longer text the beginning tells enough. */
const MOST_CHARACTERS = 6_000
/** Shorter texts stand in others by chance: they count only where they are the whole. */
const FEWEST_CHARACTERS = 12
const MOST_DEPTH = 6
/** Words of a reply that stand in a later prompt by no accident, in characters. */
const QUOTED_CHARACTERS = 40
/** Of a long quote the beginning tells enough. */
export const QUOTE_CHARACTERS = 300

/** Many calls ask the same, and get the same: of so many texts the words are known, one object for all who keep them. */
const REMEMBERED_TEXTS = 64
const words = new RecentMap<string, string>(REMEMBERED_TEXTS)

/** A text as its words, lower case, one space between them. */
export function wordsOf(text: string): string {
  // Of a longer one only the beginning counts: to remember all of it would take more than it saves.
  if (text.length > MOST_CHARACTERS) return readWords(text)
  const known = words.get(text)
  if (known !== undefined) return known
  const read = readWords(text)
  words.set(text, read)
  return read
}

function readWords(text: string): string {
  return text
    .slice(0, MOST_CHARACTERS)
    .replace(/\\[nrt"]/g, ' ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Texts whose words are looked at only where somebody asks: most calls go on from another one and need none. */
export class Said {
  #words: readonly string[] | undefined
  #quotable: string | undefined

  constructor(readonly texts: readonly string[]) {}

  /** The words of each text that has any. */
  get words(): readonly string[] {
    this.#words ??= this.texts.map(wordsOf).filter((words) => words !== '')
    return this.#words
  }

  /** The beginning of it up to its last whole word, a space before and behind; empty where it is too short to be known again by. */
  get quotable(): string {
    this.#quotable ??= quotableOf(this.words.join(' ').slice(0, QUOTE_CHARACTERS))
    return this.#quotable
  }
}

function quotableOf(beginning: string): string {
  return beginning.length < QUOTED_CHARACTERS ? '' : ` ${beginning.slice(0, beginning.lastIndexOf(' '))} `
}

/** Whether all words of one stand in the other, in a row. Both as `wordsOf` gives them. */
export function stands(words: string, within: string): boolean {
  if (words === '' || within === '') return false
  if (words === within) return true
  return words.length >= FEWEST_CHARACTERS && ` ${within} `.includes(` ${words} `)
}

/** Whether one of two texts stands in the other. */
export function overlap(left: string, right: string): boolean {
  return stands(left, right) || stands(right, left)
}

/** The texts in JSON, JSON inside of texts included: what the arguments of a tool say. What is no JSON is one text. */
export function textsIn(content: string): string[] {
  const texts: string[] = []
  collect(content, texts, 0)
  return texts
}

function collect(value: unknown, texts: string[], depth: number): void {
  if (depth > MOST_DEPTH || texts.length > 64) return
  if (typeof value === 'string') {
    const inner = parsed(value)
    if (inner === undefined) texts.push(value)
    else collect(inner, texts, depth + 1)
  } else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) collect(part, texts, depth + 1)
}

/** What a text holds that is JSON itself. */
function parsed(text: string): unknown {
  if (text.length > 200_000 || !/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Text that only looks like it.
    return undefined
  }
}

/** A 32-bit FNV-1a sum of a text, to compare many texts by. */
export function sumOf(text: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193)
  return sum >>> 0
}

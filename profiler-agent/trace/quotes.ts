// Whether the beginning of a reply stands in what a call asks: asked of many replies, most of which do not. Knows no agents.

import type { CallFacts } from './call-facts'
import { type Said, wordsOf } from './texts'

type Asked = Pick<CallFacts, 'questions' | 'latestText'>

/** Characters by which a quote is told from most texts without searching for it. */
const SUMMED_CHARACTERS = 16

/** The words of what a call asks, looked at only where somebody's reply may stand in them. */
export class AskedWords {
  /** With a space before and behind, so that a quote is found only where its words begin and end. */
  #padded: readonly string[] | undefined
  /** Of the characters from each space on. */
  #sums: ReadonlySet<number> | undefined

  constructor(readonly asked: Asked) {}

  /** Whether the beginning of a reply, up to its last whole word, stands in what is asked. */
  quote({ quotable }: Said): boolean {
    if (quotable === '') return false
    this.#padded ??= paddedOf(this.asked)
    return this.#mayHold(quotable, this.#padded) && this.#padded.some((words) => words.includes(quotable))
  }

  #mayHold(quotable: string, padded: readonly string[]): boolean {
    if (quotable.length < SUMMED_CHARACTERS) return true
    this.#sums ??= sumsIn(padded)
    return this.#sums.has(sumAt(quotable, 0))
  }
}

/** What is asked last was often asked first. */
function paddedOf({ questions, latestText }: Asked): string[] {
  const latest = questions.texts.includes(latestText) ? [] : [wordsOf(latestText)]
  return [...new Set([...questions.words, ...latest])].map((words) => ` ${words} `)
}

function sumsIn(padded: readonly string[]): Set<number> {
  const sums = new Set<number>()
  for (const text of padded)
    for (let space = 0; space >= 0; space = text.indexOf(' ', space + 1))
      if (space + SUMMED_CHARACTERS <= text.length) sums.add(sumAt(text, space))
  return sums
}

/** A 30-bit sum of every fourth of so many characters: to tell most texts apart they do. */
function sumAt(text: string, start: number): number {
  let sum = 0
  for (let index = start + 1; index < start + SUMMED_CHARACTERS; index += 4)
    sum = Math.imul(sum, 0x01000193) ^ text.charCodeAt(index)
  return sum & 0x3fffffff
}

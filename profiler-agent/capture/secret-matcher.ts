// Finds any of many strings in a text in one pass, whose cost grows with the text and hardly with their number. Knows nothing of credentials.

import { partsWith } from './latin1'
import type { Steps } from './steps'

/** A string to find; `isRaw` ones are passed over where only what may stand inside a JSON string is looked for. */
export interface Form {
  readonly text: string
  readonly isRaw: boolean
}

/** From `start` to before `end`; overlapping finds are one, with the forms of all of them. */
export interface Find {
  readonly start: number
  readonly end: number
  readonly forms: readonly Form[]
}

/** No form is shorter. */
export const WINDOW = 8
const BLOCK = 3
/** More than a run of backslashes is long before what may be a form. */
const LONGEST_ESCAPE = 1024
const LONGEST_SHIFT = WINDOW - BLOCK + 1
const LEAST_SHIFTS = 1 << 12
const MOST_SHIFTS = 1 << 18
/** Entries of the table for each form: with fewer, most of them would be taken and every character looked at. */
const SHIFTS_PER_FORM = 32

/**
 * The algorithm of Wu and Manber (1994) over the last eight characters of each form: three characters tell how far the next
 * place is where any form may end. Beginnings would tell less: keys of one vendor share theirs.
 */
export class SecretMatcher {
  #shifts = new Uint8Array(LEAST_SHIFTS).fill(LONGEST_SHIFT)
  #byTail = new Map<string, Form[]>()
  /** Forms that were ever entered into the table; those deleted since only make it a little slower. */
  #entered = 0
  /** Of all forms that ever were in it. */
  #longest = 0

  /** Takes a form in. Adding it twice takes deleting it twice. */
  add(form: Form): void {
    if (form.text.length < WINDOW) return
    this.#longest = Math.max(this.#longest, form.text.length)
    const tail = form.text.slice(-WINDOW)
    const others = this.#byTail.get(tail)
    if (others) others.push(form)
    else this.#byTail.set(tail, [form])
    if (++this.#entered * SHIFTS_PER_FORM > this.#shifts.length) this.#rebuild()
    else this.#enter(tail)
  }

  delete(form: Form): void {
    const tail = form.text.slice(-WINDOW)
    const left = this.#byTail.get(tail)?.filter((each) => each !== form) ?? []
    if (left.length > 0) this.#byTail.set(tail, left)
    else this.#byTail.delete(tail)
  }

  /** In order. With `isJson` those that would begin inside an escape are not meant, and raw forms are none. */
  findsIn(text: string, isJson: boolean): Find[] {
    const finds: Find[] = []
    if (this.#byTail.size > 0) this.#scan(text, WINDOW - 1, isJson, finds)
    return finds
  }

  /** The same in what `latin1` makes of these bytes, in steps. */
  *findsInBytes(bytes: Uint8Array, isJson: boolean): Steps<Find[]> {
    const finds: Find[] = []
    if (this.#byTail.size === 0) return finds
    for (const { text, from, overlap } of partsWith(this.#longest + LONGEST_ESCAPE, bytes)) {
      const found: Find[] = []
      this.#scan(text, Math.max(overlap, WINDOW - 1), isJson, found)
      for (const { start, end, forms } of found)
        addFind(finds, { start: from + start, end: from + end, forms })
      yield
    }
    return finds
  }

  /** Takes in the finds of which the last eight characters end at `from` or later. */
  #scan(text: string, from: number, isJson: boolean, finds: Find[]): void {
    const shifts = this.#shifts
    const mask = shifts.length - 1
    for (let at = from; at < text.length; ) {
      const shift =
        shifts[blockHash(text.charCodeAt(at - 2), text.charCodeAt(at - 1), text.charCodeAt(at)) & mask] ?? 0
      if (shift === 0) this.#findsEndingAt(text, at + 1, isJson, finds)
      at += shift === 0 ? 1 : shift
    }
  }

  #findsEndingAt(text: string, end: number, isJson: boolean, finds: Find[]): void {
    for (const form of this.#byTail.get(text.slice(end - WINDOW, end)) ?? []) {
      const start = end - form.text.length
      if (start < 0 || !text.startsWith(form.text, start)) continue
      if (isJson && (form.isRaw || startsInsideEscape(text, start))) continue
      addFind(finds, { start, end, forms: [form] })
    }
  }

  #enter(tail: string): void {
    const mask = this.#shifts.length - 1
    for (let at = BLOCK - 1; at < WINDOW; at++) {
      const hash = blockHash(tail.charCodeAt(at - 2), tail.charCodeAt(at - 1), tail.charCodeAt(at)) & mask
      const shift = WINDOW - 1 - at
      if (shift < (this.#shifts[hash] ?? 0)) this.#shifts[hash] = shift
    }
  }

  #rebuild(): void {
    let size = LEAST_SHIFTS
    while (size < 2 * SHIFTS_PER_FORM * this.#byTail.size && size < MOST_SHIFTS) size *= 2
    this.#shifts = new Uint8Array(size).fill(LONGEST_SHIFT)
    for (const tail of this.#byTail.keys()) this.#enter(tail)
    // A full table is built anew only when as many forms have come again.
    this.#entered = size < MOST_SHIFTS ? this.#byTail.size : 0
  }
}

function blockHash(first: number, second: number, third: number): number {
  return first + second * 67 + third * 4489
}

/** Ends grow from find to find; a long form may reach back over several. */
function addFind(finds: Find[], find: Find): void {
  let whole = find
  for (let last = finds.at(-1); last && last.end > whole.start; last = finds.at(-1)) {
    finds.pop()
    whole = {
      start: Math.min(last.start, whole.start),
      end: whole.end,
      forms: [...last.forms, ...whole.forms],
    }
  }
  finds.push(whole)
}

const BACKSLASH = 0x5c
const LETTER_U = 0x75

/** True where the character before `at` has begun a JSON escape that reaches past `at`: there the text does not hold the form. */
function startsInsideEscape(text: string, at: number): boolean {
  for (let back = 1; back <= 5 && back <= at; back++) {
    if (text.charCodeAt(at - back) !== BACKSLASH || !isEscapeStart(text, at - back)) continue
    return back === 1 || text.charCodeAt(at - back + 1) === LETTER_U
  }
  return false
}

function isEscapeStart(text: string, at: number): boolean {
  let run = 0
  while (text.charCodeAt(at - run) === BACKSLASH) run++
  return run % 2 === 1
}

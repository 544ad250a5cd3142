// Tells whether whoever reads a text may come upon a credential that masking its bytes did not reach: a stream delivers one in pieces, JSON hides one in escapes.

import { credentialsInText } from './credentials'
import type { SecretMemory } from './redact'
import { WINDOW } from './secret-matcher'
import type { SortedForms } from './sorted-forms'
import type { Steps } from './steps'

/**
 * Looks at the strings of JSON in a decoded and masked text (JSON, NDJSON, SSE; a text without any is one of those without
 * secrets). True where they make up a remembered secret, one after the other and whatever stands between them, or where JSON
 * names a credential that nobody remembers. It may say so of a text that holds none, never the other way round.
 */
export function mayHoldSecret(text: string, secrets: SecretMemory): boolean {
  return namesCredential(text) || new StringSearch(text, secrets).isFoundUpTo(text.length)
}

/** Characters that are looked at in one step, and a string that is longer. */
const AT_ONCE = 64 * 1024

/** The same as `mayHoldSecret`, in steps. */
export function* mayLongTextHoldSecret(text: string, secrets: SecretMemory): Steps<boolean> {
  if (namesCredential(text)) return true
  const search = new StringSearch(text, secrets)
  for (let from = 0; ; from = search.end) {
    if (search.isFoundUpTo(from + AT_ONCE)) return true
    if (search.isOver) return false
    yield
  }
}

function namesCredential(text: string): boolean {
  return credentialsInText(text).some((value) => !value.includes(MASK))
}

/** What is left of the mask in such a text. */
const MASK = 'redacted'

/** Looks at the strings of JSON in a text, one after the other; where they are is told by numbers, since most are looked at only once. */
class StringSearch {
  readonly #pieces: readonly PieceSearch[]
  /** Where the last string ended. */
  end = 0
  /** The first backslash behind that, where it was looked for. */
  #backslash = -1
  isOver = false

  constructor(
    readonly text: string,
    readonly secrets: SecretMemory,
  ) {
    this.#pieces = secrets.beginnings.map((sorted) => new PieceSearch(sorted))
  }

  /** Whether a secret ends in one of the next strings, at least one, of which the last one begins before `pauseAt`. */
  isFoundUpTo(pauseAt: number): boolean {
    const { text, secrets, end: start } = this
    for (let open = text.indexOf('"', start); open >= 0; open = text.indexOf('"', this.end)) {
      if (open >= pauseAt && this.end > start) return secrets.isIn(text.slice(start, this.end))
      const close = closingQuote(text, open)
      // One that is cut off at the end is passed over, as readers do.
      if (close < 0) break
      if (close > open + 1 && this.#mayEndSecret(open + 1, close)) return true
      this.end = close + 1
    }
    this.isOver = true
    return secrets.isIn(text.slice(start, this.end))
  }

  /** Takes the next string; what stands in it as it is, all at once, is found by who looks at the whole text. */
  #mayEndSecret(from: number, to: number): boolean {
    if (this.#backslash < from) this.#backslash = indexOrEnd(this.text, '\\', from)
    if (this.#backslash >= to) return this.#isFoundWith(this.text, from, to)
    const piece = unescaped(this.text.slice(from, to))
    if (piece.length >= WINDOW && this.secrets.isIn(piece)) return true
    return this.#isFoundWith(piece, 0, piece.length)
  }

  #isFoundWith(text: string, from: number, to: number): boolean {
    for (const search of this.#pieces) if (search.isFoundWith(text, from, to)) return true
    return false
  }
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from)
  return at < 0 ? text.length : at
}

function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1)
  return close
}

const BACKSLASH = 0x5c

function isEscaped(text: string, at: number): boolean {
  let run = 0
  while (text.charCodeAt(at - run - 1) === BACKSLASH) run++
  return run % 2 === 1
}

function unescaped(inside: string): string {
  try {
    return String(JSON.parse(`"${inside}"`))
  } catch {
    return inside // No JSON after all: its readers see what stands there.
  }
}

/** Beginnings that have come and wait for the rest. With more than these, anything may be in it: to look closer takes too long. */
const MAX_REACHED = 128

/** What has come of a secret, or of several that begin alike. */
interface Reached {
  readonly come: string
  /** One that begins so. */
  readonly form: string
  readonly isShared: boolean
}

/** Follows how far pieces may have come with any secret: its beginning ends a piece, whole pieces follow, its end begins one. */
class PieceSearch {
  readonly #reached: Reached[] = []
  readonly #known = new Set<string>()

  constructor(readonly forms: SortedForms) {}

  /** Takes the next piece: what stands there in a text, which is not nothing. */
  isFoundWith(text: string, from: number, to: number): boolean {
    const { forms } = this
    // What is reached here is not to be reached again with the same piece.
    for (let left = this.#reached.length; left > 0; left--) {
      const before = this.#reached[left - 1]
      if (before === undefined || !mayGoOn(before, text, from)) continue
      const come = before.come + text.slice(from, to)
      if (forms.isWhole(come)) return true
      this.#reach(come)
    }
    for (let at = Math.max(from, to - forms.longest + 1); at < to; at++)
      if (forms.mayBegin(text, at, to)) this.#reach(text.slice(at, to))
    return this.#reached.length > MAX_REACHED
  }

  #reach(come: string): void {
    if (this.#known.has(come)) return
    const at = this.forms.firstWith(come)
    if (at === undefined) return
    this.#known.add(come)
    const isShared = this.forms.at(at + 1).startsWith(come)
    this.#reached.push({ come, form: this.forms.at(at), isShared })
  }
}

function mayGoOn({ come, form, isShared }: Reached, text: string, from: number): boolean {
  return isShared || form.charCodeAt(come.length) === text.charCodeAt(from)
}

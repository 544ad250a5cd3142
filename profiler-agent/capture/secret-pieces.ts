// Tells whether whoever reads a text may come upon a credential that masking its bytes did not reach: a stream delivers one in pieces, JSON hides one in escapes.

import { credentialsInText } from './credentials'
import type { SecretMemory } from './redact'
import { WINDOW } from './secret-matcher'
import type { SortedForms } from './sorted-forms'
import { atOnce, type Steps } from './steps'

/**
 * Looks at the strings of JSON in a decoded and masked text (JSON, NDJSON, SSE; a text without any is one of those without
 * secrets). True where they make up a remembered secret, one after the other and whatever stands between them, or where JSON
 * names a credential that nobody remembers. It may say so of a text that holds none, never the other way round.
 */
export function mayHoldSecret(text: string, secrets: SecretMemory): boolean {
  return atOnce(mayLongTextHoldSecret(text, secrets))
}

/** Characters that are looked at in one step, and a string that is longer. */
const AT_ONCE = 64 * 1024

/** The same as `mayHoldSecret`, in steps. */
export function* mayLongTextHoldSecret(text: string, secrets: SecretMemory): Steps<boolean> {
  if (credentialsInText(text).some((value) => !value.includes(MASK))) return true
  const searches = secrets.beginnings.map((sorted) => new PieceSearch(sorted))
  let pauseAt = AT_ONCE
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = closingQuote(text, open)
    // One that is cut off at the end is passed over, as readers do.
    if (close < 0) return false
    const inside = text.slice(open + 1, close)
    if (inside !== '' && mayEndSecret(inside, secrets, searches)) return true
    open = text.indexOf('"', close + 1)
    if (open < pauseAt) continue
    pauseAt = open + AT_ONCE
    yield
  }
  return false
}

/** Takes the next string of JSON, as it stands in the text. */
function mayEndSecret(inside: string, secrets: SecretMemory, searches: readonly PieceSearch[]): boolean {
  const piece = inside.includes('\\') ? unescaped(inside) : inside
  if (piece.length >= WINDOW && secrets.isIn(piece)) return true
  for (const search of searches) if (search.isFoundWith(piece)) return true
  return false
}

/** What is left of the mask in such a text. */
const MASK = 'redacted'

function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1)
  return close
}

function isEscaped(text: string, at: number): boolean {
  let run = 0
  while (text[at - run - 1] === '\\') run++
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

/** Secrets that begin alike: a stretch of the sorted forms, and the length of what has come of each. */
interface Reached {
  readonly from: number
  readonly length: number
}

const NOTHING: readonly Reached[] = []

/** Follows how far pieces may have come with any secret: its beginning ends a piece, whole pieces follow, its end begins one. */
class PieceSearch {
  readonly #reached = new Map<string, Reached>()

  constructor(readonly forms: SortedForms) {}

  isFoundWith(piece: string): boolean {
    const { forms } = this
    // What is reached here is not to be reached again with the same piece.
    const before = this.#reached.size > 0 ? [...this.#reached.values()] : NOTHING
    for (const { from, length } of before) {
      const first = forms.at(from)
      if (forms.at(from + 1)?.startsWith(first.slice(0, length)) !== true && first[length] !== piece[0])
        continue
      const come = first.slice(0, length) + piece
      if (forms.isWhole(come)) return true
      this.#reach(come)
    }
    for (let length = Math.min(piece.length, forms.longest - 1); length > 0; length--)
      if (forms.mayBegin(piece, piece.length - length)) this.#reach(piece.slice(-length))
    return this.#reached.size > MAX_REACHED
  }

  #reach(come: string): void {
    const from = this.forms.firstWith(come)
    if (from !== undefined) this.#reached.set(come, { from, length: come.length })
  }
}

// Tells whether whoever reads a text may come upon a credential that masking its bytes did not reach: a stream delivers one in pieces, JSON hides one in escapes.

import { credentialsInText, type SecretMemory } from './redact'

/** Bytes as text, one character a byte: enough to find what is ASCII, and fast. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/**
 * Looks at the strings of JSON in a decoded and masked text (JSON, NDJSON, SSE; a text without any is one of those without
 * secrets). True where they make up a remembered secret, one after the other and whatever stands between them, or where JSON
 * names a credential that nobody remembers. It may say so of a text that holds none, never the other way round.
 */
export function mayHoldSecret(text: string, secrets: SecretMemory): boolean {
  if (credentialsInText(text).some((value) => !value.includes(MASK))) return true
  const searches = secrets.forms.map((form) => new PieceSearch(form))
  for (const piece of stringsIn(text)) if (searches.some((search) => search.isFoundWith(piece))) return true
  return false
}

/** What is left of the mask in such a text. */
const MASK = 'redacted'

/** Every string of JSON in the text as it reads; one that is cut off at the end is passed over, as readers do. */
function* stringsIn(text: string): Generator<string> {
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = closingQuote(text, open)
    if (close < 0) return
    const inside = text.slice(open + 1, close)
    if (inside !== '') yield inside.includes('\\') ? unescaped(inside) : inside
    open = text.indexOf('"', close + 1)
  }
}

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

/** Follows how far pieces may have come with one secret: its beginning ends a piece, whole pieces follow, its end begins one. */
class PieceSearch {
  /** Lengths of beginnings that have come. */
  readonly #reached = new Set<number>()

  constructor(readonly secret: string) {}

  isFoundWith(piece: string): boolean {
    const { secret } = this
    if (piece.includes(secret)) return true
    // A length that is reached here is not to be reached again with the same piece.
    const before = [...this.#reached]
    for (const length of before) {
      if (secret[length] !== piece[0]) continue
      if (piece.length >= secret.length - length) {
        if (piece.startsWith(secret.slice(length))) return true
      } else if (secret.startsWith(piece, length)) this.#reached.add(length + piece.length)
    }
    this.#begin(piece)
    return false
  }

  #begin(piece: string): void {
    const { secret } = this
    const last = piece.charAt(piece.length - 1)
    const longest = Math.min(piece.length, secret.length - 1)
    for (
      let at = secret.lastIndexOf(last, longest - 1);
      at >= 0;
      at = at > 0 ? secret.lastIndexOf(last, at - 1) : -1
    )
      if (piece.endsWith(secret.slice(0, at + 1))) this.#reached.add(at + 1)
  }
}

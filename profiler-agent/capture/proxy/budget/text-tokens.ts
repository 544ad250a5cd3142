// At least how many tokens a text has, as it comes, without a tokenizer: none has fewer words and marks than this counts.

/** Longer words are more than one token in every language; the longest tokens of letters hold little more. */
const WORD_BYTES = 16
/** Tokenizers cut numbers into groups of at most as many digits. */
const DIGITS = 3
/** A run without white space is counted in parts of this length. */
const LONGEST_RUN = 256

/**
 * Words, with what follows an apostrophe; numbers; marks, emoji among them, that no tokenizer joins to a word: several on end,
 * or one before a space or a number. A slash may be joined to marks on the line before.
 */
const PARTS =
  /(?<word>\p{L}[\p{L}\p{M}'’]*)|(?<number>\p{N}+)|[^\s\p{L}\p{M}\p{N}/'’]{2,}|[^\s\p{L}\p{M}\p{N}/'’](?=[\s\p{N}])/gu

/** Counts a text that comes in pieces, wherever they are cut. */
export class TextTokens {
  #settled = 0
  /** What the next piece may go on with: nothing that is counted has white space in it. */
  #open = ''

  get count(): number {
    return this.#settled + leastTokens(this.#open)
  }

  add(piece: string): void {
    const text = this.#open + piece
    const end = text.length - (/\S*$/.exec(text.slice(-LONGEST_RUN))?.[0].length ?? 0)
    const isLong = text.length - end >= LONGEST_RUN
    this.#settled += leastTokens(isLong ? text : text.slice(0, end))
    this.#open = isLong ? '' : text.slice(end)
  }
}

function leastTokens(text: string): number {
  let tokens = 0
  for (const { groups } of text.matchAll(PARTS)) {
    if (groups?.word !== undefined)
      tokens += Math.max(1, Math.floor(Buffer.byteLength(groups.word) / WORD_BYTES))
    else if (groups?.number !== undefined) tokens += Math.floor(groups.number.length / DIGITS)
    else tokens++
  }
  return tokens
}

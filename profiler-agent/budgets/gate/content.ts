// What a request brings along before it goes up: tool calls since the last answer, retrieved text, results of tools. Counts over what was read; reads no prompts.

/** A piece of retrieved text or of a tool's result; sent again it has the same key, and counts once in a scope. */
export interface ContentPiece {
  readonly key: string
  /** Estimated as the analysis does without a provider's count. */
  readonly tokens: number
  /** `declared`: the program, its configuration or the prompt says that it is retrieved; `guessed`: it only looks so. */
  readonly retrieval?: 'declared' | 'guessed'
  readonly isToolResult: boolean
}

/** What the prompt of one request holds, its history included as far as it is in the request. */
export interface ContentReading {
  /** Tool calls that the model asked for since its last answer without any and that have a result in this request. */
  readonly toolCalls: number
  /** Distinct, in the order of the prompt. */
  readonly pieces: readonly ContentPiece[]
  /** Sums over `pieces`: retrieved text that is known to be; that is guessed to be; results of tools, retrieved ones included. */
  readonly retrievalTokens: number
  readonly retrievalGuessed: number
  readonly toolResultTokens: number
}

export const NO_CONTENT: ContentReading = {
  toolCalls: 0,
  pieces: [],
  retrievalTokens: 0,
  retrievalGuessed: 0,
  toolResultTokens: 0,
}

export interface ContentTokens {
  readonly retrievalTokens: number
  readonly retrievalGuessed: number
  readonly toolResultTokens: number
}

/** Distinct content that entered one scope: text that is sent again does not count again. */
export class ContentUse {
  readonly #seen = new Map<string, ContentPiece>()

  /** What it would be with this request. */
  valueWith(reading: ContentReading): ContentTokens {
    return sumsOf([...this.#seen.values(), ...reading.pieces.filter(({ key }) => !this.#seen.has(key))])
  }

  add(reading: ContentReading): void {
    for (const piece of reading.pieces) if (!this.#seen.has(piece.key)) this.#seen.set(piece.key, piece)
  }
}

export function sumsOf(pieces: readonly ContentPiece[]): ContentTokens {
  const sum = (fits: (piece: ContentPiece) => boolean) =>
    pieces.reduce((total, piece) => total + (fits(piece) ? piece.tokens : 0), 0)
  return {
    retrievalTokens: sum(({ retrieval }) => retrieval === 'declared'),
    retrievalGuessed: sum(({ retrieval }) => retrieval === 'guessed'),
    toolResultTokens: sum(({ isToolResult }) => isToolResult),
  }
}

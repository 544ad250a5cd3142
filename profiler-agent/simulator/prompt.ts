// A prompt as the model would see it: units of text in render order, each with its tokens. Knows no wire format and no cache.

export type Tier = 'tools' | 'system' | 'messages'

/** One piece of a rendered prompt: a content block, or the fixed framing around it. */
export interface PromptUnit {
  readonly tier: Tier
  /** What caches compare, byte for byte. */
  readonly text: string
  readonly tokens: number
  /** True for content blocks, which is what a look-back counts; false for framing. */
  readonly isBlock: boolean
  /** False where no cache breakpoint may stand (thinking, empty text). */
  readonly canHoldMark: boolean
  /** Lifetime asked for by a cache breakpoint on this unit; `default` where it names none. */
  readonly mark?: string
}

export interface Prompt {
  readonly units: readonly PromptUnit[]
  readonly totalTokens: number
}

export type CountTokens = (text: string) => number

/** True when any unit carries a breakpoint. */
export function hasMark({ units }: Prompt): boolean {
  return units.some(({ mark }) => mark !== undefined)
}

interface BlockOptions {
  /** Exact serialised form where it holds more than the model reads (ids); the text itself otherwise. */
  readonly exact?: string
  /** Fixed size for media, whose bytes are not tokens. */
  readonly tokens?: number
  readonly mark?: string
  readonly canHoldMark?: boolean
}

/** Collects the units of one prompt in render order. */
export class PromptBuilder {
  readonly #units: PromptUnit[] = []

  constructor(private readonly count: CountTokens) {}

  /** Content that the model reads: `tokens` are counted from `text`. */
  block(tier: Tier, text: string, options: BlockOptions = {}): void {
    this.#units.push({
      tier,
      text: options.exact ?? text,
      tokens: options.tokens ?? this.count(text),
      isBlock: true,
      canHoldMark: options.canHoldMark ?? text !== '',
      ...(options.mark === undefined ? {} : { mark: options.mark }),
    })
  }

  /** Framing of the provider's own; with 0 tokens it only makes prefixes differ that must not share a cache. */
  frame(tier: Tier, text: string, tokens: number): void {
    this.#units.push({ tier, text, tokens, isBlock: false, canHoldMark: false })
  }

  /** Puts a breakpoint on the last block that can hold one; gives the one that it has then, `undefined` where no block can. */
  markLastBlock(mark: string): string | undefined {
    const index = this.#units.findLastIndex((unit) => unit.isBlock && unit.canHoldMark)
    const unit = this.#units[index]
    if (unit && unit.mark === undefined) this.#units[index] = { ...unit, mark }
    return unit && (unit.mark ?? mark)
  }

  build(): Prompt {
    return {
      units: this.#units,
      totalTokens: this.#units.reduce((sum, unit) => sum + unit.tokens, 0),
    }
  }
}

const MAX_REMEMBERED = 20_000

/** The same counter, remembering recent texts: every step of a conversation counts the same blocks again. */
export function rememberCounts(count: CountTokens): CountTokens {
  const counts = new Map<string, number>()
  return (text) => {
    const known = counts.get(text)
    if (known !== undefined) return known
    const tokens = count(text)
    if (counts.size >= MAX_REMEMBERED) counts.clear()
    counts.set(text, tokens)
    return tokens
  }
}

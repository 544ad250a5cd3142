// What differs between two versions of one block's text: something that changes by its nature, only the way it is written, or what it says. Pure.

import { type WritingDifference, writingDifference } from './loose-json'
import { type VolatileKind, type VolatileSpan, volatileSpans, withoutVolatile } from './volatile-spans'

/** A changing stretch of text. `at` is characters from the start of the later text. */
export interface VolatileText {
  readonly kind: VolatileKind
  readonly at: number
  readonly before: string
  readonly after: string
  /** Constant text on both sides, by which its place in the source can be found; at most 200 characters each. */
  readonly textBefore: string
  readonly textAfter: string
}

export type TextDifference =
  | {
      readonly what: 'volatile'
      /** In the order of the text, never empty; at most eight. */
      readonly texts: readonly [VolatileText, ...VolatileText[]]
      /** Part of the later text that the changing stretches take, 0 to 1. */
      readonly volatileShare: number
    }
  | { readonly what: 'writing'; readonly difference: WritingDifference; readonly at: number }
  | { readonly what: 'content'; readonly text: VolatileText; readonly equalShare: number }

/** Around a difference, so that what it belongs to (`2026-11-22T10:00:07` and not `7`) is seen whole. */
const CONTEXT = 64
const SHOWN_CONTEXT = 200
const MOST_TEXTS = 8

/** A stretch that is no known kind counts as changing text up to this length, where the rest around it is most of both. */
const MOST_FREE_TEXT = 80
const MOST_SHOWN = 200
const MOSTLY_EQUAL = 0.8

/** `undefined` for equal texts. */
export function textDifference(before: string, after: string): TextDifference | undefined {
  if (before === after) return undefined
  const start = sharedStart(before, after)
  const end = sharedEnd(before, after, start)
  const pair = new Pair(before, after, start, end)
  const texts = pair.maskedTexts()
  if (texts) return volatileDifference(after, texts)
  const writing = writingDifference(before, after)
  if (writing) return { what: 'writing', difference: writing, at: start }
  const free = pair.freeText()
  if (free) return volatileDifference(after, [free])
  return { what: 'content', text: pair.wholeText(), equalShare: pair.equalShare }
}

/** Two texts that are equal up to `start` and from `end` characters before their ends on. */
class Pair {
  readonly windowStart: number
  readonly spansBefore: readonly VolatileSpan[]
  readonly spansAfter: readonly VolatileSpan[]

  constructor(
    readonly before: string,
    readonly after: string,
    readonly start: number,
    readonly end: number,
  ) {
    this.windowStart = Math.max(0, start - CONTEXT)
    this.spansBefore = this.#spansOf(before)
    this.spansAfter = this.#spansOf(after)
  }

  get equalShare(): number {
    return (this.start + this.end) / Math.max(this.before.length, this.after.length, 1)
  }

  /** The stretches that differ, where hiding what is volatile by its looks makes the texts equal. */
  maskedTexts(): [VolatileText, ...VolatileText[]] | undefined {
    const { before, after, windowStart } = this
    if (this.spansBefore.length !== this.spansAfter.length) return undefined
    const masked = (text: string, spans: readonly VolatileSpan[]) =>
      withoutVolatile(this.#window(text), spans)
    if (masked(before, this.spansBefore) !== masked(after, this.spansAfter)) return undefined
    const differing = this.spansAfter.flatMap((span, index) => {
      const other = this.spansBefore[index]
      return other && other.text !== span.text ? [{ span, other }] : []
    })
    // A table of other numbers is another table.
    const changing = differing.reduce((sum, { span }) => sum + span.text.length, 0)
    if (changing > MOST_SHOWN && changing > (1 - MOSTLY_EQUAL) * after.length) return undefined
    const texts = differing.slice(0, MOST_TEXTS).map(({ span, other }, index) => {
      const next = differing[index + 1]
      const at = windowStart + span.at
      return this.#volatileText(span.kind, at, other.text, span.text, next && windowStart + next.span.at)
    })
    const [first, ...others] = texts
    return first && [first, ...others]
  }

  /** The first stretch that differs, where no more than a short one differs besides what is volatile by its looks, and most is equal. */
  freeText(): VolatileText | undefined {
    const { before, after, start, end } = this
    if (this.#differingShare() > 1 - MOSTLY_EQUAL) return undefined
    const known = this.#spanAt(this.spansAfter)
    const other = this.#spanAt(this.spansBefore)
    if (known && known.kind === other?.kind)
      return this.#volatileText(known.kind, this.windowStart + known.at, other.text, known.text)
    const from = wordStart(after, start)
    const isOneStretch = this.equalShare >= MOSTLY_EQUAL
    const textBefore = before.slice(from, wordEnd(before, isOneStretch ? before.length - end : start))
    const textAfter = after.slice(from, wordEnd(after, isOneStretch ? after.length - end : start))
    if (Math.max(textBefore.length, textAfter.length) > MOST_FREE_TEXT) return undefined
    return this.#volatileText('text', from, textBefore, textAfter)
  }

  /** All from the first to the last place at which they differ; of long values, the beginning. */
  wholeText(): VolatileText {
    const { before, after, start, end } = this
    const changed = (text: string) => text.slice(start, text.length - end)
    const text = this.#volatileText('text', start, changed(before), changed(after))
    return {
      ...text,
      before: text.before.slice(0, MOST_SHOWN),
      after: text.after.slice(0, MOST_SHOWN),
    }
  }

  /** Part of the texts between the first and the last place at which they differ once what is volatile by its looks is hidden. */
  #differingShare(): number {
    const before = withoutVolatile(this.#window(this.before), this.spansBefore)
    const after = withoutVolatile(this.#window(this.after), this.spansAfter)
    const start = sharedStart(before, after)
    const rest = Math.max(before.length, after.length) - start - sharedEnd(before, after, start)
    // Equal but for too much of what is volatile by its looks, they are different texts.
    if (rest === 0 || rest > MOST_FREE_TEXT) return 1
    return rest / Math.max(this.before.length, this.after.length)
  }

  /** The one in which the texts begin to differ. */
  #spanAt(spans: readonly VolatileSpan[]): VolatileSpan | undefined {
    const start = this.start - this.windowStart
    return spans.find(({ at, text }) => at <= start && at + text.length > start)
  }

  #volatileText(kind: VolatileKind, at: number, before: string, after: string, next?: number): VolatileText {
    const end = at + after.length
    return {
      kind,
      at,
      before,
      after,
      textBefore: this.after.slice(Math.max(0, at - SHOWN_CONTEXT), at),
      textAfter: this.after.slice(end, Math.min(next ?? this.after.length, end + SHOWN_CONTEXT)),
    }
  }

  #window(text: string): string {
    return text.slice(this.windowStart, text.length - Math.max(0, this.end - CONTEXT))
  }

  #spansOf(text: string): VolatileSpan[] {
    return volatileSpans(this.#window(text))
  }
}

function volatileDifference(
  after: string,
  texts: readonly [VolatileText, ...VolatileText[]],
): TextDifference {
  const changing = texts.reduce((sum, text) => sum + text.after.length, 0)
  return { what: 'volatile', texts, volatileShare: changing / Math.max(1, after.length) }
}

/** Characters that two texts share at their start. */
export function sharedStart(left: string, right: string): number {
  const shortest = Math.min(left.length, right.length)
  let length = 0
  while (length < shortest && left.charCodeAt(length) === right.charCodeAt(length)) length++
  return length
}

function sharedEnd(left: string, right: string, start: number): number {
  const most = Math.min(left.length, right.length) - start
  let length = 0
  while (
    length < most &&
    left.charCodeAt(left.length - 1 - length) === right.charCodeAt(right.length - 1 - length)
  )
    length++
  return length
}

/** Words that are longer are cut. */
const MAX_WORD = 40

function wordStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < MAX_WORD && !/\s/.test(text[start - 1] ?? ' ')) start--
  return start
}

/** Behind the word, without the punctuation that ends it. */
function wordEnd(text: string, at: number): number {
  let end = at
  while (end < text.length && end - at < MAX_WORD && !/\s/.test(text[end] ?? ' ')) end++
  while (end > at && /[.,;:!?)\]"']/.test(text[end - 1] ?? '')) end--
  return end
}

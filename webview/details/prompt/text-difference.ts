// What of a text became another one: the words that went and that came, and a little of what stayed around them. Pure.

import { type ChangeObject, diffWordsWithSpace } from 'diff'

export interface TextPiece {
  readonly change: 'same' | 'gone' | 'new'
  readonly text: string
  /** Characters that are left out in front of the text, because they are the same. */
  readonly skipped?: number
}

/** Around each change, in characters. */
const CONTEXT = 160
/** Longer changes are not compared word by word: that would take seconds. */
const MOST_COMPARED = 40_000
const MOST_EDITS = 2_000

/** Equal texts give one piece. Throws nothing. */
export function textDifference(before: string, after: string): TextPiece[] {
  const start = sharedStart(before, after)
  const end = sharedEnd(before, after, start)
  const [old, now] = [before.slice(start, before.length - end), after.slice(start, after.length - end)]
  const pieces: TextPiece[] = [
    { change: 'same', text: after.slice(0, start) },
    ...changedPieces(old, now),
    { change: 'same', text: after.slice(after.length - end) },
  ]
  return shortened(pieces.filter(({ text }) => text !== ''))
}

function changedPieces(before: string, after: string): TextPiece[] {
  const whole: TextPiece[] = [
    { change: 'gone', text: before },
    { change: 'new', text: after },
  ]
  if (before === '' || after === '' || before.length + after.length > MOST_COMPARED) return whole
  const words = diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS })
  return words === undefined ? whole : wholeWords(words)
}

/** Changes with no white space between them are one: `10:00:07 → 11:30:09` is read more easily than its digits. */
function wholeWords(words: readonly ChangeObject<string>[]): TextPiece[] {
  const pieces: TextPiece[] = []
  let [gone, added, between] = ['', '', '']
  const close = () => {
    if (gone !== '') pieces.push({ change: 'gone', text: gone })
    if (added !== '') pieces.push({ change: 'new', text: added })
    if (between !== '') pieces.push({ change: 'same', text: between })
    gone = added = between = ''
  }
  for (const { added: isNew, removed: isGone, value } of words) {
    if (!isNew && !isGone) {
      if (between !== '' || /\s/.test(value)) close()
      between = value
      if (gone === '' && added === '') close()
      continue
    }
    if (between !== '') {
      gone += between
      added += between
      between = ''
    }
    if (isGone) gone += value
    else added += value
  }
  close()
  return pieces
}

/** To whole words, so that `2025` and `2026` are seen as such. */
function sharedStart(before: string, after: string): number {
  const most = Math.min(before.length, after.length)
  let at = 0
  while (at < most && before.charCodeAt(at) === after.charCodeAt(at)) at++
  if (at === before.length && at === after.length) return at
  while (at > 0 && isWordCharacter(after, at - 1)) at--
  return at
}

function sharedEnd(before: string, after: string, start: number): number {
  const most = Math.min(before.length, after.length) - start
  let length = 0
  while (
    length < most &&
    before.charCodeAt(before.length - 1 - length) === after.charCodeAt(after.length - 1 - length)
  )
    length++
  while (length > 0 && isWordCharacter(after, after.length - length)) length--
  return length
}

/** Everything but white space: also the halves of an emoji stay together. */
function isWordCharacter(text: string, at: number): boolean {
  return !/\s/.test(text.charAt(at))
}

/** What is the same stays only around changes. */
function shortened(pieces: readonly TextPiece[]): TextPiece[] {
  return pieces.flatMap((piece, index): TextPiece[] => {
    const { change, text } = piece
    if (change !== 'same' || pieces.length === 1) return [piece]
    const head = index === 0 ? 0 : CONTEXT
    const tail = index === pieces.length - 1 ? 0 : CONTEXT
    const skipped = text.length - head - tail
    if (skipped < CONTEXT) return [piece]
    const [first, last] = [text.slice(0, head), text.slice(text.length - tail)]
    return [...(head > 0 ? [{ change, text: first }] : []), { change, text: tail > 0 ? last : '', skipped }]
  })
}

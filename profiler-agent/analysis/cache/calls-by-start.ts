// Lists of calls by their start: almost always a call comes in at the end. Pure.

import { isBefore, type SentCall } from './sent-call'

/** How many calls of the list began before `sent`. */
export function countBefore(list: readonly SentCall[], sent: SentCall): number {
  let count = list.length
  while (count > 0) {
    const other = list[count - 1]
    if (other && isBefore(other, sent)) break
    count--
  }
  return count
}

/** Gives the index at which the call came in. */
export function insertByStart(list: SentCall[], sent: SentCall): number {
  const index = countBefore(list, sent)
  if (index === list.length) list.push(sent)
  else list.splice(index, 0, sent)
  return index
}

/** Calls of the list that began before `sent`, the latest first. */
export function* latestBefore(list: readonly SentCall[], sent: SentCall): Generator<SentCall> {
  for (let index = countBefore(list, sent) - 1; index >= 0; index--) {
    const other = list[index]
    if (other) yield other
  }
}

// All prompts that went to one provider, as a tree in which equal beginnings are one path: which earlier calls sent the start of a prompt. Pure.

import { isBefore, type SentCall, standingOf } from './sent-call'

/** The beginning of prompts that ends with one block. */
export interface SentPrefix {
  readonly children: Map<string, SentPrefix>
  /** Calls that sent it, by start. */
  readonly calls: SentCall[]
  /** Those of them that have a breakpoint at its end. */
  readonly marked: SentCall[]
  /** Those whose last breakpoint is at its end and that no later call sent again in time. */
  unread: SentCall[]
}

export class SentPrompts {
  readonly #root: SentPrefix = emptyPrefix()
  /** Calls whose writes up to the last breakpoint were sent again while they were held. */
  readonly readLater = new Set<SentCall>()

  /** In whatever order. */
  add(sent: SentCall): void {
    const marks = new Set(sent.breakpoints)
    let node = this.#root
    for (let index = 0; index < sent.call.prompt.blocks.length; index++) {
      const key = sent.keyAt(index)
      let next = node.children.get(key)
      if (!next) {
        next = emptyPrefix()
        node.children.set(key, next)
      }
      node = next
      insertByStart(node.calls, sent)
      if (node.unread.length > 0) this.#read(node, sent)
      if (!marks.has(index)) continue
      insertByStart(node.marked, sent)
      if (index === sent.breakpoints.at(-1)) this.#write(node, sent)
    }
  }

  #read(node: SentPrefix, sent: SentCall): void {
    const isRead = (writer: SentCall) => isBefore(writer, sent) && standingOf(writer, sent) !== 'expired'
    for (const writer of node.unread) if (isRead(writer)) this.readLater.add(writer)
    node.unread = node.unread.filter((writer) => !this.readLater.has(writer))
  }

  #write(node: SentPrefix, sent: SentCall): void {
    const isRead = (reader: SentCall) => isBefore(sent, reader) && standingOf(sent, reader) !== 'expired'
    // A call that ended late may have begun before its reader.
    if (node.calls.some(isRead)) this.readLater.add(sent)
    else node.unread.push(sent)
  }

  /** Beginnings of the call's prompt, the shortest first, as long as a call that began before it sent them too. */
  sentBefore(sent: SentCall): SentPrefix[] {
    const path: SentPrefix[] = []
    let node: SentPrefix | undefined = this.#root
    for (let index = 0; index < sent.call.prompt.blocks.length; index++) {
      node = node.children.get(sent.keyAt(index))
      const [first] = node?.calls ?? []
      if (!node || !first || !isBefore(first, sent)) break
      path.push(node)
    }
    return path
  }
}

function emptyPrefix(): SentPrefix {
  return { children: new Map(), calls: [], marked: [], unread: [] }
}

/** Into a list by start; almost always at its end. */
export function insertByStart(list: SentCall[], sent: SentCall): void {
  let index = list.length
  while (index > 0) {
    const other = list[index - 1]
    if (other && isBefore(other, sent)) break
    index--
  }
  if (index === list.length) list.push(sent)
  else list.splice(index, 0, sent)
}

/** Calls of the list that began before `sent`, the latest first. */
export function* latestBefore(list: readonly SentCall[], sent: SentCall): Generator<SentCall> {
  for (let index = list.length - 1; index >= 0; index--) {
    const other = list[index]
    if (other && isBefore(other, sent)) yield other
  }
}

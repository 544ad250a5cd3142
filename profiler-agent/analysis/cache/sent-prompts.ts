// All prompts that went to one provider, as a tree in which equal beginnings are one path: which earlier calls sent the start of a prompt.
// Blocks that the same calls sent are one stretch of it, so that a prompt that shares nothing takes no room for each of its blocks. Pure.

import { isBefore, type SentCall, standingOf } from './sent-call'

/** The beginning of prompts that ends with one block. */
export interface SentPrefix {
  /** Calls that sent it, by start. */
  readonly calls: readonly SentCall[]
  /** Those of them that have a breakpoint at its end. */
  readonly marked: readonly SentCall[]
  /** Longer ones that part here; where all go on alike, none. */
  readonly children: ReadonlyMap<string, Pick<SentPrefix, 'calls'>>
}

/** Calls with a breakpoint on one block. */
interface Marks {
  readonly marked: SentCall[]
  /** Those whose last breakpoint it is and that no later call sent again in time. */
  unread: SentCall[]
}

/** Blocks `from` up to `to` of prompts; all calls that sent the first of them sent all of them. */
interface Stretch {
  readonly from: number
  to: number
  /** One of the calls: the blocks are its. */
  readonly owner: SentCall
  calls: SentCall[]
  marks: Map<number, Marks>
  children: Map<string, Stretch>
  /** One for each block, as others see it; made when somebody asks. */
  prefixes?: readonly SentPrefix[] | undefined
}

const NONE: SentPrefix = { calls: [], marked: [], children: new Map() }

export class SentPrompts {
  readonly #first = new Map<string, Stretch>()
  /** Calls whose writes up to the last breakpoint were sent again while they were held. */
  readonly readLater = new Set<SentCall>()

  /** In whatever order. */
  add(sent: SentCall): void {
    const length = sent.call.prompt.blocks.length
    let children = this.#first
    for (let from = 0; from < length; ) {
      const stretch = children.get(sent.keyAt(from)) ?? begun(children, sent, from)
      const to = sharedUpTo(stretch, sent)
      if (to < stretch.to) split(stretch, to)
      insertByStart(stretch.calls, sent)
      // Long conversations have a stretch for each of their steps: what none of them needs is not begun.
      if (stretch.marks.size > 0)
        for (const { unread } of stretch.marks.values()) if (unread.length > 0) this.#read(unread, sent)
      if (sent.breakpoints.length > 0) this.#mark(stretch, sent)
      children = stretch.children
      from = to
    }
  }

  #mark(stretch: Stretch, sent: SentCall): void {
    for (const index of sent.breakpoints) {
      if (index < stretch.from || index >= stretch.to) continue
      const marks = stretch.marks.get(index) ?? { marked: [], unread: [] }
      if (!stretch.marks.has(index)) stretch.prefixes = undefined
      stretch.marks.set(index, marks)
      insertByStart(marks.marked, sent)
      if (index === sent.breakpoints.at(-1)) this.#write(stretch, marks, sent)
    }
  }

  #read(unread: SentCall[], sent: SentCall): void {
    const isRead = (writer: SentCall) => isBefore(writer, sent) && standingOf(writer, sent) !== 'expired'
    for (const writer of unread) if (isRead(writer)) this.readLater.add(writer)
    unread.splice(0, unread.length, ...unread.filter((writer) => !this.readLater.has(writer)))
  }

  #write({ calls }: Stretch, { unread }: Marks, sent: SentCall): void {
    const isRead = (reader: SentCall) => isBefore(sent, reader) && standingOf(sent, reader) !== 'expired'
    // A call that ended late may have begun before its reader.
    if (calls.some(isRead)) this.readLater.add(sent)
    else unread.push(sent)
  }

  /** Beginnings of the call's prompt, the shortest first, as long as a call that began before it sent them too. */
  sentBefore(sent: SentCall): SentPrefix[] {
    const path: SentPrefix[] = []
    const length = sent.call.prompt.blocks.length
    let children: ReadonlyMap<string, Stretch> = this.#first
    while (path.length < length) {
      const stretch = children.get(sent.keyAt(path.length))
      const [first] = stretch?.calls ?? []
      if (!stretch || !first || !isBefore(first, sent)) break
      const to = sharedUpTo(stretch, sent)
      stretch.prefixes ??= prefixesOf(stretch)
      for (let index = 0; index < to - stretch.from; index++) path.push(stretch.prefixes[index] ?? NONE)
      if (to < stretch.to) break
      children = stretch.children
    }
    return path
  }
}

function prefixesOf({ from, to, calls, marks, children }: Stretch): SentPrefix[] {
  const inner: SentPrefix = { ...NONE, calls }
  return Array.from({ length: to - from }, (_, index) => {
    const marked = marks.get(from + index)?.marked
    const prefix = marked ? { ...inner, marked } : inner
    return from + index === to - 1 ? { ...prefix, children } : prefix
  })
}

/** What nobody sent so far, to the end of the prompt. */
function begun(children: Map<string, Stretch>, sent: SentCall, from: number): Stretch {
  const to = sent.call.prompt.blocks.length
  const stretch: Stretch = { from, to, owner: sent, calls: [], marks: new Map(), children: new Map() }
  children.set(sent.keyAt(from), stretch)
  return stretch
}

/** Up to where a prompt that has the first block of a stretch goes on like it. */
function sharedUpTo({ owner, from, to }: Stretch, sent: SentCall): number {
  const last = Math.min(to, sent.call.prompt.blocks.length)
  let index = from
  while (index < last && owner.keyAt(index) === sent.keyAt(index)) index++
  return index
}

/** Makes the blocks from `at` on a stretch of their own. */
function split(stretch: Stretch, at: number): void {
  const { owner, to, calls, marks, children } = stretch
  const isBehind = (index: number) => index >= at
  const rest: Stretch = {
    ...{ from: at, to, owner, calls: [...calls], children },
    marks: new Map([...marks].filter(([index]) => isBehind(index))),
  }
  stretch.to = at
  stretch.marks = new Map([...marks].filter(([index]) => !isBehind(index)))
  stretch.children = new Map([[owner.keyAt(at), rest]])
  stretch.prefixes = undefined
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

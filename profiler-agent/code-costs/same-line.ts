// Which line of one run is which line of another: between two runs the code is edited, formatted, moved.

import type { CodeAnchor } from '../model/code-anchor'
import type { Frame } from '../model/span'

/** A line as a run saw it. */
export interface SeenLine {
  readonly callSite: Frame
  readonly anchor?: CodeAnchor
  readonly root?: string
}

/** What two lines have to share; `undefined` where one says nothing of it. */
interface Likeness {
  readonly of: (seen: SeenLine) => string | undefined
  /** Only where one of the two has no anchor: two anchors say more. */
  readonly isWeak?: true
}

/** Of the surroundings of a statement: fewer are alike by chance. About two lines of code. */
const TELLING = 12

/** The surest first. Lines that are as like as each other are told apart by their order, where there are as many on both sides. */
const LIKENESSES: readonly Likeness[] = [
  { of: wholeFile },
  { of: withSurroundings },
  { of: ofAnchor(({ code, before, after }) => [code, ...nearest(before), ...nearest(after)]) },
  { of: ofAnchor(codeAmong) },
  { of: ({ anchor }) => anchor && codeAmong(anchor).join(' ') },
  // Another statement in the place of the one before.
  { of: ofAnchor(({ before, after }) => [...nearest(before), ...nearest(after)]) },
  { of: ofAnchor(({ before }) => nearest(before)) },
  { of: ofAnchor(({ after }) => nearest(after)) },
  { of: functionAndLine, isWeak: true },
  { of: ({ callSite }) => callSite.function, isWeak: true },
]

/** Which one of those with the same code: a run may have reached but one of them. */
function codeAmong({ code, among }: CodeAnchor): string[] {
  return among === undefined ? [code] : [code, `${among.index} of ${among.count}`]
}

function nearest(around: readonly string[]): readonly string[] {
  return around.slice(0, TELLING)
}

/** The same statement with the same text before and after it. */
function wholeFile({ anchor }: SeenLine): string | undefined {
  if (anchor?.above === undefined || anchor.below === undefined) return undefined
  return `${anchor.code} ${anchor.above} ${anchor.below}`
}

function withSurroundings({ anchor }: SeenLine): string | undefined {
  return anchor && JSON.stringify([anchor.code, anchor.function, anchor.before, anchor.after])
}

function functionAndLine({ callSite }: SeenLine): string {
  return `${callSite.line} ${callSite.function ?? ''}`
}

/** Something of an anchor, within one function; `undefined` where there is none of it. */
function ofAnchor(part: (anchor: CodeAnchor) => readonly string[]) {
  return ({ anchor, callSite }: SeenLine) => {
    const said = anchor ? part(anchor) : []
    return said.length > 0 ? JSON.stringify([anchor?.function ?? callSite.function, ...said]) : undefined
  }
}

/** Pairs of the same line, each line in one pair at most. */
export function sameLines<Left extends SeenLine, Right extends SeenLine>(
  lefts: readonly Left[],
  rights: readonly Right[],
): Map<Right, Left> {
  const pairing = new Pairing(lefts, rights)
  // Most files are as they were.
  pairing.pair({ of: (seen) => `${fileOf(seen)} ${functionAndLine(seen)} ${wholeFile(seen)}` })
  for (const [file, ofFile] of Map.groupBy(pairing.rights, fileOf)) {
    const within = new Pairing(
      pairing.lefts.filter((left) => fileOf(left) === file),
      ofFile,
    )
    for (const likeness of LIKENESSES) within.pair(likeness)
    pairing.take(within.pairs)
  }
  // The file has another name, or the code is in another one.
  pairing.pair({ of: withSurroundings }, 1)
  return pairing.pairs
}

/** The file, wherever the runs began. */
export function fileOf({ callSite, root }: SeenLine): string {
  const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(callSite.file)
  return isAbsolute || root === undefined ? callSite.file : `${root}/${callSite.file}`
}

class Pairing<Left extends SeenLine, Right extends SeenLine> {
  readonly pairs = new Map<Right, Left>()
  readonly #lefts: Set<Left>
  readonly #rights: Set<Right>

  constructor(lefts: Iterable<Left>, rights: Iterable<Right>) {
    this.#lefts = new Set(lefts)
    this.#rights = new Set(rights)
  }

  /** Those without a partner. */
  get lefts(): Left[] {
    return [...this.#lefts]
  }

  get rights(): Right[] {
    return [...this.#rights]
  }

  pair({ of, isWeak }: Likeness, most = Number.POSITIVE_INFINITY): void {
    if (this.#lefts.size === 0 || this.#rights.size === 0) return
    const lefts = Map.groupBy(this.#lefts, of)
    for (const [key, rights] of Map.groupBy(this.#rights, of)) {
      const own = key === undefined ? [] : (lefts.get(key) ?? [])
      if (own.length !== rights.length || own.length > most) continue
      const leftsInOrder = inOrder(own)
      for (const [index, right] of inOrder(rights).entries()) {
        const left = leftsInOrder[index]
        if (left !== undefined && !(isWeak && left.anchor && right.anchor)) this.#join(left, right)
      }
    }
  }

  take(pairs: ReadonlyMap<Right, Left>): void {
    for (const [right, left] of pairs) this.#join(left, right)
  }

  #join(left: Left, right: Right): void {
    this.#lefts.delete(left)
    this.#rights.delete(right)
    this.pairs.set(right, left)
  }
}

function inOrder<Line extends SeenLine>(lines: readonly Line[]): Line[] {
  return lines.toSorted((left, right) => left.callSite.line - right.callSite.line)
}

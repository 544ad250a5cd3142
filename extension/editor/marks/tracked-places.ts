// Places of one text, followed while it is edited: the edits say where each place is, its anchor whether the code there is still the
// one that was measured, and where it is when the edits have torn it out.

import { codeAt, findAgain, type KnownPlace } from '../../../profiler-agent/anchor/anchor'
import type { CodeText } from '../../../profiler-agent/anchor/code-text'
import {
  comparePositions,
  crossesBorder,
  regionAfter,
  type TextChange,
  type TextRegion,
  touchesLines,
} from './text-regions'

export interface TrackedPlace {
  readonly region: TextRegion
  /** The statement is another one than the anchor was taken of. */
  readonly isChanged: boolean
}

interface Tracked {
  readonly place: KnownPlace
  /** Of the place, to know it again in another list. */
  readonly key: string
  readonly at?: TrackedPlace
  /** Its text was edited, or it has not been looked for in the text as it is. */
  readonly isUnsure: boolean
  /** It was edited in a way that may have put other code where it was. */
  readonly isSuspect?: boolean
}

export class TrackedPlaces {
  private tracked: readonly Tracked[] = []

  /** Whether there is nothing to look for: every place is where the edits have moved it, or known to be nowhere. */
  get areSettled(): boolean {
    return this.tracked.every(({ isUnsure }) => !isUnsure)
  }

  /** In the order of `follow`; `undefined` for places that are not found. */
  get places(): readonly (TrackedPlace | undefined)[] {
    return this.tracked.map(({ at }) => at)
  }

  /** Other places from now on; those that were followed before stay where they are. */
  follow(places: readonly KnownPlace[]): void {
    const before = new Map(this.tracked.map((tracked) => [tracked.key, tracked]))
    this.tracked = places.map((place) => {
      const key = JSON.stringify(place)
      return before.get(key) ?? { place, key, isUnsure: true }
    })
  }

  /**
   * Changes one after the other, each of the text that the one before left. True when a place was torn out of the text. With
   * `isDoubted` no place is sure any more: far away, a quote or the beginning of a comment makes code into something else.
   */
  edit(changes: readonly TextChange[], isDoubted = false): boolean {
    const before = this.tracked
    const isMixed = isMixture(changes)
    const after = before.map((tracked) =>
      changes.reduce((now, change) => edited(now, change, isMixed), tracked),
    )
    this.tracked = isDoubted ? after.map((tracked) => ({ ...tracked, isUnsure: true })) : after
    return after.some(({ at }, index) => at === undefined && before[index]?.at !== undefined)
  }

  /** The text is another one, and nobody knows how it came about. */
  forgetPositions(): void {
    this.tracked = this.tracked.map(({ place, key }) => ({ place, key, isUnsure: true }))
  }

  /** Looks for what is not settled; true when anything is at another place, or changed in another way, than the edits said. */
  settle(code: CodeText): boolean {
    const before = this.tracked
    const sought = before.filter(({ isUnsure, at, place }) => isUnsure && !isAsMeasured(code, place, at))
    const found = findAgain(
      code,
      sought.map(({ place }) => place),
    )
    const foundOf = new Map(sought.map((tracked, index) => [tracked, found[index]]))
    const after = before.map((tracked) =>
      tracked.isUnsure ? settled(tracked, code, foundOf.get(tracked)) : tracked,
    )
    // Of two places that look alike, the one that the edits did not tear out keeps its place.
    const held = new Set(after.flatMap(({ at }, index) => (at && before[index]?.at ? [startOf(at)] : [])))
    this.tracked = after.map((tracked, index) =>
      tracked.at !== undefined && before[index]?.at === undefined && held.has(startOf(tracked.at))
        ? { place: tracked.place, key: tracked.key, isUnsure: false }
        : tracked,
    )
    return this.tracked.some(({ at }, index) => !isSamePlace(at, before[index]?.at))
  }
}

/**
 * Texts in several places that become different ones: a formatter's edits, or the least that make a text into another. Nobody types
 * so; what a completion imports at the top of the file replaces nothing.
 */
function isMixture(changes: readonly TextChange[]): boolean {
  const [first, ...others] = changes.filter(({ range }) => comparePositions(range.start, range.end) !== 0)
  return others.some(({ text }) => text !== first?.text)
}

function edited(tracked: Tracked, change: TextChange, isMixed: boolean): Tracked {
  const { at, ...rest } = tracked
  // What is not there may be put back: pasted, or by an undo, but not by a single keystroke.
  if (at === undefined) return { ...rest, isUnsure: tracked.isUnsure || change.text.length > 1 }
  const region = regionAfter(at.region, change)
  if (region === undefined) return { ...rest, isUnsure: true }
  const isTouched = touchesLines(at.region, change)
  const isSuspect = tracked.isSuspect || (isTouched && isMixed) || crossesBorder(at.region, change)
  return { ...rest, at: { ...at, region }, isUnsure: tracked.isUnsure || isTouched, isSuspect }
}

type Found = ReturnType<typeof findAgain>[number]

/** What the edits say counts more than what looks alike elsewhere: a copy of a line is not the line. */
function settled({ place, key, at, isSuspect }: Tracked, code: CodeText, found: Found): Tracked {
  const here = at && codeIn(at.region, code)
  const isSame = here !== undefined && here === place.anchor?.code
  const isHere = here !== undefined && (isSame || !(isSuspect || isAt(at?.region, found)))
  if (at !== undefined && isHere)
    return { place, key, isUnsure: false, at: { region: at.region, isChanged: !isSame } }
  return { place, key, isUnsure: false, ...placed(found) }
}

/** Whether the code as it was measured begins or ends where the edits have left a part of it. */
function isAt(region: TextRegion | undefined, found: Found): boolean {
  if (region === undefined || found === undefined || found.isChanged) return false
  return found.region.line <= region.end.line + 1 && region.start.line + 1 <= found.region.endLine
}

function isAsMeasured(code: CodeText, { anchor }: KnownPlace, at: TrackedPlace | undefined): boolean {
  return at !== undefined && codeIn(at.region, code) === anchor?.code
}

/** As in anchors; `undefined` where there is no code, but a comment or nothing. */
function codeIn({ start, end }: TextRegion, code: CodeText): string | undefined {
  const from = { line: start.line + 1, column: start.character + 1 }
  const here = codeAt(code, { ...from, endLine: end.line + 1, endColumn: end.character + 1 })
  const nothing = codeAt(code, { ...from, endLine: from.line, endColumn: from.column })
  return here === nothing ? undefined : here
}

function isSamePlace(left: TrackedPlace | undefined, right: TrackedPlace | undefined): boolean {
  if (left === undefined || right === undefined) return left === right
  const [one, other] = [left.region, right.region]
  return (
    left.isChanged === right.isChanged &&
    comparePositions(one.start, other.start) === 0 &&
    comparePositions(one.end, other.end) === 0
  )
}

function startOf({ region: { start } }: TrackedPlace): string {
  return `${start.line}:${start.character}`
}

function placed(found: Found): { at?: TrackedPlace } {
  if (found === undefined) return {}
  const { region, isChanged } = found
  return {
    at: {
      region: {
        start: { line: region.line - 1, character: region.column - 1 },
        end: { line: region.endLine - 1, character: region.endColumn - 1 },
      },
      isChanged,
    },
  }
}

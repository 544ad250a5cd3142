// Places of one text, followed while it is edited: the edits say where each place is, its anchor whether the code there is still the
// one that was measured, and where it is when the edits have torn it out.

import { codeAt, findAgain, type KnownPlace } from '../../../profiler-agent/anchor/anchor'
import type { CodeText } from '../../../profiler-agent/anchor/code-text'
import type { CodeRegion } from '../../../profiler-agent/model/code-anchor'
import { comparePositions, regionAfter, type TextChange, type TextRegion, touchesLines } from './text-regions'

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
    const after = before.map((tracked) => changes.reduce(edited, tracked))
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

function edited(tracked: Tracked, change: TextChange): Tracked {
  const { at, ...rest } = tracked
  // What is not there may be put back: pasted, or by an undo, but not by a single keystroke.
  if (at === undefined) return { ...rest, isUnsure: tracked.isUnsure || change.text.length > 1 }
  const region = regionAfter(at.region, change)
  if (region === undefined) return { ...rest, isUnsure: true }
  const isUnsure = tracked.isUnsure || touchesLines(at.region, change)
  return { ...rest, at: { ...at, region }, isUnsure }
}

type Found = ReturnType<typeof findAgain>[number]

/** What the edits say counts more than what looks alike elsewhere: a copy of a line is not the line. */
function settled({ place, key, at }: Tracked, code: CodeText, found: Found): Tracked {
  const here = at && statementAt(code, at.region)
  if (here === undefined) return { place, key, isUnsure: false, ...placed(found?.region, found?.isChanged) }
  const isSame = codeAt(code, here) === place.anchor?.code
  if (isSame || found === undefined || found.isChanged || !shareLines(found.region, here))
    return { place, key, isUnsure: false, ...placed(here, !isSame) }
  return { place, key, isUnsure: false, ...placed(found.region, false) }
}

function isAsMeasured(code: CodeText, { anchor }: KnownPlace, at: TrackedPlace | undefined): boolean {
  const here = at && statementAt(code, at.region)
  return here !== undefined && codeAt(code, here) === anchor?.code
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

function placed(region: CodeRegion | undefined, isChanged = false): { at?: TrackedPlace } {
  if (region === undefined) return {}
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

function statementAt(code: CodeText, { start }: TextRegion): CodeRegion | undefined {
  return findAgain(code, [{ line: start.line + 1, column: start.character + 1 }])[0]?.region
}

function shareLines(left: CodeRegion, right: CodeRegion): boolean {
  return left.line <= right.endLine && right.line <= left.endLine
}

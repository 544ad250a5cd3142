// The findings in one file, at the places where their code is now: they move with the edits of an open document, and are found again by
// their anchors. What is gone has no place. Knows no VS Code.

import { codeAt, findAgain } from '../../profiler-agent/anchor/anchor'
import type { CodeText } from '../../profiler-agent/anchor/code-text'
import type { CodeRegion } from '../../profiler-agent/model/code-anchor'
import type { Finding, Location } from '../../profiler-agent/model/finding'
import { present } from '../../profiler-agent/model/present'
import { regionAfter, type TextChange, type TextRegion, touchesLines } from './marks/text-regions'

export interface FoundFinding {
  readonly finding: Finding
  /** Folder that files of the finding are relative to. */
  readonly root: string | undefined
}

export interface PlacedFinding extends FoundFinding {
  readonly region: TextRegion
  /** The code is another one than the finding is about. */
  readonly isChanged: boolean
}

interface Followed extends FoundFinding {
  /** Of finding and place, to know it again in another list. */
  readonly key: string
  readonly location: Location
  readonly at?: { readonly region: TextRegion; readonly isChanged: boolean }
  /** Of the code, when it was last seen as it was. */
  readonly text?: string
  /** Its lines were edited, or it has not been looked for in the text as it is. */
  readonly isUnsure: boolean
}

export class FileFindings {
  private followed: readonly Followed[] = []

  /** Whether all are where the edits have moved them, or known to be nowhere. */
  get areSettled(): boolean {
    return this.followed.every(({ isUnsure }) => !isUnsure)
  }

  /** Other findings of the file, or the same again; those that were followed before stay where they are. */
  follow(findings: readonly FoundFinding[]): void {
    const before = new Map(this.followed.map((each) => [each.key, each]))
    this.followed = findings.flatMap(({ finding, root }) => {
      const { location } = finding
      if (location === undefined) return []
      const key = JSON.stringify([finding.runId, finding.id, location])
      const known = before.get(key)
      return [known ? { ...known, finding } : { finding, root, key, location, isUnsure: true }]
    })
  }

  /** Changes one after the other, each of the text that the one before left. */
  edit(changes: readonly TextChange[]): void {
    this.followed = this.followed.map((each) => changes.reduce(edited, each))
  }

  /** The text is another one, and nobody knows how it came about. */
  forgetPlaces(): void {
    this.followed = this.followed.map(({ at: _, ...each }) => ({ ...each, isUnsure: true }))
  }

  /** Looks for what is not settled; gives all that are there. */
  placedIn(code: CodeText): PlacedFinding[] {
    this.followed = this.followed.map((each) => (each.isUnsure ? settled(each, code) : each))
    return this.followed.flatMap(({ finding, root, at }) => (at ? [{ finding, root, ...at }] : []))
  }
}

function edited(followed: Followed, change: TextChange): Followed {
  const { at, ...rest } = followed
  // What is not there may come back by any edit, such as an undo.
  if (at === undefined) return { ...rest, isUnsure: true }
  const region = regionAfter(at.region, change)
  if (region === undefined) return { ...rest, isUnsure: true }
  return { ...rest, at: { ...at, region }, isUnsure: rest.isUnsure || touchesLines(at.region, change) }
}

function settled({ at, ...rest }: Followed, code: CodeText): Followed {
  const { anchor } = rest.location
  const followed = { ...rest, isUnsure: false }
  if (anchor === undefined) return withPlace(followed, at ?? asSaid(rest.location, code))
  if (at && codeAt(code, codeRegion(at.region)) === anchor.code) return unchangedAt(followed, at.region, code)
  const [found] = findAgain(code, [knownPlace(rest.location)])
  const region = found && textRegion(found.region)
  const isHere = at !== undefined && isAlike(rest.text ?? '', textAt(code, at.region))
  // What the edits say counts more than what looks alike elsewhere: a copy of a line is not the line.
  if (region && !found.isChanged && !(isHere && !shareLines(region, at.region)))
    return unchangedAt(followed, region, code)
  if (isHere) return withPlace(followed, { region: at.region, isChanged: true })
  return withPlace(followed, region && { region, isChanged: true })
}

function unchangedAt(followed: Followed, region: TextRegion, code: CodeText): Followed {
  return { ...followed, at: { region, isChanged: false }, text: textAt(code, region) }
}

function textAt(code: CodeText, { start, end }: TextRegion): string {
  const from = code.offsetAt(start.line + 1, start.character + 1)
  return code.text.slice(from, code.offsetAt(end.line + 1, end.character + 1))
}

/** Whether a text was edited, rather than replaced: of one that changed places, an editor may say that its letters were. */
function isAlike(before: string, now: string): boolean {
  const shorter = Math.min(before.length, now.length)
  let start = 0
  while (start < shorter && before[start] === now[start]) start++
  let same = 0
  while (same < shorter - start && before.at(-1 - same) === now.at(-1 - same)) same++
  return 2 * (start + same) >= shorter
}

function withPlace(followed: Followed, at: Followed['at']): Followed {
  return at ? { ...followed, at } : followed
}

/** Code without an anchor: the place as it was, if there is such a line, and the edits from now on. */
function asSaid({ line, column, endLine = line, endColumn }: Location, code: CodeText): Followed['at'] {
  if (line > code.lineStarts.length) return undefined
  const text = code.lineAt(line)
  const first = text.length - text.trimStart().length
  // A column at or past the end would mark nothing that can be seen.
  const from = column - 1 >= text.trimEnd().length ? first : column - 1
  const lastLine = Math.min(endLine, code.lineStarts.length)
  const last = code.lineAt(lastLine)
  const to = Math.min(endColumn === undefined ? last.trimEnd().length : endColumn - 1, last.length)
  const start = { line: line - 1, character: from }
  const end = { line: lastLine - 1, character: to }
  const isEmpty = start.line === end.line && end.character <= start.character
  return { region: { start, end: isEmpty ? { ...start, character: text.length } : end }, isChanged: false }
}

function knownPlace({ line, column, endLine, endColumn, anchor }: Location) {
  return { line, column, ...present({ endLine, endColumn, anchor }) }
}

export function textRegion({ line, column, endLine, endColumn }: CodeRegion): TextRegion {
  return {
    start: { line: line - 1, character: column - 1 },
    end: { line: endLine - 1, character: endColumn - 1 },
  }
}

function codeRegion({ start, end }: TextRegion): CodeRegion {
  return {
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  }
}

function shareLines(left: TextRegion, right: TextRegion): boolean {
  return left.start.line <= right.end.line && right.start.line <= left.end.line
}

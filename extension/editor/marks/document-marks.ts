// The marks of one open document, which stay with their code while it is edited.

import * as vscode from 'vscode'
import type { KnownPlace } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import type { CodeAnchor } from '../../../profiler-agent/model/code-anchor'
import type { LineCost } from '../../../profiler-agent/model/line-cost'
import { present } from '../../../profiler-agent/model/present'
import { anchorsFromFile } from './file-anchors'
import { anchorsFromCell, CELL_SCHEME } from './notebook-cells'
import type { TextChange } from './text-regions'
import { TrackedPlaces } from './tracked-places'

/** The calls of a line, where that line is now. */
export interface Mark {
  readonly cost: LineCost
  /** The statement that makes the calls. */
  readonly range: vscode.Range
  /** The statement is another one than was measured: what it cost says little of what it will. */
  readonly isChanged: boolean
}

/** In a pause of typing, texts up to here are looked through whole; in longer ones only what was touched. */
const READ_ANEW_LINES = 5_000

export class DocumentMarks {
  private readonly tracked = new TrackedPlaces()
  /** What was asked for last. */
  private shown: readonly LineCost[] = []
  /** Those of it that can be followed, in the order of the tracked places. */
  private costs: readonly LineCost[] = []
  /** Anchors of lines that came without: once the file is saved again nobody can take them any more. */
  private readonly fromFile = new Map<string, CodeAnchor | undefined>()
  /** Of the text that the tracked places are in. */
  private version: number
  private marks: readonly Mark[] | undefined
  /** Something is at another place than the edits, and so the editor, moved it to. */
  private hasNews = false

  constructor(private readonly document: vscode.TextDocument) {
    this.version = document.version
  }

  /** Whether what is shown may be out of place or out of date until the marks are asked for again. */
  get isUnsure(): boolean {
    return !this.tracked.areSettled
  }

  /** In the order of the document. Looks into the text only after edits that touch a mark. */
  of(costs: readonly LineCost[]): readonly Mark[] {
    if (costs !== this.shown) this.show(costs)
    if (this.document.version !== this.version) this.missedEdits()
    if (this.marks !== undefined && this.tracked.areSettled) return this.marks
    if (!this.tracked.areSettled) this.settle()
    this.marks = newestOfEach(this.found())
    return this.marks
  }

  /** Looks into the text where that is due; true when somebody who shows the marks has to ask for them again. */
  look(): boolean {
    if (!this.tracked.areSettled) this.settle()
    const { hasNews } = this
    this.hasNews = false
    return hasNews
  }

  /** True when a mark was torn out of the text and has to be looked for. */
  edit({ document: { version }, contentChanges }: vscode.TextDocumentChangeEvent): boolean {
    // Somebody asked between the edit and the news of it, and was answered from the text as it is.
    if (version <= this.version) return false
    this.version = version
    if (contentChanges.length === 0) return false
    this.marks = undefined
    const isShort = this.document.lineCount <= READ_ANEW_LINES
    const isTorn = this.tracked.edit(contentChanges satisfies readonly TextChange[], isShort)
    if (isTorn) this.hasNews = true
    return isTorn
  }

  private settle(): void {
    const { document } = this
    if (this.tracked.settle(new CodeText(document.getText(), document.fileName))) this.hasNews = true
    this.marks = undefined
  }

  private show(costs: readonly LineCost[]): void {
    this.shown = costs
    this.marks = undefined
    const anchored = this.withAnchors(costs)
    this.costs = anchored.map(({ cost }) => cost)
    this.tracked.follow(anchored.map(({ place }) => place))
  }

  /** A line without any anchor is not followed: a mark on a wrong line is worse than none. */
  private withAnchors(costs: readonly LineCost[]): { readonly cost: LineCost; readonly place: KnownPlace }[] {
    this.readMissing(costs.filter((cost) => cost.anchor === undefined && !this.fromFile.has(seenAt(cost))))
    return costs.flatMap((cost) => {
      const { line, column } = cost.callSite
      const anchor = cost.anchor ?? this.fromFile.get(seenAt(cost))
      return anchor === undefined ? [] : [{ cost, place: { line, ...present({ column }), anchor } }]
    })
  }

  private readMissing(costs: readonly LineCost[]): void {
    if (costs.length === 0) return
    const { document } = this
    const anchors =
      document.uri.scheme === CELL_SCHEME
        ? anchorsFromCell(document.getText(), costs)
        : anchorsFromFile(document.uri.fsPath, costs)
    costs.forEach((cost, index) => void this.fromFile.set(seenAt(cost), anchors[index]))
  }

  private missedEdits(): void {
    this.version = this.document.version
    this.marks = undefined
    this.tracked.forgetPositions()
  }

  private found(): Mark[] {
    return this.tracked.places.flatMap((place, index) => {
      const cost = this.costs[index]
      if (place === undefined || cost === undefined) return []
      const { start, end } = place.region
      const range = new vscode.Range(start.line, start.character, end.line, end.character)
      return [{ cost, range, isChanged: place.isChanged }]
    })
  }
}

/** A statement that was measured under several names of its file shows the newest run. */
function newestOfEach(marks: readonly Mark[]): Mark[] {
  const newest = new Map<string, string>()
  for (const { cost, range } of marks) {
    const key = keyOf(range)
    const known = newest.get(key)
    if (known === undefined || cost.startTime > known) newest.set(key, cost.startTime)
  }
  return marks
    .filter(({ cost, range }) => newest.get(keyOf(range)) === cost.startTime)
    .sort((left, right) => left.range.start.compareTo(right.range.start))
}

function seenAt({ runId, callSite: { file, line, column } }: LineCost): string {
  return `${runId} ${file}:${line}:${column}`
}

function keyOf({ start }: vscode.Range): string {
  return `${start.line}:${start.character}`
}

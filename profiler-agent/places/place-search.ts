// Looks for the subjects of findings in one file after another, and says in the end where each is, or that nobody can tell.

import type { Location } from '../model/finding'
import { callOptionsAt } from './call-options'
import { lexFile } from './file-kind'
import type { TemplateHole } from './prompt-templates'
import { regionOf, type Span } from './source-lines'
import type { Sought, Subject } from './subject'
import { toolDeclarations } from './tool-declaration'
import { matchOf, type Needle } from './volatile-origin'

/** A file under search; its text is read, and its holes are found, only when somebody needs them. */
export interface SearchedFile {
  readonly name: string
  readonly source: () => string | undefined
  readonly holes: () => readonly TemplateHole[]
}

/** Where something of a finding is in the source. */
export interface Place {
  readonly what: Sought['what']
  readonly region: Required<Omit<Location, 'anchor'>>
  /** The code of the region; of an option its name alone, for its value may be a prompt. */
  readonly code: string
}

interface Candidate extends Span {
  readonly what: Sought['what']
  readonly file: string
  readonly source: string
  readonly name?: string
  /** Higher is better. */
  readonly score: number
  readonly isNear: boolean
}

/** A text with fewer letters around its hole is found anywhere: it counts in the files that led to the call only … */
const TELLING_LETTERS = 12
/** … and with fewer than these, nowhere. */
const LEAST_LETTERS = 4
/** Letters of the value at its ends that happen to be equal; more of them, and a short constant text is met by chance. */
const MAX_SLACK_NEARBY = 40
/** With so many, a place in a file that led to the call is the one, whatever else there is. */
const SURE_LETTERS = 40
/** The first tool that changed is the one to show; the others count, in their order, where it is not found. */
const DESCRIBED_TOOL = 1_000
const NAMED_TOOL = 500
/** As good as the best, for there may be a copy that somebody changed a little. */
const NEARLY = 0.9

export class PlaceSearch {
  readonly #candidates: Candidate[] = []
  readonly #near: ReadonlySet<string>

  constructor(readonly subject: Subject) {
    this.#near = new Set(subject.call.frames.map(({ file }) => file))
  }

  look(file: SearchedFile): void {
    for (const sought of this.subject.sought) this.#candidates.push(...this.#candidatesOf(sought, file))
  }

  /** Whether no other file could change the result: a place in a file that led to the call fits too well for that. */
  get isSure(): boolean {
    const [{ what } = { what: 'option' }] = this.subject.sought
    if (what === 'option') return true
    const found = bestOf(this.#candidates.filter((candidate) => candidate.what === what))
    return found?.isNear === true && found.score >= (what === 'tool' ? DESCRIBED_TOOL : SURE_LETTERS)
  }

  /**
   * The one place that fits best; `undefined` where there is none, or another one fits as well. Before all files were looked into
   * (`isWhole`), only one in a file that led to the call is sure: no other one would be taken instead of it.
   */
  result(isWhole: boolean): Place | undefined {
    for (const { what } of this.subject.sought) {
      const found = bestOf(this.#candidates.filter((candidate) => candidate.what === what))
      if (found && (isWhole || found.isNear)) return placeOf(found)
    }
    return undefined
  }

  #candidatesOf(sought: Sought, file: SearchedFile): Candidate[] {
    const isNear = this.#near.has(file.name)
    switch (sought.what) {
      case 'text':
        return textCandidates(sought.needle, file, isNear)
      case 'tool':
        return toolCandidates(sought, file, isNear)
      case 'option':
        return isNear ? this.#optionCandidates(sought.names, file) : []
      default:
        return sought satisfies never
    }
  }

  /** Of the innermost line alone: callers further out have options of their own. */
  #optionCandidates(names: readonly string[], file: SearchedFile): Candidate[] {
    const [frame] = this.subject.call.frames
    const source = frame?.file === file.name ? file.source() : undefined
    const lexed = source === undefined ? undefined : lexFile(file.name, source)
    const call = frame && lexed && callOptionsAt(lexed, frame)
    const option = names.flatMap((name) => call?.options.filter((each) => each.name === name) ?? [])[0]
    if (!option || source === undefined) return []
    const isOneLine = !source.slice(option.whole.start, option.whole.end).includes('\n')
    const { start, end } = isOneLine ? option.whole : option.key
    const { name } = option
    return [{ start, end, what: 'option', file: file.name, source, name, score: 1, isNear: true }]
  }
}

function textCandidates(needle: Needle, file: SearchedFile, isNear: boolean): Candidate[] {
  const matches = file.holes().flatMap((hole) => matchOf(hole, needle) ?? [])
  const telling = matches.filter(
    ({ letters, slack }) =>
      letters >= TELLING_LETTERS || (isNear && letters >= LEAST_LETTERS && slack <= MAX_SLACK_NEARBY),
  )
  const source = telling.length > 0 ? file.source() : undefined
  if (source === undefined) return []
  return telling.map(({ hole, letters, slack }) => {
    const { start, end } = hole.inner
    return { start, end, what: 'text', file: file.name, source, score: letters - slack / 100, isNear }
  })
}

function toolCandidates(
  { tools }: Extract<Sought, { what: 'tool' }>,
  file: SearchedFile,
  isNear: boolean,
): Candidate[] {
  const source = file.source()
  if (source === undefined) return []
  return tools.flatMap((tool, index) =>
    toolDeclarations(file.name, source, tool).map(({ start, end, isDescribed }) => {
      const score = (isDescribed ? DESCRIBED_TOOL : NAMED_TOOL) - index
      return { start, end, what: 'tool', file: file.name, source, score, isNear }
    }),
  )
}

/** Two that are equally good are none, unless one of them led to the call. */
function bestOf(candidates: readonly Candidate[]): Candidate | undefined {
  const most = Math.max(0, ...candidates.map(({ score }) => score))
  const best = candidates.filter(({ what, score }) =>
    what === 'tool' ? score === most : score >= most * NEARLY,
  )
  if (best.length === 1) return best[0]
  const near = best.filter(({ isNear }) => isNear)
  if (near.length === 1) return near[0]
  const [first, second] = near.toSorted((left, right) => right.score - left.score)
  return first && second && first.score > second.score ? first : undefined
}

function placeOf({ what, file, source, start, end, name }: Candidate): Place {
  return { what, region: regionOf(file, source, { start, end }), code: name ?? source.slice(start, end) }
}

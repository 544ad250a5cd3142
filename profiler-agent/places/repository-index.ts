// The holes of a repository's files, kept while the files stay as they are, and searches that go through all of them in small steps.

import { RecentMap } from '../model/recent-map'
import type { Frame } from '../model/span'
import { type Place, PlaceSearch, type SearchedFile } from './place-search'
import { type TemplateHole, templateHoles } from './prompt-templates'
import { type FileStamp, Repository } from './repository'
import type { Subject } from './subject'

/** Past these, a repository is searched no further: its findings may have an origin that is not found. */
const MAX_FILES = 20_000
const MAX_FOLDERS = 5_000
/** Characters of constant text that are kept, over all files. */
const MAX_KEPT = 8_000_000

interface KeptFile extends FileStamp {
  readonly holes: readonly TemplateHole[]
}

/** What was looked for, with its files named as the repository names them, and where it is. */
export interface Found {
  readonly subject: Subject
  readonly place: Place | undefined
}

export interface RepositorySearch {
  /** One step for each file. */
  readonly steps: Iterator<undefined, void>
  /** What was found so far, in the order of the subjects; `isWhole`: all files were looked into. */
  readonly found: (isWhole: boolean) => readonly Found[]
}

export class RepositoryIndex {
  readonly repository: Repository
  readonly #kept = new RecentMap<string, KeptFile>(MAX_KEPT, ({ holes }) => 100 + weightOf(holes))

  /** Throws where the root is not there. */
  constructor(readonly root: string) {
    this.repository = new Repository(root)
  }

  /** A search for all subjects at once, of which nothing is done yet. */
  search(subjects: readonly Subject[]): RepositorySearch {
    const searches = subjects.map((subject) => new PlaceSearch(this.#withinRoot(subject)))
    return {
      steps: this.#steps(searches),
      found: (isWhole) =>
        searches.map((search) => ({ subject: search.subject, place: search.result(isWhole) })),
    }
  }

  /** The files that led to the calls are the first step. */
  *#steps(searches: readonly PlaceSearch[]): Generator<undefined, void> {
    const near = new Set(searches.flatMap(({ subject }) => nearFiles(subject)))
    for (const file of near) this.#look(file, searches)
    if (searches.every(({ isSure }) => isSure)) return
    let files = 0
    let folders = 0
    for (const file of this.repository.files()) {
      yield
      if (file === undefined ? ++folders > MAX_FOLDERS : ++files > MAX_FILES) return
      if (file !== undefined && !near.has(file)) this.#look(file, searches)
    }
  }

  #look(name: string, searches: readonly PlaceSearch[]): void {
    const file = this.#file(name)
    if (file) for (const search of searches) search.look(file)
  }

  /** Frames outside of the root are named by their whole path, and a root that is a link has two. */
  #withinRoot(subject: Subject): Subject {
    const frames = subject.call.frames.map((frame) => this.#relative(frame))
    return { ...subject, call: { ...subject.call, frames } }
  }

  #relative(frame: Frame): Frame {
    for (const root of [this.root, this.repository.root]) {
      const folder = `${root.replaceAll('\\', '/')}/`
      if (frame.file.startsWith(folder)) return { ...frame, file: frame.file.slice(folder.length) }
    }
    return frame
  }

  #file(name: string): SearchedFile | undefined {
    const opened = this.repository.open(name)
    if (!opened) return undefined
    let source: string | undefined
    const read = () => {
      source ??= opened.read()
      return source
    }
    return { name, source: read, holes: () => this.#holes(name, opened, read) }
  }

  #holes(
    name: string,
    { modifiedAt, bytes }: FileStamp,
    read: () => string | undefined,
  ): readonly TemplateHole[] {
    const kept = this.#kept.get(name)
    if (kept?.modifiedAt === modifiedAt && kept.bytes === bytes) return kept.holes
    const source = read()
    const holes = source === undefined ? [] : templateHoles(name, source)
    this.#kept.set(name, { modifiedAt, bytes, holes })
    return holes
  }
}

/** Of those that led to the call, the innermost. */
const MOST_NEAR = 12

function nearFiles({ call: { frames } }: Subject): string[] {
  return [...new Set(frames.map(({ file }) => file))].slice(0, MOST_NEAR)
}

function weightOf(holes: readonly TemplateHole[]): number {
  return holes.reduce((sum, { before, after }) => sum + lengthOf(before.texts) + lengthOf(after.texts), 0)
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}

// The holes of a repository's files, kept while the files stay as they are, and searches that go through all of them in small steps.

import { RecentMap } from '../model/recent-map'
import type { Frame } from '../model/span'
import type { Place } from './place-search'
import { PlaceSearch, type SearchedFile } from './place-search'
import { type TemplateHole, templateHoles } from './prompt-templates'
import { type FileStamp, Repository } from './repository'
import type { Subject } from './subject'

/** Past these, a repository is searched no further: its findings may have an origin that is not found. */
const MAX_FILES = 20_000
const MAX_FOLDERS = 5_000
/** Characters of constant text that are kept, over all files. */
const MAX_KEPT = 16_000_000

interface KeptFile extends FileStamp {
  readonly holes: readonly TemplateHole[]
}

/** What was looked for, with its files named as the repository names them, and where it is. */
export interface Found {
  readonly subject: Subject
  readonly place: Place | undefined
}

export class RepositoryIndex {
  readonly repository: Repository
  readonly #kept = new RecentMap<string, KeptFile>(MAX_KEPT, ({ holes }) => 100 + weightOf(holes))

  /** Throws where the root is not there. */
  constructor(readonly root: string) {
    this.repository = new Repository(root)
  }

  /** Searches for all subjects at once; pauses after each file. Gives the places in the order of the subjects. */
  *search(subjects: readonly Subject[]): Generator<undefined, Found[]> {
    const searches = subjects.map((subject) => new PlaceSearch(this.#withinRoot(subject)))
    const seen = new Set<string>()
    let folders = 0
    for (const file of this.#inOrder(searches)) {
      yield
      if (file === undefined ? ++folders > MAX_FOLDERS : seen.size >= MAX_FILES) break
      if (file === undefined || seen.has(file)) continue
      seen.add(file)
      const searched = this.#file(file)
      if (searched) for (const search of searches) search.look(searched)
    }
    return searches.map((search) => ({ subject: search.subject, place: search.result() }))
  }

  *#inOrder(searches: readonly PlaceSearch[]): Generator<string | undefined> {
    for (const { subject } of searches) for (const { file } of subject.call.frames) yield file
    // Options stand at the call; only texts and tools may be anywhere.
    const isAnywhere = searches.some(({ subject }) => subject.sought.some(({ what }) => what !== 'option'))
    if (isAnywhere) yield* this.repository.files()
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
    const stamp = this.repository.stampOf(name)
    if (!stamp) return undefined
    let source: string | undefined
    const read = () => (source ??= this.repository.read(name))
    return { name, source: read, holes: () => this.#holes(name, stamp, read) }
  }

  #holes(name: string, stamp: FileStamp, read: () => string | undefined): readonly TemplateHole[] {
    const kept = this.#kept.get(name)
    if (kept?.modifiedAt === stamp.modifiedAt && kept.bytes === stamp.bytes) return kept.holes
    const source = read()
    const holes = source === undefined ? [] : templateHoles(name, source)
    this.#kept.set(name, { ...stamp, holes })
    return holes
  }
}

function weightOf(holes: readonly TemplateHole[]): number {
  return holes.reduce((sum, { before, after }) => sum + lengthOf(before.texts) + lengthOf(after.texts), 0)
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}

// Places of findings while runs go on: what is known already at once, what is not is looked for in small steps beside other work.

import type { Finding } from '../model/finding'
import { RecentMap } from '../model/recent-map'
import { withEdits } from './edits/fix-edits'
import { placedFinding } from './placed-finding'
import { type Found, RepositoryIndex, type RepositorySearch } from './repository-index'
import { type CallFacts, type Subject, subjectOf } from './subject'

/** What of a run is needed to find places: read when its findings are looked for, not before. */
export interface PlacedRun {
  /** Folder of the user's code. */
  readonly root: string
  /** `undefined` for a span that is no call, or not stored yet. */
  readonly callOf: (spanId: string) => CallFacts | undefined
}

export interface FindingPlacesOptions {
  /** `undefined` for a run that belongs to no folder. */
  readonly runOf: (runId: string) => PlacedRun | undefined
  /** SHA-256 of a text, hex. */
  readonly hashOf: (text: string) => string
  /** Whether a text holds a credential: somebody may have written one into the source. */
  readonly hasSecret: (text: string) => boolean
  /** Called after places of a run became known. */
  readonly found: (runId: string) => void
  /** Told of a fault of ours. */
  readonly failed: (error: unknown) => void
}

/** A step of work, and the pause behind it: whatever else the thread does goes on nearly as before. */
const STEP_MS = 5
const PAUSE_MS = 5
/** A search takes this much of work at most; what is not found by then is not found. */
const MOST_WORK_MS = 3_000
/** Stands where code holds a credential. */
const HIDDEN = '…'
const REMEMBERED_FINDINGS = 2_000
const REMEMBERED_ROOTS = 4

/** Puts what was found into a finding, which may have grown since. */
type Known = (finding: Finding) => Finding

interface Job {
  readonly subjects: readonly Subject[]
  readonly search: RepositorySearch
  readonly index: RepositoryIndex
  workedMs: number
}

export class FindingPlaces {
  readonly #known = new RecentMap<string, Known>(REMEMBERED_FINDINGS)
  readonly #indexes = new RecentMap<string, RepositoryIndex>(REMEMBERED_ROOTS)
  readonly #waiting = new Map<string, Finding>()
  #job: Job | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(readonly options: FindingPlacesOptions) {}

  /** Findings with what is known of their places; those that are new are looked for from now on. Throws nothing. */
  placed(findings: readonly Finding[]): Finding[] {
    return findings.map((finding) => {
      const key = keyOf(finding)
      const known = this.#known.get(key)
      if (known) return known(finding)
      if (!this.#isSought(key)) this.#waiting.set(key, finding)
      this.#soon()
      return finding
    })
  }

  /** Works on what is asked for until all is found, `mostMs` at most; what was found by then counts. */
  finish(mostMs: number): void {
    const end = performance.now() + mostMs
    do this.#work(end)
    while (this.#hasWork && performance.now() < end)
    this.#safely(() => {
      if (this.#job) this.#end(this.#job, false)
    })
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting.clear()
    this.#job = undefined
  }

  get #hasWork(): boolean {
    return this.#job !== undefined || this.#waiting.size > 0
  }

  #soon(): void {
    if (!this.#hasWork) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#work(performance.now() + STEP_MS)
      this.#soon()
    }, PAUSE_MS)
  }

  #isSought(key: string): boolean {
    return this.#job?.subjects.some(({ finding }) => keyOf(finding) === key) ?? false
  }

  #work(end: number): void {
    this.#safely(() => {
      this.#job ??= this.#nextJob()
      const state = this.#job ? goOn(this.#job, end) : 'under way'
      if (this.#job && state !== 'under way') this.#end(this.#job, state === 'whole')
    })
  }

  /** After a fault its findings stay at their calls, where they were. */
  #safely(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#job = undefined
      this.options.failed(error)
    }
  }

  /** All that waits of one run is looked for in one go. */
  #nextJob(): Job | undefined {
    const [first] = this.#waiting.values()
    if (!first) return undefined
    const asked = [...this.#waiting].filter(([, { runId }]) => runId === first.runId)
    for (const [key] of asked) {
      this.#waiting.delete(key)
      this.#known.set(key, (finding) => finding)
    }
    const run = this.options.runOf(first.runId)
    const index = run && this.#indexOf(run.root)
    const subjects = run && index ? asked.flatMap(([, finding]) => subjectsOf(finding, run)) : []
    return index && subjects.length > 0
      ? { subjects, index, search: index.search(subjects), workedMs: 0 }
      : undefined
  }

  #indexOf(root: string): RepositoryIndex | undefined {
    const known = this.#indexes.get(root)
    if (known) return known
    try {
      const index = new RepositoryIndex(root)
      this.#indexes.set(root, index)
      return index
    } catch {
      // The folder is gone: nothing is found in it.
      return undefined
    }
  }

  #end({ subjects, index, search }: Job, isWhole: boolean): void {
    this.#job = undefined
    for (const each of search.found(isWhole))
      this.#known.set(keyOf(each.subject.finding), this.#placing(index, each))
    this.options.found(subjects[0]?.finding.runId ?? '')
  }

  /** Edits are made once, of the files as they are now. What is kept holds nothing of the run's prompts. */
  #placing({ repository }: RepositoryIndex, { subject, place }: Found): Known {
    const files = { read: (file: string) => repository.read(file), hashOf: this.options.hashOf }
    const { hasSecret } = this.options
    const { safety, edits } = withEdits(subject.finding, subject, place, files).fix ?? {}
    const isHidden = edits?.some(({ newText }) => hasSecret(newText)) || hasSecret(place?.code ?? '')
    const result = { place: place && isHidden ? { ...place, code: HIDDEN } : place, missing: subject.missing }
    return (finding) => {
      const placed = placedFinding(finding, result)
      return finding.fix && safety && edits && !isHidden
        ? { ...placed, fix: { ...finding.fix, safety, edits } }
        : placed
    }
  }
}

/** A step at least, however late it is: the files that led to the call come first. */
function goOn(job: Job, end: number): 'whole' | 'too long' | 'under way' {
  const startedAt = performance.now()
  const workedBefore = job.workedMs
  for (;;) {
    if (job.search.steps.next().done) return 'whole'
    const now = performance.now()
    job.workedMs = workedBefore + now - startedAt
    if (job.workedMs > MOST_WORK_MS) return 'too long'
    if (now >= end) return 'under way'
  }
}

function subjectsOf(finding: Finding, run: PlacedRun): Subject[] {
  const call = finding.spanIds.map(run.callOf).find((facts) => facts !== undefined)
  const subject = call && subjectOf(finding, call)
  return subject ? [subject] : []
}

/** A finding that says something else of its cause or its fix than before is another one to look for. */
function keyOf({ runId, id, evidence }: Finding): string {
  const { fix, breakpointPlaces, path, volatile, alsoVolatile, writing, parameter } = evidence
  const { changed, added, removed } = evidence
  const sought = [fix, breakpointPlaces, path, volatile, alsoVolatile, writing, parameter]
  const tools = [changed, added, removed]
  return `${runId} ${id} ${JSON.stringify([...sought, ...tools])}`
}

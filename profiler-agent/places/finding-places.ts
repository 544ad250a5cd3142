// Places of findings while runs go on: what is known already at once, what is not is looked for in small steps beside other work.

import type { Finding, Location } from '../model/finding'
import { RecentMap } from '../model/recent-map'
import { ChangingHoles } from './changing-holes'
import { changingHolesOf, type EditedFiles, withEdits } from './edits/fix-edits'
import type { Place } from './place-search'
import { placedFinding } from './placed-finding'
import { type Found, RepositoryIndex, type RepositorySearch } from './repository-index'
import { regionOf } from './source-lines'
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
const REMEMBERED_RUNS = 200

/** Puts what was found into a finding, which may have grown since. */
type Known = (finding: Finding) => Finding

interface RunChanges {
  readonly holes: ChangingHoles
  /** Findings whose edits depend on them, by key. */
  readonly findings: Map<string, Finding>
}

interface Job {
  readonly subjects: readonly Subject[]
  readonly search: RepositorySearch
  readonly index: RepositoryIndex
  workedMs: number
}

export class FindingPlaces {
  readonly #known = new RecentMap<string, Known>(REMEMBERED_FINDINGS)
  readonly #indexes = new RecentMap<string, RepositoryIndex>(REMEMBERED_ROOTS)
  readonly #changes = new RecentMap<string, RunChanges>(REMEMBERED_RUNS)
  /** Calls that a finding had when it was looked for. */
  readonly #calls = new RecentMap<string, number>(REMEMBERED_FINDINGS)
  readonly #waiting = new Map<string, Finding>()
  /** Those that have more calls since. */
  readonly #grown = new Map<string, Finding>()
  #job: Job | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(readonly options: FindingPlacesOptions) {}

  /** Findings with what is known of their places; those that are new are looked for from now on. Throws nothing. */
  placed(findings: readonly Finding[]): Finding[] {
    return findings.map((finding) => {
      const key = keyOf(finding)
      const known = this.#known.get(key)
      if (!known) this.#ask(key, finding)
      else if (finding.spanIds.length > (this.#calls.get(key) ?? 0)) this.#hasGrown(key, finding)
      return known ? known(finding) : finding
    })
  }

  #ask(key: string, finding: Finding): void {
    if (!this.#isSought(key)) this.#waiting.set(key, finding)
    this.#soon()
  }

  /** More calls may show more of a text to change: it is looked at again when they have doubled, and at the end. */
  #hasGrown(key: string, finding: Finding): void {
    if (finding.evidence.fix !== 'move-volatile') return
    if (finding.spanIds.length >= 2 * (this.#calls.get(key) ?? 0)) this.#ask(key, finding)
    else this.#grown.set(key, finding)
  }

  /** Works on what is asked for until all is found, `mostMs` at most; what was found by then counts. */
  finish(mostMs: number): void {
    const end = performance.now() + mostMs
    for (const [key, finding] of this.#grown) this.#waiting.set(key, finding)
    do this.#work(end)
    while (this.#hasWork && performance.now() < end)
    this.#safely(() => {
      if (this.#job) this.#end(this.#job, false)
    })
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting.clear()
    this.#grown.clear()
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
    for (const [key, finding] of asked) {
      this.#calls.set(key, finding.spanIds.length)
      this.#waiting.delete(key)
      this.#grown.delete(key)
      if (!this.#known.has(key)) this.#known.set(key, unplaced)
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
    const runId = subjects[0]?.finding.runId ?? ''
    const found = search.found(isWhole)
    const changes = this.#gatherChanges(runId, index, found)
    for (const each of found) {
      const key = keyOf(each.subject.finding)
      // A second look that was cut short knows less than the first.
      const isBetter = isWhole || each.place !== undefined || this.#known.get(key) === unplaced
      if (isBetter) this.#known.set(key, this.#placing(index, each, changes))
    }
    this.options.found(runId)
  }

  /** What changes by all findings of the run. Where one brings something new, those before are looked for again: their edits have to move it, too. */
  #gatherChanges(runId: string, index: RepositoryIndex, found: readonly Found[]): ChangingHoles {
    const changes = this.#changes.get(runId) ?? {
      holes: new ChangingHoles(),
      findings: new Map<string, Finding>(),
    }
    this.#changes.set(runId, changes)
    const files = this.#filesOf(index, changes.holes)
    const news = found.flatMap(({ subject, place }) => changingHolesOf(subject, place, files)?.holes ?? [])
    if (changes.holes.add(news))
      for (const [key, finding] of changes.findings) this.#waiting.set(key, finding)
    for (const { subject, place } of found)
      if (place?.what === 'text') changes.findings.set(keyOf(subject.finding), subject.finding)
    return changes.holes
  }

  #filesOf({ repository }: RepositoryIndex, holes: ChangingHoles): EditedFiles {
    return {
      read: (file) => repository.read(file),
      hashOf: this.options.hashOf,
      changingIn: (file, fileHash) => holes.in(file, fileHash),
    }
  }

  /** Edits are made once, of the files as they are now. What is kept holds nothing of the run's prompts. */
  #placing(index: RepositoryIndex, { subject, place }: Found, changes: ChangingHoles): Known {
    const files = this.#filesOf(index, changes)
    const { hasSecret } = this.options
    const { safety, edits } = withEdits(subject.finding, subject, place, files).fix ?? {}
    const isHidden = edits?.some(({ newText }) => hasSecret(newText)) || hasSecret(place?.code ?? '')
    const result = {
      place: place && isHidden ? { ...place, code: HIDDEN } : place,
      missing: subject.missing,
      others: otherPlaces(subject, place, files),
    }
    return (finding) => {
      const placed = placedFinding(finding, result)
      return finding.fix && safety && edits && !isHidden
        ? { ...placed, fix: { ...finding.fix, safety, edits } }
        : placed
    }
  }
}

/** What is being looked for stays as it is. */
const unplaced: Known = (finding) => finding

function otherPlaces(subject: Subject, place: Place | undefined, files: EditedFiles): Location[] {
  const found = changingHolesOf(subject, place, files)
  const source = found && files.read(found.file)
  return !found || source === undefined
    ? []
    : found.holes.slice(1).map((hole) => regionOf(hole.file, source, hole))
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
  const subject = call && subjectOf(finding, call, () => promptsOf(finding, run))
  return subject ? [subject] : []
}

/** Enough calls to see what changes, from all of the finding. */
const MOST_PROMPTS = 12

function promptsOf({ spanIds, evidence }: Finding, run: PlacedRun): string[] {
  const step = Math.max(1, Math.floor(spanIds.length / MOST_PROMPTS))
  return spanIds
    .filter((_, index) => index % step === 0)
    .slice(0, MOST_PROMPTS)
    .flatMap(
      (id) =>
        run
          .callOf(id)
          ?.prompt()
          .find(({ path }) => path === evidence.path)
          ?.text() ?? [],
    )
}

/** A finding that says something else of its cause or its fix than before is another one to look for. */
function keyOf({ runId, id, evidence }: Finding): string {
  const { fix, breakpointPlaces, path, volatile, alsoVolatile, writing, parameter } = evidence
  const { changed, added, removed } = evidence
  const sought = [fix, breakpointPlaces, path, volatile, alsoVolatile, writing, parameter]
  const tools = [changed, added, removed]
  return `${runId} ${id} ${JSON.stringify([...sought, ...tools])}`
}

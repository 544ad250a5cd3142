// Takes the anchors of the lines that calls and findings of runs are at, out of the files as they are on disk: in small steps
// beside other work, each file read once. A file that changed since the run began says nothing of it.

import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { anchorAt } from './anchor/anchor'
import { CodeText } from './anchor/code-text'
import type { Place } from './anchor/statement'
import type { CodeAnchor } from './model/code-anchor'
import type { Finding, Location } from './model/finding'
import { present } from './model/present'
import { RecentMap } from './model/recent-map'
import type { RunRecord, SpanRecord } from './model/record'
import { type AnchoredPlace, placeKey } from './store/anchor-rows'

/** A step of work, and the pause behind it. */
const STEP_MS = 5
const PAUSE_MS = 5
const MAX_FILE_BYTES = 8_000_000
/** Characters of files that are kept, in all; with its tokens one takes about eight bytes. */
const MAX_KEPT = 2_000_000
const REMEMBERED_PLACES = 10_000
/** A network share: to look at it would hand the user's identity to a host that a header named. */
const NETWORK_PATH = /^(?:\\\\|\/\/)/

type Run = Pick<RunRecord, 'root' | 'startedAt'>

export interface CodeAnchorsOptions {
  readonly runOf: (runId: string) => Run | undefined
  readonly keep: (runId: string, places: readonly AnchoredPlace[]) => void
  /** Anchors of findings of a run became known. */
  readonly found: (runId: string) => void
  /** Told of a fault of ours. */
  readonly failed: (error: unknown) => void
}

interface Asked {
  readonly runId: string
  readonly key: string
  readonly place: Place & { readonly file: string }
  /** A finding's; else a call's. */
  readonly isFinding: boolean
  /** The place was found in the file as it is, whenever it was written. */
  readonly isOfNow: boolean
}

interface ReadFile {
  readonly stamp: string
  readonly code: CodeText
}

export class CodeAnchors {
  /** By run and place; `null` where there is none. */
  readonly #known = new RecentMap<string, CodeAnchor | null>(REMEMBERED_PLACES)
  readonly #files = new RecentMap<string, ReadFile>(MAX_KEPT, ({ code }) => 100 + code.text.length)
  readonly #waiting = new Map<string, Asked>()
  #timer: NodeJS.Timeout | undefined

  constructor(readonly options: CodeAnchorsOptions) {}

  /** Calls that are recorded: the places that are new are looked at from now on. Throws nothing. */
  add(runId: string, spans: readonly Pick<SpanRecord, 'call' | 'callSite'>[]): void {
    for (const { call, callSite } of spans) {
      if (!call || !callSite) continue
      const { stack: _, ...place } = callSite
      this.#ask({ runId, key: `${runId} ${placeKey(place)}`, place, isFinding: false, isOfNow: false })
    }
  }

  /** Findings with the anchors that are known; the others are looked for from now on. Throws nothing. */
  anchored(findings: readonly Finding[]): Finding[] {
    return findings.map((finding) => {
      const isOfNow = isFoundInFile(finding)
      const { location, relatedLocations } = finding
      return {
        ...finding,
        ...present({ location: location && this.#anchored(finding.runId, location, isOfNow) }),
        relatedLocations: relatedLocations.map((related) => this.#anchored(finding.runId, related, false)),
      }
    })
  }

  #anchored<Place extends Location>(runId: string, location: Place, isOfNow: boolean): Place {
    const { file, line, column, endLine, endColumn } = location
    const place = { file, line, column, ...present({ endLine, endColumn }) }
    const key = `${runId} ${placeKey(location)} ${endLine ?? 0}:${endColumn ?? 0} ${isOfNow}`
    this.#ask({ runId, key, place, isFinding: true, isOfNow })
    const anchor = this.#known.get(key)
    return anchor ? { ...location, anchor } : location
  }

  /** Works on what is asked for until all is done, `mostMs` at most. */
  finish(mostMs: number): void {
    this.#work(performance.now() + mostMs)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting.clear()
  }

  #ask(asked: Asked): void {
    if (this.#known.has(asked.key) || this.#waiting.has(asked.key)) return
    this.#waiting.set(asked.key, asked)
    this.#soon()
  }

  #soon(): void {
    if (this.#waiting.size === 0) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#work(performance.now() + STEP_MS)
      this.#soon()
    }, PAUSE_MS)
  }

  /** One place at least, however late it is. */
  #work(end: number): void {
    const kept = new Map<string, AnchoredPlace[]>()
    const found = new Set<string>()
    for (const [key, asked] of this.#waiting) {
      this.#waiting.delete(key)
      const anchor = this.#anchorOf(asked)
      this.#known.set(key, anchor ?? null)
      if (anchor && asked.isFinding) found.add(asked.runId)
      if (anchor && !asked.isFinding) {
        const { file, line, column } = asked.place
        const places = kept.get(asked.runId) ?? []
        places.push({ file, line, ...present({ column }), anchor })
        kept.set(asked.runId, places)
      }
      if (performance.now() >= end) break
    }
    for (const [runId, places] of kept) this.options.keep(runId, places)
    for (const runId of found) this.options.found(runId)
  }

  #anchorOf({ runId, place, isOfNow }: Asked): CodeAnchor | undefined {
    try {
      const run = this.options.runOf(runId)
      const code = run && this.#codeOf(run, place.file, isOfNow)
      return code && anchorAt(code, place.line, place.column, place)
    } catch (error) {
      this.options.failed(error)
      return undefined
    }
  }

  #codeOf({ root, startedAt }: Run, file: string, isOfNow: boolean): CodeText | undefined {
    const path = isAbsolute(file) ? file : root === undefined ? undefined : join(root, file)
    const stamp = path === undefined ? undefined : stampOf(path, isOfNow ? Infinity : startedAt)
    if (path === undefined || stamp === undefined) return undefined
    const known = this.#files.get(path)
    if (known?.stamp === stamp) return known.code
    const text = textOf(path)
    // Written while it was read: nobody knows what of it is the run's.
    if (text === undefined || stampOf(path, Infinity) !== stamp) return undefined
    const code = new CodeText(text, path)
    this.#files.set(path, { stamp, code })
    return code
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Gone since, or not ours to read.
    return undefined
  }
}

/** Of a file as it was at a moment (ms since the epoch); `undefined` for one that changed since, or is none of the user's code. */
function stampOf(path: string, unchangedSince: number): string | undefined {
  if (NETWORK_PATH.test(path)) return undefined
  try {
    const status = statSync(path)
    const { mtimeMs, ctimeMs, size, ino } = status
    // A copy keeps the time when its original was written: only the other one says when it came here.
    if (!status.isFile() || size > MAX_FILE_BYTES) return undefined
    if (Math.max(mtimeMs, ctimeMs) > unchangedSince) return undefined
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`
  } catch {
    // Gone, or not ours to read.
    return undefined
  }
}

function isFoundInFile({ evidence: { origin } }: Finding): boolean {
  return typeof origin === 'object' && origin !== null && 'found' in origin && origin.found === true
}

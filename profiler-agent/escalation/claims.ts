// Which violations were told already, by any profiler on the data folder: a file for each, made by whoever is first.

import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LimitName } from '../model/budget'
import type { EscalationResult, Violation } from '../model/escalation'
import { decodeJson, isObject } from '../wire/json'

const FOLDER = 'escalations'
/** The clocks of files may be so much behind. */
const TICK_MS = 100
/** Longer than runs are kept, unless somebody keeps them longer. */
const KEPT_MS = 60 * 24 * 60 * 60 * 1000

/** What is kept of a violation that was told: no text but names. */
export interface Claim {
  readonly runId: string
  readonly escalation: string
  readonly scope: Violation['scope']
  readonly instance: string
  readonly limit: LimitName
  /** Of the limit in the budget file. */
  readonly file: string
  readonly line: number
  /** ms since the epoch. */
  readonly at: number
  /** Of the profiler that told it. */
  readonly pid: number
  /** Absent until it is known. */
  readonly result?: EscalationResult
}

export function claimOf(violation: Violation): Claim {
  const { runId, escalation, scope, instance, limit, file, line, at } = violation
  return { runId, escalation, scope, instance, limit, file, line, at, pid: process.pid }
}

/** The same for the same limit of the same scope in the same invocation, step, workflow, run or day. */
export function claimKey({ scope, runId, instance, limit }: Violation): string {
  const run = scope.kind === 'day' ? '' : runId
  return hash('sha256', JSON.stringify([scopeKey(scope), run, instance, limit])).slice(0, 32)
}

/** The same for the same scope, in whatever order its fields stand. */
export function scopeKey(scope: object): string {
  return JSON.stringify(Object.entries(scope).sort())
}

export class Claims {
  readonly #folder: string
  /** Where the folder cannot be written, these are all. */
  readonly #claimed = new Set<string>()
  /** What is known of each run, by the name of its file. */
  readonly #byRun = new Map<string, Map<string, Claim>>()
  /** Files that do not change any more. */
  readonly #settled = new Set<string>()
  #lookedAt = Number.NEGATIVE_INFINITY
  #saysNothing = false

  /** `data` is the data folder. */
  constructor(
    data: string,
    readonly log: (message: string) => void,
  ) {
    this.#folder = join(data, FOLDER)
  }

  /** Whether this call is the first to claim it. */
  claim(key: string, claim: Claim): boolean {
    if (this.#claimed.has(key)) return false
    this.#claimed.add(key)
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeFileSync(this.#path(key), JSON.stringify(claim), { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false
      if (!this.#saysNothing)
        this.log(`what is told cannot be noted: ${messageOf(error)}. Another profiler may tell it again.`)
      this.#saysNothing = true
    }
    this.#know(key, claim)
    return true
  }

  /** What became of it, for whoever looks at the run later. */
  settle(key: string, claim: Claim): void {
    this.#know(key, claim)
    const path = this.#path(key)
    try {
      const written = `${path}.${process.pid}`
      writeFileSync(written, JSON.stringify(claim), { mode: 0o600 })
      renameSync(written, path)
    } catch {
      // That it cannot be written was said when it was claimed.
    }
  }

  /** Those of one run, the earliest first. */
  ofRun(runId: string): Claim[] {
    this.#look()
    return [...(this.#byRun.get(runId)?.values() ?? [])].sort((left, right) => left.at - right.at)
  }

  /** Removes those that nobody can ask for any more. */
  prune(now: number): void {
    for (const key of this.#keys()) {
      const path = this.#path(key)
      try {
        if (statSync(path).mtimeMs < now - KEPT_MS) rmSync(path)
      } catch {
        // Another profiler was first, or nobody may.
      }
    }
  }

  /** Takes in what other profilers wrote since the last time. */
  #look(): void {
    const changedAt = this.#changedAt()
    // A change within the same tick of the clock as a look would not be seen.
    if (changedAt === undefined || changedAt < this.#lookedAt - TICK_MS) return
    this.#lookedAt = Date.now()
    for (const key of this.#keys()) {
      const claim = this.#settled.has(key) ? undefined : this.#read(key)
      if (claim) this.#know(key, claim)
    }
  }

  #know(key: string, claim: Claim): void {
    const ofRun = this.#byRun.get(claim.runId) ?? new Map<string, Claim>()
    this.#byRun.set(claim.runId, ofRun.set(key, claim))
    if (claim.result) this.#settled.add(key)
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`)
  }

  #changedAt(): number | undefined {
    try {
      return statSync(this.#folder).mtimeMs
    } catch {
      return undefined // Nothing was told yet.
    }
  }

  #keys(): string[] {
    try {
      return readdirSync(this.#folder).flatMap((name) => /^([0-9a-f]+)\.json$/.exec(name)?.[1] ?? [])
    } catch {
      return [] // Nothing was told yet.
    }
  }

  #read(key: string): Claim | undefined {
    try {
      const reading = decodeJson(readFileSync(this.#path(key), 'utf8'))
      return reading.ok && isClaim(reading.value) ? reading.value : undefined
    } catch {
      return undefined // Removed since.
    }
  }
}

function isClaim(value: unknown): value is Claim {
  return (
    isObject(value) &&
    typeof value.runId === 'string' &&
    typeof value.escalation === 'string' &&
    typeof value.instance === 'string' &&
    typeof value.limit === 'string' &&
    typeof value.file === 'string' &&
    typeof value.line === 'number' &&
    typeof value.at === 'number' &&
    isObject(value.scope)
  )
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

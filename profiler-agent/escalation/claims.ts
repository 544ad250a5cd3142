// Which violations were told already, by any profiler on the data folder: a file for each, made by whoever is first.

import { hash } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { LimitName } from '../model/budget'
import type { EscalationResult, Violation } from '../model/escalation'
import { decodeJson, isObject } from '../wire/json'

const FOLDER = 'escalations'
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
  /** What was read of files that do not change any more, by name. */
  readonly #settled = new Map<string, Claim>()

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
      const file = openSync(this.#path(key), 'wx', 0o600)
      try {
        writeFileSync(file, JSON.stringify(claim))
      } finally {
        closeSync(file)
      }
      return true
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false
      this.log(
        `it cannot be noted that ${claim.escalation} is told: ${messageOf(error)}. Another profiler may tell it again.`,
      )
      return true
    }
  }

  /** What became of it, for whoever looks at the run later. */
  settle(key: string, claim: Claim): void {
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
    return this.#files()
      .flatMap((name) => this.#read(name) ?? [])
      .filter((claim) => claim.runId === runId)
      .sort((left, right) => left.at - right.at)
  }

  /** Removes those that nobody can ask for any more. */
  prune(now: number): void {
    for (const name of this.#files()) {
      const path = join(this.#folder, name)
      try {
        if (statSync(path).mtimeMs < now - KEPT_MS) rmSync(path)
      } catch {
        // Another profiler was first, or nobody may.
      }
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`)
  }

  #files(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith('.json'))
    } catch {
      return [] // Nothing was told yet.
    }
  }

  #read(name: string): Claim | undefined {
    const known = this.#settled.get(name)
    if (known) return known
    try {
      const reading = decodeJson(readFileSync(join(this.#folder, name), 'utf8'))
      if (!reading.ok || !isClaim(reading.value)) return undefined
      if (reading.value.result) this.#settled.set(name, reading.value)
      return reading.value
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

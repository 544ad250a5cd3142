// Tells whoever the user has named of a violated limit, once, beside all calls. Runs in the worker; hands over by `deliver`.

import type { EscalationResult, EscalationTarget, Violation } from '../model/escalation'
import type { Finding } from '../model/finding'
import { formatPlural } from '../model/quantity'
import { RecentMap } from '../model/recent-map'
import type { Run } from '../model/span'
import { Claims, claimKey, claimOf } from './claims'
import type { Delivery } from './deliver'
import { OutcomeLog } from './outcome-log'
import { failureOf, troubleFindings, withEscalations } from './outcomes'
import { summaryOf, textOf } from './summary'

/** Longer than this nothing may take. */
const TIMEOUT_MS = 10_000
/** A profiler that stops tells what is left for this long; whoever waits for it hears so often that it does. */
const CLOSE_MS = 30_000
const SAY_AFTER_MS = 2_000
const SAY_EVERY_MS = 3_000
/** How often the log counts what followed the first of its kind. */
const COUNT_EVERY_MS = 60_000
/** A run that was read so recently is read for the next violation, too, if it has the refused call. */
const SAME_RUN_MS = 1_000
/** The record of a refused call comes a moment after the refusal; it says where the call was made. */
const RECORD_MS = 2_000
/** So many at once; the others wait. */
const MAX_AT_ONCE = 4
/** Of one run. */
const MAX_FINDINGS = 20
const MOST_HANDLED = 100_000
const MOST_UNDEFINED = 1_000

export interface EscalationsOptions {
  readonly data: string
  /** Folder in which commands are started. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** What a name stands for at this moment; `undefined` where nobody has defined it. */
  readonly targetNamed: (name: string) => EscalationTarget | { readonly wrong: string } | undefined
  /** What to do about a name that stands for nothing. */
  readonly undefinedText: (name: string) => string
  /** Whether the record of a call is in the store. */
  readonly isRecorded: (runId: string, callId: string) => boolean
  readonly runOf: (runId: string) => Promise<Run | null>
  readonly deliver: (delivery: Delivery) => Promise<EscalationResult>
  /** A text, or all texts in a value, without credentials. */
  readonly masked: <T>(value: T) => T
  readonly isSecret: (text: string) => boolean
  readonly hashOf: (text: string) => string
  readonly log: (message: string) => void
  /** The findings of a run are other ones now. */
  readonly changed: (runId: string) => void
  readonly timeoutMs?: number
  readonly closeMs?: number
  readonly recordMs?: number
}

interface Telling {
  readonly escalation: string
  readonly start: () => Promise<void>
}

interface Untold {
  readonly violation: Violation
  readonly why: string
}

/** Nothing of it delays or fails a call; it throws and rejects never. */
export class Escalations {
  readonly #claims: Claims
  readonly #waiting: Telling[] = []
  readonly #underWay = new Map<Telling, Promise<void>>()
  /** Calls that were refused and whose records are waited for, by id. */
  readonly #records = new Map<string, () => void>()
  /** Violations whose escalation is not defined, by claim. */
  readonly #undefined = new Map<string, Untold>()
  readonly #ending = new AbortController()
  /** Violations of late, so that they need not be looked up. */
  readonly #handled = new RecentMap<string, true>(MOST_HANDLED)
  readonly #outcomes: OutcomeLog
  readonly #counting: NodeJS.Timeout
  #latestRun: { readonly runId: string; readonly run: Run | null; readonly readAt: number } | undefined
  #isEnding = false

  constructor(readonly options: EscalationsOptions) {
    this.#claims = new Claims(options.data, options.log)
    this.#claims.prune(Date.now())
    this.#outcomes = new OutcomeLog(options.log)
    this.#counting = setInterval(() => this.#outcomes.flush(), COUNT_EVERY_MS).unref()
  }

  /** Called for each violation, as often as it is noticed; the same one is told once. */
  violated(violation: Violation): void {
    const key = claimKey(violation)
    if (this.#handled.has(key) || this.#isEnding) return
    const target = this.options.targetNamed(violation.escalation)
    if (target === undefined || 'wrong' in target) {
      this.#undefinedOne(key, violation, target?.wrong ?? this.options.undefinedText(violation.escalation))
      return
    }
    this.#handled.set(key, true)
    if (this.#undefined.delete(key)) this.options.changed(violation.runId)
    const start = () => this.#tell(key, violation, target)
    this.#waiting.push({ escalation: violation.escalation, start })
    this.#startNext()
  }

  /** These calls are in the store now. */
  recorded(callIds: readonly string[]): void {
    if (this.#records.size > 0) for (const id of callIds) this.#records.get(id)?.()
  }

  /** What was not told, or not taken, of this run. */
  findings(runId: string): Finding[] {
    const untold = [...this.#undefined.values()]
      .filter(({ violation }) => violation.runId === runId)
      .map(({ violation, why }) => ({ claim: claimOf(violation), why }))
    const failed = this.#claims.ofRun(runId).flatMap((claim) => {
      const why = failureOf(claim)
      return why === undefined ? [] : [{ claim, why }]
    })
    return troubleFindings([...untold, ...failed], this.options.hashOf).slice(0, MAX_FINDINGS)
  }

  /** Findings of violations, with what became of their escalations in the evidence. */
  withResults(runId: string, findings: readonly Finding[]): Finding[] {
    return withEscalations(findings, this.#claims.ofRun(runId))
  }

  /** Tells what is left, as far as there is time, and says so; then ends what is under way. */
  async close(): Promise<void> {
    this.#isEnding = true
    for (const recorded of this.#records.values()) recorded()
    const late = setTimeout(() => this.#ending.abort(), this.options.closeMs ?? CLOSE_MS)
    let saying = setTimeout(() => {
      this.#sayWhatIsLeft()
      saying = setInterval(() => this.#sayWhatIsLeft(), SAY_EVERY_MS)
    }, SAY_AFTER_MS)
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values())
    this.#ending.abort()
    for (const timer of [late, saying, this.#counting]) clearTimeout(timer)
    this.#outcomes.flush()
  }

  #sayWhatIsLeft(): void {
    const left = [...this.#underWay.keys(), ...this.#waiting]
    const names = [...new Set(left.map(({ escalation }) => escalation))]
    this.options.log(`telling ${names.join(', ')} of ${formatPlural(left.length, 'violation')} …`)
  }

  #undefinedOne(key: string, violation: Violation, why: string): void {
    if (this.#undefined.has(key) || this.#undefined.size >= MOST_UNDEFINED) return
    const isFirst = ![...this.#undefined.values()].some((other) => other.why === why)
    this.#undefined.set(key, { violation, why })
    // A server with many violations says it once.
    if (isFirst) this.options.log(`${textOf(this.options.masked(violation))}. ${why}`)
    this.options.changed(violation.runId)
  }

  #startNext(): void {
    while (this.#underWay.size < MAX_AT_ONCE) {
      const next = this.#waiting.shift()
      if (!next) break
      const telling = next.start().finally(() => {
        this.#underWay.delete(next)
        this.#startNext()
      })
      this.#underWay.set(next, telling)
    }
    if (this.#underWay.size === 0) this.#latestRun = undefined
  }

  /** Claimed only now: what still waits when the profiler is killed is for the next one. */
  async #tell(key: string, violation: Violation, target: EscalationTarget): Promise<void> {
    const { masked, changed } = this.options
    const claim = claimOf(violation)
    if (!this.#claims.claim(key, claim)) return
    const result = await this.#delivered(violation, target).catch(
      (error): EscalationResult => ({ ok: false, error: `it could not be told: ${String(error)}` }),
    )
    const settled = { ...claim, result: masked(result) }
    this.#claims.settle(key, settled)
    this.#outcomes.add(masked(violation), settled)
    changed(claim.runId)
  }

  async #delivered(violation: Violation, target: EscalationTarget): Promise<EscalationResult> {
    const { root: cwd, env, isSecret, timeoutMs = TIMEOUT_MS, log, masked } = this.options
    await this.#record(violation)
    const summary = JSON.stringify(masked(summaryOf(violation, await this.#runOf(violation))))
    const { signal } = this.#ending
    if (signal.aborted) return { ok: false, error: 'the profiler ended before it was told' }
    const how = { cwd, env, isSecret, timeoutMs, signal, warn: log }
    return this.options.deliver({ ...how, target, summary })
  }

  async #runOf({ runId, refusedCall }: Violation): Promise<Run | null> {
    const known = this.#latestRun
    const isNew = known?.runId === runId && performance.now() - known.readAt < SAME_RUN_MS
    const hasCall = refusedCall === undefined || known?.run?.spans.some(({ id }) => id === refusedCall)
    if (known && isNew && hasCall) return known.run
    const run = await this.options.runOf(runId)
    this.#latestRun = { runId, run, readAt: performance.now() }
    return run
  }

  /** Resolves when the refused call is recorded, or takes too long to be. */
  #record({ runId, refusedCall: callId }: Violation): Promise<void> {
    if (callId === undefined || this.#isEnding || this.options.isRecorded(runId, callId))
      return Promise.resolve()
    return new Promise((resolve) => {
      const recorded = () => {
        clearTimeout(late)
        this.#records.delete(callId)
        resolve()
      }
      const late = setTimeout(recorded, this.options.recordMs ?? RECORD_MS)
      this.#records.set(callId, recorded)
    })
  }
}

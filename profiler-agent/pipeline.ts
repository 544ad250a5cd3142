// The story of the profiler: exchange → model calls → cost → spans in a tree → store → findings. Each stage is handed what it needs from another.

import { HashedBlocks } from './hashed-blocks'
import type { CacheSettings } from './model/cache-settings'
import type { ExchangeReading, InferenceReading } from './model/call'
import type { Attribution, HttpExchange } from './model/exchange'
import type { Finding } from './model/finding'
import { attributesOfHook, type HookReport } from './model/hook-report'
import { present } from './model/present'
import type { DeclaredOutcome, DeclaredSpan, HashedBlock, RunRecord, SpanRecord } from './model/record'
import type { CallSite, Cost, Frame } from './model/span'
import { type Usage, unknownUsage, usageOf } from './model/usage'
import type { Batch } from './store/store'
import type { PricedInference } from './trace/exchange-facts'
import type { RunTrace } from './trace/trace'

/** The stages, as the pipeline uses them. None of them throws for bad input; the store throws when it cannot write. */
export interface Stages {
  readonly readExchange: (exchange: HttpExchange) => ExchangeReading
  /** Who makes the call, as all sources of it say; `defaults` are what its run was started with. */
  readonly attributionOf: (
    exchange: HttpExchange,
    reading: ExchangeReading,
    defaults: Attribution,
  ) => Attribution
  readonly priceInference: (
    exchange: HttpExchange,
    inference: InferenceReading,
  ) => { readonly cost: Cost } | { readonly unpricedReason: string }
  readonly resolveCallSite: (frames: readonly Frame[], root: string | undefined) => CallSite | undefined
  readonly hashOf: (content: string | Uint8Array) => string
  readonly findRun: (id: string) => RunRecord | undefined
  readonly addRun: (run: RunRecord) => void
  readonly isBilledAlready: (runId: string, responseId: string, usage: Usage) => boolean
  /** Gives the spans as they are kept. */
  readonly write: (runId: string, batch: Batch, activeAt: number) => readonly SpanRecord[]
  /** The tree of a run as far as the store has it: another process recorded calls of it, or this one before a restart. */
  readonly traceOf: (run: RunRecord) => RunTrace
  /** What is found in a run; `isNew` says that the store has no calls of it yet. */
  readonly findingsFor: (runId: string, isNew: boolean) => LiveFindings
  /** Called after a run changed in the store. */
  readonly changed: (runId: string) => void
}

/** What the analysis gets to know of an exchange. */
export interface TracedExchange {
  readonly exchange: Pick<HttpExchange, 'id' | 'provider' | 'startTime'>
  /** Ms since the epoch, by the clock of `startTime`. */
  readonly endTime: number
  /** From the start, where the reply came as a stream. */
  readonly timeToFirstTokenMs?: number
  readonly agent?: string
  readonly step?: string
  readonly inferences: readonly PricedInference[]
  readonly callSite?: CallSite
  readonly settings?: CacheSettings
  readonly prompt: readonly (HashedBlock & { readonly characters: number })[]
}

/** The findings of a run while it grows. */
export interface LiveFindings {
  /** Spans as they are written; before the exchange that they are of. */
  readonly put: (spans: readonly SpanRecord[]) => void
  readonly add: (exchange: TracedExchange) => void
  /** All findings of the run as it stands. */
  readonly findings: () => Finding[]
}

interface LiveRun {
  readonly trace: RunTrace
  readonly findings: LiveFindings
  readonly blocks: HashedBlocks
  /** On a clock that only goes forward. */
  usedAt: number
}

export class Pipeline {
  readonly #runs = new Map<string, LiveRun>()

  constructor(
    readonly stages: Stages,
    /** Folder that call sites of runs without a root of their own are relative to. */
    readonly root: string | undefined,
  ) {}

  /** Announces a run before its first call, or adds to what is known of it. */
  announce(run: RunRecord): void {
    this.stages.addRun(run)
    // Its first calls may have been faster than this word of it.
    this.#runs.get(run.id)?.trace.describe(this.stages.findRun(run.id) ?? run)
    this.stages.changed(run.id)
  }

  /** Takes a finished exchange all the way into the store. */
  add(captured: HttpExchange): void {
    const { stages } = this
    const run = this.#runOf(captured.runId, captured.startTime, captured.attribution.command)
    const reading = stages.readExchange(captured)
    const attribution = stages.attributionOf(captured, reading, run.trace.run.defaults)
    const exchange = { ...captured, attribution }
    const inferences = reading.inferences
      .filter(isModelCall)
      .map((inference) => this.#price(exchange, inference))
    const prompt = run.blocks.prompt(reading.prompt)
    const reply = run.blocks.reply(reading.reply)
    const callSite = stages.resolveCallSite(exchange.attribution.callSite ?? [], run.trace.run.root)
    const spans = run.trace.add({
      exchange,
      reading,
      inferences,
      prompt,
      reply,
      bodyHash: stages.hashOf(exchange.requestBody),
      ...(callSite ? { callSite } : {}),
    })
    this.#write(exchange.runId, exchange.startTime + exchange.durationMs, {
      spans,
      contents: run.blocks.takeNewContents(),
    })
    if (inferences.length > 0) {
      // As it is stored, so that it is the same when it is read again.
      const { agent, step, callSite } = spans.find(({ id }) => id === exchange.id) ?? {}
      run.findings.add({
        exchange: factsOf(exchange),
        endTime: exchange.startTime + exchange.durationMs,
        inferences,
        prompt,
        ...present({
          settings: reading.cacheSettings,
          callSite,
          agent,
          step,
          timeToFirstTokenMs: reading.stream ? exchange.firstByteMs : undefined,
        }),
      })
    }
    stages.changed(exchange.runId)
  }

  /** Takes a span that the program declared: when it begins, and again when it ends. */
  addDeclared(declared: DeclaredSpan): void {
    const { trace } = this.#runOf(declared.runId, declared.startedAt, declared.attribution.command)
    const callSite = this.stages.resolveCallSite(declared.callSite ?? [], trace.run.root)
    const spans = trace.addDeclared(declared, callSite)
    // Times as the tree has them: a clock of the program's may be years away.
    const activeAt = Math.max(trace.run.startedAt, ...spans.map(({ endedAt }) => endedAt))
    this.#write(declared.runId, activeAt, { spans, contents: [] })
    this.stages.changed(declared.runId)
  }

  /** Takes how a run ended, in the words of its program. */
  addOutcome({ runId, at, outcome, command }: DeclaredOutcome): void {
    const { run } = this.#runOf(runId, at, command).trace
    this.#write(runId, at, { spans: [{ ...runSpanOf(run, at), outcome }], contents: [] })
    this.stages.changed(runId)
  }

  /** Takes what the hook of one process saw. A run of which nothing else is known is none. */
  addHookReport(report: HookReport): void {
    const run = this.stages.findRun(report.runId)
    if (run === undefined) return
    const span = { ...runSpanOf(run, run.startedAt), attributes: attributesOfHook(report) }
    this.#write(run.id, run.startedAt, { spans: [span], contents: [] })
    this.stages.changed(run.id)
  }

  /** What was not written must not be built upon: after a failure the run is known from the store again. */
  #write(runId: string, activeAt: number, batch: Batch): void {
    try {
      const kept = this.stages.write(runId, batch, Math.ceil(activeAt))
      this.#runs.get(runId)?.findings.put(kept)
    } catch (error) {
      this.#runs.delete(runId)
      throw error
    }
  }

  /** Findings of a run as it stands. */
  findingsOf(runId: string): Finding[] {
    return (this.#runs.get(runId)?.findings ?? this.stages.findingsFor(runId, false)).findings()
  }

  /** Lets go of what is kept of runs that had no call for so long; the store gives it back when they have one again. */
  rest(idleMs: number): void {
    const latest = performance.now() - idleMs
    for (const [id, run] of this.#runs) if (run.usedAt < latest) this.#runs.delete(id)
  }

  /** Runs that had calls in this process. */
  get runIds(): readonly string[] {
    return [...this.#runs.keys()]
  }

  /** Lets go of a run that was deleted. */
  forget(runId: string): void {
    this.#runs.delete(runId)
  }

  /** `command` names a run that nobody announced. */
  #runOf(runId: string, startedAt: number, command: string | undefined): LiveRun {
    const stored = this.stages.findRun(runId)
    const known = this.#runs.get(runId)
    if (known) known.usedAt = performance.now()
    // Somebody may have deleted a run that goes on: it begins anew.
    if (known && stored) return known
    const trace = this.stages.traceOf(stored ?? this.#unannounced(runId, startedAt, command))
    const run = {
      trace,
      findings: this.stages.findingsFor(runId, trace.isEmpty),
      blocks: new HashedBlocks(this.stages.hashOf),
      usedAt: performance.now(),
    }
    this.#runs.set(runId, run)
    return run
  }

  #unannounced(runId: string, startedAt: number, command: string | undefined): RunRecord {
    const record: RunRecord = {
      id: runId,
      name: command ?? runId,
      ...(command === undefined ? {} : { command }),
      ...(this.root === undefined ? {} : { root: this.root }),
      startedAt,
      tags: {},
      defaults: {},
    }
    this.stages.addRun(record)
    return record
  }

  #price(exchange: HttpExchange, inference: InferenceReading): PricedInference {
    const { responseId } = inference
    if (
      inference.billed &&
      responseId !== undefined &&
      this.stages.isBilledAlready(exchange.runId, responseId, inference.usage)
    )
      return { ...inference, billed: false, usage: unknownUsage(inference.usage.raw), cost: null }
    if (!inference.billed) return { ...inference, cost: null, ...this.#avoided(exchange, inference) }
    const priced = this.stages.priceInference(exchange, inference)
    return 'cost' in priced ? { ...inference, cost: priced.cost } : { ...inference, cost: null, ...priced }
  }

  /** What a refused call would have cost, as far as it was reckoned: its input. */
  #avoided(exchange: HttpExchange, inference: InferenceReading): Pick<PricedInference, 'avoidedPicoUsd'> {
    const { avoided } = exchange.budget ?? {}
    if (avoided?.picoUsd !== undefined) return { avoidedPicoUsd: avoided.picoUsd }
    if (avoided === undefined) return {}
    const buckets = { uncachedInputTokens: avoided.inputTokens, cacheReadTokens: null, outputTokens: null }
    const usage = usageOf(buckets, 'estimated', null)
    const priced = this.stages.priceInference(exchange, { ...inference, usage, billed: true })
    return 'cost' in priced ? { avoidedPicoUsd: priced.cost.picoUsd } : {}
  }
}

/** An exchange that names no model and bills nothing is none: a list of models, an upload. */
function isModelCall({ kind, billed, requestModel, responseModel = '' }: InferenceReading): boolean {
  return kind !== 'other' || billed || requestModel + responseModel !== ''
}

/** Without the bodies, so that they can be forgotten. */
function factsOf({ id, provider, startTime }: HttpExchange): TracedExchange['exchange'] {
  return { id, provider, startTime }
}

/** The span of a run, for what is said of the run itself. */
function runSpanOf(run: RunRecord, at: number): SpanRecord {
  return {
    id: run.id,
    runId: run.id,
    parentBasis: 'none',
    kind: 'run',
    name: run.name,
    startedAt: run.startedAt,
    endedAt: Math.max(run.startedAt, at),
    status: 'ok',
    attributes: {},
  }
}

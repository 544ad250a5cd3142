// The story of the profiler: exchange → model calls → cost → spans in a tree → store → findings. Each stage is handed what it needs from another.

import type { Block, ExchangeReading, InferenceReading } from './model/call'
import type { HttpExchange } from './model/exchange'
import type { Finding } from './model/finding'
import type { Content, HashedBlock, RunRecord } from './model/record'
import type { CallSite, Cost, Frame } from './model/span'
import { type Usage, unknownUsage } from './model/usage'
import type { Batch } from './store/store'
import type { PricedInference } from './trace/exchange-facts'
import { RunTrace } from './trace/trace'

/** The stages, as the pipeline uses them. None of them throws for bad input; the store throws when it cannot write. */
export interface Stages {
  readonly readExchange: (exchange: HttpExchange) => ExchangeReading
  readonly priceInference: (
    exchange: HttpExchange,
    inference: InferenceReading,
  ) => { readonly cost: Cost } | { readonly unpricedReason: string }
  readonly resolveCallSite: (frames: readonly Frame[], root: string | undefined) => CallSite | undefined
  readonly hashOf: (content: string | Uint8Array) => string
  readonly findRun: (id: string) => RunRecord | undefined
  readonly addRun: (run: RunRecord) => void
  readonly isBilledAlready: (runId: string, responseId: string, usage: Usage) => boolean
  readonly write: (runId: string, batch: Batch, activeAt: number) => void
  /** Exchanges of the run that are in the store already, by end time: another process recorded them, or this one before a restart. */
  readonly earlierExchanges: (runId: string) => TracedExchange[]
  readonly analyse: (runId: string, calls: readonly TracedExchange[]) => Finding[]
  /** Called after a run changed in the store. */
  readonly changed: (runId: string) => void
}

/** What the analysis gets to know of an exchange. */
export interface TracedExchange {
  readonly exchange: Pick<HttpExchange, 'id' | 'provider' | 'startTime'>
  readonly inferences: readonly PricedInference[]
  readonly callSite?: CallSite
  readonly prompt: readonly (HashedBlock & { readonly characters: number })[]
}

interface LiveRun {
  readonly trace: RunTrace
  readonly exchanges: TracedExchange[]
  /** Blocks seen so far: a long conversation holds each one once, not once a call. */
  readonly blocks: Map<string, TracedBlock>
}

type TracedBlock = TracedExchange['prompt'][number]

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
  add(exchange: HttpExchange): void {
    const { stages } = this
    const run = this.#runOf(exchange)
    const reading = stages.readExchange(exchange)
    const inferences = reading.inferences
      .filter(isModelCall)
      .map((inference) => this.#price(exchange, inference))
    const prompt = this.#hash(reading.prompt, run.blocks)
    const reply = this.#hash(reading.reply, run.blocks)
    const callSite = stages.resolveCallSite(exchange.attribution.callSite ?? [], run.trace.run.root)
    const spans = run.trace.add({
      exchange,
      reading,
      inferences,
      prompt: prompt.blocks,
      reply: reply.blocks,
      bodyHash: stages.hashOf(exchange.requestBody),
      ...(callSite ? { callSite } : {}),
    })
    const contents = [...prompt.contents, ...reply.contents]
    this.#write(exchange, { spans, contents })
    if (inferences.length > 0)
      run.exchanges.push({
        exchange: factsOf(exchange),
        inferences,
        prompt: prompt.blocks,
        ...(callSite ? { callSite } : {}),
      })
    stages.changed(exchange.runId)
  }

  /** What was not written must not be built upon: after a failure the run is known from the store again. */
  #write({ runId, startTime, durationMs }: HttpExchange, batch: Batch): void {
    try {
      this.stages.write(runId, batch, Math.ceil(startTime + durationMs))
    } catch (error) {
      this.#runs.delete(runId)
      throw error
    }
  }

  /** Findings of a run as it stands. */
  findingsOf(runId: string): Finding[] {
    const exchanges = this.#runs.get(runId)?.exchanges ?? this.stages.earlierExchanges(runId)
    return this.stages.analyse(runId, exchanges)
  }

  /** Runs that had calls in this process. */
  get runIds(): readonly string[] {
    return [...this.#runs.keys()]
  }

  /** Lets go of a run that was deleted. */
  forget(runId: string): void {
    this.#runs.delete(runId)
  }

  #runOf(exchange: HttpExchange): LiveRun {
    const stored = this.stages.findRun(exchange.runId)
    const known = this.#runs.get(exchange.runId)
    // Somebody may have deleted a run that goes on: it begins anew.
    if (known && stored) return known
    const trace = new RunTrace(stored ?? this.#unannounced(exchange))
    const run = { trace, exchanges: this.stages.earlierExchanges(exchange.runId), blocks: new Map() }
    this.#runs.set(exchange.runId, run)
    return run
  }

  #unannounced({ runId, startTime, attribution }: HttpExchange): RunRecord {
    const record: RunRecord = {
      id: runId,
      name: attribution.command ?? runId,
      ...(attribution.command === undefined ? {} : { command: attribution.command }),
      ...(this.root === undefined ? {} : { root: this.root }),
      startedAt: startTime,
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
    if (!inference.billed) return { ...inference, cost: null }
    const priced = this.stages.priceInference(exchange, inference)
    return 'cost' in priced ? { ...inference, cost: priced.cost } : { ...inference, cost: null, ...priced }
  }

  /** Blocks by their hash, and the contents that the run had not shown before. */
  #hash(blocks: readonly Block[], known: Map<string, TracedBlock>) {
    const contents: Content[] = []
    const hashed = blocks.map(({ content, ...block }) => {
      const traced = { ...block, hash: this.stages.hashOf(content), characters: content.length }
      const key = JSON.stringify(traced)
      const earlier = known.get(key)
      if (earlier) return earlier
      known.set(key, traced)
      contents.push({ hash: traced.hash, text: content })
      return traced
    })
    return { blocks: hashed, contents }
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

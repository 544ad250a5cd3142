// Takes recorded exchanges through the same pipeline as live ones, a run for each file. Reads no files and prints nothing.

import { hash } from 'node:crypto'
import { attributionOfCall } from './call-attribution'
import { resolveCallSite } from './capture/call-site'
import { credentialsIn } from './capture/credentials'
import { exchangeOf, type FinishedCall } from './capture/proxy/exchange-record'
import { headerRecord } from './capture/proxy/forwarded-headers'
import { type RecordedExchange, type RecordingProblem, readExchanges } from './capture/recording/exchanges'
import { SecretMemory } from './capture/redact'
import { maskedTexts } from './capture/redact-record'
import type { AttributionRule } from './config/rules'
import { earlierExchanges } from './earlier-exchanges'
import type { ExchangeReading } from './model/call'
import type { HttpExchange, RecordingPlace } from './model/exchange'
import type { FindingFloor } from './model/finding-floor'
import { present } from './model/present'
import { providerOfHost } from './model/provider'
import { formatPlural } from './model/quantity'
import type { RunRecord, SpanRecord } from './model/record'
import type { Span, Totals } from './model/span'
import { totalsOf } from './model/totals'
import { Pipeline, type Stages } from './pipeline'
import { openPriceBook, type PriceBook, priceInference } from './pricing/price'
import { readExchange } from './providers'
import { KeptFindings, type LoadedBudget } from './run-findings'
import { hasBilledResponse, readContent } from './store/reader'
import type { Store } from './store/store'
import { storedLimits } from './stored-limits'
import { RunTrace } from './trace/trace'
import { JsonMemory } from './wire/json-memory'

/** A file to import. */
export interface ImportSource {
  /** Absolute: the same file at the same place is the same run. */
  readonly path: string
  /** Relative to what the user named, with forward slashes. */
  readonly name: string
  readonly bytes: Uint8Array
}

export interface ImportedRun {
  readonly id: string
  readonly name: string
  readonly exchanges: number
  /** True when the file had been imported before: its run was replaced. */
  readonly isReplaced: boolean
  readonly totals: Totals
  readonly problems: readonly RecordingProblem[]
}

export type FileImport = { readonly run: ImportedRun } | { readonly notARecording: string }

interface PreparedRun {
  readonly id: string
  readonly name: string
  readonly exchanges: readonly HttpExchange[]
  readonly secrets: SecretMemory
  readonly problems: readonly RecordingProblem[]
}

export interface ImporterOptions {
  readonly store: Store
  /** Whose prices count where a recording says no time, in ms since the epoch. */
  readonly at: number
  readonly budget?: LoadedBudget
  /** Prices; without one the book that ships with this version. */
  readonly book?: PriceBook
  /** Of the user's `config.jsonc`. */
  readonly rules?: readonly AttributionRule[]
  /** Tools whose results are documents, as `config.jsonc` names them. */
  readonly retrievalTools?: readonly string[]
  /** What is not worth a finding. */
  readonly floor?: FindingFloor
}

export class Importer {
  readonly #pipeline: Pipeline
  /** Of the run that is being stored. */
  #run: RunRecord | undefined
  #calls: SpanRecord[] = []
  #problems: RecordingProblem[] = []
  /** Of the file that is being stored, for what its bodies hold in pieces. */
  readonly #bodies = new JsonMemory()
  #secrets = new SecretMemory()

  constructor(readonly options: ImporterOptions) {
    this.#pipeline = new Pipeline(this.#stages(), undefined)
  }

  /** Stores each file as a run, in one transaction: all of them or, when the store throws, none. Answers are in order. */
  async importFiles(sources: readonly ImportSource[]): Promise<FileImport[]> {
    const read: (PreparedRun | { readonly notARecording: string })[] = []
    for (const source of sources) read.push(await this.#prepare(source))
    return this.options.store.transaction(() =>
      read.map((each) => ('notARecording' in each ? each : { run: this.#store(each) })),
    )
  }

  async #prepare(source: ImportSource): Promise<PreparedRun | { readonly notARecording: string }> {
    const reading = readExchanges(source.bytes)
    if ('notARecording' in reading) return reading
    const id = runIdOf(source)
    const secrets = new SecretMemory()
    const exchanges = await this.#exchangesOf(reading.exchanges, id, source.name, secrets)
    return { id, name: source.name, exchanges, secrets, problems: reading.problems }
  }

  #store({ id, name, exchanges, problems, secrets }: PreparedRun): ImportedRun {
    const { store, at } = this.options
    this.#calls = []
    this.#problems = [...problems]
    this.#secrets = secrets
    const isReplaced = store.dropRun(id)
    const startedAt = exchanges[0]?.startTime ?? at
    this.#run = { id, name, startedAt, tags: {}, defaults: {} }
    store.addRun(this.#run)
    for (const exchange of exchanges) this.#pipeline.add(exchange)
    store.writeFindings(id, this.#pipeline.findingsOf(id))
    store.endRun(id, exchanges.at(-1)?.startTime ?? startedAt)
    this.#pipeline.forget(id)
    return {
      ...{ id, name, exchanges: exchanges.length, isReplaced },
      totals: totalsOf(this.#calls.map(spanOf)),
      problems: this.#problems.toSorted((left, right) => (left.index ?? -1) - (right.index ?? -1)),
    }
  }

  /** As the proxy would have recorded them: in order, with the credentials of the whole file masked in all of it. */
  async #exchangesOf(
    recorded: readonly RecordedExchange[],
    runId: string,
    file: string,
    secrets: SecretMemory,
  ): Promise<HttpExchange[]> {
    for (const { requestHeaders, url } of recorded)
      secrets.remember(credentialsIn(headerRecord(requestHeaders), url.href))
    const times = startTimesOf(recorded, this.options.at)
    const exchanges: HttpExchange[] = []
    for (const [index, each] of recorded.entries()) {
      const call = finishedCallOf(each, {
        id: `${runId}-${each.index}`,
        runId,
        startTime: times[index] ?? this.options.at,
        recording: placeOf(each, file, this.options.at),
      })
      exchanges.push(await exchangeOf(call, secrets))
    }
    return exchanges
  }

  #stages(): Stages {
    const { store, budget } = this.options
    const { book = openPriceBook(), rules = [] } = this.options
    const textOf = (hash: string) => readContent(store, hash)
    return {
      readExchange: (exchange) => this.#read(exchange),
      attributionOf: (exchange, reading, defaults) =>
        attributionOfCall(exchange, reading, defaults, { rules, secrets: this.#secrets }),
      priceInference: (exchange, inference) => priceInference(book, exchange, inference),
      resolveCallSite,
      hashOf,
      findRun: (id) => (this.#run?.id === id ? this.#run : undefined),
      addRun: (run) => store.addRun(run),
      isBilledAlready: (runId, responseId, usage) => hasBilledResponse(store, runId, responseId, usage),
      write: (runId, batch, activeAt) => {
        this.#calls.push(...batch.spans.filter(({ call }) => call !== undefined))
        const masked = maskedTexts(batch, this.#secrets)
        store.write(runId, masked, activeAt)
        return masked.spans
      },
      // Its run begins with it.
      traceOf: (run) => new RunTrace(run, undefined, () => this.options.retrievalTools ?? []),
      findingsFor: (runId) =>
        new KeptFindings({
          ...{ runId, textOf, hashOf, isNew: true, earlier: () => earlierExchanges(store, runId) },
          yardsticks: () => present({ budget, floor: this.options.floor }),
          limits: storedLimits(store, runId),
        }),
      changed: () => undefined,
    }
  }

  #read(exchange: HttpExchange): ExchangeReading {
    this.#secrets.remember(exchange.secrets ?? [])
    const reading = readExchange(exchange, this.#bodies)
    const message = problemOf(exchange, reading)
    if (message !== undefined) this.#problems.push({ index: exchange.recording?.index ?? 0, message })
    return reading
  }
}

/** Stays the same for the same content at the same place; a file that was recorded anew is another run. */
function runIdOf({ path, bytes }: ImportSource): string {
  return `import-${hashOf(`${path}\n${hashOf(bytes)}`).slice(0, 16)}`
}

function hashOf(content: string | Uint8Array): string {
  return hash('sha256', content)
}

/** A recording is no place of the user's code, so nothing is attributed; how long a call took is not in it. */
function finishedCallOf(
  recorded: RecordedExchange,
  own: Required<Pick<HttpExchange, 'id' | 'runId' | 'startTime' | 'recording'>>,
): FinishedCall {
  const { method, url, requestHeaders, requestBody, status, responseHeaders, responseBody } = recorded
  return {
    ...own,
    provider: providerOfHost(url.host),
    method,
    url: url.href,
    requestHeaders,
    requestBody,
    status,
    responseHeaders,
    responseBody,
    durationMs: 0,
    end: status === 0 ? 'unreachable' : recorded.isComplete ? 'complete' : 'truncated',
    copyTruncated: false,
    attribution: {},
  }
}

function placeOf({ index, recordedAt }: RecordedExchange, file: string, importedAt: number): RecordingPlace {
  return recordedAt === undefined
    ? { file, index, pricedAt: importedAt, pricedAtBasis: 'import' }
    : { file, index, pricedAt: recordedAt, pricedAtBasis: 'recorded' }
}

/**
 * When each exchange is shown to have started: as recorded, and always after the one before it, since the list is in order and
 * recorders know full seconds at best. Those that say no time follow their neighbours.
 */
function startTimesOf(recorded: readonly RecordedExchange[], importedAt: number): number[] {
  let last = (recorded.find(({ recordedAt }) => recordedAt !== undefined)?.recordedAt ?? importedAt) - 1
  return recorded.map(({ recordedAt = 0 }) => {
    last = Math.max(recordedAt, last + 1)
    return last
  })
}

/** What of an exchange could not be read, or is nobody's that we know. */
function problemOf({ provider, status }: HttpExchange, reading: ExchangeReading): string | undefined {
  const host = /^custom:(.*)$/.exec(provider)?.[1]
  const problems = [
    ...(host === undefined ? [] : [`unknown host ${host}: shown as ${provider}`]),
    ...(reading.error?.code === 'costflame_adapter' ? [reading.error.message] : []),
    // An error page need not be JSON.
    ...(reading.malformed > 0 && status < 400
      ? [
          `${formatPlural(reading.malformed, 'part')} of it could not be read: cut short, or not what its headers say`,
        ]
      : []),
  ]
  return problems.length === 0 ? undefined : problems.join('; ')
}

/** What totals are reckoned from; the rest of a span does not matter to them. */
function spanOf(record: SpanRecord): Span {
  const { call, ...span } = record
  const [startTime, endTime] = [record.startedAt, record.endedAt].map((time) => new Date(time).toISOString())
  return {
    ...span,
    startTime: startTime ?? '',
    endTime: endTime ?? '',
    durationMs: 0,
    ...(call ? { modelCall: { ...call.modelCall, segments: [] } } : {}),
  }
}

// The worker thread of the profiler: pipeline, store and analysis, off the thread that moves the bytes of the calls. Only wires and answers.

import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { readBudgetFile } from './budgets/file/budget-file'
import { attributionOfCall } from './call-attribution'
import { resolveCallSite } from './capture/call-site'
import { redactText, SecretMemory } from './capture/redact'
import { maskedRun, maskedTexts } from './capture/redact-record'
import { earlierExchanges, earlierTrace } from './earlier-exchanges'
import { LimitAnswers } from './limit-answers'
import type { GateAnswer, GateQuestion } from './live-budget/messages'
import { pricesAhead } from './live-budget/prices'
import { SpendTeller } from './live-budget/spend-teller'
import { strictest } from './model/content-mode'
import type { HttpExchange } from './model/exchange'
import type { Finding } from './model/finding'
import { present } from './model/present'
import { formatPlural } from './model/quantity'
import type { DeclaredSpan, RunRecord } from './model/record'
import { DEFAULT_RETENTION } from './model/retention'
import { Pipeline } from './pipeline'
import { placedRun } from './placed-runs'
import { FindingPlaces } from './places/finding-places'
import { priceInference } from './pricing/price'
import { readExchange } from './providers'
import { prune, prunedText } from './retention'
import { KeptFindings, type Yardsticks } from './run-findings'
import { RunVersions } from './run-versions'
import { RunView } from './run-view'
import { isSpooled, readSpooled, type SpooledExchange, type WaitingExchange } from './spooled-exchange'
import { costBetween } from './store/day-cost'
import { hashesOnly, textsMissing, withoutArguments } from './store/hashes-only'
import { isDamage, openForRecording, setAside } from './store/open-for-recording'
import { giveBackRoom } from './store/prune'
import { hasBilledResponse, isStored, readContent, readRun, readRuns } from './store/reader'
import { readSpanOutlines } from './store/span-outlines'
import { type Batch, STORE_FILE } from './store/store'
import { WaitingWrites } from './store/waiting-writes'
import { storedLimits } from './stored-limits'
import { loadTokenizer } from './tokens/tokenizer'
import { ToldChanges } from './told-changes'
import { WatchedBook } from './watched-book'
import { WatchedBudget } from './watched-budget'
import { JsonMemory } from './wire/json-memory'
import { answerOf } from './worker-answers'
import { escalationsFor } from './worker-escalations'
import { collectOften } from './worker-memory'
import type { FromWorker, RunNote, ToWorker, WorkerOptions } from './worker-messages'
import { giveWay } from './worker-priority'

/** Runs that the list of runs shows. */
const LISTED_RUNS = 100
/** Other processes write to the same store; how often we look whether they did. */
const FOREIGN_CHANGES_MS = 1000
/** What is kept of a run without calls for this long is let go of, and read again when it goes on. */
const IDLE_MS = 5 * 60_000
/** A profiler that stops looks for the places of its latest findings for this long at most. */
const LAST_SEARCH_MS = 1_000

const options = workerData as WorkerOptions
const { store, isKept, problem, moveIn } = openForRecording(options.data, (message) =>
  send({ type: 'log', level: 'error', message }),
)
if (problem !== undefined) send({ type: 'log', level: 'error', message: problem })
/** Calls that are under way, by run. */
const openCalls = new Map<string, number>()
const view = new RunView(
  store,
  () => loadTokenizer(options.assets),
  (runId) => (openCalls.get(runId) ?? 0) > 0,
)
const book = new WatchedBook(options)
const budget = new WatchedBudget(options.budgetFile, options.root)
const writes = new WaitingWrites((message) => send({ type: 'log', level: 'error', message }))
/** What the main thread saw as a credential: what is read from a body may join what the wire had in pieces. */
/** What the main thread has seen, and over it what single calls bring: their rotating cookies crowd out no key. */
const keys = new SecretMemory()
const secrets = new SecretMemory(keys)
/** Runs that cannot be written for the moment, so that their calls find them all the same. */
const waitingRuns = new Map<string, RunRecord>()
/** Requests of late: the next ones begin like them. */
const bodies = new JsonMemory()
const hashOf = (content: string | Uint8Array) => hash('sha256', content)

const spend = new SpendTeller({
  spansOf: (runId) => readSpanOutlines(store, [runId]).get(runId) ?? [],
  costBetween: (start, end) => costBetween(store, start, end),
  now: () => new Date(),
})

const pipeline = new Pipeline(
  {
    readExchange: (exchange) => {
      secrets.remember(exchange.secrets ?? [])
      return readExchange(exchange, bodies)
    },
    attributionOf: (exchange, reading, defaults) =>
      attributionOfCall(exchange, reading, defaults, { rules: book.config()?.file.rules ?? [], secrets }),
    priceInference: (exchange, inference) => priceInference(book.current(), exchange, inference),
    resolveCallSite,
    hashOf,
    findRun: (id) => readRun(store, id) ?? waitingRuns.get(id),
    addRun: (run) => addRun(versions.committed(run)),
    isBilledAlready: (runId, responseId, usage) => hasBilledResponse(store, runId, responseId, usage),
    write: (runId, batch, activeAt) => {
      const masked = maskedTexts(batch, secrets)
      const kept = keepsText() ? masked : hashesOnly(masked)
      writes.write(() => store.write(runId, kept, activeAt), bytesOf(kept))
      spend.write(runId, kept.spans)
      return kept.spans
    },
    traceOf: (run) => earlierTrace(store, run, () => book.config()?.file.retrievalTools ?? []),
    findingsFor: (runId, isNew) =>
      new KeptFindings({
        ...{ runId, isNew, yardsticks, hashOf },
        limits: {
          ...storedLimits(store, runId, () => spend.today()),
          violated: (violation) => escalations.violated(violation),
        },
        earlier: () => earlierExchanges(store, runId),
        textOf: (contentHash) => readContent(store, contentHash),
        isOver: () => readRun(store, runId)?.endedAt !== undefined,
      }),
    changed: (runId) => {
      changes.add(runId)
    },
  },
  options.root,
)

/** Looks for the origins of findings beside all other work; a run whose findings have one now is told again. */
const places = new FindingPlaces({
  runOf: (runId) => placedRun(store, runId),
  hashOf,
  hasSecret: (text) => redactText(text, secrets) !== text,
  found: (runId) => changes.add(runId),
  failed: (error) =>
    send({ type: 'log', level: 'error', message: `places of findings: ${messageOf(error)}` }),
})

const versions = new RunVersions((run) =>
  logged(`the version of run ${run.id} could not be stored`, () => pipeline.announce(run)),
)

const escalations = escalationsFor({
  ...{ options, store, view, secrets, hashOf },
  log: (message) => send({ type: 'log', level: 'warn', message }),
  changed: (runId) => changes.add(runId),
})

function yardsticks(): Yardsticks {
  return present({ budget: budget.current(), config: book.config() })
}

/** The user's own settings decide, and `config.jsonc` may be stricter, from the next call on. */
function keepsText(): boolean {
  return strictest(options.content, book.config()?.file.content) === 'full'
}

/** About what a batch takes while it waits to be written: its texts. */
function bytesOf({ contents }: Batch): number {
  return contents.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)
}

function addRun(announced: RunRecord): void {
  const masked = maskedRun(announced, secrets)
  const run = keepsText() ? masked : withoutArguments(masked)
  waitingRuns.set(run.id, run)
  writes.write(() => {
    store.addRun(run)
    waitingRuns.delete(run.id)
  })
}

function send(message: FromWorker): void {
  parentPort?.postMessage(message)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// --- What changed, told a moment later -------------------------------------------------------------------------------

const changes = new ToldChanges({
  analyse: (runId) => logged(`findings of run ${runId} could not be stored`, () => analyse(runId)),
  tell: () => logged('the runs could not be read', sendState),
})
let revision = 0

/** What fails here has nobody to tell: it must neither end the worker nor keep somebody waiting for an answer. */
function logged(what: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (isKept && isDamage(error)) leaveDamagedStore(error)
    send({ type: 'log', level: 'error', message: `${what}: ${messageOf(error)}` })
  }
}

/** Another worker goes on with a new file; this one cannot trust what it holds of the old one. */
function leaveDamagedStore(error: unknown): never {
  const aside = setAside(options.data)
  const where = aside === undefined ? 'It cannot be set aside' : `It is set aside as ${aside}`
  const message = `the store is damaged: ${error instanceof Error ? error.message : error}. ${where}; the calls of the last moment may be lost, recording goes on in a new one.`
  send({ type: 'log', level: 'error', message })
  process.exit(1)
}

/** Whoever deletes the data folder of a profiler at work has its calls recorded again from the next second on. */
function leaveDeletedStore(): void {
  if (!isKept || existsSync(join(options.data, STORE_FILE))) return
  const message = 'the store was deleted: what it held is lost. Recording goes on in a new one.'
  send({ type: 'log', level: 'error', message })
  process.exit(1)
}

/** What was kept in memory goes into the file as soon as that can be written; gives whether it did. */
function leaveMemory(isLastTry: boolean): boolean {
  if (!moveIn) return false
  changes.flush()
  const lost = moveIn(isLastTry)
  if (lost === undefined) return false
  const loss = lost === 0 ? 'nothing was lost' : `${formatPlural(lost, 'call')} are lost, too many waited`
  send({ type: 'log', level: 'error', message: `the store can be written again; ${loss}` })
  return true
}

function sendState(): void {
  revision++
  send({ type: 'state', revision, runs: readRuns(store, LISTED_RUNS).map((run) => view.summary(run)) })
}

function findingsOf(runId: string): Finding[] {
  const found = places.placed(pipeline.findingsOf(runId))
  const findings = [...escalations.withResults(runId, found), ...escalations.findings(runId)]
  return keepsText() ? findings : [...findings, textsMissing(runId)]
}

function analyse(runId: string): void {
  const findings = findingsOf(runId)
  writes.write(() => store.writeFindings(runId, findings))
}

/** SQLite's own counter of what other connections committed. */
function dataVersion(): unknown {
  return store.prepare('PRAGMA data_version').get()?.data_version
}

let knownVersion = dataVersion()
let knownActive = ''
const lookingAround = setInterval(() => logged('the store could not be read', lookAround), FOREIGN_CHANGES_MS)

function lookAround(): void {
  leaveDeletedStore()
  // Another worker goes on with the file.
  if (leaveMemory(false)) process.exit(1)
  writes.flush()
  pipeline.rest(IDLE_MS)
  const version = dataVersion()
  const active = activeRuns()
  // A run that falls silent changes state without anybody writing.
  if (version !== knownVersion || active !== knownActive) changes.soon()
  if (version !== knownVersion) spend.changedElsewhere()
  tellSpent()
  knownVersion = version
  knownActive = active
}

/** What the gate has to know besides what comes with the calls: spans moved, another process wrote. */
function tellSpent(): void {
  const spent = spend.take()
  if (spent) send({ type: 'spent', spent })
}

function answerGate(question: GateQuestion): GateAnswer {
  if (question.ask === 'prices') return { prices: pricesAhead(book.current(), question, new Date()) }
  spend.ask(question.runId)
  return present({ spent: spend.take() })
}

function activeRuns(): string {
  return readRuns(store, LISTED_RUNS)
    .filter((run) => view.summary(run).active)
    .map((run) => run.id)
    .join()
}

const limits = new LimitAnswers({
  store,
  runs: (limit) => readRuns(store, limit),
  isActive: (run) => view.isActive(run),
})

const answerSources = {
  view,
  assets: options.assets,
  limits,
  budgetFile: (text: string | undefined) =>
    text === undefined ? (budget.current()?.file ?? readBudgetFile('')) : readBudgetFile(text),
  deleteRuns,
}

function deleteRuns(runIds: readonly string[]): number {
  const deleted = store.deleteRuns(runIds)
  giveBackRoom(store)
  for (const id of runIds) pipeline.forget(id)
  for (const id of runIds) spend.forget(id)
  changes.soon()
  return deleted
}

// --- Messages ---------------------------------------------------------------------------------------------------------

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'calls':
      for (const runId of message.started) countOpenCall(runId, 1)
      record(message.exchanges)
      return
    case 'secrets':
      keys.remember(message.values)
      return
    case 'note':
      note(message.note)
      send({ type: 'noted', id: message.id })
      return
    case 'question':
      try {
        send({ type: 'answer', id: message.id, body: await answerOf(message.question, answerSources) })
      } catch (error) {
        send({ type: 'failure', id: message.id, message: messageOf(error) })
      }
      return
    case 'gate': {
      let answer: GateAnswer = {}
      logged('the budget could not be told what was spent', () => {
        answer = answerGate(message.question)
      })
      send({ type: 'gateAnswer', id: message.id, answer })
      return
    }
    case 'flush':
      if (message.isTold) changes.flush()
      send({ type: 'flushed', id: message.id })
      return
    case 'close':
      clearInterval(lookingAround)
      clearInterval(pruning)
      versions.close()
      // What only the end of a run shows may have to be told.
      logged('runs could not be ended', endRuns)
      changes.end()
      await escalations.close()
      logged('the store could not be closed in order', closeStore)
      parentPort?.close()
      return
    default:
      message satisfies never
  }
}

function closeStore(): void {
  logged('what waited could not be written', () => writes.flush())
  if (writes.count > 0) send(unwritten(writes.count))
  leaveDeletedStore()
  logged('runs could not be ended', endRuns)
  changes.end()
  // What the last calls showed is looked for still; then nothing more is.
  places.finish(LAST_SEARCH_MS)
  places.close()
  changes.end()
  leaveMemory(true)
  store.close()
}

function unwritten(count: number): FromWorker {
  return {
    type: 'log',
    level: 'error',
    message: `${count} calls are lost: the store could not be written to the end`,
  }
}

/** Runs that nobody ended have ended with their last call: nothing more comes through a profiler that stops. */
function endRuns(): void {
  for (const runId of pipeline.runIds) {
    const run = readRun(store, runId)
    if (run?.endedAt !== undefined || !run) continue
    store.endRun(runId, run.activeAt)
    changes.add(runId)
  }
}

function countOpenCall(runId: string, change: 1 | -1): void {
  const open = (openCalls.get(runId) ?? 0) + change
  if (open > 0) openCalls.set(runId, open)
  else openCalls.delete(runId)
  changes.soon()
}

/** One transaction for all of them; nobody is told of what is not committed. */
function record(handedOver: readonly WaitingExchange[]): void {
  if (handedOver.length === 0) return
  for (const { runId } of handedOver) countOpenCall(runId, -1)
  const exchanges = handedOver.flatMap((each) =>
    isSpooled(each) ? (readBack(each) ?? []) : withOwnBodies(each),
  )
  const transaction = (work: () => void) => store.transaction(work)
  logged('calls could not be recorded', () =>
    writes.together(transaction, () => {
      // A worker that died had stored it and could not say so any more.
      for (const exchange of exchanges)
        if (!isStored(store, exchange.runId, exchange.id))
          logged(`call ${exchange.id} could not be recorded`, () => pipeline.add(exchange))
    }),
  )
  const exchangeIds = handedOver.map(({ id }) => id)
  escalations.recorded(exchangeIds)
  send({ type: 'stored', exchangeIds, ...present({ spent: spend.take() }) })
}

/** Long bodies come in memory that both threads see: that is not for everybody who reads them. */
function withOwnBodies(exchange: HttpExchange): HttpExchange {
  const { requestBody, responseBody } = exchange
  return { ...exchange, requestBody: own(requestBody), responseBody: own(responseBody) }
}

function own(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes
}

function readBack(place: SpooledExchange): HttpExchange | undefined {
  let exchange: HttpExchange | undefined
  logged(`call ${place.id} could not be recorded`, () => {
    exchange = readSpooled(place)
  })
  return exchange
}

function note(said: RunNote): void {
  switch (said.type) {
    case 'run':
      pipeline.announce(said.run)
      return
    case 'runEnd':
      writes.write(() => store.endRun(said.runId, said.endedAt))
      // Of some things only the end tells whether they were wasteful.
      changes.add(said.runId)
      return
    case 'spans':
      recordDeclared(said.spans)
      tellSpent()
      return
    case 'outcome':
      logged('an outcome could not be recorded', () => pipeline.addOutcome(said.outcome))
      return
    case 'hook':
      logged('what a hook saw could not be recorded', () => pipeline.addHookReport(said.report))
      return
    case 'violation':
      logged('a violation could not be told', () => escalations.violated(said.violation))
      return
    default:
      said satisfies never
  }
}

function recordDeclared(spans: readonly DeclaredSpan[]): void {
  const transaction = (work: () => void) => store.transaction(work)
  logged('declared spans could not be recorded', () =>
    writes.together(transaction, () => {
      for (const span of spans)
        logged(`span ${span.id} could not be recorded`, () => pipeline.addDeclared(span))
    }),
  )
}

// --- Housekeeping -----------------------------------------------------------------------------------------------------

/** A profiler that lives for days keeps the store small, too. */
const PRUNE_EVERY_MS = 60 * 60 * 1000
const pruning = setInterval(keepSmall, PRUNE_EVERY_MS)

function keepSmall(): void {
  const isOpen = (runId: string) => openCalls.has(runId) || pipeline.runIds.includes(runId)
  const retention = options.retention ?? DEFAULT_RETENTION
  logged('old runs could not be removed', () => {
    const pruned = prune(store, { data: options.data, retention, isOpen })
    if (pruned.runs.length === 0) return
    send({ type: 'log', level: 'warn', message: prunedText(pruned, retention) })
    changes.soon()
  })
}

parentPort?.on('message', (message: ToWorker) => {
  handle(message).catch((error) => send({ type: 'log', level: 'error', message: messageOf(error) }))
})
keepSmall()
changes.soon()
// The start is waited for; nothing later is.
giveWay()
collectOften()
send({ type: 'ready', isKept })

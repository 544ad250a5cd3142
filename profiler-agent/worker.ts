// The worker thread of the profiler: pipeline, store and analysis, off the thread that moves the bytes of the calls. Only wires and answers.

import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { resolveCallSite } from './capture/call-site'
import { SecretMemory } from './capture/redact'
import { maskedRun, maskedTexts } from './capture/redact-record'
import { earlierExchanges, earlierTrace } from './earlier-exchanges'
import type { AnswerBody, Question } from './feed/protocol'
import { htmlExport } from './formats/html'
import { strictest } from './model/content-mode'
import type { HttpExchange } from './model/exchange'
import type { Finding } from './model/finding'
import { present } from './model/present'
import type { RunRecord } from './model/record'
import { DEFAULT_RETENTION } from './model/retention'
import { RUN_SCHEMA } from './model/span'
import { Pipeline } from './pipeline'
import { priceInference } from './pricing/price'
import { readExchange } from './providers'
import { prune, prunedText } from './retention'
import { KeptFindings, type Yardsticks } from './run-findings'
import { RunView } from './run-view'
import { hashesOnly, textsMissing, withoutArguments } from './store/hashes-only'
import { isDamage, openForRecording, setAside } from './store/open-for-recording'
import { giveBackRoom } from './store/prune'
import { hasBilledResponse, isStored, readContent, readRun, readRuns } from './store/reader'
import { STORE_FILE } from './store/store'
import { WaitingWrites } from './store/waiting-writes'
import { loadTokenizer } from './tokens/tokenizer'
import { WatchedBook } from './watched-book'
import { WatchedBudget } from './watched-budget'
import type { FromWorker, RunNote, ToWorker, WorkerOptions } from './worker-messages'
import { giveWay } from './worker-priority'

/** Runs that the list of runs shows. */
const LISTED_RUNS = 100
/** How long changes are gathered before they are told; at most ten times a second. */
const STATE_DELAY_MS = 100
/** Other processes write to the same store; how often we look whether they did. */
const FOREIGN_CHANGES_MS = 1000
/** What is kept of a run without calls for this long is let go of, and read again when it goes on. */
const IDLE_MS = 5 * 60_000

const options = workerData as WorkerOptions
const { store, isKept, problem } = openForRecording(options.data)
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
const secrets = new SecretMemory()
/** Runs that cannot be written for the moment, so that their calls find them all the same. */
const waitingRuns = new Map<string, RunRecord>()
const hashOf = (content: string | Uint8Array) => hash('sha256', content)

const pipeline = new Pipeline(
  {
    readExchange: (exchange) => {
      secrets.remember(exchange.secrets ?? [])
      return readExchange(exchange)
    },
    priceInference: (exchange, inference) => priceInference(book.current(), exchange, inference),
    resolveCallSite,
    hashOf,
    findRun: (id) => readRun(store, id) ?? waitingRuns.get(id),
    addRun,
    isBilledAlready: (runId, responseId, usage) => hasBilledResponse(store, runId, responseId, usage),
    write: (runId, batch, activeAt) => {
      const masked = maskedTexts(batch, secrets)
      const kept = keepsText() ? masked : hashesOnly(masked)
      writes.write(() => store.write(runId, kept, activeAt))
    },
    traceOf: (run) => earlierTrace(store, run),
    findingsFor: (runId, isNew) =>
      new KeptFindings({
        ...{ runId, isNew, yardsticks, hashOf },
        earlier: () => earlierExchanges(store, runId),
        textOf: (contentHash) => readContent(store, contentHash),
      }),
    changed: (runId) => {
      toAnalyse.add(runId)
      scheduleState()
    },
  },
  options.root,
)

function yardsticks(): Yardsticks {
  return present({ budget: budget.current(), config: book.config() })
}

/** The user's own settings decide, and `config.jsonc` may be stricter, from the next call on. */
function keepsText(): boolean {
  return strictest(options.content, book.config()?.file.content) === 'full'
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

const toAnalyse = new Set<string>()
let revision = 0
let stateTimer: NodeJS.Timeout | undefined

function scheduleState(): void {
  stateTimer ??= setTimeout(() => logged('the runs could not be read', sendState), STATE_DELAY_MS)
}

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

function sendState(): void {
  clearTimeout(stateTimer)
  stateTimer = undefined
  if (performance.now() >= nextAnalysis) analyseChanged()
  else analysisTimer ??= setTimeout(analysisIsDue, nextAnalysis - performance.now())
  revision++
  send({ type: 'state', revision, runs: readRuns(store, LISTED_RUNS).map((run) => view.summary(run)) })
}

/** Storing calls comes first: of the worker's time, analysing a long run again and again gets a fifth. */
const REST_PER_ANALYSIS = 4
let nextAnalysis = 0
let analysisTimer: NodeJS.Timeout | undefined

function analysisIsDue(): void {
  analysisTimer = undefined
  scheduleState()
}

function analyseChanged(): void {
  const startedAt = performance.now()
  analyse([...toAnalyse])
  toAnalyse.clear()
  const endedAt = performance.now()
  nextAnalysis = endedAt + REST_PER_ANALYSIS * (endedAt - startedAt)
}

function findingsOf(runId: string): Finding[] {
  const findings = pipeline.findingsOf(runId)
  return keepsText() ? findings : [...findings, textsMissing(runId)]
}

function analyse(changed: readonly string[]): void {
  for (const runId of changed) {
    try {
      const findings = findingsOf(runId)
      writes.write(() => store.writeFindings(runId, findings))
    } catch (error) {
      send({
        type: 'log',
        level: 'error',
        message: `findings of run ${runId} could not be stored: ${messageOf(error)}`,
      })
    }
  }
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
  writes.flush()
  pipeline.rest(IDLE_MS)
  const version = dataVersion()
  const active = activeRuns()
  // A run that falls silent changes state without anybody writing.
  if (version !== knownVersion || active !== knownActive) scheduleState()
  knownVersion = version
  knownActive = active
}

function activeRuns(): string {
  return readRuns(store, LISTED_RUNS)
    .filter((run) => view.summary(run).active)
    .map((run) => run.id)
    .join()
}

// --- Questions --------------------------------------------------------------------------------------------------------

async function answer(question: Question): Promise<AnswerBody> {
  switch (question.ask) {
    case 'run':
      return { to: 'run', run: await view.run(question.runId, { segments: 'merged' }) }
    case 'runDetail':
      return { to: 'runDetail', detail: view.detail(question.runId) }
    case 'deleteRuns':
      return { to: 'deleteRuns', deleted: deleteRuns(question.runIds) }
    case 'html':
      return { to: 'html', html: await html(question.runId) }
    case 'environment':
      throw new Error('the environment is known to the main thread only')
    default:
      return question satisfies never
  }
}

function deleteRuns(runIds: readonly string[]): number {
  const deleted = store.deleteRuns(runIds)
  giveBackRoom(store)
  for (const id of runIds) pipeline.forget(id)
  scheduleState()
  return deleted
}

async function html(runId: string): Promise<string | null> {
  const run = await view.run(runId, { segments: 'merged' })
  if (!run) return null
  const script = readFileSync(join(options.assets, 'webview', 'flame.js'), 'utf8')
  return htmlExport({ schema: RUN_SCHEMA, runs: [run] }, { script })
}

// --- Messages ---------------------------------------------------------------------------------------------------------

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'calls':
      for (const runId of message.started) countOpenCall(runId, 1)
      record(message.exchanges)
      return
    case 'note':
      note(message.note)
      send({ type: 'noted', id: message.id })
      return
    case 'question':
      try {
        send({ type: 'answer', id: message.id, body: await answer(message.question) })
      } catch (error) {
        send({ type: 'failure', id: message.id, message: messageOf(error) })
      }
      return
    case 'flush':
      nextAnalysis = 0
      if (stateTimer || toAnalyse.size > 0) logged('the runs could not be read', sendState)
      send({ type: 'flushed', id: message.id })
      return
    case 'close':
      clearTimeout(stateTimer)
      clearTimeout(analysisTimer)
      clearInterval(lookingAround)
      clearInterval(pruning)
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
  analyseChanged()
  endRuns()
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
    if (run && run.endedAt === undefined) store.endRun(runId, run.activeAt)
  }
}

function countOpenCall(runId: string, change: 1 | -1): void {
  const open = (openCalls.get(runId) ?? 0) + change
  if (open > 0) openCalls.set(runId, open)
  else openCalls.delete(runId)
  scheduleState()
}

/** One transaction for all of them; nobody is told of what is not committed. */
function record(exchanges: readonly HttpExchange[]): void {
  if (exchanges.length === 0) return
  for (const { runId } of exchanges) countOpenCall(runId, -1)
  const transaction = (work: () => void) => store.transaction(work)
  logged('calls could not be recorded', () =>
    writes.together(transaction, () => {
      // A worker that died had stored it and could not say so any more.
      for (const exchange of exchanges)
        if (!isStored(store, exchange.runId, exchange.id))
          logged(`call ${exchange.id} could not be recorded`, () => pipeline.add(exchange))
    }),
  )
  send({ type: 'stored', exchangeIds: exchanges.map(({ id }) => id) })
}

function note(said: RunNote): void {
  if (said.type === 'run') pipeline.announce(said.run)
  else {
    writes.write(() => store.endRun(said.runId, said.endedAt))
    scheduleState()
  }
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
    scheduleState()
  })
}

parentPort?.on('message', (message: ToWorker) => {
  handle(message).catch((error) => send({ type: 'log', level: 'error', message: messageOf(error) }))
})
keepSmall()
scheduleState()
// The start is waited for; nothing later is.
giveWay()
send({ type: 'ready' })

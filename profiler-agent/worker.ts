// The worker thread of the profiler: pipeline, store and analysis, off the thread that moves the bytes of the calls. Only wires and answers.

import { hash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { type BudgetFile, readBudgetFile } from './budgets/file/budget-file'
import { attributionOfCall } from './call-attribution'
import { resolveCallSite } from './capture/call-site'
import { redactText, SecretMemory } from './capture/redact'
import { maskedRun, maskedTexts } from './capture/redact-record'
import { CodeAnchors } from './code-anchors'
import { CodeAnswers } from './code-costs/code-answers'
import { earlierExchanges, earlierTrace } from './earlier-exchanges'
import type { AnswerBody } from './feed/protocol'
import { IgnoredFindings } from './ignored-findings'
import { LimitAnswers } from './limit-answers'
import type { GateAnswer, GateQuestion } from './live-budget/messages'
import { pricesAhead } from './live-budget/prices'
import { SpendTeller } from './live-budget/spend-teller'
import { strictest } from './model/content-mode'
import type { Finding } from './model/finding'
import { present } from './model/present'
import type { RunRecord } from './model/record'
import { DEFAULT_RETENTION } from './model/retention'
import { Pipeline } from './pipeline'
import { placedRun } from './placed-runs'
import { FindingPlaces } from './places/finding-places'
import { priceInference } from './pricing/price'
import { readExchange } from './providers'
import { prune, prunedText } from './retention'
import { StoredColumns } from './run-columns'
import { KeptFindings, type LoadedBudget, type Yardsticks } from './run-findings'
import { RunVersions } from './run-versions'
import { RunView } from './run-view'
import { costBetween } from './store/day-cost'
import { hashesOnly, textsMissing, withoutArguments } from './store/hashes-only'
import { openForRecording } from './store/open-for-recording'
import { giveBackRoom } from './store/prune'
import { hasBilledResponse, readContent, readRun, readRuns } from './store/reader'
import { readSpanOutlines } from './store/span-outlines'
import type { Batch } from './store/store'
import { WaitingWrites } from './store/waiting-writes'
import { storedLimits } from './stored-limits'
import { loadTokenizer } from './tokens/tokenizer'
import { ToldChanges } from './told-changes'
import type { HandedOver } from './waiting-exchange'
import { WatchedBook } from './watched-book'
import { WatchedBudget } from './watched-budget'
import { JsonMemory } from './wire/json-memory'
import { answerOf } from './worker-answers'
import { escalationsFor } from './worker-escalations'
import { messageOf, StoreFaults } from './worker-faults'
import { collectOften } from './worker-memory'
import type { FromWorker, ToWorker, WorkerOptions } from './worker-messages'
import { giveWay } from './worker-priority'
import { Recording } from './worker-recording'

/** Runs that the list of runs shows. */
const LISTED_RUNS = 100
/** Other processes write to the same store; how often we look whether they did. */
const FOREIGN_CHANGES_MS = 1000
/** What is kept of a run without calls for this long is let go of, and read again when it goes on. */
const IDLE_MS = 5 * 60_000
/** A profiler that stops looks for the places of its latest findings for this long at most. */
const LAST_SEARCH_MS = 1_000

const options = workerData as WorkerOptions
const opened = openForRecording(options.data, logError)
const { store, isKept, problem } = opened
if (problem !== undefined) logError(problem)
/** Calls that are under way, by run. */
const openCalls = new Map<string, number>()
const view = new RunView(
  store,
  () => loadTokenizer(options.assets),
  (runId) => (openCalls.get(runId) ?? 0) > 0,
)
const book = new WatchedBook(options)
const budget = new WatchedBudget(options.budgetFile, options.root)
const writes = new WaitingWrites(logError)
/** What the main thread saw as a credential. */
const keys = new SecretMemory()
/** Over it what single calls bring: a body may join what the wire had in pieces. Their rotating cookies crowd out no key. */
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
      anchors.add(runId, kept.spans)
      return kept.spans
    },
    traceOf: (run) => earlierTrace(store, run, () => book.config()?.file.retrievalTools ?? []),
    findingsFor: (runId, isNew) =>
      new KeptFindings({
        ...{ runId, isNew, yardsticks, hashOf },
        limits: {
          ...storedLimits(store, runId, () => spend.today()),
          violated: (violation) => {
            if (!judgedLater.has(runId)) escalations.violated(violation)
          },
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
  failed: (error) => logError(`places of findings: ${messageOf(error)}`),
})

/** Of the lines that calls and findings are at. */
const anchors = new CodeAnchors({
  runOf: (runId) => waitingRuns.get(runId) ?? readRun(store, runId),
  keep: (runId, places) =>
    faults.logged(`anchors of run ${runId} could not be stored`, () => {
      writes.write(() => store.keepAnchors(runId, places))
      changes.soon()
    }),
  found: (runId) => changes.add(runId),
  failed: (error) => logError(`anchors of lines: ${messageOf(error)}`),
})

/** Comments in the code and `config.jsonc` say of which findings nobody wants to hear. */
const ignored = new IgnoredFindings()

const versions = new RunVersions((run) =>
  faults.logged(`the version of run ${run.id} could not be stored`, () => pipeline.announce(run)),
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

/** Columns of a long run are many megabytes: they are handed over, not copied. */
function answer(id: number, body: AnswerBody): void {
  const message = { type: 'answer', id, body } satisfies FromWorker
  parentPort?.postMessage(message, body.to === 'columns' && body.columns !== null ? [body.columns] : [])
}

function logError(message: string): void {
  send({ type: 'log', level: 'error', message })
}

// --- What changed, told a moment later -------------------------------------------------------------------------------

const changes = new ToldChanges({
  analyse: (runId) => faults.logged(`findings of run ${runId} could not be stored`, () => analyse(runId)),
  tell: () => faults.logged('the runs could not be read', sendState),
})
let revision = 0

const faults = new StoreFaults({
  ...{ data: options.data, recording: opened, log: logError },
  beforeMove: () => changes.flush(),
})

const recording = new Recording({
  ...{ store, writes, pipeline, escalations, faults },
  changed: (runId) => changes.add(runId),
})

function sendState(): void {
  revision++
  send({ type: 'state', revision, runs: readRuns(store, LISTED_RUNS).map((run) => view.summary(run)) })
}

function findingsOf(runId: string): Finding[] {
  const found = anchors.anchored(places.placed(pipeline.findingsOf(runId)))
  const findings = [...escalations.withResults(runId, found), ...escalations.findings(runId)]
  const all = keepsText() ? findings : [...findings, textsMissing(runId)]
  return ignored.marked(all, readRun(store, runId)?.root, book.config())
}

function analyse(runId: string): void {
  const findings = findingsOf(runId)
  writes.write(() => store.writeFindings(runId, findings))
}

/** SQLite's own counter of what other connections committed. */
function dataVersion(): unknown {
  return store.prepare('PRAGMA data_version').get()?.data_version
}

let heldTo: LoadedBudget | undefined
/** The one that an editor shows; the pipeline lets go of it after a while. */
let latestRun: string | undefined
/** Runs that had come to rest before the limits changed: what the new ones say of them is shown, and told nobody. */
const judgedLater = new Set<string>()

/** What is said of a run follows the file; one that was read half-written is read again. */
function holdToFile(): void {
  const current = currentBudget()
  if (current === heldTo) return
  heldTo = current
  for (const runId of new Set([...pipeline.runIds, ...(latestRun === undefined ? [] : [latestRun])])) {
    const run = readRun(store, runId)
    if (!run) continue
    if (!view.isActive(run)) judgedLater.add(runId)
    changes.add(runId)
  }
}

/** Whoever holds a run to a file that cannot be read says so; this looks every second. */
function currentBudget(): LoadedBudget | undefined {
  try {
    return budget.current()
  } catch {
    return heldTo
  }
}

let knownVersion = dataVersion()
let knownActive = ''
const lookingAround = setInterval(
  () => faults.logged('the store could not be read', lookAround),
  FOREIGN_CHANGES_MS,
)

function lookAround(): void {
  faults.leaveDeleted()
  // Another worker goes on with the file.
  if (faults.leaveMemory(false)) process.exit(1)
  writes.flush()
  holdToFile()
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
  store,
  view,
  columns: new StoredColumns(view),
  assets: options.assets,
  limits,
  code: new CodeAnswers({ view, budgetFile: () => budgetFile(undefined) }),
  budgetFile,
  deleteRuns,
}

/** A text that is being edited, else the file on disk. */
function budgetFile(text: string | undefined): BudgetFile {
  return text === undefined ? (budget.current()?.file ?? readBudgetFile('')) : readBudgetFile(text)
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
      recording.note(message.note)
      if (message.note.type === 'spans') tellSpent()
      send({ type: 'noted', id: message.id })
      return
    case 'question':
      try {
        answer(message.id, await answerOf(message.question, answerSources))
      } catch (error) {
        send({ type: 'failure', id: message.id, message: messageOf(error) })
      }
      return
    case 'gate': {
      let answer: GateAnswer = {}
      faults.logged('the budget could not be told what was spent', () => {
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
      faults.logged('runs could not be ended', endRuns)
      changes.end()
      await escalations.close()
      faults.logged('the store could not be closed in order', closeStore)
      parentPort?.close()
      return
    default:
      message satisfies never
  }
}

function closeStore(): void {
  faults.logged('what waited could not be written', () => writes.flush())
  if (writes.count > 0) logError(`${writes.count} calls are lost: the store could not be written to the end`)
  faults.leaveDeleted()
  faults.logged('runs could not be ended', endRuns)
  changes.end()
  // What the last calls showed is looked for still; then nothing more is.
  places.finish(LAST_SEARCH_MS)
  places.close()
  changes.end()
  anchors.finish(LAST_SEARCH_MS)
  anchors.close()
  changes.end()
  faults.leaveMemory(true)
  store.close()
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

/** Nobody is told of what is not committed. */
function record(handedOver: readonly HandedOver[]): void {
  if (handedOver.length === 0) return
  for (const { runId } of handedOver) {
    countOpenCall(runId, -1)
    judgedLater.delete(runId)
    latestRun = runId
  }
  book.lookOnce(() => recording.exchanges(handedOver))
  const exchangeIds = handedOver.map(({ id }) => id)
  escalations.recorded(exchangeIds)
  send({ type: 'stored', exchangeIds, ...present({ spent: spend.take() }) })
}

// --- Housekeeping -----------------------------------------------------------------------------------------------------

/** A profiler that lives for days keeps the store small, too. */
const PRUNE_EVERY_MS = 60 * 60 * 1000
const pruning = setInterval(keepSmall, PRUNE_EVERY_MS)

function keepSmall(): void {
  const isOpen = (runId: string) => openCalls.has(runId) || pipeline.runIds.includes(runId)
  const retention = options.retention ?? DEFAULT_RETENTION
  faults.logged('old runs could not be removed', () => {
    const pruned = prune(store, { data: options.data, retention, isOpen })
    if (pruned.runs.length === 0) return
    send({ type: 'log', level: 'warn', message: prunedText(pruned, retention) })
    changes.soon()
  })
}

parentPort?.on('message', (message: ToWorker) => {
  handle(message).catch((error) => logError(messageOf(error)))
})
keepSmall()
changes.soon()
// The start is waited for; nothing later is.
giveWay()
collectOften()
send({ type: 'ready', isKept })

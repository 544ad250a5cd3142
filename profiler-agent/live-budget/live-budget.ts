// Live budgets on the main thread: the gate, with the budget file as it stands, the worker that reads what calls spent, and the clock. Only wires.

import { readBudgetFile } from '../budgets/file/budget-file'
import { hasContentLimit } from '../budgets/gate/acting'
import { BudgetGate } from '../budgets/gate/budget-gate'
import type { SpentUpdate, TokenPrices } from '../budgets/gate/spent'
import type { GateBudgets } from '../budgets/gate/visit'
import { foreignAttribution } from '../capture/foreign-headers'
import type { GateReader } from '../gate-reader/gate-reader'
import type { Budget, BudgetScope } from '../model/budget'
import type { CallGate, GatedCall } from '../model/call-gate'
import type { Violation } from '../model/escalation'
import type { Attribution } from '../model/exchange'
import { mergedAttribution } from '../model/labels'
import { localDay } from '../model/local-day'
import { RecentMap } from '../model/recent-map'
import type { DeclaredSpan, RunRecord } from '../model/record'
import type { LoadedConfig } from '../watched-config'
import { WatchedFile } from '../watched-file'
import type { GateEars, WorkerHost } from '../worker-host'
import type { PricesQuestion, QuotedPrices } from './messages'
import { REQUEST_BYTES } from './request-bytes'

export interface LiveBudgetOptions {
  /** Absolute; may not exist yet. */
  readonly budgetFile?: string | undefined
  /** Folder that its name is relative to, for people. */
  readonly root?: string | undefined
  readonly config: WatchedFile<LoadedConfig>
  readonly reader: Pick<
    GateReader,
    'prepare' | 'readGated' | 'countPrompt' | 'labelsOf' | 'answered' | 'declared'
  >
  readonly worker: Pick<WorkerHost, 'askForGate' | 'isWaiting' | 'violated'>
  /** Hands over at once what calls that ended left behind; resolves when it is stored. */
  readonly settle: () => Promise<void>
  readonly log: (message: string) => void
}

/** An edit counts so soon; looking at the file for every call would cost more than deciding about it. */
const LOOK_EVERY_MS = 50
/** What the worker is asked is waited for so long. */
const ANSWER_MS = 2_000
/** A call that ended so long ago and is not on its way to the store was never recorded. */
const LOST_MS = 10_000
const LOOK_FOR_LOST_MS = 5_000
/** What providers add to prompts that nobody sees; where the count is the upper end of a guess already, less of that. */
const EXACT_MARGIN = 1.1
const UPPER_END_MARGIN = 1.05
const REMEMBERED_RUNS = 10_000
const REMEMBERED_PRICES = 1_000
/** Prices of long prompts begin at round numbers of tokens: a prompt is taken as long as the end of its band. */
const PRICE_BAND = 16_384

export class LiveBudget implements GateEars {
  readonly #gate: BudgetGate
  readonly #file: WatchedFile<GateBudgets>
  #lookedAt = Number.NEGATIVE_INFINITY
  #budgets: GateBudgets | undefined
  /** Runs whose calls came through here. */
  readonly #seen = new RecentMap<string, true>(REMEMBERED_RUNS)
  readonly #begun = new RecentMap<string, true>(REMEMBERED_RUNS)
  /** Runs of which the worker tells what they spend; those whose answer is awaited with a promise of it. */
  #asked = new RecentMap<string, Promise<void> | 'told'>(REMEMBERED_RUNS)
  #prices = new RecentMap<string, QuotedPrices | null>(REMEMBERED_PRICES)
  #pricesBy: LoadedConfig | undefined
  #isHurried = false
  #settling: Promise<void> | undefined
  readonly #said = new Set<string>()
  readonly #looking: NodeJS.Timeout

  constructor(readonly options: LiveBudgetOptions) {
    const { budgetFile, root, worker } = options
    this.#file = new WatchedFile(budgetFile, root, (path, text) => this.#read(path, text))
    this.#gate = new BudgetGate({
      budgets: () => this.#current(),
      bytes: REQUEST_BYTES,
      labelsOf,
      bodyLabelsOf: (call, labels, budgets) => this.#bodyLabelsOf(call, labels, budgets),
      pricesOf: (call, input) => this.#pricesOf(call, input),
      spentOf: (runId) => this.#spentOf(runId),
      contentOf: (call, needs) => options.reader.readGated(call, needs),
      promptTokensOf: (call) => this.#promptTokensOf(call),
      hurry: () => this.#hurry(),
      violated: (violation) => this.#violated(violation),
      within,
      now: () => Date.now(),
      dayOf: localDay,
      failed: (error) => this.#say(`the budgets' gate failed, the call passes: ${errorText(error)}`),
    })
    this.#looking = setInterval(() => this.#lookForLost(worker), LOOK_FOR_LOST_MS).unref()
  }

  get gate(): CallGate {
    return this.#gate
  }

  /** A call of the run comes through here. */
  saw(runId: string): void {
    if (!this.#seen.has(runId)) this.#seen.set(runId, true)
  }

  /** A run begins here: nobody can have spent anything in it before. */
  began(runId: string): void {
    if (this.#begun.has(runId)) return
    this.#begun.set(runId, true)
  }

  /** Refuses all further calls of a run; false where none ever came through here. */
  stop(runId: string): boolean {
    if (!this.#seen.has(runId)) return false
    this.#gate.stop(runId)
    return true
  }

  describe(run: RunRecord): void {
    this.#gate.describe(run)
  }

  declare(span: DeclaredSpan): void {
    this.#gate.declare(span)
    const callId = span.attributes?.['gen_ai.tool.call.id']
    if (span.kind === 'retrieval')
      this.options.reader.declared(span.runId, span.name, typeof callId === 'string' ? callId : undefined)
  }

  told(spent: SpentUpdate | undefined, ids: readonly string[]): void {
    for (const { id, runId, responseIds } of spent?.calls ?? [])
      this.options.reader.answered(id, runId, responseIds)
    this.#gate.told(spent, ids)
  }

  restarted(): void {
    this.#asked = new RecentMap(REMEMBERED_RUNS)
    // Their calls are stored before anybody asks again.
    for (const runId of this.#gate.reservedRuns) this.#spentOf(runId)
  }

  close(): void {
    clearInterval(this.#looking)
  }

  #current(): GateBudgets | undefined {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_EVERY_MS) return this.#budgets
    this.#lookedAt = now
    try {
      this.#budgets = this.#file.current()
    } catch (error) {
      // Between two writes, or without the right to read: what was read last holds.
      this.#say(`the budget file could not be read again: ${errorText(error)}`)
    }
    return this.#budgets
  }

  /** Once at a time, and once more for whoever asks meanwhile. */
  #hurry(): void {
    this.#isHurried = true
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined
    })
  }

  async #settle(): Promise<void> {
    while (this.#isHurried) {
      this.#isHurried = false
      // The record of a call that ends is handed on in the same turn, but maybe a little later.
      await new Promise(setImmediate)
      await this.options.settle()
    }
  }

  #read(path: string, text: string): GateBudgets {
    const { budgets } = readBudgetFile(text)
    // What reads prompts takes a moment to load.
    if (budgets.some(hasContentLimit)) this.options.reader.prepare()
    return { path, budgets }
  }

  /** Asked only where a rule, or what stands in the body, may say something that a limit depends on and the headers do not say. */
  #bodyLabelsOf(
    call: GatedCall,
    labels: Attribution,
    budgets: readonly Budget[],
  ): Promise<Attribution> | undefined {
    const rules = this.options.config.current()?.file.rules ?? []
    const isNamed = rules.some((rule) => LABELS.some((label) => rule.labels[label] !== undefined))
    if (!isNamed && !bufferOf(call.body).includes('"metadata"')) return undefined
    const isOpen = budgets.some(({ scope }) => isMissing(scope, call.attribution))
    return isOpen ? this.options.reader.labelsOf(call).then((all) => all ?? labels) : undefined
  }

  async #promptTokensOf(call: GatedCall): Promise<number | undefined> {
    const count = await this.options.reader.countPrompt(call)
    return count && Math.ceil(count.tokens * (count.isExact ? EXACT_MARGIN : UPPER_END_MARGIN))
  }

  #spentOf(runId: string): Promise<void> | undefined {
    const asked = this.#asked.get(runId) ?? this.#askSpent(runId)
    // What is asked is answered before calls that come later are read.
    return asked === 'told' || this.#begun.has(runId) ? undefined : asked
  }

  #askSpent(runId: string): Promise<void> {
    const answer = this.options.worker.askForGate({ ask: 'spent', runId })
    const asking = within(answer, ANSWER_MS).then((isKnown) => {
      this.#asked.set(runId, 'told')
      if (!isKnown) this.#say('what a run spent before could not be read in time: its calls pass')
    })
    this.#asked.set(runId, asking)
    return asking
  }

  /** Asked of the worker once for each model and length. */
  #pricesOf(call: GatedCall, input: number): TokenPrices | null | Promise<TokenPrices | null> {
    const config = this.options.config.current()
    if (config !== this.#pricesBy) this.#prices = new RecentMap(REMEMBERED_PRICES)
    this.#pricesBy = config
    const question = pricesQuestion(call, input)
    const key = `${question.provider} ${question.model} ${question.inputTokens}`
    const known = this.#prices.get(key)
    return known === undefined ? this.#askPrices(call, key, question) : pricesFor(call, known)
  }

  async #askPrices(call: GatedCall, key: string, question: PricesQuestion): Promise<TokenPrices | null> {
    const asked = this.options.worker.askForGate({ ask: 'prices', ...question })
    if (!(await within(asked, ANSWER_MS))) return null
    const { prices } = await asked
    if (prices !== undefined) this.#prices.set(key, prices)
    return pricesFor(call, prices ?? null)
  }

  #violated(violation: Violation): void {
    this.options.worker.violated(violation)
  }

  /** What was reserved for calls that nobody will ever read is free again. */
  #lookForLost(worker: LiveBudgetOptions['worker']): void {
    const lost = this.#gate.unread(LOST_MS).filter((id) => !worker.isWaiting(id))
    if (lost.length > 0) this.#gate.told(undefined, lost)
  }

  /** Each thing once. */
  #say(message: string): void {
    if (this.#said.has(message)) return
    this.#said.add(message)
    this.options.log(message)
  }
}

const LABELS = ['agent', 'intent', 'step'] as const

/** Whether a scope is about something that a call does not say of itself. */
function isMissing(scope: BudgetScope, { agent, intent, step }: Attribution): boolean {
  if (scope.kind === 'run' || scope.kind === 'day') return false
  const lacksIntent = scope.kind !== 'workflow' && scope.intent !== undefined && intent === undefined
  return agent === undefined || lacksIntent || (scope.kind === 'step' && step === undefined)
}

/** Prefixes and names of headers that other tools send. */
const FOREIGN =
  /^(?:baggage$|traceparent$|helicone-|x-portkey-|x-claude-code-session-id$|x-session-id$|session[-_]id$)/

function labelsOf({ attribution, headers }: GatedCall): Attribution {
  const foreign = Object.keys(headers).filter((name) => FOREIGN.test(name))
  if (foreign.length === 0) return attribution
  const { own, other } = foreignAttribution(
    Object.fromEntries(foreign.map((name) => [name, String(headers[name] ?? '')])),
  )
  return mergedAttribution([attribution, own, other])
}

function pricesQuestion({ provider, path, model }: GatedCall, input: number): PricesQuestion {
  // Of a host that is nobody's that we know its name is all that tells the seller.
  const host = provider.startsWith('custom:') ? provider.slice('custom:'.length) : 'provider.invalid'
  const inputTokens = Math.ceil(input / PRICE_BAND) * PRICE_BAND
  return { provider, url: `https://${host}${path}`, model, inputTokens }
}

/** Marks in a prompt, and some providers without any, have it written to a cache, which costs more than reading it. */
function pricesFor({ body, provider }: GatedCall, quoted: QuotedPrices | null): TokenPrices | null {
  if (quoted === null) return null
  const { input, write, output } = quoted
  const bytes = bufferOf(body)
  const isMarked = bytes.includes('"cache_control"') || bytes.includes('"cachePoint"')
  const writesUnasked = provider === 'openai' || provider === 'azure'
  return { input: isMarked || writesUnasked ? write : input, output }
}

function bufferOf(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

/** True where the promise was first. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// `costflame whatif`: what recorded runs would have cost with other caching or another model. Makes no call and changes nothing.

import { AnalysedCalls } from '../analysed-calls'
import type { AnalysedCall } from '../analysis/finding-input'
import { earlierExchanges } from '../earlier-exchanges'
import type { PicoUsd } from '../model/money'
import { present } from '../model/present'
import { RecentMap } from '../model/recent-map'
import type { Run, Span } from '../model/span'
import { hasModelCall } from '../model/totals'
import type { PriceBook } from '../pricing/price-book'
import { readContent, readSpans } from '../store/reader'
import type { Store } from '../store/store'
import type { ModelSwitch } from '../what-if/model-switch'
import { EXIT, type Io, note, print, UsageError } from './io'
import { openBook } from './open-book'
import type { WhatIfFormat } from './output-formats'
import { dataFolder } from './places'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'
import { askedFixes, type FixesAnswer, fixNames, whatIfFixed } from './whatif-fixes'
import { whatIfJson } from './whatif-json'
import { whatIfModel } from './whatif-model'
import { whatIfMarkdown, whatIfText } from './whatif-text'
import { knowsLifetime, type LifetimeAnswer, whatIfLifetime } from './whatif-ttl'

export interface WhatIfOptions {
  readonly run: string
  /** Names of fixes, ids of findings, or `all`; as typed. */
  readonly cache?: readonly string[]
  /** A lifetime, as requests name it. */
  readonly ttl?: string
  readonly model?: string
  /** Who sells the model; else whoever the calls went to, else its maker. */
  readonly provider?: string
  readonly format: WhatIfFormat
  readonly data?: string
}

/** A recorded run as questions are asked of it. */
export interface AskedRun {
  readonly id: string
  readonly name: string
  readonly spans: readonly Span[]
  /** Chats by start, with their prompts. A run file has none: it holds no more than the sizes of prompts. */
  readonly calls: readonly AnalysedCall[]
  /** Priced chats that are not among them. */
  readonly otherChats: number
  readonly textOf: (hash: string) => string | undefined
}

/** What would have been, for one run; what was not asked is absent. */
export interface WhatIfAnswer {
  readonly id: string
  readonly name: string
  /** Of all calls with a price. */
  readonly recorded: PicoUsd
  readonly calls: number
  /** Billed calls without a price, which are in no sum. */
  readonly unpricedCalls: number
  readonly fixes?: FixesAnswer
  readonly lifetime?: LifetimeAnswer
  readonly model?: ModelSwitch
}

export async function whatif(io: Io, options: WhatIfOptions): Promise<number> {
  const { cache, ttl, model } = options
  if (cache === undefined && ttl === undefined && model === undefined)
    throw new UsageError('say what would be different: --cache FIX…, --ttl LIFETIME or --model NEW')
  if (isRunFile({ selector: options.run }) && (cache !== undefined || ttl !== undefined))
    throw new UsageError(
      `${options.run} is a run file, which holds no prompts to replay: ask --cache and --ttl of a run in the store.`,
    )
  const data = dataFolder(io, options.data)
  const names = cache && fixNames(cache)
  const book = model === undefined ? undefined : openBook(io, data)
  const question = { ...present({ names, ttl, model, book, provider: options.provider }) }
  const answers = await answersOf(io, { selector: options.run, data }, (run) => answerOf(run, question))
  print(io, FORMATTERS[options.format](answers))
  return EXIT.fine
}

const FORMATTERS: Readonly<Record<WhatIfFormat, (answers: readonly WhatIfAnswer[]) => string>> = {
  text: (answers) => answers.map(whatIfText).join('\n\n'),
  markdown: (answers) => answers.map(whatIfMarkdown).join('\n\n'),
  json: (answers) => JSON.stringify(whatIfJson(answers)),
}

interface Question {
  readonly names?: readonly string[]
  readonly ttl?: string
  readonly model?: string
  readonly provider?: string
  readonly book?: PriceBook
}

/** Throws UsageError where the run has no answer. */
function answerOf(run: AskedRun, { names, ttl, model, provider, book }: Question): WhatIfAnswer {
  const billed = run.spans.filter(hasModelCall).filter(({ modelCall }) => modelCall.billed)
  const priced = billed.filter(({ modelCall }) => modelCall.cost !== null)
  if (priced.length === 0) throw new UsageError(`run ${run.id} has no call with a price`)
  const asked = names && askedFixes(run, names)
  const fixes = asked && whatIfFixed(run, asked)
  // Another model may know a lifetime that those of the run do not.
  const isAsked = ttl !== undefined && (model === undefined || knowsLifetime(run, ttl))
  const lifetime = isAsked ? whatIfLifetime(run, ttl, fixes?.plans ?? []) : undefined
  const question = { model, book, provider, lifetime: ttl, fixes: asked }
  const switched = book && model !== undefined && whatIfModel(run, { ...present(question), model, book })
  return {
    id: run.id,
    name: run.name,
    recorded: priced.reduce((sum, { modelCall }) => sum + (modelCall.cost?.picoUsd ?? 0), 0),
    calls: priced.length,
    unpricedCalls: billed.length - priced.length,
    ...(fixes ? { fixes: fixes.answer } : {}),
    ...(lifetime ? { lifetime } : {}),
    ...(switched ? { model: switched } : {}),
  }
}

/** One run after the other, so that no more than one is in memory; those without an answer are told, unless there is no other. */
async function answersOf(
  io: Io,
  selection: RunSelection,
  answer: (run: AskedRun) => WhatIfAnswer,
): Promise<readonly WhatIfAnswer[]> {
  const refusals: UsageError[] = []
  const answers = await eachAskedRun(io, selection, (run) => {
    try {
      return [answer(run)]
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      refusals.push(error)
      return []
    }
  })
  const [first] = refusals
  if (first && answers.length === 0) throw first
  for (const { message } of refusals) note(io, `costflame: ${message}`)
  return answers
}

async function eachAskedRun<T>(
  io: Io,
  selection: RunSelection,
  ask: (run: AskedRun) => readonly T[],
): Promise<T[]> {
  if (isRunFile(selection)) return readRunFile(io, selection).flatMap((run) => ask(runOfFile(run)))
  return withStoredRuns(io, selection, (store, runs) =>
    runs.flatMap(({ id, name }) => ask(storedRun(store, id, name))),
  )
}

/** Its prompts are not in the file. */
function runOfFile({ id, name, spans }: Run): AskedRun {
  return { id, name, spans, calls: [], otherChats: chatsOf(spans).length, textOf: () => undefined }
}

function storedRun(store: Store, id: string, name: string): AskedRun {
  const analysed = new AnalysedCalls()
  const spans = readSpans(store, id)
  const chats = new Set(chatsOf(spans).map((span) => span.id))
  const calls = earlierExchanges(store, id)
    .flatMap((exchange) => analysed.of(exchange) ?? [])
    .filter(({ spanId }) => chats.has(spanId))
    .sort((left, right) => left.startedAt - right.startedAt)
  return { id, name, spans, calls, otherChats: chats.size - calls.length, textOf: remembering(store) }
}

const MOST_CHARACTERS = 16_000_000

/** Replay after replay asks for the same few texts. */
function remembering(store: Store): (hash: string) => string | undefined {
  const texts = new RecentMap<string, string>(MOST_CHARACTERS, (text) => text.length)
  return (hash) => {
    const text = texts.get(hash) ?? readContent(store, hash)
    if (text !== undefined) texts.set(hash, text)
    return text
  }
}

function chatsOf(spans: readonly Span[]): readonly Span[] {
  return spans.filter(
    ({ kind, modelCall }) => kind === 'chat' && modelCall?.billed && modelCall.cost !== null,
  )
}

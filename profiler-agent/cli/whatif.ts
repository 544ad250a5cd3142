// `costflame whatif`: what recorded runs would have cost with other caching or another model. Makes no call and changes nothing.

import { AnalysedCalls } from '../analysed-calls'
import type { AnalysedCall } from '../analysis/finding-input'
import { earlierExchanges } from '../earlier-exchanges'
import type { PicoUsd } from '../model/money'
import type { Span } from '../model/span'
import { hasModelCall } from '../model/totals'
import { readContent, readSpans } from '../store/reader'
import type { Store } from '../store/store'
import { EXIT, type Io, print, UsageError } from './io'
import { openBook } from './open-book'
import type { WhatIfFormat } from './output-formats'
import { dataFolder } from './places'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'
import { type FixesAnswer, fixNames, whatIfFixed } from './whatif-fixes'
import { whatIfJson } from './whatif-json'
import { type ModelAnswer, whatIfModel } from './whatif-model'
import { whatIfText } from './whatif-text'
import { type LifetimeAnswer, whatIfLifetime } from './whatif-ttl'

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
  /** By start. Without prompts there are none: a run file holds no more than their sizes. */
  readonly calls: readonly AnalysedCall[]
  readonly textOf: (hash: string) => string | undefined
}

/** What would have been, for one run; what was not asked is absent. */
export interface WhatIfAnswer {
  readonly id: string
  readonly name: string
  /** Of all calls with a price. */
  readonly recorded: PicoUsd
  readonly calls: number
  readonly fixes?: FixesAnswer
  readonly lifetime?: LifetimeAnswer
  readonly model?: ModelAnswer
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
  const answers = await withAskedRuns(io, { selector: options.run, data }, (runs) => {
    const names = cache && fixNames(cache, runs)
    return runs.map((run) => answerOf(io, data, run, { ...options, ...(names ? { cache: names } : {}) }))
  })
  const isJson = options.format === 'json'
  print(io, isJson ? JSON.stringify(whatIfJson(answers)) : answers.map(whatIfText).join('\n\n'))
  return EXIT.fine
}

function answerOf(
  io: Io,
  data: string,
  run: AskedRun,
  { cache, ttl, model, provider }: WhatIfOptions,
): WhatIfAnswer {
  const fixes = cache && whatIfFixed(run, cache)
  const made = fixes?.plans ?? []
  const priced = run.spans.filter(hasModelCall).filter(({ modelCall }) => modelCall.cost !== null)
  return {
    id: run.id,
    name: run.name,
    recorded: priced.reduce((sum, { modelCall }) => sum + (modelCall.cost?.picoUsd ?? 0), 0),
    calls: priced.length,
    ...(fixes ? { fixes: fixes.answer } : {}),
    ...(ttl === undefined ? {} : { lifetime: whatIfLifetime(run, ttl, made) }),
    ...(model === undefined
      ? {}
      : {
          model: whatIfModel(run, {
            model,
            book: openBook(io, data),
            ...(provider === undefined ? {} : { provider }),
          }),
        }),
  }
}

async function withAskedRuns<T>(
  io: Io,
  selection: RunSelection,
  ask: (runs: readonly AskedRun[]) => T,
): Promise<T> {
  if (isRunFile(selection))
    return ask(
      readRunFile(io, selection).map(({ id, name, spans }) => ({
        id,
        name,
        spans,
        calls: [],
        textOf: () => undefined,
      })),
    )
  return withStoredRuns(io, selection, (store, runs) =>
    ask(runs.map(({ id, name }) => storedRun(store, id, name))),
  )
}

function storedRun(store: Store, id: string, name: string): AskedRun {
  const analysed = new AnalysedCalls()
  const calls = earlierExchanges(store, id).flatMap((exchange) => analysed.of(exchange) ?? [])
  return {
    ...{ id, name, spans: readSpans(store, id) },
    calls: calls.toSorted((left, right) => left.startedAt - right.startedAt),
    textOf: (hash) => readContent(store, hash),
  }
}

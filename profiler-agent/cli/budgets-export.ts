// `costflame budgets export`: derives limits from recorded runs and puts them into the budget file.

import { relative, resolve, sep } from 'node:path'
import { comparedCalls, namedTier } from '../budgets/compare/compared-calls'
import { derivationLines } from '../budgets/derive/derivation-text'
import { type Derivation, type DeriveInput, deriveBudgets } from '../budgets/derive/derive'
import { type Merged, mergeBudgets } from '../budgets/derive/merge'
import { readBudgetFile } from '../budgets/file/budget-file'
import { NO_BUDGETS } from '../budgets/file/first-budgets'
import { measureRun } from '../budgets/measure/measure-run'
import { unifiedDiff } from '../formats/unified-diff'
import { measuredRuns } from '../measured-runs'
import { present } from '../model/present'
import { formatPlural } from '../model/quantity'
import type { Run } from '../model/span'
import { busyRuns } from '../retention'
import { readCallPrices } from '../store/call-prices'
import { problemText, readBudgetText, writeBudgetSchema, writeBudgetText } from './budget-text'
import { EXIT, type Io, note, print, UsageError } from './io'
import type { BudgetsFormat } from './output-formats'
import { budgetFile, dataFolder, rootFolder } from './places'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'
import { hashOf } from './text-hash'

export interface ExportBudgetsOptions {
  readonly run: string
  /** 0.2 is 20 %; else as in the file. */
  readonly headroom?: number
  /** Budget file to put them into; it need not be there. */
  readonly output?: string
  readonly dryRun?: boolean
  readonly format: BudgetsFormat
  readonly data?: string
}

const EXPORT_SCHEMA = 'costflame.budgets-export/1'
const ADVICE = ' Write it elsewhere with -o FILE, or see it with --dry-run.'

/** What was measured, and what its calls were priced with. */
type Evidence = Pick<DeriveInput, 'measured' | 'priceOf'>

interface Exported extends Merged {
  readonly path: string
  readonly before: string | undefined
  readonly notes: readonly string[]
}

export async function exportBudgets(io: Io, options: ExportBudgetsOptions): Promise<number> {
  const path = options.output === undefined ? budgetFile(io, undefined) : resolve(io.cwd, options.output)
  const before = readBudgetText(path)
  const selection = { selector: options.run, data: dataFolder(io, options.data) }
  const exported = derived(path, before, await evidenceOf(io, selection), options.headroom)
  const isChanged = exported.text !== before
  if (isChanged && !options.dryRun) {
    writeBudgetText(path, exported.text, ADVICE)
    if (before === undefined) writeBudgetSchema(path)
  }
  if (options.format === 'json') print(io, asJson(exported))
  else tell(io, exported, options.dryRun ?? false)
  return EXIT.fine
}

/** Throws as `withStoredRuns` does. */
async function evidenceOf(io: Io, selection: RunSelection): Promise<Evidence> {
  if (isRunFile(selection)) {
    const runs = readRunFile(io, selection)
    return { measured: runs.flatMap(measureRun), priceOf: pricesIn(runs) }
  }
  return withStoredRuns(io, selection, (store, runs) => {
    const ids = runs.map(({ id }) => id)
    const prices = readCallPrices(store, ids)
    return {
      measured: measuredRuns(store, runs, busyRuns(selection.data)),
      priceOf: (runId, spanId) => {
        const price = prices(runId, spanId)
        if (!price) return undefined
        return { model: price.model, cost: price.cost, ...present({ tier: namedTier(price.tier) }) }
      },
    }
  })
}

function pricesIn(runs: readonly Run[]): Evidence['priceOf'] {
  const calls = new Map(
    runs.map((run) => [run.id, new Map(comparedCalls(run).map((call) => [call.spanId, call]))]),
  )
  return (runId, spanId) => calls.get(runId)?.get(spanId)
}

/** Throws UsageError where nothing can be derived, or the file cannot be edited. */
function derived(
  path: string,
  before: string | undefined,
  evidence: Evidence,
  headroom: number | undefined,
): Exported {
  const text = before ?? NO_BUDGETS
  const file = readBudgetFile(text)
  const derivation = deriveBudgets({ ...file, ...evidence, ...present({ headroom }), hashOf })
  if (derivation.budgets.length === 0)
    throw new UsageError(`${nothingText(evidence)}: there is nothing to derive limits from`)
  const merged = mergeBudgets(text, derivation)
  if (!merged) throw brokenFile(path, file.problems[0])
  return { ...merged, path, before, notes: notesOf(path, merged, derivation) }
}

function nothingText({ measured }: Evidence): string {
  const invocations = measured.filter(({ kind }) => kind === 'agent')
  const stopped = invocations.filter(({ isStopped }) => isStopped).length
  if (stopped === 0) return 'these runs have no agent that used anything'
  return `a limit stopped ${stopped} of ${formatPlural(invocations.length, 'invocation')} in these runs, and what was stopped is left out, since it used less than it would have`
}

function brokenFile(path: string, problem: Parameters<typeof problemText>[1] | undefined): UsageError {
  const where = problem ? problemText(path, problem) : path
  return new UsageError(`${where}. Nothing was changed: mend the file, then export again.`)
}

function notesOf(path: string, { text, kept }: Merged, { notes }: Derivation): string[] {
  const { problems } = readBudgetFile(text)
  return [...notes, ...kept, ...problems.map((problem) => problemText(path, problem))]
}

function asJson({ path, before, text, notes }: Exported): string {
  const changed = text !== before
  return JSON.stringify({ schema: EXPORT_SCHEMA, path, before: before ?? null, text, changed, notes })
}

function tell(io: Io, exported: Exported, isDryRun: boolean): void {
  for (const each of exported.notes) note(io, `costflame: ${each}`)
  print(io, resultText(io, exported, isDryRun))
}

function resultText(io: Io, { path, before, text, changed }: Exported, isDryRun: boolean): string {
  if (text === before) return `${path} stays as it is: the same was measured before`
  if (!isDryRun) return [`wrote ${path}`, ...derivationLines(changed)].join('\n')
  const file = relative(rootFolder(io), path).split(sep).join('/')
  return unifiedDiff(file, before ?? '', text)
}

// All findings of a run as it grows: the rules of the analysis, and the limits of the budget file. Hands each what it needs; judges nothing itself.

import { AnalysedCalls } from './analysed-calls'
import { type AnalysedCall, TooLate } from './analysis/finding-input'
import { RunAnalysis } from './analysis/findings'
import { type BudgetFile, readBudgetFile } from './budgets/file/budget-file'
import { overrunOf, type SpentCall } from './budgets/gate/run-limit'
import type { Finding } from './model/finding'
import { type FindingFloor, USUAL_FLOOR } from './model/finding-floor'
import type { LiveFindings, TracedExchange } from './pipeline'
import { cacheRuleFor } from './rules/cache-rules'
import type { LoadedConfig } from './watched-config'
import type { Problem } from './wire/jsonc'

/** A budget file as read; `path` is relative to the root where inside it. */
export interface LoadedBudget {
  readonly path: string
  readonly file: BudgetFile
}

export function loadBudget(path: string, text: string): LoadedBudget {
  return { path, file: readBudgetFile(text) }
}

/** What findings are reckoned with; `textOf` gives `undefined` for a text that was not kept. */
export interface FindingContext {
  readonly runId: string
  readonly textOf: (hash: string) => string | undefined
  readonly hashOf: (text: string) => string
  /** Whether the run has ended; absent: it has. */
  readonly isOver?: () => boolean
}

/** What a run is held against: files that may change while it goes on. */
export interface Yardsticks {
  readonly budget?: LoadedBudget
  readonly config?: LoadedConfig
  /** What is not worth a finding, where `config` is not at hand. */
  readonly floor?: FindingFloor
}

export interface RunFindingsInput extends FindingContext, Yardsticks {
  /** By end time, as the pipeline saw them. */
  readonly exchanges: readonly TracedExchange[]
}

/** All findings of a run that is known whole. */
export function findingsOfRun({ exchanges, ...input }: RunFindingsInput): Finding[] {
  return RunFindings.of(input, exchanges).findings(input)
}

/** The findings of one run, kept up to date exchange by exchange: what was compared once is not compared again. */
export class RunFindings {
  readonly #analysis: RunAnalysis
  readonly #spent: SpentCall[] = []
  readonly #calls = new AnalysedCalls()
  #floor = USUAL_FLOOR

  constructor(readonly context: FindingContext) {
    const cacheRule = ({ provider, model }: Pick<AnalysedCall, 'provider' | 'model'>) =>
      cacheRuleFor(provider, model)
    this.#analysis = new RunAnalysis({ ...context, cacheRule, floor: () => this.#floor })
  }

  /** Exchanges that are known already, by end time. */
  static of(context: FindingContext, exchanges: readonly TracedExchange[]): RunFindings {
    const findings = new RunFindings(context)
    findings.#spent.push(...exchanges.flatMap(spentCalls))
    const byStart = exchanges.toSorted(
      (left, right) => Math.trunc(left.exchange.startTime) - Math.trunc(right.exchange.startTime),
    )
    for (const exchange of byStart) findings.#analyse(exchange)
    return findings
  }

  /** Takes exchanges in the order in which they ended. Throws TooLate where the run has to be gone through from its beginning. */
  add(exchange: TracedExchange): void {
    this.#spent.push(...spentCalls(exchange))
    this.#analyse(exchange)
  }

  #analyse(exchange: TracedExchange): void {
    const call = this.#calls.of(exchange)
    if (call) this.#analysis.add(call)
  }

  /** Throws nothing. */
  findings({ budget, config, floor }: Yardsticks): Finding[] {
    this.#floor = floor ?? config?.file.findings ?? USUAL_FLOOR
    const { runId, hashOf } = this.context
    const notAnalysed = this.#calls.notAnalysed.finding(this.context)
    return [
      ...this.#analysis.findings(),
      ...(notAnalysed ? [notAnalysed] : []),
      ...(budget ? this.#budgetFindings(budget) : []),
      ...(config?.file.problems ?? []).map((problem) =>
        problemFinding({ runId, rule: 'profiler/config-file', file: config?.path ?? '', problem, hashOf }),
      ),
    ]
  }

  #budgetFindings({ path, file }: LoadedBudget): Finding[] {
    const { runId, hashOf } = this.context
    const limit = file.workspace.costUsdPerRun
    const overrun = limit && overrunOf({ runId, limit, file: path, calls: this.#spent, hashOf })
    return [
      ...(overrun ? [overrun] : []),
      ...file.problems.map((problem) =>
        problemFinding({ runId, rule: 'profiler/budget-file', file: path, problem, hashOf }),
      ),
    ]
  }
}

export interface KeptFindingsInput extends FindingContext {
  /** What the run is held against at the moment. */
  readonly yardsticks: () => Yardsticks
  /** Exchanges that are stored, by end time. */
  readonly earlier: () => readonly TracedExchange[]
  /** False where `earlier` has some already. */
  readonly isNew: boolean
}

/** Findings of a run of this process, which are gone through again from the store where that is needed. */
export class KeptFindings implements LiveFindings {
  #findings: RunFindings | undefined

  constructor(readonly input: KeptFindingsInput) {
    if (input.isNew) this.#findings = new RunFindings(input)
  }

  add(exchange: TracedExchange): void {
    try {
      this.#findings?.add(exchange)
    } catch (error) {
      if (!(error instanceof TooLate)) throw error
      this.#findings = undefined
    }
  }

  findings(): Finding[] {
    this.#findings ??= RunFindings.of(this.input, this.input.earlier())
    return this.#findings.findings(this.input.yardsticks())
  }
}

function spentCalls({ exchange, inferences, callSite }: TracedExchange): SpentCall[] {
  return inferences.map(({ cost, billed }) => ({
    spanId: exchange.id,
    picoUsd: cost?.picoUsd ?? 0,
    isLowerBound: billed && (cost === null || cost.atLeast === true),
    ...(callSite ? { callSite } : {}),
  }))
}

interface FileProblem {
  readonly runId: string
  readonly rule: string
  readonly file: string
  readonly problem: Problem
  readonly hashOf: (text: string) => string
}

function problemFinding({ runId, rule, file, problem, hashOf }: FileProblem): Finding {
  const { line, column, message } = problem
  return {
    id: hashOf(`${rule}\n${file}\n${message}`).slice(0, 16),
    rule,
    severity: 'error',
    message: `${message}. The rest of the file counts.`,
    runId,
    spanIds: [],
    location: { file, line, column },
    relatedLocations: [],
    evidence: {},
  }
}

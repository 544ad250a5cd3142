// All findings of a run as it grows: the rules of the analysis, the limits of the budget file, mistakes in the user's files. Hands each what it needs; judges nothing itself.

import { AnalysedCalls } from './analysed-calls'
import { type AnalysedCall, TooLate } from './analysis/finding-input'
import { RunAnalysis } from './analysis/findings'
import { type BudgetFile, readBudgetFile } from './budgets/file/budget-file'
import type { Finding } from './model/finding'
import { type FindingFloor, USUAL_FLOOR } from './model/finding-floor'
import type { SpanRecord } from './model/record'
import type { LiveFindings, TracedExchange } from './pipeline'
import { cacheRuleFor } from './rules/cache-rules'
import { type LimitSources, RunLimits } from './run-limits'
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
  readonly limits: LimitSources
}

/** All findings of a run that is known whole. */
export function findingsOfRun({ exchanges, limits, ...input }: RunFindingsInput): Finding[] {
  const held = new RunLimits({ ...input, ...limits })
  return [
    ...RunFindings.of(input, exchanges).findings(input),
    ...(input.budget ? held.findings(input.budget) : []),
  ]
}

/** What the analysis finds in one run, kept up to date exchange by exchange: what was compared once is not compared again. */
export class RunFindings {
  readonly #analysis: RunAnalysis
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
    const byStart = exchanges.toSorted(
      (left, right) => Math.trunc(left.exchange.startTime) - Math.trunc(right.exchange.startTime),
    )
    for (const exchange of byStart) findings.#analyse(exchange)
    return findings
  }

  /** Takes exchanges in the order in which they ended. Throws TooLate where the run has to be gone through from its beginning. */
  add(exchange: TracedExchange): void {
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
      ...(budget?.file.problems ?? []).map((problem) =>
        problemFinding({ runId, rule: 'profiler/budget-file', file: budget?.path ?? '', problem, hashOf }),
      ),
      ...(config?.file.problems ?? []).map((problem) =>
        problemFinding({ runId, rule: 'profiler/config-file', file: config?.path ?? '', problem, hashOf }),
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
  /** What the budget file is held against. */
  readonly limits: LimitSources
}

/** Findings of a run of this process, which are gone through again from the store where that is needed. */
export class KeptFindings implements LiveFindings {
  #findings: RunFindings | undefined
  readonly #limits: RunLimits

  constructor(readonly input: KeptFindingsInput) {
    if (input.isNew) this.#findings = new RunFindings(input)
    const { runId, hashOf, isOver, limits } = input
    this.#limits = new RunLimits({ runId, hashOf, ...limits, ...(isOver ? { isOver } : {}) })
  }

  put(spans: readonly SpanRecord[]): void {
    this.#limits.put(spans)
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
    const yardsticks = this.input.yardsticks()
    const { budget } = yardsticks
    return [...this.#findings.findings(yardsticks), ...(budget ? this.#limits.findings(budget) : [])]
  }
}

interface FileProblem {
  readonly runId: string
  readonly rule: string
  readonly file: string
  readonly problem: Problem
  readonly hashOf: (text: string) => string
}

function problemFinding({ runId, rule, file, problem, hashOf }: FileProblem): Finding {
  const { line, column, message, severity = 'error' } = problem
  return {
    id: hashOf(`${rule}\n${file}\n${message}`).slice(0, 16),
    rule,
    severity,
    message: severity === 'error' ? `${message}. The rest of the file counts.` : `${message}.`,
    runId,
    spanIds: [],
    location: { file, line, column },
    relatedLocations: [],
    evidence: {},
  }
}

// All findings of a run as it stands: the rules of the analysis, and the limits of the budget file. Hands each what it needs; judges nothing itself.

import type { AnalysedCall } from './analysis/finding-input'
import { findingsOf } from './analysis/findings'
import { type BudgetFile, readBudgetFile } from './budgets/file/budget-file'
import { overrunOf } from './budgets/gate/run-limit'
import type { Finding } from './model/finding'
import type { TracedExchange } from './pipeline'
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

export interface RunFindingsInput {
  readonly runId: string
  /** By end time, as the pipeline saw them. */
  readonly exchanges: readonly TracedExchange[]
  readonly budget?: LoadedBudget
  readonly config?: LoadedConfig
  readonly textOf: (hash: string) => string | undefined
  readonly hashOf: (text: string) => string
}

export function findingsOfRun(input: RunFindingsInput): Finding[] {
  const { runId, exchanges, budget, config, textOf, hashOf } = input
  const calls = exchanges.flatMap(analysedCall).sort((left, right) => left.startedAt - right.startedAt)
  const cacheRule = (call: AnalysedCall) => cacheRuleFor(call.provider, call.model)
  return [
    ...findingsOf({ runId, calls, textOf, cacheRule, hashOf }),
    ...(budget ? budgetFindings(runId, exchanges, budget, hashOf) : []),
    ...(config?.file.problems ?? []).map((problem) =>
      problemFinding({ runId, rule: 'profiler/config-file', file: config?.path ?? '', problem, hashOf }),
    ),
  ]
}

function budgetFindings(
  runId: string,
  exchanges: readonly TracedExchange[],
  { path, file }: LoadedBudget,
  hashOf: (text: string) => string,
): Finding[] {
  const limit = file.workspace.costUsdPerRun
  const calls = exchanges.flatMap(({ exchange, inferences, callSite }) =>
    inferences.map(({ cost, billed }) => ({
      spanId: exchange.id,
      picoUsd: cost?.picoUsd ?? 0,
      isLowerBound: billed && (cost === null || cost.atLeast === true),
      ...(callSite ? { callSite } : {}),
    })),
  )
  const overrun = limit && overrunOf({ runId, limit, file: path, calls, hashOf })
  return [
    ...(overrun ? [overrun] : []),
    ...file.problems.map((problem) =>
      problemFinding({ runId, rule: 'profiler/budget-file', file: path, problem, hashOf }),
    ),
  ]
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

/** A call with the tokens that the provider reported shared over its blocks by length: no tokenizer while the run goes on. */
function analysedCall({ exchange, inferences, callSite, prompt }: TracedExchange): AnalysedCall[] {
  const [inference] = inferences
  if (inferences.length !== 1 || !inference?.cost) return []
  const characters = prompt.reduce((sum, block) => sum + block.characters, 0)
  const perCharacter = characters === 0 ? 0 : (inference.usage.inputTokens ?? 0) / characters
  return [
    {
      spanId: exchange.id,
      provider: exchange.provider,
      model: inference.responseModel ?? inference.requestModel,
      startedAt: exchange.startTime,
      ...(callSite ? { callSite } : {}),
      usage: inference.usage,
      cost: inference.cost,
      prompt: prompt.map((block) => ({ ...block, tokens: Math.round(block.characters * perCharacter) })),
      marks: prompt.flatMap((block) => block.mark ?? []),
    },
  ]
}

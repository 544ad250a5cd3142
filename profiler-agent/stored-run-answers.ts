// Answers what a page asks about a run out of the store.

import type { BudgetFile } from './budgets/file/budget-file'
import { callPrompt } from './call-prompt/call-prompt'
import type { LimitAnswers } from './limit-answers'
import { present } from './model/present'
import type { OtherRun, RunAnswer, RunQuestion } from './model/run-questions'
import { pastInvocations } from './past-invocations'
import type { StoredColumns } from './run-columns'
import { promptSharesOf } from './run-prompt-shares'
import type { RunView } from './run-view'
import { storedSpanAnswer } from './span-answer'
import { readContent, readRun, readRuns } from './store/reader'
import type { Store } from './store/store'

/** Runs that one is offered to compare with. */
const MOST_OTHERS = 100

export interface RunAnswerSources {
  readonly store: Store
  readonly view: RunView
  readonly columns: StoredColumns
  readonly limits: LimitAnswers
  readonly budgetFile: (text: string | undefined) => Pick<BudgetFile, 'budgets' | 'gate'>
}

/** Rejects with the reason where there is no answer. */
export async function storedRunAnswer(question: RunQuestion, sources: RunAnswerSources): Promise<RunAnswer> {
  const { store, view, columns, limits, budgetFile } = sources
  switch (question.ask) {
    case 'columns':
      return { to: 'columns', columns: await columns.of(question.runIds) }
    case 'span':
      return { to: 'span', found: storedSpanAnswer(store, question.runId, question.spanId) }
    case 'parts':
      return { to: 'parts', segments: await columns.partsOf(question.runId, question.spanIds) }
    case 'limits': {
      const run = readRun(store, question.runId)
      return { to: 'limits', limits: run ? limits.ofRun(budgetFile(undefined), run) : [] }
    }
    case 'otherRuns':
      return { to: 'otherRuns', runs: otherRuns(store, view, question.runId) }
    case 'prompt':
      return { to: 'prompt', prompt: await callPrompt(view, question.runId, question.spanId) }
    case 'text':
      return { to: 'text', text: readContent(store, question.hash) ?? null }
    case 'promptShares':
      return { to: 'promptShares', shares: await promptSharesOf(view, question.runId) }
    case 'invocations':
      return {
        to: 'invocations',
        invocations: pastInvocations(store, question.runId, (run) => view.isActive(run)),
      }
    default:
      return question satisfies never
  }
}

function otherRuns(store: Store, view: RunView, runId: string): OtherRun[] {
  return readRuns(store, MOST_OTHERS + 1)
    .filter(({ id }) => id !== runId)
    .map((run) => {
      const { id, name, startTime, totals } = view.summary(run)
      const picoUsd = totals.cost?.picoUsd ?? null
      return { id, name, startTime, ...present({ gitCommit: run.gitCommit }), picoUsd, calls: totals.calls }
    })
}

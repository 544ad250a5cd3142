// Answers the questions of the feed out of the store.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BudgetFile } from './budgets/file/budget-file'
import type { CodeAnswers } from './code-costs/code-answers'
import type { AnswerBody, Question } from './feed/protocol'
import { htmlExport } from './formats/html'
import { RUN_SCHEMA } from './model/span'
import { type RunAnswerSources, storedRunAnswer } from './stored-run-answers'

export interface AnswerSources extends RunAnswerSources {
  /** Folder of the bundles and their assets. */
  readonly assets: string
  readonly code: CodeAnswers
  /** A budget file that is being edited, else the one on disk; without any there are no limits. */
  readonly budgetFile: (text: string | undefined) => BudgetFile
  /** Gives the number of runs that were there. */
  readonly deleteRuns: (runIds: readonly string[]) => number
}

/** Rejects with the reason where there is no answer. */
export async function answerOf(question: Question, sources: AnswerSources): Promise<AnswerBody> {
  const { view, deleteRuns } = sources
  switch (question.ask) {
    case 'run':
      return { to: 'run', run: await view.run(question.runId, { segments: 'merged' }) }
    case 'runDetail':
      return { to: 'runDetail', detail: view.detail(question.runId) }
    case 'olderRuns':
      return { to: 'olderRuns', runs: view.olderRuns(question.runId, question.limit) }
    case 'deleteRuns':
      return { to: 'deleteRuns', deleted: deleteRuns(question.runIds) }
    case 'html':
      return { to: 'html', html: await html(question.runId, sources) }
    case 'budgets':
      return { to: 'budgets', ...(await sources.limits.of(sources.budgetFile(question.text))) }
    case 'lines':
    case 'line':
    case 'spentToday':
    case 'agents':
      return sources.code.of(question)
    case 'environment':
    case 'stopRun':
      throw new Error('the main thread answers that')
    default:
      return storedRunAnswer(question, sources)
  }
}

async function html(runId: string, { view, assets }: AnswerSources): Promise<string | null> {
  const run = await view.run(runId, { segments: 'merged' })
  if (!run) return null
  const script = readFileSync(join(assets, 'webview', 'flame.js'), 'utf8')
  return htmlExport({ schema: RUN_SCHEMA, runs: [run] }, { script })
}

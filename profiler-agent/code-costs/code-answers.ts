// Answers what the editor asks of the code: its lines, its agents, and what the day has cost.

import type { BudgetFile } from '../budgets/file/budget-file'
import type { AnswerBody, Question } from '../feed/protocol'
import type { LineDetail } from '../model/line-cost'
import type { RunView } from '../run-view'
import { readRuns, type StoredRun } from '../store/reader'
import { agentCosts, type InvocationCost, invocationCosts } from './agent-costs'
import { KnownRuns } from './known-runs'
import { historyOf, lineCosts } from './line-costs'
import { lineDetail } from './line-detail'
import { type RunLines, runLines } from './run-lines'
import { SpentTodayAnswers } from './spent-today'

export type CodeQuestion = Extract<Question, { ask: 'lines' | 'line' | 'spentToday' | 'agents' }>

/** As many as the list of runs shows … */
const MOST_RUNS = 100
/** … and no more calls than are read in a moment, but of the newest run all. */
const MOST_CALLS = 50_000

export interface CodeAnswerSources {
  readonly view: RunView
  /** The budget file on disk. */
  readonly budgetFile: () => BudgetFile
}

export class CodeAnswers {
  readonly #spentToday: SpentTodayAnswers
  readonly #invocations: KnownRuns<readonly InvocationCost[]>
  readonly #lines: KnownRuns<RunLines>
  #tokenizer: Promise<void> | undefined

  constructor(readonly sources: CodeAnswerSources) {
    const { view } = sources
    const isActive = (run: StoredRun) => view.isActive(run)
    this.#spentToday = new SpentTodayAnswers(view)
    this.#invocations = new KnownRuns<readonly InvocationCost[]>(
      (run) => invocationCosts(view.store, run),
      isActive,
    )
    this.#lines = new KnownRuns<RunLines>(
      (run, before) => runLines(view, run, isActive(run), before),
      isActive,
    )
  }

  /** Rejects with the reason where there is no answer. */
  async of(question: CodeQuestion): Promise<AnswerBody> {
    switch (question.ask) {
      case 'lines':
        return { to: 'lines', lines: lineCosts(await this.#runLines()) }
      case 'line':
        return { to: 'line', detail: await this.#lineDetail(question) }
      case 'spentToday':
        return { to: 'spentToday', spent: await this.#spentToday.of(this.sources.budgetFile().budgets) }
      case 'agents': {
        const invocations = await this.#invocations.of(() => this.#lastRuns())
        return { to: 'agents', agents: agentCosts(invocations.flat()) }
      }
      default:
        return question satisfies never
    }
  }

  async #lineDetail({
    runId,
    file,
    line,
  }: Extract<CodeQuestion, { ask: 'line' }>): Promise<LineDetail | null> {
    const budgetFile = this.sources.budgetFile()
    const history = historyOf(await this.#runLines(), runId, { file, line })
    return lineDetail(
      runId,
      { file, line },
      {
        ...{ view: this.sources.view, budgetFile },
        today: await this.#spentToday.of(budgetFile.budgets),
        outputs: history.flatMap(({ outputs }) => outputs),
        canCount: await this.#canCount(),
      },
    )
  }

  /** To load the tokenizer takes longer than a hover waits: that begins after the first answer, and the next one has the kinds of text. */
  async #canCount(): Promise<boolean> {
    if (this.#tokenizer === undefined) {
      this.#tokenizer = this.#loadSoon()
      return false
    }
    await this.#tokenizer
    return true
  }

  async #loadSoon(): Promise<void> {
    await new Promise(setImmediate)
    try {
      await this.sources.view.tokenizer()
    } catch {
      // Whoever counts with it hears of it.
    }
  }

  /** Newest first. */
  #runLines(): Promise<RunLines[]> {
    return this.#lines.of(() => this.#lastRuns())
  }

  #lastRuns(): StoredRun[] {
    const { view } = this.sources
    let calls = 0
    return readRuns(view.store, MOST_RUNS).filter((run, index) => {
      calls += view.summary(run).totals.attempts
      return index === 0 || calls <= MOST_CALLS
    })
  }
}

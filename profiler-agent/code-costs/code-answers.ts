// Answers what the editor asks of the code: its lines, its agents, and what the day has cost.

import type { AnswerBody, Question } from '../feed/protocol'
import type { RunView } from '../run-view'
import { lineCosts } from './line-costs'

export type CodeQuestion = Extract<Question, { ask: 'lines' | 'line' | 'spentToday' | 'agents' }>

export interface CodeAnswerSources {
  readonly view: RunView
}

/** Rejects with the reason where there is no answer. */
export async function codeAnswer(question: CodeQuestion, { view }: CodeAnswerSources): Promise<AnswerBody> {
  switch (question.ask) {
    case 'lines':
      return { to: 'lines', lines: lineCosts(view) }
    case 'line':
      return { to: 'line', detail: null }
    case 'spentToday':
      throw new Error('not reckoned yet')
    case 'agents':
      return { to: 'agents', agents: [] }
    default:
      return question satisfies never
  }
}

// Questions of the page and their answers: each has an id, and one that was lost while the page was hidden is asked again.

import type { AnswerToRun, RunAnswer, RunQuestion } from '../profiler-agent/model/run-questions'
import type { FromPage, ToPage } from './messages'

interface Pending {
  readonly question: RunQuestion
  readonly resolve: (answer: RunAnswer) => void
  readonly reject: (error: Error) => void
}

export class Questions {
  readonly #pending = new Map<number, Pending>()
  #asked = 0

  constructor(private readonly post: (message: FromPage) => void) {
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#askAgain()
    })
  }

  /** Rejects with a sentence for the user where nobody can answer. */
  ask<Ask extends RunQuestion['ask']>(
    question: Extract<RunQuestion, { readonly ask: Ask }>,
  ): Promise<AnswerToRun<Ask>> {
    const id = ++this.#asked
    return new Promise((resolve, reject) => {
      const answered = (answer: RunAnswer) => {
        if (isTo(answer, question.ask)) resolve(answer)
        else reject(new Error(`asked for ${question.ask}, answered ${answer.to}`))
      }
      this.#pending.set(id, { question, resolve: answered, reject })
      this.post({ type: 'ask', id, question })
    })
  }

  receive(message: Extract<ToPage, { type: 'answer' | 'failure' }>) {
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.type === 'answer') pending?.resolve(message.answer)
    else pending?.reject(new Error(message.message))
  }

  #askAgain() {
    for (const [id, { question }] of this.#pending) this.post({ type: 'ask', id, question })
  }
}

function isTo<Ask extends RunQuestion['ask']>(answer: RunAnswer, ask: Ask): answer is AnswerToRun<Ask> {
  return answer.to === ask
}

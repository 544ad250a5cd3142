// The prompts that were looked at last, so that going back and forth between calls asks nobody again.

import type { CallPrompt } from '../../profiler-agent/model/run-questions'
import type { PageActions } from '../page'
import { t } from '../words'

/** What is known of a prompt so far; a `failure` is a sentence for the user. */
export type LoadedPrompt = CallPrompt | { readonly failure: string } | undefined

const REMEMBERED = 12

export class Prompts {
  readonly #prompts = new Map<string, LoadedPrompt>()

  constructor(
    readonly actions: PageActions,
    readonly arrived: () => void,
  ) {}

  /** `undefined` while it is on its way. `version` says when a run has changed what would be answered. */
  of(runId: string, spanId: string, version: number): LoadedPrompt {
    const key = JSON.stringify([runId, spanId, version])
    if (this.#prompts.has(key)) return this.#prompts.get(key)
    this.#keep(key, undefined)
    const keep = (prompt: LoadedPrompt) => {
      if (!this.#prompts.has(key)) return
      this.#prompts.set(key, prompt)
      this.arrived()
    }
    this.actions.ask({ ask: 'prompt', runId, spanId }).then(
      ({ prompt }) => keep(prompt ?? { failure: t('The prompt of this call is not stored.') }),
      (error: unknown) => keep({ failure: error instanceof Error ? error.message : String(error) }),
    )
    return undefined
  }

  #keep(key: string, prompt: LoadedPrompt): void {
    this.#prompts.set(key, prompt)
    const [oldest] = this.#prompts.keys()
    if (this.#prompts.size > REMEMBERED && oldest !== undefined) this.#prompts.delete(oldest)
  }
}

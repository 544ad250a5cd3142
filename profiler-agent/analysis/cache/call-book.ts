// The calls of a run that a prompt cache served or could have served, with the verdict on each, kept up to date as calls come in any order.

import type { AnalysedCall, AnalysisContext } from '../finding-input'
import { RequestRates } from './affinity-cause'
import { insertByStart } from './calls-by-start'
import { verdictOf } from './judge'
import { LearnedMinimum } from './learned-minimum'
import { PromptEnds } from './prompt-ends'
import { isBefore, type SentCall, sentCallOf } from './sent-call'
import { SentPrompts } from './sent-prompts'
import { SimilarCalls } from './similar-calls'
import { unreadWrites } from './unread-writes'
import type { Verdict } from './verdict'

/** All calls to one provider. */
interface ProviderCalls {
  /** By start. */
  readonly calls: SentCall[]
  readonly prompts: SentPrompts
  readonly similar: SimilarCalls
  readonly rates: RequestRates
  readonly minimums: Map<string, LearnedMinimum>
  readonly verdicts: Map<SentCall, Verdict>
}

export interface JudgedCall {
  readonly sent: SentCall
  readonly verdict: Verdict
}

export class CallBook {
  readonly #providers = new Map<string, ProviderCalls>()
  readonly #ends = new PromptEnds()
  #now = 0

  constructor(readonly context: Pick<AnalysisContext, 'cacheRule' | 'textOf' | 'isOver'>) {}

  /** In whatever order. */
  add(call: AnalysedCall): void {
    this.#now = Math.max(this.#now, call.endedAt)
    const rule = this.context.cacheRule(call)
    const sent = rule && sentCallOf(call, rule, this.context.textOf, this.#ends)
    if (!sent) return
    const book = this.#bookOf(call.provider)
    insertByStart(book.calls, sent)
    book.prompts.add(sent)
    book.similar.add(sent)
    book.rates.add(sent)
    forgetVerdicts(book, sent)
  }

  /** By provider; the calls of each by start. */
  judged(): JudgedCall[][] {
    const moment = { now: this.#now, isOver: this.context.isOver?.() ?? true }
    return [...this.#providers.values()].map((book) => this.#judge(book, moment))
  }

  #judge(
    { verdicts, calls, prompts, ...evidence }: ProviderCalls,
    moment: { readonly now: number; readonly isOver: boolean },
  ): JudgedCall[] {
    const { textOf } = this.context
    const minimumOf = (sent: SentCall) =>
      evidence.minimums.get(sent.call.model)?.of(sent.rule.minimumTokens) ?? sent.rule.minimumTokens
    for (const sent of calls)
      if (!verdicts.has(sent))
        verdicts.set(sent, verdictOf(sent, { ...evidence, prompts, textOf, minimumOf }))
    const unread = unreadWrites(calls, { ...moment, prompts, verdicts })
    return calls.flatMap((sent) => {
      const verdict = verdicts.get(sent)
      const miss = verdict?.miss ?? unread.get(sent)
      return verdict ? [{ sent, verdict: miss ? { ...verdict, miss } : verdict }] : []
    })
  }

  #bookOf(provider: string): ProviderCalls {
    const book = this.#providers.get(provider) ?? {
      calls: [],
      prompts: new SentPrompts(),
      similar: new SimilarCalls(),
      rates: new RequestRates(),
      minimums: new Map(),
      verdicts: new Map(),
    }
    this.#providers.set(provider, book)
    return book
  }
}

/** What was judged without knowing of this call is judged again: calls that began after it, and all where it teaches a new minimum. */
function forgetVerdicts({ calls, verdicts, minimums }: ProviderCalls, sent: SentCall): void {
  const { model } = sent.call
  const minimum = minimums.get(model) ?? new LearnedMinimum()
  minimums.set(model, minimum)
  const isNewMinimum = minimum.add(sent)
  for (let index = calls.length - 1; index >= 0; index--) {
    const other = calls[index]
    if (!other || (!isNewMinimum && !isBefore(sent, other))) break
    if (!isNewMinimum || other.call.model === model || isBefore(sent, other)) verdicts.delete(other)
  }
}

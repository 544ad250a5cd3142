// Sums over the calls and tools of one scope while it grows. A call that changes or goes is not subtracted: its scope is summed anew.

import type { MeasuredValue, NumericLimit, UseOfModel } from '../../model/budget'
import { usdOf } from '../../model/money'
import type { CountedCall, CountedTool } from './counted-call'

/** A sum whose unknown parts are counted. */
class KnownSum {
  #sum = 0
  #known = 0
  #unknown = 0

  add(value: number | null): void {
    if (value === null) this.#unknown++
    else {
      this.#sum += value
      this.#known++
    }
  }

  /** Of nothing: 0. */
  value(scale: (sum: number) => number = (sum) => sum): MeasuredValue {
    if (this.#unknown === 0) return { value: scale(this.#sum) }
    return this.#known === 0 ? { value: null } : { value: scale(this.#sum), atLeast: true }
  }
}

/** The largest of values of which some may be unknown; 0 of nothing. */
class KnownLargest {
  #largest: number | undefined
  #hasUnknown = false

  add(value: number | null): void {
    if (value === null) this.#hasUnknown = true
    else this.#largest = Math.max(value, this.#largest ?? 0)
  }

  get value(): MeasuredValue {
    if (!this.#hasUnknown) return { value: this.#largest ?? 0 }
    return this.#largest === undefined ? { value: null } : { value: this.#largest, atLeast: true }
  }
}

/** A model as it was asked for and as it answered, with the first call of it. */
export interface CalledModel {
  readonly provider: string
  readonly request: string
  readonly response: string
  readonly callId: string
}

type MutableUse = { -readonly [K in keyof UseOfModel]: UseOfModel[K] }

export class ScopeSums {
  /** Span ids by start time. */
  readonly calls: string[] = []
  readonly use: Record<string, MutableUse> = {}
  readonly models = new Map<string, CalledModel>()
  readonly #starts: number[] = []
  readonly #logical = new Set<string>()
  /** Beyond the first of each call. */
  #retries: Set<string> | undefined
  readonly #picoUsd = new KnownSum()
  readonly #input = new KnownSum()
  readonly #output = new KnownSum()
  readonly #total = new KnownSum()
  readonly #largestInput = new KnownLargest()
  readonly #largestOutput = new KnownLargest()
  readonly #results = new KnownSum()
  readonly #retrieved = new KnownSum()
  #guessed = 0
  #isCostLowerBound = false
  /** Of chats whose provider says what it read from a cache. */
  #cacheRead = 0
  #cacheable = 0
  #cacheUnknown = 0
  #inputUnknown = 0

  add(call: CountedCall): void {
    this.#insert(call)
    this.#logical.add(call.logicalId)
    if (call.attempt > 1) {
      this.#retries ??= new Set()
      this.#retries.add(`${call.logicalId} ${call.attempt}`)
    }
    if (!call.billed) return
    this.#picoUsd.add(call.picoUsd)
    this.#isCostLowerBound ||= call.isLowerBound
    this.#addTokens(call)
    this.#addUse(call)
    this.#addModel(call)
    if (call.isChat) this.#addCache(call)
  }

  addTool({ tokens, isAsked, isRetrieval, isGuessed }: CountedTool): void {
    if (isAsked) this.#results.add(tokens)
    if (!isRetrieval) return
    this.#retrieved.add(tokens)
    if (isGuessed) this.#guessed += tokens ?? 0
  }

  values(): Partial<Record<NumericLimit, MeasuredValue>> {
    const cost = this.#picoUsd.value(usdOf)
    return {
      costUsd: this.#isCostLowerBound && cost.value !== null ? { ...cost, atLeast: true } : cost,
      inputTokens: this.#input.value(),
      outputTokens: this.#output.value(),
      totalTokens: this.#total.value(),
      retrievalTokens: this.#retrieval(),
      toolResultTokens: this.#results.value(),
      inputTokensPerCall: this.#largestInput.value,
      outputTokensPerCall: this.#largestOutput.value,
      modelCalls: { value: this.#logical.size },
      retries: { value: this.#retries?.size ?? 0 },
      cacheHitRatio: this.#cacheHitRatio(),
    }
  }

  #addTokens({ input, output, documents }: CountedCall): void {
    this.#input.add(input)
    this.#output.add(output)
    this.#total.add(input)
    this.#total.add(output)
    this.#retrieved.add(documents)
    this.#largestInput.add(input)
    this.#largestOutput.add(output)
  }

  #addUse({ model, uncachedInput, cacheRead, cacheWrite, output, picoUsd }: CountedCall): void {
    this.use[model] ??= {
      ...{ calls: 0, uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0 },
      ...{ picoUsd: 0, unpricedCalls: 0 },
    }
    const use = this.use[model]
    use.calls++
    use.uncachedInput += uncachedInput ?? 0
    use.cacheRead += cacheRead ?? 0
    use.cacheWrite += cacheWrite ?? 0
    use.output += output ?? 0
    use.picoUsd += picoUsd ?? 0
    if (picoUsd === null) use.unpricedCalls++
  }

  #addModel({ id, called }: CountedCall): void {
    const key = `${called.request} ${called.response}`
    if (!this.models.has(key)) this.models.set(key, { ...called, callId: id })
  }

  #addCache({ input, cacheRead }: CountedCall): void {
    if (input === null) this.#inputUnknown++
    if (cacheRead === null) this.#cacheUnknown++
    this.#cacheable += input ?? 0
    this.#cacheRead += cacheRead ?? 0
  }

  #retrieval(): MeasuredValue {
    const value = this.#retrieved.value()
    if (this.#guessed === 0 || value.value === null) return value
    return { ...value, guessed: true, sure: value.value - this.#guessed }
  }

  /** What was not read of a cache as far as anybody knows makes it a lower bound; without an input there is no ratio. */
  #cacheHitRatio(): MeasuredValue {
    if (this.#inputUnknown > 0 || this.#cacheable === 0) return { value: null }
    const value = this.#cacheRead / this.#cacheable
    if (this.#cacheUnknown === 0) return { value }
    return this.#cacheRead === 0 ? { value: null } : { value, atLeast: true }
  }

  /** Calls come in about in the order in which they began. */
  #insert({ id, startedAt }: CountedCall): void {
    let index = this.#starts.length
    while (index > 0 && (this.#starts[index - 1] ?? 0) > startedAt) index--
    this.#starts.splice(index, 0, startedAt)
    this.calls.splice(index, 0, id)
  }
}

// One call at the gate: what is known of it, and what it asks for. Decides nothing.

import type { Budget } from '../../model/budget'
import type { GatedCall } from '../../model/call-gate'
import type { Attribution, AvoidedInput } from '../../model/exchange'
import { present } from '../../model/present'
import type { Place } from './accounts'
import type { ContentReading } from './content'
import type { Demand } from './limit-check'
import type { ByteTools, Extension, RecentCalls } from './recent-calls'
import type { TokenPrices } from './spent'
import { NOTHING, type Sums } from './sums'

/** A budget file as it stands; `path` is how people know it. */
export interface GateBudgets {
  readonly path: string
  readonly budgets: readonly Budget[]
}

/** An image, a page or a sound is a few thousand tokens whatever its bytes; no format tells how many before it is sent. */
export const MEDIA_TOKENS = 5_000
/** Bodies that are files, or hold them as they are. */
const BINARY = /^(?:multipart|audio|image|video)\/|^application\/octet-stream/i

/** Embeddings, rerankings and moderations put nothing out. */
const WITHOUT_OUTPUT = /embed|rerank|moderation|classif/i

/** What begins like a request of so long ago is still cached, as far as that one was. */
const CACHED_MS = 5 * 60_000
/** A little more of it may be new. */
const PRICE_MARGIN = 1.1

export class Visit {
  readonly extension: Extension | undefined
  readonly isChat: boolean
  /** Of one token; `null`: no price, undefined: nobody asked. */
  prices: TokenPrices | null | undefined
  content: ContentReading | undefined
  #looked: { readonly counted: number | undefined } | undefined
  readonly #isRetry: boolean
  readonly #held: number
  /** Whether calls that ended were waited for as long as anybody waits. */
  hasWaited = false
  #whole: number | undefined

  constructor(
    readonly call: GatedCall,
    readonly file: GateBudgets,
    /** What its headers say of who makes it, and later what rules and its body do. */
    public labels: Attribution,
    recent: RecentCalls,
    readonly bytes: ByteTools,
  ) {
    this.isChat = !WITHOUT_OUTPUT.test(call.path)
    this.extension = recent.extended(this.key, call.model, call.body)
    this.#isRetry = isRetry(call) || (this.extension?.isSame === true && this.extension.call.isFailed)
    // History that the provider holds for an earlier response goes in again, too.
    const id = bytes.textOf(call.body, '"previous_response_id"')
    const answered = id === undefined ? undefined : recent.answeredWith(call.runId, id)
    this.#held = answered ? answered.input + answered.output : 0
  }

  /** Of requests that it may go on from. */
  get key(): string {
    return `${this.call.runId} ${this.call.provider}`
  }

  /** Whether somebody has counted it, or tried to. */
  get isLookedAt(): boolean {
    return this.#looked !== undefined
  }

  /** Has its input estimated more closely: it was counted, and costs what the request before cost that begins alike. */
  look(counted: number | undefined): void {
    this.#looked = { counted }
  }

  /** Tokens that go in, on the high side. */
  get input(): number {
    const counted = this.#looked?.counted
    return counted === undefined ? this.#estimate : Math.min(this.#estimate, this.#held + counted)
  }

  /** Those of the call that it extends and half the new bytes; without one, half of all. */
  get #estimate(): number {
    const { extension } = this
    if (extension && (extension.isWhole || extension.isSame))
      return this.#held + extension.call.input + extension.added
    this.#whole ??= this.#tokensOfBody()
    // What only begins alike may have less in common than the earlier one was long.
    const extended = extension ? extension.call.input + extension.added : Number.POSITIVE_INFINITY
    return this.#held + Math.min(this.#whole, extended)
  }

  #tokensOfBody(): number {
    const { body, headers } = this.call
    const tokens = this.bytes.tokensIn(body, 0, body.length)
    return BINARY.test(String(headers['content-type'] ?? '')) ? Math.min(tokens, MEDIA_TOKENS) : tokens
  }

  /** Tokens that surely go in. */
  get leastInput(): number {
    const { extension } = this
    return extension?.isWhole && extension.call.isRead ? extension.call.input : 0
  }

  /** What it would use with so many tokens of output. */
  sums(output: number): Sums {
    const { input, prices } = this
    return {
      ...{ input, output },
      picoUsd: prices ? Math.ceil(input * this.#inputPrice(prices) + output * prices.output) : 0,
      calls: this.#isRetry ? 0 : 1,
      retries: this.#isRetry ? 1 : 0,
      unknown: prices === null ? 1 : 0,
    }
  }

  /** So many tokens of output more; undefined for none. */
  moreOutput(tokens: number): Sums | undefined {
    if (tokens <= 0) return undefined
    return { ...NOTHING, output: tokens, picoUsd: Math.ceil(tokens * (this.prices?.output ?? 0)) }
  }

  /** What the call does not take where it is refused. */
  get avoided(): AvoidedInput {
    const inputTokens = Math.round(this.input)
    const { extension } = this
    const goesOn = this.#isCached && (extension?.isWhole || extension?.isSame)
    const price = goesOn ? extension?.call.inputPrice : undefined
    return { inputTokens, ...present({ picoUsd: price && Math.round(inputTokens * price) }) }
  }

  get #isCached(): boolean {
    const { call, extension } = this
    return extension !== undefined && call.startTime - extension.call.startedAt < CACHED_MS
  }

  #inputPrice({ input }: TokenPrices): number {
    const before = this.extension?.call.inputPrice
    if (!this.#looked || before === undefined) return input
    return this.#isCached ? Math.min(input, before * PRICE_MARGIN) : input
  }

  /** Whether its tokens have a price above 0. */
  get isPaid(): boolean {
    return this.prices ? this.prices.input + this.prices.output > 0 : false
  }

  demand({ agent }: Place, output: number, at: number): Demand {
    const { provider, model } = this.call
    return {
      ...{ provider, model, at, content: this.content },
      sums: this.sums(output),
      leastInput: this.leastInput,
      isPaid: this.isPaid,
      isFirstOfAgent: agent !== undefined && !agent.hasCalled,
    }
  }
}

/** As SDKs say of it; those of AWS write `attempt=2; max=3`. */
function isRetry({ headers }: GatedCall): boolean {
  const attempt = /(?:^|;)\s*attempt=(\d{1,4})\b/.exec(String(headers['amz-sdk-request'] ?? ''))?.[1]
  return Number(headers['x-stainless-retry-count'] ?? 0) > 0 || Number(attempt ?? 1) > 1
}

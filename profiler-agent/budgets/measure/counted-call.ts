// What limits have to know of a model call and of a tool, read from their spans. Adds nothing up.

import type { PicoUsd } from '../../model/money'
import type { ModelCall, Span } from '../../model/span'
import { type CountedModelCall, isCall } from '../../model/totals'
import { cacheWriteTotal } from '../../model/usage'

/** What of a span is measured; `segments` are not looked at. */
export interface MeasurableSpan
  extends Pick<Span, 'id' | 'parentId' | 'kind' | 'name' | 'status' | 'attributes'>,
    Partial<Pick<Span, 'agent' | 'agentVersion' | 'intent' | 'step' | 'tenant' | 'session' | 'callSite'>> {
  /** ms since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
  readonly modelCall?: CountedModelCall & Pick<ModelCall, 'provider' | 'requestModel' | 'responseModel'>
}

/** A call that reached a provider: billed or not, successful or not. Tokens and money of what is not billed are 0. */
export interface CountedCall {
  readonly id: string
  readonly startedAt: number
  readonly endedAt: number
  readonly logicalId: string
  readonly attempt: number
  /** `provider/model` of the response, or of the request where there is none. */
  readonly model: string
  readonly called: { readonly provider: string; readonly request: string; readonly response: string }
  readonly billed: boolean
  readonly isChat: boolean
  /** A reply of a model that came to its end. */
  readonly isAnswered: boolean
  readonly input: number | null
  readonly output: number | null
  readonly uncachedInput: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  /** Tokens of documents that its prompt is the first to bring; those of tools are theirs. */
  readonly documents: number | null
  readonly picoUsd: PicoUsd | null
  /** The cost is only a lower bound. */
  readonly isLowerBound: boolean
}

/** `undefined` for what is no call, and for one that was refused: that reached nobody. */
export function countedCall(span: MeasurableSpan): CountedCall | undefined {
  if (!isCall(span) || span.status === 'blocked') return undefined
  const { modelCall: call, id, startedAt, endedAt } = span
  const { billed, usage, cost, attempt } = call
  const isChat = span.kind === 'chat'
  return {
    ...{ id, startedAt, endedAt, billed, isChat },
    logicalId: attempt.logicalId,
    attempt: attempt.number,
    model: `${call.provider}/${call.responseModel ?? call.requestModel}`,
    called: {
      provider: call.provider,
      request: call.requestModel,
      response: call.responseModel ?? call.requestModel,
    },
    isAnswered: isChat && billed && span.status === 'ok',
    input: billed ? usage.inputTokens : 0,
    // Embeddings and rerankings put nothing out.
    output: billed ? (usage.outputTokens ?? (isChat ? null : 0)) : 0,
    uncachedInput: billed ? usage.uncachedInputTokens : 0,
    cacheRead: billed ? usage.cacheReadTokens : 0,
    cacheWrite: billed ? cacheWriteTotal(usage) : 0,
    documents:
      billed && span.attributes[RETRIEVED_TOKENS] !== undefined
        ? numberIn(span.attributes, RETRIEVED_TOKENS)
        : 0,
    picoUsd: billed ? (cost?.picoUsd ?? null) : 0,
    isLowerBound: cost?.atLeast === true,
  }
}

/** A call that a budget refused, or whose reply it ended. */
export interface StoppedCall {
  /** `budget/totalTokens` … */
  readonly rule: string
  /** What the program was told. */
  readonly message: string
  /** It never reached the provider. */
  readonly isRefused: boolean
}

export function stoppedCall({ attributes, status }: MeasurableSpan): StoppedCall | undefined {
  const { [STOP_RULE]: rule, [STOP_MESSAGE]: message } = attributes
  if (typeof rule !== 'string' || typeof message !== 'string') return undefined
  return { rule, message, isRefused: status === 'blocked' }
}

/** A tool that a model asked for, or a retrieval. */
export interface CountedTool {
  readonly id: string
  readonly startedAt: number
  /** False for a retrieval that the program made by itself. */
  readonly isAsked: boolean
  readonly isRetrieval: boolean
  /** It only looks like a retrieval. */
  readonly isGuessed: boolean
  /** Tokens of its result; `null` where nobody knows. */
  readonly tokens: number | null
}

/** The attributes of docs/tree.md, and those of `retrieval()`. */
const CALL_ID = 'gen_ai.tool.call.id'
const RESULT_TOKENS = 'costflame.tool.result_tokens'
const RETRIEVAL = 'costflame.retrieval'
const RETRIEVED_TOKENS = 'costflame.retrieval.tokens'
/** Those of trace/exchange-facts.ts. */
const STOP_RULE = 'costflame.budget.rule'
const STOP_MESSAGE = 'costflame.budget.message'

/** `undefined` for what is neither. `isCallId` says whether a span is a call: tools that it asked for are named after it. */
export function countedTool(span: MeasurableSpan): CountedTool | undefined {
  if (span.kind !== 'tool' && span.kind !== 'retrieval') return undefined
  const { attributes, id, startedAt } = span
  const result = numberIn(attributes, RESULT_TOKENS)
  const isRetrieval = span.kind === 'retrieval' || attributes[RETRIEVAL] !== undefined
  return {
    ...{ id, startedAt, isRetrieval },
    // What the traffic shows of tools is named after the call that asked for them.
    isAsked: result !== null || attributes[CALL_ID] !== undefined || /\.tool\d+$/.test(id),
    isGuessed: attributes[RETRIEVAL] === 'guessed',
    tokens: result ?? numberIn(attributes, RETRIEVED_TOKENS),
  }
}

function numberIn(attributes: Span['attributes'], name: string): number | null {
  const value = attributes[name]
  return typeof value === 'number' && value >= 0 ? value : null
}

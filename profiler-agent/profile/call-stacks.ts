// The user's own functions that made the model calls of some runs, one stack a call, with what each call weighs. Knows no file format.

import type { Frame, ModelCall, Run, Span } from '../model/span'

/** A call that was made, as the leaf of the stack that made it. */
export interface StackedCall {
  /** Outermost first, without the call itself; empty where nobody knows who made it. */
  readonly frames: readonly Frame[]
  /** The model that answered, or was asked. */
  readonly model: string
  /** Pico-dollars; `null` where the call has no price, or nothing to pay. */
  readonly picoUsd: number | null
  /** Input and output tokens as far as they are known. */
  readonly tokens: number | null
  /** Milliseconds; several inferences of one exchange took its time together, and the first one has it. */
  readonly durationMs: number
}

export interface CallStacks {
  readonly calls: readonly StackedCall[]
  /** Billed calls without a price: what is weighed by cost is less than what was spent. */
  readonly unpricedCalls: number
}

/** Every model call of the runs with its stack. Costs sum to the runs' totals exactly. */
export function callStacksOf(runs: readonly Run[]): CallStacks {
  return {
    calls: runs.flatMap(stackedCalls),
    unpricedCalls: runs.reduce((sum, { totals }) => sum + totals.unpricedCalls, 0),
  }
}

function stackedCalls({ spans }: Run): StackedCall[] {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const timed = new Set<Span>()
  return spans.flatMap((span) => {
    const { modelCall } = span
    if (!modelCall) return []
    const exchange = exchangeOf(span, byId)
    const durationMs = timed.has(exchange) ? 0 : Math.max(0, exchange.durationMs)
    timed.add(exchange)
    return [
      {
        frames: [...(exchange.callSite?.stack ?? [])].reverse(),
        model: modelCall.responseModel || modelCall.requestModel || 'unknown model',
        picoUsd: modelCall.cost?.picoUsd ?? null,
        tokens: knownTokens(modelCall),
        durationMs,
      },
    ]
  })
}

/** The span of the whole exchange: the call itself, or the one that its several inferences hang under. */
function exchangeOf(span: Span, byId: ReadonlyMap<string, Span>): Span {
  const parent = byId.get(span.parentId ?? '')
  return parent?.kind === 'chat' && !parent.modelCall ? parent : span
}

function knownTokens({ usage: { inputTokens, outputTokens } }: ModelCall): number | null {
  return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0)
}

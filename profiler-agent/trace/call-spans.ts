// The spans of one call at its place in the tree. Finds no places.

import { AVOIDED_ATTRIBUTE, attributesOfFacts } from '../model/billing'
import { present } from '../model/present'
import type { SpanRecord } from '../model/record'
import type { CallSite } from '../model/span'
import type { Attempt } from './attempts'
import {
  attributesOf,
  endOf,
  modelCallOf,
  modelOf,
  type PricedInference,
  statusOf,
  type TraceInput,
} from './exchange-facts'
import { type LineageCall, promptParts } from './lineage'

/** What every span of a call carries: where it hangs, and the labels that it has from its run and its caller. */
export type CallPlace = Pick<SpanRecord, 'runId' | 'agent' | 'step' | 'parentId' | 'parentBasis'> &
  Pick<SpanRecord, 'agentVersion' | 'intent' | 'tenant' | 'session' | 'tags'> & {
    /** The line of its agent, for a call of which none is known. */
    readonly callSite?: CallSite
    /** What else is known of it. */
    readonly said?: SpanRecord['attributes']
  }

/** Marks a call site that is that of its agent's calls before, or of who started the agent. */
export const INHERITED = 'costflame.callsite.inherited'

/** One span with the model call; for several billed inferences a child each under one `chat` span, so that only the children carry cost. */
export function callSpans(
  input: TraceInput,
  { said, ...place }: CallPlace,
  attempt: Attempt,
  base: LineageCall | undefined,
): SpanRecord[] {
  const { exchange, reading, inferences, callSite } = input
  const span = {
    ...place,
    id: exchange.id,
    startedAt: exchange.startTime,
    endedAt: endOf(exchange),
    status: statusOf(exchange, reading),
    ...(callSite ? { callSite } : {}),
    attributes: {
      ...attributesOf(exchange, reading),
      ...said,
      ...(place.callSite && !callSite ? { [INHERITED]: true } : {}),
    },
  }
  const record = (inference: PricedInference) => ({
    modelCall: modelCallOf(exchange, reading, inference, attempt),
    ...(base ? { baseSpanId: base.spanId } : {}),
    prompt: promptParts(input.prompt, base?.prompt ?? []),
    reply: input.reply,
  })
  const [first, ...others] = inferences
  if (!first) return []
  const attributes = (inference: PricedInference) => ({
    ...span.attributes,
    ...attributesOfFacts(inference),
    ...present({ [AVOIDED_ATTRIBUTE]: inference.avoidedPicoUsd }),
  })
  if (others.length === 0)
    return [
      {
        ...span,
        attributes: attributes(first),
        kind: first.kind,
        name: `${first.kind} ${modelOf(first)}`,
        call: record(first),
      },
    ]
  return [
    { ...span, kind: 'chat', name: `chat ${modelOf(first)}` },
    ...inferences.map((inference, index) => ({
      ...span,
      id: `${span.id}.${index + 1}`,
      parentId: span.id,
      attributes: attributes(inference),
      kind: inference.kind,
      name: `${inference.kind} ${modelOf(inference)}`,
      call: record(inference),
    })),
  ]
}

// Random runs: agents, steps, tools and calls in any tree, with retries, failures, refusals and unknown usage.

import fc from 'fast-check'
import type { MeasurableSpan } from '../../../../profiler-agent/budgets/measure/counted-call'
import { usageOf } from '../../../../profiler-agent/model/usage'

export type Spans = readonly MeasurableSpan[]

const tokens = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null, freq: 6 })

const node = fc.record({
  kind: fc.constantFrom<MeasurableSpan['kind']>(
    ...(['agent', 'step', 'tool', 'retrieval', 'embeddings', 'chat', 'chat', 'chat'] as const),
  ),
  /** Of what comes before it in the list; the run for what does not exist. */
  parent: fc.integer({ min: -1, max: 30 }),
  name: fc.constantFrom('desk', 'search', 'writer'),
  startedAt: fc.integer({ min: 0, max: 60 }),
  lastsMs: fc.integer({ min: 0, max: 20 }),
  status: fc.constantFrom<MeasurableSpan['status']>('ok', 'ok', 'ok', 'error', 'truncated', 'blocked'),
  attempt: fc.constantFrom(1, 1, 1, 2, 3),
  logical: fc.integer({ min: 0, max: 12 }),
  input: tokens,
  output: tokens,
  picoUsd: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null, freq: 6 }),
})
type RandomNode = typeof node extends fc.Arbitrary<infer T> ? T : never

/** Parents stand before their children. */
export const randomTree: fc.Arbitrary<Spans> = fc
  .array(node, { maxLength: 30 })
  .map((nodes) => nodes.map((each, index) => spanOf(each, index)))

export const idOf = (index: number) => `span-${index}`

function spanOf(said: RandomNode, index: number): MeasurableSpan {
  const { kind, name, startedAt, lastsMs, status } = said
  const isCall = kind === 'chat' || kind === 'embeddings'
  return {
    ...{ id: idOf(index), kind, name, startedAt, status, endedAt: startedAt + lastsMs },
    parentId: said.parent >= 0 && said.parent < index ? idOf(said.parent) : 'run',
    ...(kind === 'agent' ? { agent: name } : {}),
    attributes: isCall || kind === 'agent' ? {} : { 'costflame.tool.result_tokens': said.logical },
    ...(isCall ? { modelCall: callOf(said) } : {}),
  }
}

function callOf({ status, input, output, picoUsd, logical, attempt }: RandomNode) {
  const billed = status !== 'blocked' && status !== 'error'
  return {
    ...{ provider: 'openai', requestModel: 'gpt-5-mini', billed },
    attempt: { logicalId: `call-${logical}`, number: attempt },
    usage: usageOf(
      { uncachedInputTokens: input, cacheReadTokens: null, outputTokens: output },
      'reported',
      null,
    ),
    cost: picoUsd === null || !billed ? null : { picoUsd },
  }
}

// Calls and invocations to hold beside each other, in a line of text each, at round prices.

import type { ComparedCall, ComparedSet } from '../../profiler-agent/model/comparison'
import type { UnitPrices } from '../../profiler-agent/model/span'
import { CACHE_TTLS, type CacheTtl, perTtl } from '../../profiler-agent/model/usage'

/** Pico-dollars a token. */
export function pricesOf(uncachedInput: number, output: number): UnitPrices {
  const write = uncachedInput * 1.5
  return {
    uncachedInput,
    cacheRead: uncachedInput / 10,
    cacheWrite: { '5m': write, '30m': write, '1h': uncachedInput * 2, '12h': write, unknown: write },
    output,
    units: {},
  }
}

export interface SaidCall {
  /** Tokens: uncached input, read from the cache, output. */
  readonly tokens: readonly [fresh: number, read: number, output: number]
  /** Tokens written to a cache, by how long they live. */
  readonly written?: Readonly<Partial<Record<CacheTtl, number>>>
  readonly model?: string
  readonly prices?: UnitPrices
  readonly agent?: string
  readonly step?: string
  readonly line?: number
  readonly function?: string
  readonly unpriced?: true
  readonly source?: 'provider'
}

const USUAL = pricesOf(10, 50)
let count = 0

export function comparedCall({
  tokens,
  model = 'm',
  prices = USUAL,
  written = {},
  ...said
}: SaidCall): ComparedCall {
  const [uncachedInput, cacheRead, output] = tokens
  const byBucket = {
    uncachedInput: uncachedInput * prices.uncachedInput,
    cacheRead: cacheRead * prices.cacheRead,
    cacheWrite: CACHE_TTLS.reduce((sum, ttl) => sum + (written[ttl] ?? 0) * prices.cacheWrite[ttl], 0),
    output: output * prices.output,
    units: 0,
  }
  const picoUsd = Object.values(byBucket).reduce((sum, part) => sum + part, 0)
  const { agent = 'a', step, line, function: name, unpriced, source = 'catalog' } = said
  return {
    runId: 'r',
    spanId: `c${++count}`,
    agent,
    ...(step === undefined ? {} : { step }),
    ...(line === undefined
      ? {}
      : { place: { file: 'agent.mjs', line, ...(name ? { function: name } : {}) } }),
    model,
    tokens: { uncachedInput, cacheRead, ...perTtl((ttl) => written[ttl] ?? 0), output },
    units: {},
    cost: unpriced ? null : { picoUsd, byBucket, prices, source },
  }
}

/** A set with one invocation for each list of calls. */
export function setOf(...units: readonly (readonly SaidCall[])[]): ComparedSet {
  return { units: units.map((calls, index) => ({ id: `i${index}`, calls: calls.map(comparedCall) })) }
}

// Every recorded chain with cache activity held against the embedded server.
import { cacheRuleFor } from '../../../profiler-agent/rules/cache-rules'
import { type JudgedTurn, judge } from './cache-verdict'
import type { Chain, Turn } from './recorded-chains'
import { isServed, type Replayed, replay } from './replayed-chain'

export interface JudgedChain {
  readonly chain: Chain
  /** Empty where nothing could be replayed, which `reason` explains. */
  readonly turns: readonly JudgedTurn[]
  readonly reason?: string
}

/** Rounds in which the token counts are brought to the provider's, and it shows which turns found a warm cache. */
const ROUNDS = 4

export async function judgeChain(chain: Chain, countTokens: (text: string) => number): Promise<JudgedChain> {
  if (chain.turns.some(({ body }) => Object.keys(body).length === 0))
    return { chain, turns: [], reason: 'only the answer was recorded, not what was asked' }
  const active = chain.turns.filter(({ read, written }) => read > 0 || written > 0)
  if (!active.some(({ row }) => cacheRuleFor(row.provider, row.model)))
    return { chain, turns: [], reason: 'no rule of its cache is known' }
  const turns = chain.turns.filter(isServed)
  if (!active.some(isServed)) return { chain, turns: [], reason: 'the server does not serve this API' }
  const served = { ...chain, turns }
  let factor = 1
  let warm: ReadonlySet<Turn> = new Set()
  let replayed = await replay(served, countTokens, factor, warm)
  const visible = replayed.map(({ total }, index) => Math.min(1, total / (turns[index]?.total ?? total)))
  for (let round = 0; round < ROUNDS; round++) {
    factor *= median(replayed.map(({ total }, index) => (turns[index]?.total ?? total) / total))
    replayed = await replay(served, countTokens, factor, warm)
    warm = new Set(turns.filter((turn, index) => isWarm(turn, replayed[index])))
  }
  return { chain: served, turns: judge(turns, replayed, visible) }
}

function isWarm({ read, total }: Turn, replayed: Replayed | undefined): boolean {
  if (!replayed) return false
  const increment = replayed.rule?.incrementTokens ?? 1
  if (replayed.read === 0) return read > 0
  return read > (replayed.read * total) / replayed.total + Math.max(increment, total * 0.03)
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 1
}

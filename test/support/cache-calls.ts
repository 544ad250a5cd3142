// Calls as the analysis sees them, with only what a test is about left to say. The hash of a block is its text.

import type { AnalysedBlock, AnalysedCall } from '../../profiler-agent/analysis/finding-input'
import { findingsOf } from '../../profiler-agent/analysis/findings'
import type { CacheSettings } from '../../profiler-agent/model/cache-settings'
import type { Finding } from '../../profiler-agent/model/finding'
import type { CallSite } from '../../profiler-agent/model/span'
import { type CacheTtl, usageOf } from '../../profiler-agent/model/usage'
import { cacheRuleFor } from '../../profiler-agent/rules/cache-rules'
import { costOf } from './spans'

/** Pico-dollars per token: $2 per million, a tenth of it from the cache, a quarter more to write, twice as much for an hour. */
export const PRICES = {
  ...costOf().prices,
  uncachedInput: 2_000_000,
  cacheRead: 200_000,
  cacheWrite: { '5m': 2_500_000, '30m': 2_500_000, '1h': 4_000_000, '12h': 5_000_000, unknown: 2_500_000 },
}

type Kind = AnalysedBlock['kind']

/** A part of a prompt. Its path comes from its place. */
export interface Piece {
  readonly kind: Kind
  readonly text: string
  readonly tokens: number
  readonly name?: string
  readonly mark?: CacheTtl
}

const piece =
  (kind: Kind) =>
  (text: string, tokens = 100, mark?: CacheTtl): Piece => ({ kind, text, tokens, ...(mark ? { mark } : {}) })
export const system = piece('system')
export const user = piece('user')
export const assistant = piece('assistant')
export const reasoning = piece('reasoning')
export const toolResult = piece('tool_result')
export const tool = (name: string, tokens = 500, text = `${name} is a tool`): Piece => ({
  kind: 'tool_def',
  text,
  tokens,
  name,
})

export interface Said {
  readonly id?: string
  /** Seconds after the start of the run. */
  readonly at: number
  /** Seconds until the first token, which is the end as well. */
  readonly lasts?: number
  readonly prompt: readonly Piece[]
  /** `null`: the provider says nothing of reads. */
  readonly read?: number | null
  readonly written?: number
  readonly model?: string
  readonly provider?: string
  readonly settings?: CacheSettings
  readonly agent?: string
  readonly step?: string
  /** `file:function`, innermost first. */
  readonly stack?: readonly string[]
  readonly line?: number
  readonly isPromptWhole?: boolean
}

const START = Date.UTC(2026, 10, 22, 9)

export function callOf(said: Said): AnalysedCall {
  const { at, lasts = 1, provider = 'anthropic', model = 'claude-sonnet-4-5', settings = {} } = said
  const { read = 0, written = 0, prompt, stack = ['agent.mjs:answer'], line = 12 } = said
  const blocks = blocksOf(prompt)
  const input = blocks.reduce((sum, { tokens }) => sum + tokens, 0)
  const plain = input - (read ?? 0) - written
  const byBucket = {
    uncachedInput: plain * PRICES.uncachedInput,
    cacheRead: (read ?? 0) * PRICES.cacheRead,
    cacheWrite: written * PRICES.cacheWrite['5m'],
    output: 0,
    units: 0,
  }
  const startedAt = START + at * 1000
  return {
    spanId: said.id ?? `call at ${at}`,
    provider,
    model,
    startedAt,
    endedAt: startedAt + lasts * 1000,
    firstTokenAt: startedAt + lasts * 1000,
    ...(said.agent === undefined ? {} : { agent: said.agent }),
    ...(said.step === undefined ? {} : { step: said.step }),
    ...(stack.length === 0 ? {} : { callSite: callSiteOf(stack, line) }),
    usage: usageOf(
      {
        uncachedInputTokens: plain,
        cacheReadTokens: read,
        ...(provider === 'anthropic' ? { cacheWriteTokens: { '5m': written } } : {}),
        ...(written > 0 ? { cacheWriteTokens: { [provider === 'anthropic' ? '5m' : '30m']: written } } : {}),
        outputTokens: 0,
      },
      'reported',
      null,
    ),
    cost: {
      ...costOf(),
      picoUsd: byBucket.uncachedInput + byBucket.cacheRead + byBucket.cacheWrite,
      byBucket,
      prices: PRICES,
    },
    settings,
    prompt: { blocks, hiddenTokens: 0 },
    isPromptWhole: said.isPromptWhole ?? true,
    marks: prompt.flatMap(({ mark }) => mark ?? []),
  }
}

function blocksOf(prompt: readonly Piece[]): AnalysedBlock[] {
  const counts = { tools: 0, system: 0, messages: 0 }
  return prompt.map(({ kind, text, tokens, name, mark }) => {
    const part = kind === 'tool_def' ? 'tools' : kind === 'system' ? 'system' : 'messages'
    const path = `${part}[${counts[part]++}]`
    return {
      ...{ path, kind, hash: text, characters: text.length, tokens },
      ...(name === undefined ? {} : { name }),
      ...(mark ? { mark } : {}),
    }
  })
}

function callSiteOf(stack: readonly string[], line: number): CallSite {
  const frames = stack.map((frame, index) => {
    const [file = '', name] = frame.split(':')
    return { file, line: line + index, column: 3, ...(name === undefined ? {} : { function: name }) }
  })
  return { ...(frames[0] ?? { file: '', line }), stack: frames }
}

export const contextOf = (textOf = (hash: string): string | undefined => hash) => ({
  runId: 'run',
  textOf,
  cacheRule: ({ provider, model }: Pick<AnalysedCall, 'provider' | 'model'>) => cacheRuleFor(provider, model),
  hashOf: (text: string) => text,
})

/** The findings of a run that is over. */
export function findingsIn(calls: readonly Said[], textOf?: (hash: string) => string | undefined): Finding[] {
  return findingsOf({ ...contextOf(textOf), calls: calls.map(callOf) })
}

const SYLLABLES = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti', 'vo', 'zu']

/** So many words that are always the same for one seed, and others for another one. */
export function prose(seed: string, words = 200): string {
  let state = [...seed].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7)
  const syllable = () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return SYLLABLES[(state >>> 9) % SYLLABLES.length]
  }
  return Array.from({ length: words }, () => `${syllable()}${syllable()}${syllable()}`).join(' ')
}

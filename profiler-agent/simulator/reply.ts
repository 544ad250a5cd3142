// What the simulated model says in one call: text, reasoning, tool calls and their token usage. Knows no wire format.

import { RequestRefused } from './json'
import type { CountTokens } from './prompt'

export interface ToolCall {
  readonly name: string
  /** JSON text. */
  readonly arguments: string
}

export interface Reply {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCall[]
  /** `length`: the request's cap on output cut it. */
  readonly finish: 'stop' | 'tool_calls' | 'length'
  readonly usage: ReplyUsage
}

/** Tokens of one answer. `input` is the whole prompt: read, written and the rest. */
export interface ReplyUsage {
  readonly input: number
  readonly cacheRead: number
  /** By lifetime name. */
  readonly cacheWrite: Readonly<Record<string, number>>
  /** Reasoning included. */
  readonly output: number
  readonly reasoning: number
}

export function cacheWriteTotal(usage: ReplyUsage): number {
  return Object.values(usage.cacheWrite).reduce((sum, tokens) => sum + tokens, 0)
}

/** What a script (or the default) wants said; counts that it leaves out are counted from the text. */
export interface Wanted {
  readonly text?: string
  readonly reasoning?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments?: unknown }[]
  readonly reasoningTokens?: number
  /** Whole output, reasoning included. */
  readonly outputTokens?: number
}

/** The providers frame each tool call in a few tokens; one number stands for all of them. */
const TOOL_CALL_FRAME_TOKENS = 4

/** The reply that `wanted` asks for, cut to `maxOutputTokens` the way a provider cuts it. */
export function replyOf(
  wanted: Wanted,
  input: Pick<ReplyUsage, 'input' | 'cacheRead' | 'cacheWrite'>,
  maxOutputTokens: number | undefined,
  count: CountTokens,
): Reply {
  const toolCalls = (wanted.toolCalls ?? []).map((call) => ({
    name: call.name,
    arguments: JSON.stringify(call.arguments ?? {}),
  }))
  const text = wanted.text ?? ''
  const reasoningText = wanted.reasoning ?? ''
  const reasoning = wanted.reasoningTokens ?? count(reasoningText)
  const toolTokens = toolCalls.reduce(
    (sum, call) => sum + count(call.name) + count(call.arguments) + TOOL_CALL_FRAME_TOKENS,
    0,
  )
  const output = wanted.outputTokens ?? reasoning + count(text) + toolTokens
  const whole = { text, reasoning: reasoningText, toolCalls }
  if (maxOutputTokens === undefined || output <= maxOutputTokens)
    return {
      ...whole,
      finish: toolCalls.length > 0 ? 'tool_calls' : 'stop',
      usage: { ...input, output, reasoning },
    }
  // A call that was cut has no complete arguments, so that it never reaches the caller.
  return {
    ...whole,
    text: cutText(text, Math.max(0, maxOutputTokens - reasoning), count),
    toolCalls: [],
    finish: 'length',
    usage: { ...input, output: maxOutputTokens, reasoning: Math.min(reasoning, maxOutputTokens) },
  }
}

function cutText(text: string, tokens: number, count: CountTokens): string {
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (count(text.slice(0, middle)) <= tokens) low = middle
    else high = middle - 1
  }
  return text.slice(0, low)
}

/**
 * Text in `pieces` parts of about the same length that end at spaces where they can; never empty parts, never half a character.
 * Fewer parts when the text is short.
 */
export function splitText(text: string, pieces: number): string[] {
  const words = text.match(/\s*\S+(?:\s+$)?|\s+/gu) ?? []
  const parts: string[] = []
  const atoms = words.length >= pieces ? words : [...text]
  for (let i = 0; i < pieces; i++) {
    const part = atoms
      .slice(Math.floor((i * atoms.length) / pieces), Math.floor(((i + 1) * atoms.length) / pieces))
      .join('')
    if (part !== '') parts.push(part)
  }
  return parts
}

/** A positive whole number of tokens, `undefined` when absent; anything else is refused in the caller's name. */
export function tokenCap(value: unknown, parameter: string, least: number): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value
  throw new RequestRefused(
    400,
    `Invalid '${parameter}': expected an integer of at least ${least}, got ${JSON.stringify(value)}.`,
    parameter,
    'integer_below_min_value',
  )
}

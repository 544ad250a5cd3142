// How many tokens of a reply have streamed so far, without a tokenizer: from the text in its events, and from what they report.

import { isObject, type JsonObject } from '../../../wire/json'
import { TextTokens } from './text-tokens'

/** Where text, thoughts and arguments of tools stand, whatever the format. */
const TEXT_KEYS: ReadonlySet<string> = new Set([
  ...['content', 'text', 'refusal', 'reasoning', 'reasoning_content', 'thinking', 'completion', 'transcript'],
  ...['delta', 'partial_json', 'arguments', 'input', 'response', 'tool_plan', 'outputText', 'generation'],
])
/** What repeats text, or is none. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  ...['groundingMetadata', 'citationMetadata', 'citations', 'annotations', 'logprobs', 'inlineData'],
  ...['search_results', 'reasoning_details'],
])
const REPORTED_KEYS: ReadonlySet<string> = new Set([
  ...['output_tokens', 'completion_tokens', 'outputTokens', 'eval_count', 'total_output_tokens'],
])
const FINISH_KEYS: ReadonlySet<string> = new Set([
  ...['finish_reason', 'stop_reason', 'finishReason', 'stopReason', 'done_reason', 'completionReason'],
])
/** Events with a type stream text only where it says so: others give the whole again. */
const DELTA = /delta|generation|^chunk$/i
/** Sound is no text, though it comes as one. */
const SOUND = /audio\.delta$/
const LAST =
  /^(?:(?:response|interaction|conversation\.response)\.(?:completed?|incomplete|failed|cancelled|done)|message-end|stream-end|messageStop|message_stop|error)$/

/** Tokens of one reply, never too many: at least as many as its text has, and never less than is reported. */
export class ReplyTokens {
  readonly #text = new TextTokens()
  #reported = 0
  #isFinished = false

  get count(): number {
    return Math.max(this.#text.count, this.#reported)
  }

  /** True when the model has said that it is through: nothing is saved any more by ending the stream. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  add(event: JsonObject): void {
    const type = event.type ?? event.event_type
    const hasText = typeof type !== 'string' || (DELTA.test(type) && !SOUND.test(type))
    if (typeof type === 'string' && LAST.test(type)) this.#isFinished = true
    this.#take(event, hasText)
  }

  #take(value: unknown, hasText: boolean): void {
    if (Array.isArray(value)) for (const each of value) this.#take(each, hasText)
    if (!isObject(value)) return
    for (const [key, inner] of Object.entries(value)) {
      if (PASSED_OVER.has(key) || isRepeated(key, value)) continue
      if (typeof inner === 'string') this.#takeText(key, inner, hasText)
      else if (typeof inner === 'number' && REPORTED_KEYS.has(key)) this.#report(inner)
      else if (key === 'done' && inner === true) this.#isFinished = true
      else if (key === 'usageMetadata' && isObject(inner)) this.#report(outputOfGemini(inner))
      // Gemini calls tools with objects.
      else if (key === 'args' && isObject(inner)) this.#takeText('arguments', JSON.stringify(inner), hasText)
      else this.#take(inner, hasText)
    }
  }

  #takeText(key: string, text: string, hasText: boolean): void {
    if (hasText && TEXT_KEYS.has(key)) this.#text.add(text)
    else if (FINISH_KEYS.has(key) && text !== '') this.#isFinished = true
  }

  #report(tokens: number): void {
    this.#reported = Math.max(this.#reported, tokens)
  }
}

/** Perplexity gives the whole message beside what is new; vLLM gives thoughts under both of their names. */
function isRepeated(key: string, { delta, reasoning, reasoning_content }: JsonObject): boolean {
  if (key === 'message') return isObject(delta)
  return key === 'reasoning_content' && reasoning_content === reasoning
}

function outputOfGemini({ candidatesTokenCount, thoughtsTokenCount }: JsonObject): number {
  return numberOr0(candidatesTokenCount) + numberOr0(thoughtsTokenCount)
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

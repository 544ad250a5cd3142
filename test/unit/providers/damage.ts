// Ways to damage a body, and bodies made up to look like those that adapters read.
import fc from 'fast-check'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import { bytes } from './exchange'

/** Values that some server once sent, or could. */
export const ODD_VALUES = [
  ...[
    'null',
    'true',
    '"text"',
    '""',
    '"NaN"',
    '"12"',
    '[]',
    '{}',
    '[[[1]]]',
    '{"a":{"b":null}}',
    '[null,1,"x",{}]',
  ],
  ...['0', '-1', '-0', '0.5', '-1e-9', '1e300', '1e999', '-1e999', '9007199254740993', `${2 ** 60}`, '4e15'],
]

export const text = (body: Uint8Array) => new TextDecoder().decode(body)

/** Every byte of a short body, and some 700 places of a long one. */
export function cutsOf(length: number): number[] {
  const step = Math.max(1, Math.floor(length / 700))
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step)
}

/** The text with one value after the other replaced by each of the values. */
export function* replacementsIn(body: string, values: readonly string[]): Generator<string> {
  // A value stands behind a colon, a comma or a bracket: text, number, word, or a whole flat list or object.
  const places = [
    ...body.matchAll(
      /(?<=[:,[]\s*)("(?:[^"\\]|\\.)*"(?!\s*:)|-?\d[\d.eE+-]*|null|true|false|\{[^{}]*\}|\[[^[\]]*\])/g,
    ),
  ]
  const step = Math.max(1, Math.floor(places.length / 120))
  for (let index = 0; index < places.length; index += step) {
    const place = places[index]
    if (place === undefined) continue
    for (const value of values)
      yield body.slice(0, place.index) + value + body.slice(place.index + place[0].length)
  }
}

/** Names that adapters look for. */
const NAMES = `
  usage usageMetadata meta billed_units tokens choices delta message content type output response
  candidates parts tool_calls function iterations input_tokens id output_tokens prompt_tokens
  completion_tokens prompt_tokens_details cached_tokens metrics promptTokenCount totalTokenCount
  cachedContentTokenCount inputTokens outputTokens error prompt_eval_count eval_count done index
  model status cache_creation event_type text stop_reason finish_reason messages tools system input
  chat_history documents stream usage_metadata candidatesTokenCount promptTokensDetails modality
  tokenCount trafficType finishReason groundingMetadata functionCall embeddings predictions
  statistics interaction total_input_tokens steps step metadata arguments contents requests
  instances name inlinedResponses cachedContent systemInstruction annotations queries embedding
  cacheDetails bytes segments modalities service_tier tool_usage image_gen cost server_tool_use
  generations results reasoning_tokens
`
  .trim()
  .split(/\s+/)

/** Objects with the names that adapters look for, and any values in them. */
export function replyLike(): fc.Arbitrary<unknown> {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.constantFrom<unknown>(
        null,
        true,
        false,
        '',
        'text',
        'message_start',
        'message_delta',
        'message-end',
        'stream-end',
        'google_search_call',
        'STOP',
      ),
      fc.constantFrom<unknown>(0, 1, 7, -3, 0.5, 1e300, 2 ** 60, Number.MAX_SAFE_INTEGER),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...NAMES), tie('tree'), { maxKeys: 7 }),
    ),
  }))
  return fc.dictionary(fc.constantFrom(...NAMES), tree, { maxKeys: 8 })
}

/** The stream with one of its middle events many times over. */
export function longerStream({ responseBody }: HttpExchange, count: number): Uint8Array {
  const body = text(responseBody)
  const gap = body.includes('\n\n') ? '\n\n' : '\n'
  const events = body.split(gap)
  const middle = Math.floor(events.length / 2)
  const repeated = Array.from({ length: count }, () => events[middle] ?? '')
  return bytes([...events.slice(0, middle), ...repeated, ...events.slice(middle)].join(gap))
}

export function bytesOfLatin1(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, 'latin1'))
}

/** Processor time of this thread, the least of three tries: other programs on the machine do not count, nor one collection of garbage. */
export function millisecondsOf(work: () => unknown): number {
  const once = () => {
    const start = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(start)
    return (user + system) / 1000
  }
  return Math.min(once(), once(), once())
}

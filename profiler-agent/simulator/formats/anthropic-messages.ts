// Anthropic Messages: requests in, answers and events out. Source: @anthropic-ai/sdk 1.12.0 resources/messages; recorded traffic.

import { cacheRuleFor } from '../../rules/cache-rules'
import { isObject, type JsonObject, objectOr, RequestRefused, textOr } from '../json'
import { cacheWriteTotal, type Reply, type ReplyUsage, splitText, tokenCap } from '../reply'
import { readTurns, renderAnthropicPrompt } from './anthropic-prompt'
import { factsOf } from './call-facts'
import type { AnswerContext, ModelRequest, Reading, StreamEvent, WireFormat } from './wire-format'

export const anthropicMessages: WireFormat = {
  name: 'messages',
  usualProvider: 'anthropic',
  read: readRequest,
  answer: message,
  stream: events,
  streamError: (text) => eventOf({ type: 'error', error: { type: 'overloaded_error', message: text } }),
}

function readRequest(body: JsonObject, reading: Reading): ModelRequest {
  const cap = tokenCap(body.max_tokens, 'max_tokens', 0)
  if (cap === undefined) throw new RequestRefused(400, 'max_tokens: Field required')
  if (cap === 0) checkPrewarm(body)
  const request = { ...readCountable(body, reading), stream: body.stream === true, maxOutputTokens: cap }
  return cap === 0 ? { ...request, isPrewarm: true } : request
}

function checkPrewarm({ stream, thinking, tool_choice: choice }: JsonObject): void {
  const refused = [
    ...(stream === true ? ['stream'] : []),
    ...(objectOr(thinking).type === 'enabled' ? ['thinking'] : []),
    ...(/^(any|tool)$/.test(textOr(objectOr(choice).type)) ? ['tool_choice'] : []),
  ]
  if (refused.length > 0)
    throw new RequestRefused(400, `max_tokens: 0 is not allowed with ${refused.join(', ')}`)
}

/** The part of a request that `count_tokens` takes as well. */
export function readCountable(body: JsonObject, { count, provider }: Reading): ModelRequest {
  const model = textOr(body.model)
  if (model === '') throw new RequestRefused(400, 'model: Field required')
  if (!Array.isArray(body.messages)) throw new RequestRefused(400, 'messages: Field required')
  if (body.messages.length === 0) throw new RequestRefused(400, 'messages: at least one message is required')
  const rule = cacheRuleFor(provider, model)
  const previous = textOr(objectOr(body.diagnostics).previous_message_id)
  return {
    provider,
    model,
    stream: false,
    prompt: renderAnthropicPrompt(body, count, rule?.maxBreakpoints ?? Number.POSITIVE_INFINITY),
    facts: factsOf(model, readTurns(body)),
    cache: {
      rule,
      scope: '',
      implicitBreakpoint: false,
      isComparable: isObject(body.diagnostics),
      ...(previous === '' ? {} : { compareWith: previous }),
    },
    body,
  }
}

function message(request: ModelRequest, reply: Reply, context: AnswerContext): JsonObject {
  return {
    ...messageFrame(request, context),
    content: contentBlocks(reply, context),
    stop_reason: stopReason(request, reply),
    ...(context.withUsage ? { usage: usageOf(reply.usage) } : {}),
  }
}

function messageFrame(request: ModelRequest, context: AnswerContext): JsonObject {
  return {
    id: `msg_sim${context.serial}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: isObject(request.body.diagnostics) ? { cache_miss_reason: missReason(context) } : null,
  }
}

function missReason({ diagnosis }: AnswerContext): JsonObject | null {
  switch (diagnosis?.kind) {
    case undefined:
    case 'reused':
      return null
    case 'not-found':
      return { type: 'previous_message_not_found' }
    case 'unavailable':
      return { type: 'unavailable' }
    case 'missed':
      return { type: diagnosis.reason, cache_missed_input_tokens: diagnosis.missedTokens }
    default:
      return diagnosis satisfies never
  }
}

function stopReason({ isPrewarm }: ModelRequest, reply: Reply): string {
  if (reply.finish === 'length' || isPrewarm) return 'max_tokens'
  return reply.finish === 'tool_calls' ? 'tool_use' : 'end_turn'
}

function contentBlocks(reply: Reply, { serial }: AnswerContext): JsonObject[] {
  const blocks: JsonObject[] = []
  if (reply.usage.reasoning > 0)
    blocks.push({ type: 'thinking', thinking: reply.reasoning, signature: `sim${serial}` })
  if (reply.text !== '') blocks.push({ type: 'text', text: reply.text, citations: null })
  for (const [index, call] of reply.toolCalls.entries())
    blocks.push({
      type: 'tool_use',
      id: `toolu_sim${serial}_${index}`,
      name: call.name,
      input: objectOr(JSON.parse(call.arguments)),
      caller: { type: 'direct' },
    })
  return blocks
}

// `input_tokens` is only what was neither read from a cache nor written to one.
function usageOf(usage: ReplyUsage): JsonObject {
  const written = cacheWriteTotal(usage)
  return {
    input_tokens: usage.input - usage.cacheRead - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite['5m'] ?? 0,
      ephemeral_1h_input_tokens: usage.cacheWrite['1h'] ?? 0,
    },
    output_tokens: usage.output,
    ...(usage.reasoning > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoning } } : {}),
    service_tier: 'standard',
    inference_geo: 'not_available',
  }
}

/** Output that the provider reports before there is any: a placeholder that the last event replaces. */
const PLACEHOLDER_OUTPUT_TOKENS = 1

function events(request: ModelRequest, reply: Reply, context: AnswerContext): StreamEvent[] {
  const usage = usageOf(reply.usage)
  const start = { ...usage, output_tokens: Math.min(PLACEHOLDER_OUTPUT_TOKENS, reply.usage.output) }
  const list = [
    eventOf({
      type: 'message_start',
      message: { ...messageFrame(request, context), ...(context.withUsage ? { usage: start } : {}) },
    }),
  ]
  for (const [index, block] of contentBlocks(reply, context).entries()) {
    list.push(eventOf({ type: 'content_block_start', index, content_block: startedBlock(block) }))
    if (index === 0) list.push(eventOf({ type: 'ping' }))
    for (const delta of deltasOf(block, context.chunks))
      list.push(eventOf({ type: 'content_block_delta', index, delta }))
    list.push(eventOf({ type: 'content_block_stop', index }))
  }
  list.push(
    eventOf({
      type: 'message_delta',
      delta: {
        stop_reason: stopReason(request, reply),
        stop_sequence: null,
        stop_details: null,
        container: null,
      },
      ...(context.withUsage ? { usage: cumulativeUsage(usage) } : {}),
    }),
  )
  return [...list, eventOf({ type: 'message_stop' })]
}

// The last usage is cumulative, inputs included, but has no split by lifetime.
function cumulativeUsage({
  cache_creation: _split,
  service_tier: _tier,
  inference_geo: _geo,
  ...usage
}: JsonObject) {
  return usage
}

function startedBlock(block: JsonObject): JsonObject {
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' }
  if (block.type === 'tool_use') return { ...block, input: {} }
  return { ...block, text: '' }
}

function deltasOf(block: JsonObject, chunks: number): JsonObject[] {
  if (block.type === 'thinking')
    return [
      ...splitText(textOr(block.thinking), chunks).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block.signature },
    ]
  if (block.type === 'tool_use')
    return ['', ...splitText(JSON.stringify(block.input), chunks)].map((json) => ({
      type: 'input_json_delta',
      partial_json: json,
    }))
  return splitText(textOr(block.text), chunks).map((text) => ({ type: 'text_delta', text }))
}

function eventOf(body: JsonObject): StreamEvent {
  return { event: textOr(body.type), data: JSON.stringify(body) }
}

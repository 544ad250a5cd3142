// OpenAI Chat Completions: requests in, answers and chunks out. Source: openai 7.57.0 resources/chat/completions; recorded traffic.

import { cacheRuleFor } from '../../rules/cache-rules'
import { type JsonObject, objectOr, objectsIn, RequestRefused, textOr } from '../json'
import { type CountTokens, PromptBuilder } from '../prompt'
import { cacheWriteTotal, type Reply, type ReplyUsage, splitText, tokenCap } from '../reply'
import { contentText, factsOf, type Turn } from './call-facts'
import { IMAGE_TOKENS, MESSAGE_CLOSE_TOKENS, MESSAGE_OPEN_TOKENS, primingTokens } from './openai-framing'
import type { AnswerContext, ModelRequest, StreamEvent, WireFormat } from './wire-format'

export const openAiChat: WireFormat = {
  name: 'chat',
  read: readRequest,
  answer: completion,
  stream: chunks,
  streamError: (message) => ({
    data: JSON.stringify({ error: { message, type: 'server_error', param: null, code: 'server_error' } }),
  }),
}

function readRequest(body: JsonObject, count: CountTokens): ModelRequest {
  const model = textOr(body.model)
  if (model === '') throw new RequestRefused(400, 'you must provide a model parameter')
  if (!Array.isArray(body.messages))
    throw new RequestRefused(
      400,
      "Missing required parameter: 'messages'.",
      'messages',
      'missing_required_parameter',
    )
  const options = objectOr(body.prompt_cache_options)
  const lifetime = options.ttl ?? body.prompt_cache_retention
  return {
    model,
    stream: body.stream === true,
    prompt: renderPrompt(body, model, count),
    facts: factsOf(model, turnsOf(objectsIn(body.messages))),
    ...capOf(body),
    cache: {
      rule: cacheRuleFor('openai', model),
      scope: textOr(body.prompt_cache_key),
      ...(typeof lifetime === 'string' ? { lifetime } : {}),
      implicitBreakpoint: options.mode !== 'explicit',
    },
    body,
  }
}

function capOf(body: JsonObject): { maxOutputTokens?: number } {
  const cap =
    tokenCap(body.max_completion_tokens, 'max_completion_tokens', 1) ??
    tokenCap(body.max_tokens, 'max_tokens', 1)
  return cap === undefined ? {} : { maxOutputTokens: cap }
}

function turnsOf(messages: readonly JsonObject[]): Turn[] {
  const tools = new Map<string, string>()
  for (const message of messages)
    for (const call of objectsIn(message.tool_calls))
      tools.set(textOr(call.id), textOr(objectOr(call.function ?? call.custom).name))
  return messages.map(({ role, content, tool_call_id: callId }) => {
    const text = contentText(content)
    if (role === 'tool') return { role: 'tool_result', text, tool: tools.get(textOr(callId)) ?? '' }
    if (role === 'system' || role === 'developer') return { role: 'system', text }
    return { role: role === 'assistant' ? 'assistant' : 'user', text }
  })
}

function renderPrompt(body: JsonObject, model: string, count: CountTokens) {
  const prompt = new PromptBuilder(count)
  for (const tool of objectsIn(body.tools))
    prompt.block('tools', JSON.stringify(tool.function ?? tool.custom ?? tool))
  if (objectOr(body.response_format).type === 'json_schema')
    prompt.block('system', JSON.stringify(body.response_format))
  for (const message of objectsIn(body.messages)) renderMessage(prompt, message)
  prompt.frame('messages', '<assistant>', primingTokens(model))
  return prompt.build()
}

function renderMessage(prompt: PromptBuilder, message: JsonObject): void {
  const role = textOr(message.role, 'user')
  const tier = role === 'system' || role === 'developer' ? 'system' : 'messages'
  prompt.frame(tier, `<${role}${textOr(message.name)}>`, MESSAGE_OPEN_TOKENS)
  if (typeof message.content === 'string') prompt.block(tier, message.content)
  for (const part of objectsIn(message.content)) renderPart(prompt, tier, part)
  for (const call of objectsIn(message.tool_calls)) {
    const { name, arguments: args } = objectOr(call.function)
    prompt.block('messages', `${textOr(name)} ${textOr(args)}`, { exact: JSON.stringify(call) })
  }
  prompt.frame(tier, '</>', MESSAGE_CLOSE_TOKENS)
}

function renderPart(prompt: PromptBuilder, tier: 'system' | 'messages', part: JsonObject): void {
  const { prompt_cache_breakpoint: mark, ...content } = part
  const marked = mark ? { mark: textOr(objectOr(mark).ttl, 'default') } : {}
  if (typeof part.text === 'string') prompt.block(tier, part.text, marked)
  else if (typeof part.refusal === 'string') prompt.block(tier, part.refusal, marked)
  else prompt.block(tier, JSON.stringify(content), { tokens: IMAGE_TOKENS, ...marked })
}

function completion(request: ModelRequest, reply: Reply, context: AnswerContext): JsonObject {
  return {
    id: `chatcmpl-sim${context.serial}`,
    object: 'chat.completion',
    created: Math.floor(context.at / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.toolCalls.length > 0 && reply.text === '' ? null : reply.text,
          ...(reply.toolCalls.length > 0 ? { tool_calls: toolCalls(reply, context) } : {}),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: reply.finish,
      },
    ],
    ...(context.withUsage ? { usage: usageOf(request, reply.usage) } : {}),
    service_tier: 'default',
    system_fingerprint: null,
  }
}

function toolCalls(reply: Reply, { serial }: AnswerContext) {
  return reply.toolCalls.map((call, index) => ({
    id: `call_sim${serial}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }))
}

function usageOf(request: ModelRequest, usage: ReplyUsage): JsonObject {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      audio_tokens: 0,
      ...(request.cache.rule?.chargesWrites ? { cache_write_tokens: cacheWriteTotal(usage) } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

// With `include_usage` every chunk has `usage: null` and a last one, without choices, has the numbers; else there is no usage at all.
function chunks(request: ModelRequest, reply: Reply, context: AnswerContext): StreamEvent[] {
  const asked = objectOr(request.body.stream_options).include_usage === true
  const head = {
    id: `chatcmpl-sim${context.serial}`,
    object: 'chat.completion.chunk',
    created: Math.floor(context.at / 1000),
    model: request.model,
    service_tier: 'default',
    system_fingerprint: null,
  }
  const event = (choices: readonly JsonObject[], usage: JsonObject | null = null): StreamEvent => ({
    data: JSON.stringify({ ...head, choices, ...(asked ? { usage } : {}) }),
  })
  const events = deltas(reply, context).map((delta) =>
    event([{ index: 0, delta, logprobs: null, finish_reason: null }]),
  )
  events.push(event([{ index: 0, delta: {}, logprobs: null, finish_reason: reply.finish }]))
  if (asked && context.withUsage) events.push(event([], usageOf(request, reply.usage)))
  return [...events, { data: '[DONE]' }]
}

function deltas(reply: Reply, context: AnswerContext): JsonObject[] {
  const list: JsonObject[] = [
    {
      role: 'assistant',
      content: reply.toolCalls.length > 0 && reply.text === '' ? null : '',
      refusal: null,
    },
  ]
  for (const content of splitText(reply.text, context.chunks)) list.push({ content })
  for (const [index, call] of toolCalls(reply, context).entries()) {
    list.push({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] })
    for (const piece of splitText(call.function.arguments, context.chunks))
      list.push({ tool_calls: [{ index, function: { arguments: piece } }] })
  }
  return list
}

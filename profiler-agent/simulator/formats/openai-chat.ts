// Chat Completions, of OpenAI and those who speak its format: requests in, answers and chunks out.
// Source: openai 7.57.0 resources/chat/completions; recorded traffic.

import { rendersSystemFirst } from '../../rules/cache-invalidation'
import { type CacheRule, cacheRuleFor, ruleForRequest } from '../../rules/cache-rules'
import { type JsonObject, objectOr, objectsIn, RequestRefused, textOr } from '../json'
import { type CountTokens, hasMark, type Prompt, PromptBuilder, type PromptUnit } from '../prompt'
import { type Reply, splitText, tokenCap } from '../reply'
import { frameParameters } from './cache-parameters'
import { contentText, factsOf, type Turn } from './call-facts'
import { chatDialectOf } from './chat-usage'
import { openAiCache } from './openai-cache'
import { IMAGE_TOKENS, MESSAGE_CLOSE_TOKENS, MESSAGE_OPEN_TOKENS, primingTokens } from './openai-framing'
import type { AnswerContext, ModelRequest, Reading, StreamEvent, WireFormat } from './wire-format'

export const openAiChat: WireFormat = {
  name: 'chat',
  usualProvider: 'openai',
  read: readRequest,
  answer: completion,
  stream: chunks,
  streamError: (message) => ({
    data: JSON.stringify({ error: { message, type: 'server_error', param: null, code: 'server_error' } }),
  }),
  echo: echoOf,
}

function readRequest(body: JsonObject, { count, provider }: Reading): ModelRequest {
  const model = textOr(body.model)
  if (model === '') throw new RequestRefused(400, 'you must provide a model parameter')
  if (!Array.isArray(body.messages))
    throw new RequestRefused(
      400,
      "Missing required parameter: 'messages'.",
      'messages',
      'missing_required_parameter',
    )
  const rule = cacheRuleFor(provider, model)
  checkLifetime(rule, objectOr(body.prompt_cache_options).ttl)
  const prompt = renderPrompt(body, model, rule?.provider ?? provider, count)
  return {
    provider,
    model,
    stream: body.stream === true,
    prompt,
    facts: factsOf(model, turnsOf(objectsIn(body.messages))),
    ...capOf(body),
    cache: openAiCache(body, rule && ruleForRequest(rule, hasMark(prompt))),
    body,
  }
}

// Longer ones than 30 minutes are for the Responses API only.
function checkLifetime(rule: CacheRule | undefined, ttl: unknown): void {
  if (rule?.provider !== 'openai' || ttl === undefined || ttl === '30m') return
  throw new RequestRefused(
    400,
    `Invalid value: ${JSON.stringify(ttl)}. Supported values are: '30m'.`,
    'prompt_cache_options.ttl',
    'invalid_value',
  )
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
    if (isSystem({ role })) return { role: 'system', text }
    return { role: role === 'assistant' ? 'assistant' : 'user', text }
  })
}

/** `ruler`: the provider whose rules the cache keeps to. */
function renderPrompt(body: JsonObject, model: string, ruler: string, count: CountTokens): Prompt {
  const prompt = new PromptBuilder(count)
  frameParameters(prompt, ruler, 'tools', body)
  const messages = objectsIn(body.messages)
  const first = rendersSystemFirst(ruler, model) ? messages.filter(isSystem) : []
  for (const message of first) renderMessage(prompt, message)
  for (const tool of objectsIn(body.tools))
    prompt.block('tools', JSON.stringify(tool.function ?? tool.custom ?? tool))
  if (objectOr(body.response_format).type === 'json_schema')
    prompt.block('system', JSON.stringify(body.response_format))
  for (const message of messages) if (!first.includes(message)) renderMessage(prompt, message)
  prompt.frame('messages', '<assistant>', primingTokens(model))
  return prompt.build()
}

function isSystem({ role }: JsonObject): boolean {
  return role === 'system' || role === 'developer'
}

function echoOf(answer: JsonObject, count: CountTokens): readonly PromptUnit[] {
  const prompt = new PromptBuilder(count)
  for (const { message } of objectsIn(answer.choices)) renderMessage(prompt, objectOr(message))
  return prompt.build().units
}

function renderMessage(prompt: PromptBuilder, message: JsonObject): void {
  const role = textOr(message.role, 'user')
  const tier = isSystem({ role }) ? 'system' : 'messages'
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
  // Claude and Qwen behind this format take Anthropic's marks.
  const { prompt_cache_breakpoint: own, cache_control: theirs, ...content } = part
  const mark = own ?? theirs
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
          ...reasoningOf(request, reply.reasoning),
          ...(reply.toolCalls.length > 0 ? { tool_calls: toolCalls(reply, context) } : {}),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: reply.finish,
      },
    ],
    ...(context.withUsage ? { usage: usageOf(request, reply) } : {}),
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

function reasoningOf({ provider }: ModelRequest, reasoning: string): JsonObject {
  return chatDialectOf(provider).tellsReasoning && reasoning !== '' ? { reasoning_content: reasoning } : {}
}

function usageOf(request: ModelRequest, reply: Reply): JsonObject {
  return chatDialectOf(request.provider).usage(reply.usage, request)
}

// OpenAI: with `include_usage` every chunk has `usage: null` and a last one, without choices, has the numbers; else there is no usage.
function chunks(request: ModelRequest, reply: Reply, context: AnswerContext): StreamEvent[] {
  const dialect = chatDialectOf(request.provider)
  const asked = objectOr(request.body.stream_options).include_usage === true
  const usage = (asked || dialect.unasked) && context.withUsage ? usageOf(request, reply) : undefined
  const head = {
    id: `chatcmpl-sim${context.serial}`,
    object: 'chat.completion.chunk',
    created: Math.floor(context.at / 1000),
    model: request.model,
    service_tier: 'default',
    system_fingerprint: null,
  }
  const event = (choices: readonly JsonObject[], known?: JsonObject): StreamEvent => ({
    data: JSON.stringify({ ...head, choices, ...(known || asked ? { usage: known ?? null } : {}) }),
  })
  const events = deltas(request, reply, context).map((delta) =>
    event([{ index: 0, delta, logprobs: null, finish_reason: null }]),
  )
  const last = { index: 0, delta: {}, logprobs: null, finish_reason: reply.finish }
  if (dialect.inStream === 'with-finish') events.push(event([last], usage))
  else events.push(event([last]), ...(usage ? [event([], usage)] : []))
  return [...events, { data: '[DONE]' }]
}

function deltas(request: ModelRequest, reply: Reply, context: AnswerContext): JsonObject[] {
  const list: JsonObject[] = [
    {
      role: 'assistant',
      content: reply.toolCalls.length > 0 && reply.text === '' ? null : '',
      refusal: null,
    },
  ]
  for (const reasoning of splitText(reply.reasoning, context.chunks)) {
    const told = reasoningOf(request, reasoning)
    if ('reasoning_content' in told) list.push(told)
  }
  for (const content of splitText(reply.text, context.chunks)) list.push({ content })
  for (const [index, call] of toolCalls(reply, context).entries()) {
    list.push({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] })
    for (const piece of splitText(call.function.arguments, context.chunks))
      list.push({ tool_calls: [{ index, function: { arguments: piece } }] })
  }
  return list
}

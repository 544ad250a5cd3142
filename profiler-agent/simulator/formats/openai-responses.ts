// OpenAI Responses: requests in (with server-held history), answers out. Source: openai 7.57.0 resources/responses; recorded traffic.

import { rendersSystemFirst } from '../../rules/cache-invalidation'
import { cacheRuleFor } from '../../rules/cache-rules'
import { type JsonObject, objectOr, objectsIn, RequestRefused, textOr } from '../json'
import { type CountTokens, PromptBuilder, type PromptUnit, type Tier } from '../prompt'
import { tokenCap } from '../reply'
import { frameParameters } from './cache-parameters'
import { contentText, factsOf, type Turn } from './call-facts'
import { openAiCache } from './openai-cache'
import { IMAGE_TOKENS, MESSAGE_CLOSE_TOKENS, MESSAGE_OPEN_TOKENS, primingTokens } from './openai-framing'
import { responseObject } from './openai-responses-object'
import { responseEvents } from './openai-responses-stream'
import type { ModelRequest, Reading, WireFormat } from './wire-format'

/** Finds the items of an earlier response: its own input and history, then its output; `undefined` when it was not kept. */
export type EarlierItems = (responseId: string) => readonly JsonObject[] | undefined

/** The format needs the server's memory, because a request may continue a stored response. */
export function openAiResponses(earlierItems: EarlierItems): WireFormat {
  return {
    name: 'responses',
    usualProvider: 'openai',
    read: (body, reading) => readRequest(body, reading, earlierItems),
    answer: responseObject,
    stream: responseEvents,
    // Nested, as the provider sends it: SDKs do not throw on the flat form that the reference documents.
    streamError: (message) => ({
      event: 'error',
      data: JSON.stringify({
        type: 'error',
        error: { type: 'server_error', code: 'server_error', message, param: null },
      }),
    }),
    echo: echoOf,
  }
}

/** Input of a request as items, a plain string as the user message that it stands for. */
export function inputItems(body: JsonObject): readonly JsonObject[] {
  return typeof body.input === 'string'
    ? [{ type: 'message', role: 'user', content: body.input }]
    : objectsIn(body.input)
}

function readRequest(
  body: JsonObject,
  { count, provider }: Reading,
  earlierItems: EarlierItems,
): ModelRequest {
  const model = textOr(body.model)
  if (model === '')
    throw new RequestRefused(
      400,
      "Missing required parameter: 'model'.",
      'model',
      'missing_required_parameter',
    )
  const history = historyOf(body, earlierItems)
  if (inputItems(body).length === 0 && history.length === 0)
    throw new RequestRefused(
      400,
      "Missing required parameter: 'input'.",
      'input',
      'missing_required_parameter',
    )
  const items = [...history, ...inputItems(body)]
  const options = objectOr(body.prompt_cache_options)
  const comparison = textOr(options.comparison_response_id)
  const cap = tokenCap(body.max_output_tokens, 'max_output_tokens', 1)
  const rule = cacheRuleFor(provider, model)
  return {
    provider,
    model,
    stream: body.stream === true,
    prompt: renderPrompt(body, model, items, { count, provider: rule?.provider ?? provider }),
    facts: factsOf(model, turnsOf(body, items)),
    ...(cap === undefined ? {} : { maxOutputTokens: cap }),
    cache: {
      ...openAiCache(body, rule),
      isComparable: rule?.implicitBreakpoint === true,
      ...(comparison === '' ? {} : { compareWith: comparison }),
    },
    ...(options.prewarm === true ? { isPrewarm: true } : {}),
    body,
  }
}

function historyOf(body: JsonObject, earlierItems: EarlierItems): readonly JsonObject[] {
  const id = textOr(body.previous_response_id)
  if (id === '') return []
  const items = earlierItems(id)
  if (items) return items
  throw new RequestRefused(
    400,
    `Previous response with id '${id}' not found.`,
    'previous_response_id',
    'previous_response_not_found',
  )
}

function renderPrompt(
  body: JsonObject,
  model: string,
  items: readonly JsonObject[],
  { count, provider }: Reading,
) {
  const prompt = new PromptBuilder(count)
  frameParameters(prompt, provider, 'tools', body)
  const systemFirst = rendersSystemFirst(provider, model)
  if (systemFirst) renderInstructions(prompt, body)
  for (const tool of objectsIn(body.tools)) prompt.block('tools', JSON.stringify(tool))
  const format = objectOr(objectOr(body.text).format)
  if (format.type === 'json_schema') prompt.block('system', JSON.stringify(format))
  if (!systemFirst) renderInstructions(prompt, body)
  for (const item of items) renderItem(prompt, item)
  prompt.frame('messages', '<assistant>', primingTokens(model))
  return prompt.build()
}

function renderInstructions(prompt: PromptBuilder, { instructions }: JsonObject): void {
  if (typeof instructions === 'string') renderMessage(prompt, { role: 'developer', content: instructions })
}

function echoOf(answer: JsonObject, count: CountTokens): readonly PromptUnit[] {
  const prompt = new PromptBuilder(count)
  for (const item of objectsIn(answer.output)) renderItem(prompt, item)
  return prompt.build().units
}

function renderItem(prompt: PromptBuilder, item: JsonObject): void {
  const type = textOr(item.type, 'message')
  if (type === 'message') renderMessage(prompt, item)
  else if (type === 'function_call')
    renderMessage(prompt, { role: 'call', content: `${textOr(item.name)} ${textOr(item.arguments)}` })
  else if (type === 'function_call_output') renderMessage(prompt, { role: 'tool', content: item.output })
  // Reasoning of earlier turns is not read again; other items are read as they stand.
  else if (type !== 'reasoning') renderMessage(prompt, { role: type, content: JSON.stringify(item) })
}

function renderMessage(prompt: PromptBuilder, message: JsonObject): void {
  const role = textOr(message.role, 'user')
  const tier: Tier = role === 'system' || role === 'developer' ? 'system' : 'messages'
  prompt.frame(tier, `<${role}>`, MESSAGE_OPEN_TOKENS)
  if (typeof message.content === 'string') prompt.block(tier, message.content)
  for (const part of objectsIn(message.content)) {
    const { prompt_cache_breakpoint: mark, ...content } = part
    const marked = mark ? { mark: textOr(objectOr(mark).ttl, 'default') } : {}
    if (typeof part.text === 'string') prompt.block(tier, part.text, marked)
    else prompt.block(tier, JSON.stringify(content), { tokens: IMAGE_TOKENS, ...marked })
  }
  prompt.frame(tier, '</>', MESSAGE_CLOSE_TOKENS)
}

function turnsOf(body: JsonObject, items: readonly JsonObject[]): Turn[] {
  const tools = new Map(items.map((item) => [textOr(item.call_id), textOr(item.name)]))
  for (const item of items) if (textOr(item.name) !== '') tools.set(textOr(item.call_id), textOr(item.name))
  const turns: Turn[] = [{ role: 'system', text: textOr(body.instructions) }]
  for (const item of items) {
    const type = textOr(item.type, 'message')
    const text = contentText(item.content)
    if (type === 'function_call') turns.push({ role: 'assistant', text: '' })
    else if (type === 'function_call_output')
      turns.push({
        role: 'tool_result',
        text: contentText(item.output),
        tool: tools.get(textOr(item.call_id)) ?? '',
      })
    else if (type !== 'message') continue
    else if (item.role === 'system' || item.role === 'developer') turns.push({ role: 'system', text })
    else turns.push({ role: item.role === 'assistant' ? 'assistant' : 'user', text })
  }
  return turns
}

// Bedrock Converse: requests in, answers out, not streamed. A prompt is rendered as Anthropic renders it. Source: @aws-sdk/client-bedrock-runtime 3.1163.0; recorded traffic.

import { cacheRuleFor } from '../../rules/cache-rules'
import { isObject, type JsonObject, objectOr, objectsIn, RequestRefused, textOr } from '../json'
import { cacheWriteTotal, type Reply, type ReplyUsage, tokenCap } from '../reply'
import { readTurns, renderAnthropicPrompt } from './anthropic-prompt'
import { factsOf } from './call-facts'
import type { AnswerContext, ModelRequest, Reading, WireFormat } from './wire-format'

export const bedrockConverse: WireFormat = {
  name: 'converse',
  usualProvider: 'bedrock',
  read: readRequest,
  answer,
  stream: () => {
    throw new RequestRefused(404, 'ConverseStream is not served.')
  },
  streamError: (message) => ({ data: message }),
}

function readRequest(body: JsonObject, { count, provider, path }: Reading): ModelRequest {
  const model = path?.model ?? ''
  if (objectsIn(body.messages).length === 0)
    throw new RequestRefused(400, 'A conversation must not be empty.')
  const rule = cacheRuleFor(provider, model)
  const asMessages = messagesBody(body, model)
  const ruler = rule?.provider ?? provider
  const cap = tokenCap(objectOr(body.inferenceConfig).maxTokens, 'inferenceConfig.maxTokens', 1)
  return {
    provider,
    model,
    stream: false,
    prompt: renderAnthropicPrompt(asMessages, count, rule?.maxBreakpoints ?? Number.POSITIVE_INFINITY, ruler),
    facts: factsOf(model, readTurns(asMessages)),
    ...(cap === undefined ? {} : { maxOutputTokens: cap }),
    cache: { rule, scope: '', implicitBreakpoint: false },
    body,
  }
}

/** The request as Anthropic's own API would have it. */
function messagesBody(body: JsonObject, model: string): JsonObject {
  const { tools, toolChoice } = objectOr(body.toolConfig)
  const claude = model.indexOf('claude-')
  return {
    model: claude < 0 ? model : model.slice(claude),
    tools: blocksOf(tools),
    system: blocksOf(body.system),
    messages: objectsIn(body.messages).map(({ role, content }) => ({ role, content: blocksOf(content) })),
    ...(toolChoice === undefined ? {} : { tool_choice: choiceOf(objectOr(toolChoice)) }),
    ...objectOr(body.additionalModelRequestFields),
  }
}

// A cache point stands behind the block that Anthropic would mark.
function blocksOf(list: unknown): JsonObject[] {
  const blocks: JsonObject[] = []
  for (const item of objectsIn(list)) {
    const last = blocks.at(-1)
    if (!isObject(item.cachePoint)) blocks.push(blockOf(item))
    else if (last) {
      const { ttl } = item.cachePoint
      blocks[blocks.length - 1] = {
        ...last,
        cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) },
      }
    }
  }
  return blocks
}

function blockOf(item: JsonObject): JsonObject {
  if (typeof item.text === 'string') return { type: 'text', text: item.text }
  const { toolUse, toolResult, toolSpec } = item
  if (isObject(toolSpec)) return toolSpec
  if (isObject(toolUse))
    return { type: 'tool_use', id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input }
  if (isObject(toolResult))
    return { type: 'tool_result', tool_use_id: toolResult.toolUseId, content: toolResult.content }
  if (isObject(item.image)) return { type: 'image', source: item.image }
  return { type: 'document', source: sourceOf(objectOr(item.document)) }
}

function sourceOf({ format, source }: JsonObject): JsonObject {
  const isText = /^(txt|md|csv|html)$/.test(textOr(format))
  if (!isText) return { type: 'base64', source }
  return { type: 'text', data: Buffer.from(textOr(objectOr(source).bytes), 'base64').toString('utf8') }
}

function choiceOf(choice: JsonObject): JsonObject {
  const [type = 'auto'] = Object.keys(choice)
  return { type, ...objectOr(choice[type]) }
}

function answer(_request: ModelRequest, reply: Reply, context: AnswerContext): JsonObject {
  return {
    metrics: { latencyMs: 1 },
    output: { message: { role: 'assistant', content: contentOf(reply, context) } },
    stopReason: stopReason(reply),
    ...(context.withUsage ? { usage: usageOf(reply.usage) } : {}),
  }
}

function contentOf(reply: Reply, { serial }: AnswerContext): JsonObject[] {
  return [
    ...(reply.text === '' ? [] : [{ text: reply.text }]),
    ...reply.toolCalls.map((call, index) => ({
      toolUse: {
        toolUseId: `tooluse_sim${serial}_${index}`,
        name: textOr(call.name),
        input: objectOr(JSON.parse(call.arguments)),
      },
    })),
  ]
}

function stopReason(reply: Reply): string {
  if (reply.finish === 'length') return 'max_tokens'
  return reply.finish === 'tool_calls' ? 'tool_use' : 'end_turn'
}

// `inputTokens` is only what was neither read nor written; the total has it all.
function usageOf(usage: ReplyUsage): JsonObject {
  const written = cacheWriteTotal(usage)
  const details = Object.entries(usage.cacheWrite).map(([ttl, inputTokens]) => ({ ttl, inputTokens }))
  return {
    inputTokens: usage.input - usage.cacheRead - written,
    outputTokens: usage.output,
    totalTokens: usage.input + usage.output,
    cacheReadInputTokens: usage.cacheRead,
    cacheWriteInputTokens: written,
    ...(written > 0 ? { cacheDetails: details } : {}),
  }
}

// The response object of the Responses API: its frame while it runs, and whole with output and usage.

import { type JsonObject, objectOr } from '../json'
import { cacheWriteTotal, type Reply, type ReplyUsage } from '../reply'
import type { AnswerContext, Diagnosis, ModelRequest } from './wire-format'

/** The finished response, as the body of a plain answer and in a stream's terminal event. */
export function responseObject(request: ModelRequest, reply: Reply, context: AnswerContext): JsonObject {
  const isCut = reply.finish === 'length'
  return {
    ...responseFrame(request, context),
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    completed_at: isCut ? null : Math.floor(context.at / 1000),
    output: outputItems(reply, context),
    service_tier: 'default',
    ...(context.diagnosis ? { prompt_cache_diagnostics: diagnosticsOf(context.diagnosis) } : {}),
    usage: context.withUsage ? usageOf(request, reply.usage) : null,
  }
}

/** The response before there is any output: the request's own settings, and `usage: null`. */
export function responseFrame({ body, model, cache }: ModelRequest, context: AnswerContext): JsonObject {
  return {
    id: `resp_sim${context.serial}`,
    object: 'response',
    created_at: Math.floor(context.at / 1000),
    status: 'in_progress',
    background: body.background === true,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    ...(cache.rule?.implicitBreakpoint ? { prompt_cache_options: cacheOptionsOf(body) } : {}),
    reasoning: { effort: null, summary: null, ...objectOr(body.reasoning) },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'auto',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...objectOr(body.text) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: null,
    user: body.user ?? null,
    metadata: objectOr(body.metadata),
  }
}

function cacheOptionsOf(body: JsonObject): JsonObject {
  const { mode = 'implicit', ttl = '30m', comparison_response_id } = objectOr(body.prompt_cache_options)
  return { mode, ttl, ...(comparison_response_id === undefined ? {} : { comparison_response_id }) }
}

function diagnosticsOf(diagnosis: Diagnosis): JsonObject {
  switch (diagnosis.kind) {
    case 'reused':
      return { type: 'cache_hit' }
    case 'not-found':
      return { type: 'comparison_response_not_found' }
    case 'unavailable':
      return { type: 'unavailable' }
    case 'missed':
      return {
        type: 'cache_miss',
        reason: diagnosis.reason,
        cache_missed_tokens: diagnosis.missedTokens,
        comparison_reusable_tokens: diagnosis.reusableTokens,
      }
    default:
      return diagnosis satisfies never
  }
}

/** Output items in order: reasoning, message, function calls; none where nothing was said. */
function outputItems(reply: Reply, { serial }: AnswerContext): JsonObject[] {
  if (reply.usage.output === 0 && reply.finish === 'stop') return []
  const items: JsonObject[] = []
  if (reply.usage.reasoning > 0)
    items.push({
      id: `rs_sim${serial}`,
      type: 'reasoning',
      summary: reply.reasoning === '' ? [] : [{ type: 'summary_text', text: reply.reasoning }],
    })
  if (reply.text !== '' || reply.toolCalls.length === 0)
    items.push({
      id: `msg_sim${serial}`,
      type: 'message',
      status: reply.finish === 'length' ? 'incomplete' : 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', annotations: [], logprobs: [], text: reply.text }],
    })
  for (const [index, call] of reply.toolCalls.entries())
    items.push({
      id: `fc_sim${serial}_${index}`,
      type: 'function_call',
      status: 'completed',
      arguments: call.arguments,
      call_id: `call_sim${serial}_${index}`,
      name: call.name,
    })
  return items
}

function usageOf(request: ModelRequest, usage: ReplyUsage): JsonObject {
  const { cacheWrite } = usage
  const chargesWrites = request.cache.rule?.chargesWrites === true
  return {
    input_tokens: usage.input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: cacheWriteTotal(usage),
      ...(chargesWrites
        ? {
            cache_write_tokens_details: {
              ttl_30m_tokens: cacheWrite['30m'] ?? 0,
              ttl_12h_tokens: cacheWrite['12h'] ?? 0,
            },
          }
        : {}),
    },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  }
}

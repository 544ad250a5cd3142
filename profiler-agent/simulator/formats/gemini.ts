// Gemini generateContent and streamGenerateContent: requests in, answers and chunks out. Source: @google/genai 3.1.0 dist/genai.d.ts; recorded traffic.

import { cacheRuleFor } from '../../rules/cache-rules'
import { type JsonObject, objectOr, RequestRefused, textOr } from '../json'
import { PromptBuilder } from '../prompt'
import { type Reply, type ReplyUsage, splitText, tokenCap } from '../reply'
import { factsOf } from './call-facts'
import { field, geminiTurns, renderGeminiParts } from './gemini-prompt'
import type { AnswerContext, ModelRequest, Reading, StreamEvent, WireFormat } from './wire-format'

/** What a cache made by a call of its own holds, by its name; throws `RequestRefused` where there is none. */
export type HeldContents = (name: string) => JsonObject

/** The format needs the server's memory, because a request may name a cache that an earlier call made. */
export function gemini(heldContents: HeldContents): WireFormat {
  return {
    name: 'generate',
    usualProvider: 'google',
    read: (body, reading) => readRequest(body, reading, heldContents),
    answer: (request, reply, context) => ({
      ...chunk(request, context, partsOf(reply, context), finishReason(reply)),
      ...(context.withUsage ? { usageMetadata: usageOf(reply.usage) } : {}),
    }),
    stream: chunks,
    streamError: (message) => ({
      data: JSON.stringify({ error: { code: 503, message, status: 'UNAVAILABLE' } }),
    }),
  }
}

function readRequest(body: JsonObject, reading: Reading, heldContents: HeldContents): ModelRequest {
  const { count, provider, path } = reading
  const model = path?.model ?? textOr(body.model).replace(/^models\//, '')
  if (geminiTurns(body).every(({ role }) => role === 'system'))
    throw new RequestRefused(400, '* GenerateContentRequest.contents: contents is not specified')
  const prompt = new PromptBuilder(count)
  const held = textOr(field(body, 'cachedContent'))
  if (held !== '') renderGeminiParts(prompt, heldContents(held))
  const heldTokens = prompt.build().totalTokens
  renderGeminiParts(prompt, body)
  const config = objectOr(field(body, 'generationConfig'))
  const cap = tokenCap(field(config, 'maxOutputTokens'), 'maxOutputTokens', 1)
  return {
    provider,
    model,
    stream: path?.stream === true,
    prompt: prompt.build(),
    facts: factsOf(model, geminiTurns(body)),
    ...(cap === undefined ? {} : { maxOutputTokens: cap }),
    cache: {
      rule: cacheRuleFor(provider, model),
      scope: '',
      implicitBreakpoint: false,
      ...(held === '' ? {} : { heldTokens }),
    },
    body,
  }
}

function chunk(
  { model }: ModelRequest,
  { serial }: AnswerContext,
  parts: readonly JsonObject[],
  finish?: string,
): JsonObject {
  return {
    candidates: [
      {
        content: { parts, role: 'model' },
        ...(finish === undefined ? {} : { finishReason: finish }),
        index: 0,
      },
    ],
    modelVersion: model,
    responseId: `sim${serial}`,
  }
}

function finishReason(reply: Reply): string {
  return reply.finish === 'length' ? 'MAX_TOKENS' : 'STOP'
}

function partsOf(reply: Reply, context: AnswerContext): JsonObject[] {
  return [
    ...(reply.reasoning === '' ? [] : [{ text: reply.reasoning, thought: true }]),
    ...(reply.text === '' ? [] : [{ text: reply.text }]),
    ...callParts(reply, context),
  ]
}

function callParts(reply: Reply, { serial }: AnswerContext): JsonObject[] {
  return reply.toolCalls.map((call, index) => ({
    functionCall: {
      id: `call_sim${serial}_${index}`,
      name: call.name,
      args: objectOr(JSON.parse(call.arguments)),
    },
  }))
}

// Thoughts stand beside the candidates, not in them; what was read from a cache is told only where there is something.
function usageOf(usage: ReplyUsage): JsonObject {
  return {
    promptTokenCount: usage.input,
    candidatesTokenCount: usage.output - usage.reasoning,
    totalTokenCount: usage.input + usage.output,
    ...(usage.cacheRead > 0
      ? {
          cachedContentTokenCount: usage.cacheRead,
          cacheTokensDetails: [{ modality: 'TEXT', tokenCount: usage.cacheRead }],
        }
      : {}),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
    ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
  }
}

// Usage is cumulative: every chunk has the prompt, the last one everything.
function chunks(request: ModelRequest, reply: Reply, context: AnswerContext): StreamEvent[] {
  const pieces: JsonObject[][] = [
    ...splitText(reply.reasoning, context.chunks).map((text) => [{ text, thought: true }]),
    ...splitText(reply.text, context.chunks).map((text) => [{ text }]),
    ...(reply.toolCalls.length > 0 ? [callParts(reply, context)] : []),
  ]
  const parts = pieces.length > 0 ? pieces : [[{ text: '' }]]
  const { input } = reply.usage
  return parts.map((piece, index) => {
    const isLast = index === parts.length - 1
    const begun = { promptTokenCount: input, totalTokenCount: input }
    const usage = context.withUsage ? { usageMetadata: isLast ? usageOf(reply.usage) : begun } : {}
    return {
      data: JSON.stringify({
        ...chunk(request, context, piece, isLast ? finishReason(reply) : undefined),
        ...usage,
      }),
    }
  })
}

// The event stream of one Responses answer, in the provider's order, each event numbered. Source: recorded traffic of July 2026.

import { type JsonObject, objectsIn, textOr } from '../json'
import { type Reply, splitText } from '../reply'
import { responseFrame, responseObject } from './openai-responses-object'
import type { AnswerContext, ModelRequest, StreamEvent } from './wire-format'

export function responseEvents(request: ModelRequest, reply: Reply, context: AnswerContext): StreamEvent[] {
  const final = responseObject(request, reply, context)
  const frame = responseFrame(request, context)
  const bodies: JsonObject[] = [
    { type: 'response.created', response: frame },
    { type: 'response.in_progress', response: frame },
  ]
  for (const [index, item] of objectsIn(final.output).entries()) {
    const at = { item_id: item.id, output_index: index }
    bodies.push({ type: 'response.output_item.added', output_index: index, item: startedItem(item) })
    bodies.push(...itemEvents(item, at, context.chunks))
    bodies.push({ type: 'response.output_item.done', output_index: index, item })
  }
  const status = final.status === 'incomplete' ? 'response.incomplete' : 'response.completed'
  bodies.push({ type: status, response: final })
  return bodies.map((body, sequence) => ({
    event: textOr(body.type),
    data: JSON.stringify({ ...body, sequence_number: sequence }),
  }))
}

function startedItem(item: JsonObject): JsonObject {
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] }
  if (item.type === 'function_call') return { ...item, status: 'in_progress', arguments: '' }
  return { ...item, summary: [] }
}

function itemEvents(item: JsonObject, at: JsonObject, chunks: number): JsonObject[] {
  if (item.type === 'message') return messageEvents(item, at, chunks)
  if (item.type === 'function_call') return callEvents(textOr(item.arguments), at, chunks)
  return objectsIn(item.summary).flatMap((part, index) =>
    summaryEvents(part, { ...at, summary_index: index }, chunks),
  )
}

function messageEvents(item: JsonObject, at: JsonObject, chunks: number): JsonObject[] {
  return objectsIn(item.content).flatMap((part, index) => {
    const place = { ...at, content_index: index }
    const text = textOr(part.text)
    return [
      { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
      ...splitText(text, chunks).map((delta) => ({
        type: 'response.output_text.delta',
        ...place,
        delta,
        logprobs: [],
      })),
      { type: 'response.output_text.done', ...place, text, logprobs: [] },
      { type: 'response.content_part.done', ...place, part },
    ]
  })
}

function callEvents(args: string, at: JsonObject, chunks: number): JsonObject[] {
  return [
    ...splitText(args, chunks).map((delta) => ({
      type: 'response.function_call_arguments.delta',
      ...at,
      delta,
    })),
    { type: 'response.function_call_arguments.done', ...at, arguments: args },
  ]
}

function summaryEvents(part: JsonObject, at: JsonObject, chunks: number): JsonObject[] {
  const text = textOr(part.text)
  return [
    { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
    ...splitText(text, chunks).map((delta) => ({
      type: 'response.reasoning_summary_text.delta',
      ...at,
      delta,
    })),
    { type: 'response.reasoning_summary_text.done', ...at, text },
    { type: 'response.reasoning_summary_part.done', ...at, part },
  ]
}

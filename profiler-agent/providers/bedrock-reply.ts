// The reply of Converse, put together from its JSON or from the events of a stream, finished or broken off.

import { arrayOf, countOf, decodeJson, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { modelOfArn } from './bedrock-path'
import { guardrailUsage } from './bedrock-usage'
import { byIndex } from './blocks'
import { chunksOf, type Reply } from './parts'
import { errorOfBody, type ProviderError } from './provider-error'

export interface ConverseReply {
  readonly content: readonly JsonObject[]
  readonly stopReason?: string
  readonly usage?: JsonObject
  readonly tier?: string
  readonly latency?: string
  /** The model that a prompt router chose. */
  readonly model?: string
  /** What guardrails billed, where the call asked for a trace. */
  readonly guardrail?: readonly JsonObject[]
  readonly error?: ProviderError
  /** True after the last event, `metadata`, or for a whole JSON body. */
  readonly ended: boolean
}

/** Reads a whole JSON reply or a stream. Throws nothing. */
export function converseReply(reply: Reply, status: number): ConverseReply {
  if (reply.kind !== 'json') return readEvents(chunksOf(reply), status)
  const error = errorOfBody(reply.value, status)
  return {
    ...metadataOf(reply.value),
    ...stopOf(reply.value),
    content: arrayOf(objectOf(objectOf(reply.value.output).message).content).filter(isObject),
    ...(error && { error }),
    ended: true,
  }
}

function stopOf(holder: JsonObject): Pick<ConverseReply, 'stopReason'> {
  const stopReason = textOf(holder.stopReason)
  return stopReason === undefined ? {} : { stopReason }
}

/** What stands in the body of Converse, and in the last event of a stream. */
function metadataOf(holder: JsonObject): Omit<ConverseReply, 'content' | 'ended'> {
  const trace = objectOf(holder.trace)
  const router = textOf(objectOf(trace.promptRouter).invokedModelId)
  const tier = textOf(objectOf(holder.serviceTier).type)
  const latency = textOf(objectOf(holder.performanceConfig).latency)
  const guardrail = guardrailUsage(holder.trace)
  return {
    ...(isObject(holder.usage) && { usage: holder.usage }),
    ...(tier && { tier }),
    ...(latency && { latency }),
    ...(router && { model: modelOfArn(router) }),
    ...(guardrail && { guardrail }),
  }
}

/** Events of a stream in the schema of Converse. */
export const CONVERSE_EVENTS = [
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
] as const

/** The name of an event is that of its frame; where chunks of InvokeModel or plain JSON lines carry it, a field around it. */
function withName(event: JsonObject): JsonObject {
  const name = event.type === undefined && CONVERSE_EVENTS.find((each) => isObject(event[each]))
  return name ? { ...objectOf(event[name]), type: name } : event
}

function readEvents(events: readonly JsonObject[], status: number): ConverseReply {
  const blocks = new Map<number, OpenBlock>()
  let read: Omit<ConverseReply, 'content'> = { ended: false }
  for (const event of events.map(withName)) {
    addToBlocks(blocks, event)
    const error = errorOfBody(event, status)
    if (error) read = { ...read, error }
    if (event.type === 'messageStop') read = { ...read, ...stopOf(event) }
    if (event.type === 'metadata') read = { ...read, ...metadataOf(event), ended: true }
  }
  return { ...read, content: byIndex(blocks).map(closed) }
}

interface OpenBlock {
  start: JsonObject
  text: string
  reasoning: string
  signature: string
  input: string
  /** Deltas of another kind, such as images and redacted reasoning. */
  other: JsonObject
}

const EMPTY: OpenBlock = { start: {}, text: '', reasoning: '', signature: '', input: '', other: {} }

function addToBlocks(blocks: Map<number, OpenBlock>, event: JsonObject): void {
  const index = countOf(event.contentBlockIndex)
  if (index === null || event.type === 'contentBlockStop') return
  const block = blocks.get(index) ?? { ...EMPTY }
  blocks.set(index, block)
  if (isObject(event.start)) block.start = event.start
  const { text, toolUse, reasoningContent, ...other } = objectOf(event.delta)
  const reasoning = objectOf(reasoningContent)
  block.text += textOf(text) ?? ''
  block.reasoning += textOf(reasoning.text) ?? ''
  block.signature += textOf(reasoning.signature) ?? ''
  block.input += textOf(objectOf(toolUse).input) ?? ''
  // Amazon's own models send arguments as an object that is whole at once.
  if (isObject(objectOf(toolUse).input))
    block.start = { toolUse: { ...objectOf(block.start.toolUse), ...objectOf(toolUse) } }
  const redacted = textOf(reasoning.redactedContent)
  block.other = {
    ...block.other,
    ...other,
    ...(redacted && { reasoningContent: { redactedContent: redacted } }),
  }
}

/** The content block as a JSON reply would have given it. */
function closed({ start, text, reasoning, signature, input, other }: OpenBlock): JsonObject {
  if (isObject(start.toolUse))
    return input === '' ? start : { toolUse: { ...start.toolUse, input: parsedInput(input) } }
  if (reasoning !== '')
    return {
      reasoningContent: { reasoningText: { text: reasoning, ...(signature !== '' && { signature }) } },
    }
  if (text !== '') return { ...start, text }
  return Object.keys(other).length > 0 ? { ...start, ...other } : { text, ...start }
}

/** Arguments that were cut when the stream broke off are the text so far. */
function parsedInput(text: string): unknown {
  const reading = decodeJson(text)
  return reading.ok ? reading.value : text
}

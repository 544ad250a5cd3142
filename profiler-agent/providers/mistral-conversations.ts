// Mistral Conversations, its agents with memory and connectors: exchange → one inference with usage, prompt and reply.
// Source: @mistralai/mistralai 2.7.0 models/components: conversationrequest, conversationresponse, conversationusageinfo, events.

import type { Block, ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { sumOfKnown, type Units, type Usage, unknownUsage, usageOf } from '../model/usage'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, type ReplyBlock, textOrJson } from './blocks'
import { openAiSettings } from './cache-settings'
import { inputDetails } from './openai-modalities'
import { chunksOf, type ExchangeParts, isStream, type Reply } from './parts'
import { errorOfBody, fromFields, isFailed, type ProviderError } from './provider-error'
import { failedReading, readingOf } from './reading'
import { inputBuckets, unitsOf } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'mistral-conversations'

export const MISTRAL_CONVERSATIONS: WireFormat = {
  // OpenAI's conversations stand under the same path, and have `items` in place of `inputs`.
  recognises: ({ exchange, path, request, reply }) =>
    exchange.method === 'POST' &&
    /\/conversations(\/[^/]+(\/restart)?)?$/.test(path) &&
    (request.inputs !== undefined || isConversation(reply)),
  read: readMistralConversations,
}

function isConversation(reply: Reply): boolean {
  if (reply.kind === 'json') return reply.value.object === 'conversation.response'
  return reply.kind === 'events' && reply.events.some(({ type }) => textOf(type)?.startsWith(RESPONSE))
}

/** What the types of the events about the reply as a whole begin with. */
const RESPONSE = 'conversation.response.'

interface Conversation {
  readonly id?: string
  /** Entries that the reply added, whole or as far as a stream built them. */
  readonly entries: readonly JsonObject[]
  readonly usage?: JsonObject
  readonly error?: ProviderError
  readonly ended: boolean
}

/** Reads `POST …/conversations`, `…/conversations/{id}` and `…/restart`, streamed or not. */
function readMistralConversations(parts: ExchangeParts): ExchangeReading {
  const prompt = promptOf(parts.request)
  const previousResponseId = /\/conversations\/([^/]+)/.exec(parts.path)?.[1]
  if (isFailed(parts))
    return { ...failedReading(parts, WIRE_FORMAT, 'chat', prompt), ...present({ previousResponseId }) }
  const reply = conversationOf(parts.reply, parts.exchange.status)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    inferences: [inferenceOf(parts, reply)],
    prompt,
    reply: reply.entries.map(replyBlock),
    previousResponseId,
    cacheSettings: openAiSettings(parts.exchange, parts.request, {}),
    // What is restarted goes on as another conversation.
    conversationId: reply.id ?? previousResponseId,
    error: reply.error,
    unfinished: isStream(parts) && !reply.ended,
  })
}

function conversationOf(reply: Reply, status: number): Conversation {
  if (reply.kind === 'json') {
    const { usage, outputs, conversation_id: id } = reply.value
    const error = errorOfBody(reply.value, status)
    const entries = arrayOf(outputs).filter(isObject)
    const said = present({ id: textOf(id), usage: isObject(usage) ? usage : undefined, error })
    return { entries, ended: true, ...said }
  }
  return fromEvents(chunksOf(reply), status)
}

function fromEvents(events: readonly JsonObject[], status: number): Conversation {
  const entries = new Map<string, JsonObject>()
  let usage: JsonObject | undefined
  let error: ProviderError | undefined
  let [ended, id]: [boolean, string | undefined] = [false, undefined]
  for (const event of events) {
    const type = textOf(event.type) ?? ''
    if (type.startsWith(RESPONSE)) {
      id ??= textOf(event.conversation_id)
      if (isObject(event.usage)) usage = event.usage
      if (type.endsWith('.error')) error = fromFields(event, status)
      ended ||= !type.endsWith('.started')
    } else addToEntries(entries, event, type)
  }
  return { entries: [...entries.values()], ended, ...present({ id, usage, error }) }
}

/** Deltas and the begin and end of a tool are pieces of the entry of their id. */
function addToEntries(entries: Map<string, JsonObject>, event: JsonObject, type: string): void {
  const id = textOf(event.id) ?? type
  const known = entries.get(id) ?? {}
  const append = (field: 'content' | 'arguments') => {
    const piece = event[field]
    const text = textOf(piece) ?? textOf(objectOf(piece).text) ?? ''
    return piece === undefined ? {} : { [field]: `${textOf(known[field]) ?? ''}${text}` }
  }
  const entryType = type.replace(/\.(delta|started|done)$/, '')
  entries.set(id, { ...known, ...event, type: entryType, ...append('content'), ...append('arguments') })
}

function inferenceOf({ requestModel }: ExchangeParts, reply: Conversation): InferenceReading {
  const isOnlyError = reply.error !== undefined && reply.entries.length === 0
  return present({
    kind: 'chat' as const,
    requestModel,
    responseModel: reply.entries.map(({ model }) => textOf(model)).find((model) => model !== undefined),
    usage: reply.usage ? usageOfConversation(reply.usage, reply.ended) : unknownUsage(),
    billed: reply.usage !== undefined || !isOnlyError,
  })
}

/** What connectors fed to the model stands beside `prompt_tokens`, and inside the total. */
function usageOfConversation(raw: JsonObject, ended: boolean): Usage {
  const input = sumOfKnown([countOf(raw.prompt_tokens), countOf(raw.connector_tokens)])
  const output = countOf(raw.completion_tokens)
  if (input === null && output === null) return unknownUsage(raw)
  return usageOf(
    {
      ...inputBuckets(input, countOf(inputDetails(raw).cached_tokens)),
      outputTokens: output,
      units: unitsOfConnectors(objectOf(raw.connectors)),
    },
    ended ? 'reported' : 'partial',
    raw,
  )
}

function unitsOfConnectors(connectors: JsonObject): Units {
  const searches = [countOf(connectors.web_search), countOf(connectors.web_search_premium)]
  return unitsOf({
    webSearch: sumOfKnown(searches),
    fileSearch: countOf(connectors.document_library),
    codeExecution: countOf(connectors.code_interpreter),
  })
}

function promptOf(request: JsonObject): Block[] {
  const instructions = textOf(request.instructions)
  const tools = arrayOf(request.tools).map(objectOf)
  return [
    ...tools.map((tool, index) => {
      const name = textOf(objectOf(tool.function).name) ?? textOf(tool.type)
      return present({ path: `tools[${index}]`, kind: 'tool_def' as const, name, content: contentOf(tool) })
    }),
    ...(instructions === undefined
      ? []
      : [{ path: 'instructions', kind: 'system' as const, content: instructions }]),
    ...inputBlocks(request.inputs),
  ]
}

function inputBlocks(inputs: unknown): Block[] {
  if (typeof inputs === 'string') return [{ path: 'inputs', kind: 'user', content: inputs }]
  return arrayOf(inputs).map((value, index) => {
    const entry = objectOf(value)
    const path = `inputs[${index}]`
    const toolCallId = textOf(entry.tool_call_id)
    if (entry.type === 'function.result')
      return present({
        path,
        kind: 'tool_result' as const,
        toolCallId,
        content: textOf(entry.result) ?? contentOf(entry),
      })
    if (entry.type === 'function.call') return { path, ...callBlock(entry) }
    const kind = entry.role === 'assistant' ? 'assistant' : 'user'
    return { path, kind, content: textOf(entry.content) ?? contentOf(entry) }
  })
}

function callBlock(entry: JsonObject): ReplyBlock {
  const [name, toolCallId] = [textOf(entry.name), textOf(entry.tool_call_id)]
  return present({ kind: 'tool_call' as const, name, toolCallId, content: contentOf(entry) })
}

function replyBlock(entry: JsonObject): ReplyBlock {
  if (entry.type !== 'message.output') return callBlock(entry)
  const parts = arrayOf(entry.content).map((part) => textOrJson(objectOf(part)))
  return { kind: 'output', content: textOf(entry.content) ?? parts.join('') }
}

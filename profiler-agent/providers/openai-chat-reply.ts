// The reply of a Chat Completions or legacy Completions call, put together from one JSON body or from the chunks of a stream.

import { arrayOf, countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { byIndex, type ReplyBlock } from './blocks'
import { toolCall } from './openai-chat-prompt'
import { chunksOf, type Reply } from './parts'
import { errorOfBody, type ProviderError } from './provider-error'

interface Choice {
  text: string
  refusal: string
  reasoning: string
  hasAudio: boolean
  readonly calls: Map<number, JsonObject>
  finish?: string
}

export interface ChatReply {
  readonly id?: string
  readonly model?: string
  readonly tier?: string
  /** The last usage object that was not null; usage is never summed over chunks. */
  readonly usage?: JsonObject
  /** Groq: what each model behind a compound system used. */
  readonly breakdown?: JsonObject
  readonly error?: ProviderError
  readonly finish?: string
  /** True when at least one choice came, so that the model has worked. */
  readonly hasChoices: boolean
  readonly blocks: readonly ReplyBlock[]
}

/** Reads a whole JSON reply as one chunk, and a stream as its chunks. Throws nothing. */
export function chatReply(reply: Reply, status: number): ChatReply {
  const choices = new Map<number, Choice>()
  let head: Omit<ChatReply, 'hasChoices' | 'blocks' | 'finish'> = {}
  for (const chunk of chunksOf(reply)) {
    head = { ...head, ...headOf(chunk, status) }
    for (const [position, value] of arrayOf(chunk.choices).entries()) {
      const choice = objectOf(value)
      addDelta(choiceAt(choices, countOf(choice.index) ?? position), choice)
    }
  }
  const ordered = byIndex(choices)
  const finish = ordered.find((choice) => choice.finish !== undefined)?.finish
  return {
    ...head,
    ...(finish === undefined ? {} : { finish }),
    hasChoices: ordered.length > 0,
    blocks: ordered.flatMap(blocksOf),
  }
}

/** What stands beside the choices; absent fields leave what earlier chunks said. */
function headOf(chunk: JsonObject, status: number): Partial<ChatReply> {
  const groq = objectOf(chunk.x_groq)
  const choices = arrayOf(chunk.choices).map(objectOf)
  // Groq has it in a field of its own too, Moonshot on the choice.
  const usage = [chunk.usage, groq.usage, ...choices.map((choice) => choice.usage)].find(isObject)
  const breakdown = isObject(chunk.usage_breakdown) ? chunk.usage_breakdown : groq.usage_breakdown
  const [id, model, tier] = [textOf(chunk.id), textOf(chunk.model), textOf(chunk.service_tier)]
  const error = [chunk, groq, ...choices]
    .map((part) => errorOfBody(part, status))
    .find((each) => each !== undefined)
  return {
    ...(id && { id }),
    ...(model && { model }),
    ...(tier && { tier }),
    ...(usage && { usage }),
    ...(isObject(breakdown) && { breakdown }),
    ...(error && { error }),
  }
}

function choiceAt(choices: Map<number, Choice>, index: number): Choice {
  const known = choices.get(index)
  if (known !== undefined) return known
  const choice: Choice = { text: '', refusal: '', reasoning: '', hasAudio: false, calls: new Map() }
  choices.set(index, choice)
  return choice
}

function addDelta(choice: Choice, value: JsonObject): void {
  const delta = isObject(value.delta) ? value.delta : objectOf(value.message)
  // Legacy completions have their text on the choice itself.
  choice.text += textOf(delta.content) ?? textOf(value.text) ?? partsText(delta.content, 'text')
  choice.refusal += textOf(delta.refusal) ?? ''
  // Vendors differ in the name, and some send both.
  choice.reasoning +=
    textOf(delta.reasoning_content) ?? textOf(delta.reasoning) ?? partsText(delta.content, 'thinking')
  choice.hasAudio ||= isObject(delta.audio)
  for (const [position, call] of arrayOf(delta.tool_calls).entries())
    addCall(choice, objectOf(call), position)
  if (isObject(delta.function_call)) addCall(choice, { function: delta.function_call }, 0)
  choice.finish = textOf(value.finish_reason) ?? choice.finish
}

/** Text of content that came as a list of parts, as Mistral sends it. */
function partsText(content: unknown, type: 'text' | 'thinking'): string {
  return arrayOf(content)
    .map(objectOf)
    .filter((part) => part.type === type)
    .map(
      (part) =>
        textOf(part[type]) ??
        arrayOf(part[type])
          .map((inner) => textOf(objectOf(inner).text) ?? '')
          .join(''),
    )
    .join('')
}

/** Merges a piece of a tool call: arguments are appended, everything else is taken over. */
function addCall(choice: Choice, piece: JsonObject, position: number): void {
  const index = countOf(piece.index) ?? position
  const { index: _, function: called, custom, ...rest } = piece
  const known = choice.calls.get(index) ?? {}
  choice.calls.set(index, {
    ...known,
    ...withoutNulls(rest),
    ...(isObject(called) && { function: mergeCalled(objectOf(known.function), called, 'arguments') }),
    ...(isObject(custom) && { custom: mergeCalled(objectOf(known.custom), custom, 'input') }),
  })
}

function mergeCalled(known: JsonObject, piece: JsonObject, appended: 'arguments' | 'input'): JsonObject {
  const text = `${textOf(known[appended]) ?? ''}${textOf(piece[appended]) ?? ''}`
  const whole = isObject(piece[appended]) ? piece[appended] : text
  return { ...known, ...withoutNulls(piece), [appended]: whole }
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null && field !== ''))
}

function blocksOf(choice: Choice): ReplyBlock[] {
  const texts: ReplyBlock[] = [
    { kind: 'reasoning', content: choice.reasoning },
    { kind: 'output', content: choice.text },
    { kind: 'output', content: choice.refusal },
  ]
  const calls = byIndex(choice.calls).map(toolCall)
  const audio: ReplyBlock[] = choice.hasAudio ? [{ kind: 'media', content: '' }] : []
  return [...texts.filter((block) => block.content !== ''), ...audio, ...calls]
}

// The reply of a Gemini interaction, put together from its JSON or from the events of a stream, finished or broken off.
// Source: @google/genai 3.1.0 genai.d.ts (InteractionSSEEvent); the first version's events were `content.*` instead of `step.*`.

import { countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { byIndex } from './blocks'
import { fieldOf, listOf } from './gemini-notation'
import type { Reply } from './parts'
import { errorOfBody, type ProviderError } from './provider-error'

export interface InteractionReply {
  /** The newest interaction object; empty where none came. */
  readonly interaction: JsonObject
  readonly usage?: JsonObject
  /** Its steps: from the interaction itself, else as far as the stream built them. */
  readonly steps: readonly JsonObject[]
  readonly status?: string
  readonly error?: ProviderError
  /** True after the event that completes a stream, after an error, and for every reply that is no stream. */
  readonly ended: boolean
}

/** Reads a whole JSON reply or a stream. Throws nothing. */
export function interactionReply(reply: Reply, httpStatus: number): InteractionReply {
  if (reply.kind === 'json') return { ...replyOf([{ interaction: reply.value }], httpStatus), ended: true }
  if (reply.kind !== 'events') return replyOf([], httpStatus)
  const read = replyOf(reply.events, httpStatus)
  return { ...read, ended: read.ended || reply.done }
}

const COMPLETE: readonly unknown[] = ['interaction.completed', 'interaction.complete', 'error']

function replyOf(events: readonly JsonObject[], httpStatus: number): InteractionReply {
  const steps = new Map<number, JsonObject>()
  let interaction: JsonObject = {}
  let [usage, status]: [JsonObject | undefined, string | undefined] = [undefined, undefined]
  let error: ProviderError | undefined
  let ended = false
  for (const event of events) {
    // The events of a stream add to each other: the first has the id, the last the usage.
    if (isObject(event.interaction)) interaction = { ...interaction, ...event.interaction }
    usage = usageIn(event) ?? usage
    status = textOf(objectOf(event.interaction).status) ?? textOf(event.status) ?? status
    error = errorOfBody(event, httpStatus) ?? errorIn(objectOf(event.interaction), httpStatus) ?? error
    addToSteps(steps, event)
    ended ||= COMPLETE.includes(typeOf(event))
  }
  const given = stepsOf(interaction)
  return {
    interaction,
    ...(usage && { usage }),
    steps: given.length > 0 ? given : byIndex(steps),
    ...(status && { status }),
    ...(error && { error }),
    ended,
  }
}

function typeOf(event: JsonObject): unknown {
  return fieldOf(event, 'eventType') ?? event.type
}

/** Usage stands in the interaction, in a change of status, and as a running total beside a piece of a step. */
function usageIn(event: JsonObject): JsonObject | undefined {
  const places = [
    objectOf(event.interaction).usage,
    event.usage,
    fieldOf(objectOf(event.metadata), 'totalUsage'),
  ]
  return places.find(isObject)
}

function errorIn(interaction: JsonObject, httpStatus: number): ProviderError | undefined {
  const [first] = listOf(interaction.errors)
  return errorOfBody(isObject(first) ? { error: first } : interaction, httpStatus)
}

function stepsOf(interaction: JsonObject): JsonObject[] {
  const steps = listOf(interaction.steps)
  return (steps.length > 0 ? steps : listOf(interaction.outputs)).filter(isObject)
}

/** A step starts empty or whole, and grows by its deltas. */
function addToSteps(steps: Map<number, JsonObject>, event: JsonObject): void {
  const index = countOf(event.index)
  if (index === null) return
  const start = [event.step, event.content].find(isObject)
  if (start !== undefined) steps.set(index, start)
  if (isObject(event.delta)) steps.set(index, grow(steps.get(index) ?? {}, event.delta))
}

function grow(step: JsonObject, delta: JsonObject): JsonObject {
  const text = textOf(delta.text)
  if (delta.type === 'text' || delta.type === 'text_delta') return withText(step, text ?? '')
  if (delta.type === 'thought_summary') {
    const summary = `${textOf(step.summary) ?? ''}${textOf(objectOf(delta.content).text) ?? text ?? ''}`
    return { type: 'thought', ...step, summary }
  }
  if (/^arguments/.test(String(delta.type))) {
    const more = textOf(delta.arguments) ?? textOf(fieldOf(delta, 'partialArguments')) ?? ''
    const known = typeof step.arguments === 'string' ? step.arguments : ''
    return { ...step, arguments: `${known}${more}` }
  }
  const { type, ...fields } = delta
  // Results and calls on Google's side come whole; annotations and media stand beside the text.
  const isStep = /_(call|result)$/.test(String(type))
  return isStep
    ? { ...step, ...delta }
    : MEDIA.has(String(type))
      ? withMedia(step, delta)
      : { ...step, ...fields }
}

const MEDIA: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'document'])

function withText(step: JsonObject, text: string): JsonObject {
  const contents = listOf(step.content)
  const last = objectOf(contents.at(-1))
  if (typeof last.text !== 'string')
    return { type: 'model_output', ...step, content: [...contents, { type: 'text', text }] }
  return { ...step, content: [...contents.slice(0, -1), { ...last, text: last.text + text }] }
}

function withMedia(step: JsonObject, media: JsonObject): JsonObject {
  return { ...step, content: [...listOf(step.content), media] }
}

// What the hosted tools of a Responses call cost beside its tokens: searches and runs by the piece, images by a model of their own.
// Source: openai 7.57.0 responses.d.ts `ToolUsage`; xAI API reference, "Server-side tool usage".

import type { InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Units, type Usage, unknownUsage } from '../model/usage'
import { arrayOf, countOf, firstCount, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { imageModalities } from './openai-modalities'
import type { ResponsesReply } from './openai-responses-reply'
import { responsesUsage } from './openai-usage'
import { unitsOf, usageOrUnknown } from './usage-rules'

/** Providers that bill their hosted tools by the piece; a router has that in its own figure. */
const BILL_TOOLS: readonly string[] = ['openai', 'azure', 'xai']

const DEFAULT_IMAGE_MODEL = 'gpt-image-1'

/** Billable pieces: the provider's own counts; where it has none, the calls that were made. */
export function unitsOfTools({ response, items }: ResponsesReply, provider: string): Units {
  const reported = countOf(objectOf(objectOf(response.tool_usage).web_search).num_requests)
  const details = objectOf(objectOf(response.usage).server_side_tool_usage_details)
  const made = (isCall: (item: JsonObject) => boolean) =>
    BILL_TOOLS.includes(provider) ? items.filter((item) => isMade(item) && isCall(item)).length : null
  const searches = reported ?? sumOf(details.web_search_calls, details.x_search_calls) ?? made(isSearch)
  const isPreview = provider === 'openai' && offersPreview(arrayOf(response.tools))
  return unitsOf({
    [isPreview ? 'webSearchPreview' : 'webSearch']: searches,
    fileSearch:
      sumOf(details.file_search_calls, details.document_search_calls) ??
      made(({ type }) => type === 'file_search_call'),
    codeExecution:
      countOf(details.code_interpreter_calls) ?? made(({ type }) => type === 'code_interpreter_call'),
  })
}

/** `web_search_preview`, `web_search_preview_2025_03_11`. */
function offersPreview(tools: readonly unknown[]): boolean {
  return tools.some((tool) => textOf(objectOf(tool).type)?.startsWith('web_search_preview') === true)
}

function isMade({ status }: JsonObject): boolean {
  return status === undefined || status === null || status === 'completed'
}

/** Opening a page that was found, and looking for words on it, are no searches. */
function isSearch({ type, action }: JsonObject): boolean {
  if (type === 'x_search_call') return true
  return type === 'web_search_call' && (textOf(objectOf(action).type) ?? 'search') === 'search'
}

function sumOf(...values: unknown[]): number | null {
  return firstCount(...values) === null
    ? null
    : values.reduce<number>((sum, each) => sum + (countOf(each) ?? 0), 0)
}

/**
 * The image model that a Responses call used as a tool, billed on top of its own tokens; `undefined` where no image was
 * made. Replies from before `tool_usage` tell that an image was made but not what it took.
 */
export function imageInference(
  { response, items, ended }: ResponsesReply,
  request: JsonObject,
  provider: string,
  whole: InferenceReading,
): InferenceReading | undefined {
  const raw = objectOf(response.tool_usage).image_gen
  const images = items.filter((item) => item.type === 'image_generation_call' && item.status === 'completed')
  if (!isObject(raw) ? images.length === 0 : isNothing(raw)) return undefined
  const usage: Usage = isObject(raw)
    ? usageOrUnknown(responsesUsage(raw, provider, {}, ended ? 'reported' : 'partial'), true)
    : unknownUsage()
  return present({
    kind: 'other' as const,
    requestModel: imageModel(response, request, images),
    responseId: whole.responseId,
    usage,
    modalities: isObject(raw) ? imageModalities(raw) : undefined,
    billed: true,
  })
}

function isNothing(raw: JsonObject): boolean {
  return (countOf(raw.input_tokens) ?? 0) === 0 && (countOf(raw.output_tokens) ?? 0) === 0
}

function imageModel(response: JsonObject, request: JsonObject, images: readonly JsonObject[]): string {
  const tools = [...arrayOf(response.tools), ...arrayOf(request.tools)].map(objectOf)
  const models = tools.filter(({ type }) => type === 'image_generation').map(({ model }) => textOf(model))
  return (
    [...images.map(({ model }) => textOf(model)), ...models].find((model) => model !== undefined) ??
    DEFAULT_IMAGE_MODEL
  )
}

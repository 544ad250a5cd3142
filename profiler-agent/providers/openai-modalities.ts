// Audio, image and video tokens inside the totals of OpenAI's notations.

import type { ModalityTokens } from '../model/call'
import { present } from '../model/present'
import { countOf, isObject, type JsonObject, objectOf } from '../wire/json'

/**
 * Tokens that are not text, `undefined` where there are none. The notations name their details differently:
 * `prompt_tokens_details`, `input_tokens_details`, `input_token_details`, and so for the output. What was read from a
 * cache is told apart from what was not, as the usage buckets are.
 */
export function modalitiesOf(raw: JsonObject): ModalityTokens | undefined {
  const input = inputDetails(raw)
  const output = outputDetails(raw)
  const cached = objectOf(input.cached_tokens_details ?? raw.cached_tokens_details)
  const audioCacheRead = some(cached.audio_tokens ?? cached.cached_audio_tokens)
  const imageCacheRead = some(cached.image_tokens ?? cached.cached_image_tokens)
  const modalities = present({
    audioInput: without(some(input.audio_tokens), audioCacheRead),
    imageInput: without(some(input.image_tokens), imageCacheRead),
    videoInput: some(input.video_tokens),
    audioCacheRead,
    imageCacheRead,
    audioOutput: some(output.audio_tokens),
    imageOutput: some(output.image_tokens),
    videoOutput: some(output.video_tokens),
  })
  return Object.keys(modalities).length > 0 ? modalities : undefined
}

/** Output of an image model is image tokens, unless it says that some were text. */
export function imageModalities(raw: JsonObject): ModalityTokens | undefined {
  const output = countOf(raw.output_tokens)
  if (output === null || output === 0 || Object.keys(outputDetails(raw)).length > 0) return modalitiesOf(raw)
  return { ...modalitiesOf(raw), imageOutput: output }
}

/** What the input tokens were, under whichever name; Mistral and Assistants write the singular. */
export function inputDetails(raw: JsonObject): JsonObject {
  const names = [
    raw.prompt_tokens_details,
    raw.input_tokens_details,
    raw.prompt_token_details,
    raw.input_token_details,
  ]
  return objectOf(names.find(isObject))
}

/** What the output tokens were, under whichever name. */
export function outputDetails(raw: JsonObject): JsonObject {
  const names = [
    raw.completion_tokens_details,
    raw.output_tokens_details,
    raw.completion_token_details,
    raw.output_token_details,
  ]
  return objectOf(names.find(isObject))
}

function some(value: unknown): number | undefined {
  const count = countOf(value)
  return count === null || count === 0 ? undefined : count
}

function without(all: number | undefined, cached: number | undefined): number | undefined {
  return all === undefined ? undefined : some(Math.max(0, all - (cached ?? 0)))
}

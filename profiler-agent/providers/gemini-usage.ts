// Token usage in Google's two notations: `usageMetadata` of generateContent and `usage` of Interactions.
// Source: @google/genai 3.1.0 genai.d.ts (GenerateContentResponseUsageMetadata, UsageMetadata, Usage).

import type { ModalityTokens } from '../model/call'
import { type Units, type Usage, type UsageOrigin, usageOf } from '../model/usage'
import { firstCount, isObject, type JsonObject } from '../wire/json'
import { enumOf, fieldOf, listOf } from './gemini-notation'
import { inputBuckets, usageOrUnknown } from './usage-rules'

/** One provider's names for the same counts. */
interface Notation {
  readonly prompt: readonly string[]
  readonly cached: string
  readonly visible: readonly string[]
  readonly thoughts: string
  readonly toolUse: string
  readonly total: string
  readonly promptDetails: readonly string[]
  readonly cachedDetails: string
  readonly visibleDetails: readonly string[]
  readonly toolUseDetails: string
}

/** Embeddings write `promptTokenDetails`; the live API calls the candidates `response`. */
const GENERATE: Notation = {
  prompt: ['promptTokenCount'],
  cached: 'cachedContentTokenCount',
  visible: ['candidatesTokenCount', 'responseTokenCount'],
  thoughts: 'thoughtsTokenCount',
  toolUse: 'toolUsePromptTokenCount',
  total: 'totalTokenCount',
  promptDetails: ['promptTokensDetails', 'promptTokenDetails'],
  cachedDetails: 'cacheTokensDetails',
  visibleDetails: ['candidatesTokensDetails', 'responseTokensDetails'],
  toolUseDetails: 'toolUsePromptTokensDetails',
}

const INTERACTIONS: Notation = {
  prompt: ['totalInputTokens'],
  cached: 'totalCachedTokens',
  visible: ['totalOutputTokens'],
  thoughts: 'totalThoughtTokens',
  toolUse: 'totalToolUseTokens',
  total: 'totalTokens',
  promptDetails: ['inputTokensByModality'],
  cachedDetails: 'cachedTokensByModality',
  visibleDetails: ['outputTokensByModality'],
  toolUseDetails: 'toolUseTokensByModality',
}

/** What one usage object says: buckets, and how much of them is audio, image and video. */
export interface GeminiUsage {
  readonly usage: Usage
  readonly modalities?: ModalityTokens
}

/** Usage of generateContent, embeddings and the live API. With origin `partial` the output is unknown. */
export function generateUsage(raw: JsonObject, origin: UsageOrigin, units: Units = {}): GeminiUsage {
  return read(raw, GENERATE, origin, units)
}

/** Usage of Interactions; the same rules under other names. */
export function interactionUsage(raw: JsonObject, origin: UsageOrigin, units: Units = {}): GeminiUsage {
  return read(raw, INTERACTIONS, origin, units)
}

/**
 * Cached tokens are inside the prompt. Tool results (`toolUse`) are input beside it and thoughts output beside the
 * visible text, except where the provider's own total shows that they are inside.
 */
function read(raw: JsonObject, names: Notation, origin: UsageOrigin, units: Units): GeminiUsage {
  const counts = countsOf(raw, names)
  const beside = besideOf(counts) ?? DOCUMENTED
  const input = inputOf(counts, beside)
  const isWhole = origin !== 'partial'
  const usage = usageOf(
    {
      ...inputBuckets(input, countAt(raw, [names.cached])),
      outputTokens: isWhole ? outputOf(counts, beside) : null,
      reasoningTokens: isWhole ? counts.thoughts : null,
      units,
    },
    origin,
    raw,
  )
  const modalities = modalitiesOf(raw, names, beside.toolUse, isWhole)
  return { usage, ...(modalities && { modalities }) }
}

function countAt(raw: JsonObject, names: readonly string[]): number | null {
  return firstCount(...names.map((name) => fieldOf(raw, name)))
}

interface Counts {
  readonly prompt: number | null
  readonly visible: number | null
  readonly thoughts: number | null
  readonly toolUse: number | null
  readonly total: number | null
}

interface Beside {
  readonly thoughts: boolean
  readonly toolUse: boolean
}

function countsOf(raw: JsonObject, names: Notation): Counts {
  return {
    prompt: countAt(raw, names.prompt),
    visible: countAt(raw, names.visible),
    thoughts: countAt(raw, [names.thoughts]),
    toolUse: countAt(raw, [names.toolUse]),
    total: countAt(raw, [names.total]),
  }
}

const DOCUMENTED: Beside = { thoughts: true, toolUse: true }
const READINGS: readonly Beside[] = [
  DOCUMENTED,
  { thoughts: true, toolUse: false },
  { thoughts: false, toolUse: true },
  { thoughts: false, toolUse: false },
]

/** The first reading that gives the provider's own total; `undefined` where none does, or there is no total. */
function besideOf(counts: Counts): Beside | undefined {
  return READINGS.find(
    (beside) => (inputOf(counts, beside) ?? 0) + (saidOutput(counts, beside) ?? 0) === counts.total,
  )
}

function inputOf({ prompt, toolUse }: Counts, beside: Beside): number | null {
  return prompt === null ? null : prompt + (beside.toolUse ? (toolUse ?? 0) : 0)
}

function saidOutput({ visible, thoughts }: Counts, beside: Beside): number | null {
  return visible === null ? thoughts : visible + (beside.thoughts ? (thoughts ?? 0) : 0)
}

/**
 * Zeros are left out, and early thinking models left out their thoughts: what the total has beyond the input is output.
 */
function outputOf(counts: Counts, beside: Beside): number | null {
  const said = saidOutput(counts, beside)
  const input = inputOf(counts, beside)
  if (input === null || counts.total === null) return said
  return Math.max(counts.total - input, said ?? 0)
}

/** True where a `usageMetadata` tells of output and its own counts give its own total. */
export function addsUp(raw: JsonObject): boolean {
  const counts = countsOf(raw, GENERATE)
  const hasOutput = (counts.visible ?? 0) + (counts.thoughts ?? 0) > 0
  return counts.prompt !== null && hasOutput && besideOf(counts) !== undefined
}

const MODALITIES = ['MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']

function modalitiesOf(
  raw: JsonObject,
  names: Notation,
  toolUseIsBeside: boolean,
  isWhole: boolean,
): ModalityTokens | undefined {
  const input = tally(raw, [...names.promptDetails, ...(toolUseIsBeside ? [names.toolUseDetails] : [])])
  const cached = tally(raw, [names.cachedDetails])
  const output = isWhole ? tally(raw, names.visibleDetails) : new Map<string, number>()
  // Cached tokens of a kind are inside the prompt's, as all cached tokens are.
  const fresh = (modality: string) => (input.get(modality) ?? 0) - (cached.get(modality) ?? 0)
  const tokens = {
    audioInput: fresh('AUDIO'),
    imageInput: fresh('IMAGE'),
    videoInput: fresh('VIDEO'),
    audioCacheRead: cached.get('AUDIO'),
    imageCacheRead: cached.get('IMAGE'),
    audioOutput: output.get('AUDIO'),
    imageOutput: output.get('IMAGE'),
    videoOutput: output.get('VIDEO'),
  }
  const known = Object.entries(tokens).filter(([, count]) => count !== undefined && count > 0)
  return known.length === 0 ? undefined : (Object.fromEntries(known) satisfies ModalityTokens)
}

/** Tokens by modality over the given lists: `[{modality, tokenCount}]`, in Interactions `[{modality, tokens}]`. */
function tally(raw: JsonObject, names: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const entry of names.flatMap((name) => listOf(fieldOf(raw, name)))) {
    if (!isObject(entry)) continue
    const modality = enumOf(entry.modality, MODALITIES)?.toUpperCase() ?? ''
    const count = countAt(entry, ['tokenCount', 'tokens']) ?? 0
    sums.set(modality, (sums.get(modality) ?? 0) + count)
  }
  return sums
}

/** Usage that says something, and its modalities: a blocked call has nothing but a `trafficType`. */
export function knownOrUnknown(read: GeminiUsage, hasReply: boolean): GeminiUsage {
  const usage = usageOrUnknown(read.usage, hasReply)
  return usage === read.usage ? read : { usage }
}

// The cap that a request sets on its own output: reads it out of the bytes, and lowers it in them. Every other byte stays.

import { type Member, membersOf, type ObjectMembers, OPEN_BRACE, skipSpace } from '../json-members'
import { isOldAzure } from '../usage-splice'
import { type CallFormat, endpointOf, formatOf } from './call-format'

/** Where a format keeps its cap. */
interface CapPlaces {
  /** Each a path of keys. */
  readonly found: readonly (readonly [string, ...string[]])[]
  /** Where one is put in; absent: nowhere. */
  readonly put?: readonly [string, ...string[]]
  /** What holds where a request sets none; absent: whatever the model can. To put in a higher one would be no cap. */
  readonly usual?: number
  /** What the provider takes at least. */
  readonly least?: number
  /** How many replies are asked for at once: each may be as long as the cap. */
  readonly replies?: readonly [string, ...string[]]
  /** A cap may not be lowered to what is set aside for thinking. */
  readonly thinking?: readonly [string, ...string[]]
}

const NO_CAP: CapPlaces = { found: [] }
const MAX_TOKENS: CapPlaces = { found: [['max_tokens']], put: ['max_tokens'] }
const ANTHROPIC: CapPlaces = { ...MAX_TOKENS, thinking: ['thinking', 'budget_tokens'] }
const CONVERSE: CapPlaces = {
  found: [['inferenceConfig', 'maxTokens']],
  put: ['inferenceConfig', 'maxTokens'],
  thinking: ['additionalModelRequestFields', 'thinking', 'budget_tokens'],
}

/** REST takes both ways of writing. */
const GEMINI: CapPlaces = {
  found: [
    ['generationConfig', 'maxOutputTokens'],
    ['generationConfig', 'max_output_tokens'],
    ['generation_config', 'max_output_tokens'],
    ['generation_config', 'maxOutputTokens'],
  ],
  put: ['generationConfig', 'maxOutputTokens'],
  replies: ['generationConfig', 'candidateCount'],
}

/** Bedrock's bodies are those of each maker. Source: AWS, "Inference request parameters and response fields", read 2026-11-22. */
const INVOKED: readonly (readonly [RegExp, CapPlaces])[] = [
  [/anthropic\./, ANTHROPIC],
  [
    /amazon\.nova/,
    {
      found: [...CONVERSE.found, ['inferenceConfig', 'max_new_tokens']],
      put: ['inferenceConfig', 'maxTokens'],
    },
  ],
  [
    /amazon\.titan-text/,
    {
      found: [['textGenerationConfig', 'maxTokenCount']],
      put: ['textGenerationConfig', 'maxTokenCount'],
      usual: 512,
    },
  ],
  [/meta\.llama/, { found: [['max_gen_len']], put: ['max_gen_len'], usual: 512 }],
  [/openai\./, { found: [['max_completion_tokens'], ['max_tokens']], put: ['max_completion_tokens'] }],
  [/(?:mistral|cohere|ai21|deepseek|qwen)\./, MAX_TOKENS],
]

/** Newer OpenAI models refuse `max_tokens`; older versions of Azure and most other hosts of the format know nothing else. */
function isNewName(provider: string, path: string): boolean {
  const [endpoint = '', query = ''] = path.split('?', 2)
  return provider === 'openai' || (provider === 'azure' && !isOldAzure(provider, endpoint, query))
}

function placesOf(format: CallFormat, provider: string, path: string): CapPlaces {
  const endpoint = endpointOf(path)
  switch (format) {
    case 'openai-chat':
      return {
        found: [['max_completion_tokens'], ['max_tokens']],
        put: [isNewName(provider, path) ? 'max_completion_tokens' : 'max_tokens'],
        replies: ['n'],
      }
    case 'openai-completions':
      return { ...MAX_TOKENS, replies: ['n'], usual: 16 }
    case 'openai-responses':
      if (!endpoint.endsWith('/responses')) return NO_CAP
      return { found: [['max_output_tokens']], put: ['max_output_tokens'], least: 16 }
    case 'anthropic':
      return /\/messages$|:\w*[pP]redict$/.test(endpoint) ? ANTHROPIC : NO_CAP
    case 'gemini':
      return /:(?:generateContent|streamGenerateContent)$/.test(endpoint) ? GEMINI : NO_CAP
    case 'interactions':
      return {
        found: [['generation_config', 'max_output_tokens']],
        put: ['generation_config', 'max_output_tokens'],
      }
    case 'converse':
      return CONVERSE
    case 'invoke':
      return INVOKED.find(([model]) => model.test(endpoint))?.[1] ?? NO_CAP
    case 'cohere':
      if (endpoint.endsWith('/generate')) return { ...MAX_TOKENS, usual: 20 }
      return endpoint.endsWith('/chat') ? MAX_TOKENS : NO_CAP
    case 'mistral':
      return /\/completions$|:\w*[pP]redict$/.test(endpoint) ? MAX_TOKENS : NO_CAP
    case 'mistral-conversations':
      return { found: [['completion_args', 'max_tokens']], put: ['completion_args', 'max_tokens'] }
    case 'ollama-chat':
      return { found: [['options', 'num_predict']], put: ['options', 'num_predict'] }
    case 'ollama':
    case 'bedrock':
    case 'openai':
      return NO_CAP
  }
}

/** What a request says of its output. */
export interface RequestedOutput {
  /** Of the body, else of the path; empty where neither names one. */
  readonly model: string
  /** Tokens that all replies to it may have together. */
  readonly cap: number | undefined
}

/** Reads nothing of what is in the messages. A body that is no JSON object asks for nothing. */
export function requestedOutput(provider: string, path: string, body: Buffer): RequestedOutput {
  const request = wholeObject(body)
  const places = placesOf(formatOf(provider, path), provider, path)
  const model = request && textAt(body, request, 'model')
  const cap = request && leastOf(capsIn(body, request, places).map((member) => numberAt(body, member)))
  return {
    model: model ?? modelInPath(path),
    cap: request && cap !== undefined ? cap * repliesOf(body, request, places) : undefined,
  }
}

/**
 * The body with its cap lowered to `cap` tokens, or given one; `undefined` where nothing is to be done, or nothing can be: no
 * output, a lower cap already, no JSON, thinking that needs more.
 */
export function withOutputCap(provider: string, path: string, body: Buffer, cap: number): Buffer | undefined {
  const request = wholeObject(body)
  const places = placesOf(formatOf(provider, path), provider, path)
  if (!request || places.found.length === 0) return undefined
  const each = Math.max(places.least ?? 1, Math.floor(cap / repliesOf(body, request, places)))
  const thinking = places.thinking && numberAt(body, membersAt(body, request, places.thinking).at(-1))
  if (thinking !== undefined && thinking >= each) return undefined
  const members = capsIn(body, request, places)
  const high = members.filter((member) => mayBeLonger(body, member, each))
  if (high.length > 0)
    return edited(
      body,
      high.map(({ start, end }) => ({ start, end, text: String(each) })),
    )
  if (members.length > 0 || !places.put || each >= (places.usual ?? Number.POSITIVE_INFINITY))
    return undefined
  const put = places.found.find(([key]) => has(request, key)) ?? places.put
  const edit = inserted(body, request, put, each)
  return edit && edited(body, [edit])
}

function has({ members }: ObjectMembers, key: string): boolean {
  return members.some((member) => member.key === key)
}

/** Headers by which the sender vouches for the very bytes of the body: they must stay as they are. */
const SEALS = ['x-amz-content-sha256', 'content-digest', 'digest', 'content-md5'] as const

/** True where a changed body would be refused. */
export function isSealed(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const isSigned = String(headers.authorization ?? '').startsWith('AWS4-')
  return isSigned || SEALS.some((name) => headers[name] !== undefined)
}

function wholeObject(body: Buffer): ObjectMembers | undefined {
  const request = membersOf(body)
  return request && skipSpace(body, request.end) === body.length ? request : undefined
}

function capsIn(body: Buffer, request: ObjectMembers, { found }: CapPlaces): Member[] {
  return found.flatMap((keys) => membersAt(body, request, keys))
}

/** All members that stand there; of duplicates nobody knows which one the provider reads. */
function membersAt(body: Buffer, object: ObjectMembers, [key, ...rest]: readonly string[]): Member[] {
  const here = object.members.filter((member) => member.key === key)
  if (rest.length === 0) return here
  return here.flatMap(({ start }) => {
    const inner = body[start] === OPEN_BRACE ? membersOf(body, start) : undefined
    return inner ? membersAt(body, inner, rest) : []
  })
}

function leastOf(caps: readonly (number | undefined)[]): number | undefined {
  const known = caps.flatMap((cap) => (cap !== undefined && cap >= 0 ? [cap] : []))
  return known.length === 0 ? undefined : Math.min(...known)
}

function repliesOf(body: Buffer, request: ObjectMembers, { replies }: CapPlaces): number {
  const count = replies && numberAt(body, membersAt(body, request, replies).at(-1))
  return count !== undefined && count > 1 ? Math.floor(count) : 1
}

/** No number is left alone, as is what the provider will refuse anyway; `null` and what is negative mean no cap. */
function mayBeLonger(body: Buffer, member: Member, cap: number): boolean {
  if (literalAt(body, member) === 'null') return true
  const value = numberAt(body, member)
  return value !== undefined && (value > cap || value < 0)
}

const LONGEST_LITERAL = 32

function literalAt(body: Buffer, { start, end }: Member): string {
  return body.toString('latin1', start, Math.min(end, start + LONGEST_LITERAL))
}

function numberAt(body: Buffer, member: Member | undefined): number | undefined {
  const text = member ? literalAt(body, member) : ''
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

function textAt(body: Buffer, object: ObjectMembers, key: string): string | undefined {
  const member = object.members.findLast((each) => each.key === key)
  const value: unknown = member && parsed(body.toString('utf8', member.start, member.end))
  return typeof value === 'string' ? value : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // No JSON: the provider answers for it.
  }
}

/** Bedrock and Google name the model in the path, Azure its deployment. */
function modelInPath(path: string): string {
  const endpoint = endpointOf(path)
  const name = /\/model\/(.+)\/[a-z-]+$/.exec(endpoint) ?? /\/(?:deployments|models)\/([^/:]+)/.exec(endpoint)
  try {
    return decodeURIComponent(name?.[1] ?? '')
  } catch {
    return name?.[1] ?? '' // Not encoded after all.
  }
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Puts a member in at the beginning of the object that is to hold it; what is missing around it, too. `undefined` where something else stands there. */
function inserted(
  body: Buffer,
  object: ObjectMembers,
  keys: readonly string[],
  cap: number,
): Edit | undefined {
  const [key = '', ...rest] = keys
  const holder = object.members.findLast((member) => member.key === key)
  const value = rest.reduceRight((text, inner) => `{${JSON.stringify(inner)}:${text}}`, String(cap))
  if (holder) {
    const inner = body[holder.start] === OPEN_BRACE ? membersOf(body, holder.start) : undefined
    if (inner) return inserted(body, inner, rest, cap)
    const { start, end } = holder
    return literalAt(body, holder) === 'null' ? { start, end, text: value } : undefined
  }
  const comma = object.members.length > 0 ? ',' : ''
  const at = object.open + 1
  return { start: at, end: at, text: `${JSON.stringify(key)}:${value}${comma}` }
}

function edited(body: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Uint8Array[] = []
  let at = 0
  for (const { start, end, text } of [...edits].sort((one, other) => one.start - other.start)) {
    parts.push(body.subarray(at, start), Buffer.from(text))
    at = end
  }
  return Buffer.concat([...parts, body.subarray(at)])
}

// Google's JSON: each field under its JSON name or its proto name, enums as words or as numbers, ids inside resource names.

import { type JsonObject, textOf } from '../wire/json'
import { decodedName, type ExchangeParts } from './parts'

const snakeNames = new Map<string, string>()

/** `usageMetadata` is `usage_metadata` too: servers and SDKs take and send both. */
function snakeOf(name: string): string {
  const known = snakeNames.get(name)
  if (known !== undefined) return known
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  snakeNames.set(name, snake)
  return snake
}

/** The value of a field, `name` in camel case; `null` and absent are both `undefined`. */
export function fieldOf(object: JsonObject, name: string): unknown {
  return object[name] ?? object[snakeOf(name)] ?? undefined
}

/** The key under which a field stands in this object: for paths of blocks. */
export function keyOf(object: JsonObject, name: string): string {
  return object[name] === undefined && object[snakeOf(name)] !== undefined ? snakeOf(name) : name
}

/** An enum as its word. Vertex SDKs ask for numbers (`$alt=json;enum-encoding=int`), which index `words`. */
export function enumOf(value: unknown, words: readonly string[]): string | undefined {
  if (typeof value === 'number') return words[value] ?? String(value)
  return textOf(value)
}

/** A value that may come alone or in a list: Google's parser takes both. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}

/** The path with its method split off: `…/models/NAME:generateContent`. Some clients encode the colon. */
export function methodOf(path: string): string {
  return /(?::|%3A)([A-Za-z]+)$/i.exec(path)?.[1] ?? ''
}

const RESOURCE = /\/(models|tunedModels|endpoints)\/([^/]+?)(?:(?::|%3A)[A-Za-z]+)?$/i

/** The model of a call: in the path, else in the body. A tuned model and an endpoint keep the word that says what they are. */
export function modelOf({ path, request, requestModel }: ExchangeParts): string {
  const [, kind, name] = RESOURCE.exec(path) ?? []
  if (kind === undefined || name === undefined) return modelId(textOf(request.model) ?? requestModel)
  const id = decodedName(name)
  return kind === 'models' ? id : `${kind}/${id}`
}

/** `models/NAME` and `projects/…/publishers/google/models/NAME` → `NAME`. */
export function modelId(resource: string): string {
  return /(?:^|\/)models\/([^/]+)$/.exec(resource)?.[1] ?? resource
}

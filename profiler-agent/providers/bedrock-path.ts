// What a Bedrock path says: which model, and what is asked of it.

import type { HttpExchange } from '../model/exchange'
import { decodedName, type ExchangeParts } from './parts'

/** What can be asked of a model of the runtime; the last part of the path. */
const OPERATIONS = [
  'converse',
  'converse-stream',
  'invoke',
  'invoke-with-response-stream',
  'invoke-with-bidirectional-stream',
  'count-tokens',
] as const

export type BedrockOperation = (typeof OPERATIONS)[number]

export interface BedrockPath {
  /** As the caller named it, decoded: a model id, an inference profile with its region prefix, or an ARN. */
  readonly model: string
  readonly operation: BedrockOperation
}

/** The model and operation of `POST …/model/MODEL/OPERATION`; `undefined` for every other call. */
export function bedrockPathOf({ exchange, path }: ExchangeParts): BedrockPath | undefined {
  const [, model, last] = /\/model\/(.+)\/([a-z-]+)$/.exec(path) ?? []
  const operation = OPERATIONS.find((each) => each === last)
  if (exchange.method !== 'POST' || model === undefined || operation === undefined) return undefined
  return { model: decodedName(model), operation }
}

/**
 * The model that an ARN names, where it names one: of the foundation model, or of the inference profile that AWS itself
 * defines. What a profile of the user's own (`application-inference-profile`) stands for is not on the wire.
 */
export function modelOfArn(id: string): string {
  return /^arn:[^:]*:bedrock:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/.exec(id)?.[1] ?? id
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** AWS's id of a response whose body has none. Recorders blank it out: what is not an id could be that of many. */
export function requestIdOf({ responseHeaders }: HttpExchange): string | undefined {
  const id = responseHeaders['x-amzn-requestid'] ?? ''
  return UUID.test(id) && !/^[0-]+$/.test(id) ? id : undefined
}

// Narrowing of parsed JSON, and request errors that name the parameter. No formats of its own.

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or an empty one: for optional parts of a request that a provider would ignore, too. */
export function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** The objects in a list; anything else counts as an empty list. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function textOr(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise
}

/** A request that the provider would refuse. The server words it in the provider's own error body. */
export class RequestRefused extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Parameter that is wrong, as OpenAI names it in `error.param`. */
    readonly parameter?: string,
    /** `error.code` of OpenAI-style bodies. */
    readonly code?: string,
  ) {
    super(message)
  }
}

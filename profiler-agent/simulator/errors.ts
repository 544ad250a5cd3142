// Error bodies and statuses in each provider's own words. Sources: recorded error responses; SDK error types.

import type { JsonObject } from './json'

export type ErrorStyle = 'openai' | 'anthropic' | 'google' | 'bedrock'

export interface ErrorFacts {
  readonly status: number
  readonly message?: string
  readonly code?: string
  readonly parameter?: string
}

/** The provider's JSON body for an HTTP error; message, type and code are its usual ones where none is given. */
export function errorBody(style: ErrorStyle, error: ErrorFacts, requestId: string): JsonObject {
  const message = error.message ?? MESSAGES[error.status] ?? 'The server had an error.'
  if (style === 'bedrock') return { message }
  if (style === 'google')
    return {
      error: {
        code: error.status,
        message,
        status: error.code ?? GOOGLE_STATUSES[error.status] ?? 'UNKNOWN',
      },
    }
  if (style === 'anthropic')
    return {
      type: 'error',
      error: {
        type: ANTHROPIC_TYPES[error.status] ?? (error.status < 500 ? 'invalid_request_error' : 'api_error'),
        message,
        ...(error.code === undefined ? {} : { details: { error_code: error.code } }),
      },
      request_id: requestId,
    }
  const [type, code] = OPENAI_TYPES[error.status] ?? [
    error.status < 500 ? 'invalid_request_error' : 'server_error',
    null,
  ]
  return { error: { message, type, param: error.parameter ?? null, code: error.code ?? code } }
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'Incorrect API key provided.',
  402: 'You have run out of credit.',
  403: 'You do not have access to this resource.',
  404: 'Not found.',
  408: 'The request timed out.',
  413: 'The request is too large.',
  429: 'Rate limit reached. Please try again later.',
  500: 'The server had an error while processing your request.',
  503: 'The engine is currently overloaded, please try again later.',
  529: 'Overloaded',
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const GOOGLE_STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const OPENAI_TYPES: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  402: ['insufficient_quota', 'insufficient_quota'],
  429: ['requests', 'rate_limit_exceeded'],
  503: ['service_unavailable_error', null],
}

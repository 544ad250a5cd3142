// What a provider says went wrong: HTTP errors, errors inside a stream, and no answer at all.

import type { ExchangeReading } from '../model/call'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { bodyOf, chunksOf, type ExchangeParts } from './parts'

export type ProviderError = NonNullable<ExchangeReading['error']>

const MAX_MESSAGE = 2000

/** True where the provider did no work that it could bill: it refused, failed, or never answered. */
export function isFailed({ exchange }: ExchangeParts): boolean {
  // 101 opens a WebSocket; what its frames say is read by whoever reads them.
  if (exchange.transport === 'websocket' && exchange.status === 101) return false
  return exchange.status < 200 || exchange.status >= 300
}

/** The error of an exchange for which `isFailed` holds. */
export function errorOfFailure(parts: ExchangeParts): ProviderError {
  return withAwsCode(failureOf(parts), parts)
}

function failureOf({ exchange, reply }: ExchangeParts): ProviderError {
  if (exchange.status < 100)
    return {
      status: 0,
      message: exchange.error ?? 'The provider could not be reached. Check the address and the network.',
    }
  const fallback = {
    status: exchange.status,
    message: exchange.error ?? `HTTP ${exchange.status} without a message`,
  }
  if (reply.kind === 'text')
    return { status: exchange.status, message: reply.text.trim().slice(0, MAX_MESSAGE) }
  const said = chunksOf(reply).map((chunk) => errorOfBody(chunk, exchange.status))
  return said.find((error) => error !== undefined) ?? fallback
}

/**
 * The error in a JSON body or event: `{error: {…}}`, `{error: "text"}`, `{message}` or `{detail}`; `undefined` where
 * it holds none. `status` is used where the error has no HTTP status of its own.
 */
export function errorOfBody(body: JsonObject, status: number): ProviderError | undefined {
  const { error } = body
  if (isObject(error)) return fromFields(error, status)
  if (textOf(error) !== undefined) return fromFields({ message: error }, status)
  const message = body.message ?? body.detail ?? body.Message
  if (status >= 400 && message !== undefined) return fromFields({ ...body, message }, status)
  return undefined
}

/** AWS gives the code in a header, `Name:url`, or in the body, `namespace#Name`. */
function withAwsCode(error: ProviderError, { exchange, reply }: ExchangeParts): ProviderError {
  const body = bodyOf(reply)
  const name =
    textOf(exchange.responseHeaders['x-amzn-errortype']) ??
    textOf(body.__type) ??
    textOf(objectOf(body.Output).__type)
  return name === undefined ? error : { ...error, code: name.replace(/:.*$/, '').replace(/^.*#/, '') }
}

/** An error from the object that holds `message`, `code`, `type`. */
export function fromFields(error: JsonObject, status: number): ProviderError {
  const ownStatus = [error.code, error.status].find(isHttpStatus)
  const code = [objectOf(error.details).error_code, error.code, error.type, error.status].find(
    (value) => textOf(value) !== undefined || (typeof value === 'number' && !isHttpStatus(value)),
  )
  return {
    status: status >= 400 ? status : (ownStatus ?? status),
    ...(code === undefined ? {} : { code: String(code) }),
    message: messageOf(error.message ?? error).slice(0, MAX_MESSAGE),
  }
}

function isHttpStatus(value: unknown): value is number {
  return typeof value === 'number' && value >= 400 && value < 600
}

function messageOf(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message)
}

// Posts the summary of an escalation to a webhook, by the user's own proxy and certificate settings. Follows no redirect; never says the address, which may be a password.

import request from 'undici/lib/api/api-request.js'
import { ForbiddenAddressError, isForbiddenHost } from '../capture/proxy/forbidden-address'
import { type ConnectionEnvironment, openUpstreams } from '../capture/proxy/upstream-connections'
import type { EscalationResult, EscalationTarget } from '../model/escalation'

export type Webhook = Extract<EscalationTarget, { url: string }>

export interface PostOptions {
  readonly env: ConnectionEnvironment
  readonly timeoutMs: number
  /** Ends it earlier. */
  readonly signal: AbortSignal
  readonly warn: (message: string) => void
}

const FORBIDDEN = 'its address is link-local or of a cloud metadata service: it is never called'

/** Rejects never. Any status from 200 to 299 is well; the body of the answer is not read. */
export async function postWebhook(
  { url, headers }: Webhook,
  body: string,
  { env, timeoutMs, signal, warn }: PostOptions,
): Promise<EscalationResult> {
  if (!URL.canParse(url)) return { ok: false, error: 'its url is none' }
  const { origin, hostname, pathname, search } = new URL(url)
  if (isForbiddenHost(hostname)) return { ok: false, error: FORBIDDEN }
  const late = AbortSignal.timeout(timeoutMs)
  const { dispatcher } = openUpstreams(env, warn)
  try {
    const { statusCode } = await request.call(dispatcher, {
      ...{ origin, path: pathname + search, method: 'POST', body, signal: AbortSignal.any([late, signal]) },
      headers: { 'content-type': 'application/json', 'user-agent': 'costflame', ...headers },
    })
    return resultOf(statusCode)
  } catch (error) {
    if (late.aborted) return { ok: false, error: `it did not answer within ${timeoutMs / 1000} s` }
    if (signal.aborted) return { ok: false, error: 'the profiler ended before it answered' }
    return { ok: false, error: reasonOf(error) }
  } finally {
    // Whatever it still sends is nobody's.
    await dispatcher.destroy()
  }
}

function resultOf(status: number): EscalationResult {
  if (status >= 200 && status < 300) return { ok: true, status }
  const error =
    status >= 300 && status < 400
      ? `it answered ${status}: it has moved, and redirects are not followed; give its new url`
      : `it answered ${status}`
  return { ok: false, status, error }
}

/** Codes and not messages: these quote addresses. */
function reasonOf(error: unknown): string {
  const cause = error instanceof AggregateError ? error.errors[0] : error
  if (cause instanceof ForbiddenAddressError) return FORBIDDEN
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return `it cannot be reached: ${typeof code === 'string' ? code : 'the connection failed'}`
}

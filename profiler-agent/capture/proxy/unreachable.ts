// Says in words why an upstream gave no answer, and what to do about it.

import { answerOf, type ProxyAnswer } from './answers'

/** A network error as Node and undici give it. */
interface NetworkError {
  readonly code: string
  readonly text: string
}

const NEXT_STEPS: readonly { readonly code: RegExp; readonly step: string }[] = [
  {
    code: /^ECONNREFUSED$/,
    step: 'Nothing listens there: start it, or set another upstream with --upstream',
  },
  { code: /^(ENOTFOUND|EAI_\w+)$/, step: 'The name does not resolve: check the network, DNS or HTTPS_PROXY' },
  {
    code: /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_TLS/,
    step: 'Its certificate is not trusted: name your CA in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE',
  },
  {
    code: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/,
    step: 'Check the network, the firewall or HTTPS_PROXY',
  },
  {
    code: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    step: 'It closed the connection before it answered: try again, the call may or may not have been carried out',
  },
]

/** The answer for a call that no upstream answered; 403 where we refused to connect, else 502. */
export function unreachableAnswer(provider: string, origin: string, error: Error): ProxyAnswer {
  const { code, text } = networkErrorOf(error)
  if (code === 'ERR_COSTFLAME_FORBIDDEN_ADDRESS')
    return answerOf(
      403,
      'forbidden_upstream',
      `${origin} was not called: ${text}, which is never an upstream.`,
    )
  const step = NEXT_STEPS.find((entry) => entry.code.test(code))?.step ?? 'Check the upstream and the network'
  return answerOf(502, 'upstream_unreachable', `No answer from ${provider} at ${origin} (${text}). ${step}.`)
}

/** Text of a network error with its code; a failed attempt at several addresses names them all. */
export function networkErrorText(error: Error): string {
  return networkErrorOf(error).text
}

function networkErrorOf(error: Error): NetworkError {
  const code = codeOf(error) || codeOf(error.cause)
  const inner = error instanceof AggregateError ? error.errors.filter((one) => one instanceof Error) : []
  const message = inner.length > 0 ? inner.map((one) => one.message).join(', ') : error.message
  return { code, text: code && !message.includes(code) ? `${code}: ${message}` : message }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

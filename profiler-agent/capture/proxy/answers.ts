// The proxy's own answers, where a request goes no further: a status, a code for programs and a sentence that says what to do.

import type { ServerResponse } from 'node:http'

/** An answer that did not come from a provider. `code` is stable; `message` is for people. */
export interface ProxyAnswer {
  readonly status: number
  readonly code: string
  readonly message: string
}

export function answerOf(status: number, code: string, message: string): ProxyAnswer {
  return { status, code, message }
}

/** Body in the shape that the provider SDKs read their message from. */
export function answerBody(answer: ProxyAnswer): string {
  const { code, message } = answer
  return JSON.stringify({
    type: 'error',
    error: { type: 'costflame_proxy', code, message: `costflame: ${message}`, param: null },
  })
}

/** Sends the answer; a connection that is gone already hears nothing. */
export function sendAnswer(res: ServerResponse, answer: ProxyAnswer): void {
  if (res.headersSent || res.destroyed) return
  const body = answerBody(answer)
  res.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-costflame-error': answer.code,
  })
  res.end(body)
}

// The proxy's own answers, where a request goes no further: a status, a code for programs and a sentence that says what to do.

import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ClientResponse, sendHead } from './client'

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
export function sendAnswer(res: ClientResponse, answer: ProxyAnswer): void {
  if (res.headersSent || res.destroyed) return
  const body = answerBody(answer)
  sendHead(
    res,
    answer.status,
    STATUS_CODES[answer.status] ?? '',
    Object.entries(headersFor(answer, body)).flat(),
  )
  res.end(body)
}

/** Sends the answer on a socket that Node has taken out of HTTP for an upgrade, and ends it. */
export function answerUpgrade(socket: Duplex, answer: ProxyAnswer): void {
  const body = answerBody(answer)
  const headers = Object.entries({ ...headersFor(answer, body), connection: 'close' })
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  if (!socket.destroyed) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function headersFor({ code }: ProxyAnswer, body: string) {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-costflame-error': code,
  }
}

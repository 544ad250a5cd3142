// A provider for the fault tests: answers at once or slowly, streamed or not, with bytes that only the request decides.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** How long the answer takes, in ms; a stream spreads it over its chunks. */
export const DELAY_HEADER = 'x-test-delay-ms'

const STREAM_CHUNKS = 4

/** Chunks of the answer to a request body; the text is the hash of the body, so that a byte changed on its way shows. */
export function replyTo(body: string | Buffer): readonly string[] {
  const text = createHash('sha256').update(body).digest('hex')
  const request = JSON.parse(body.toString()) as { user: string; stream?: boolean }
  const head = { id: `chatcmpl-${request.user}`, created: 1, model: 'gpt-5-mini' }
  const usage = { prompt_tokens: 40, completion_tokens: 16, total_tokens: 56 }
  if (request.stream !== true) {
    const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }
    return [JSON.stringify({ ...head, object: 'chat.completion', choices: [choice], usage })]
  }
  const chunk = (fields: object) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`
  const part = text.length / STREAM_CHUNKS
  const texts = Array.from({ length: STREAM_CHUNKS }, (_, n) => text.slice(n * part, (n + 1) * part))
  return [
    ...texts.map((content) => chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    `${chunk({ choices: [], usage })}data: [DONE]\n\n`,
  ]
}

export interface FaultUpstream {
  readonly url: string
  close(): Promise<void>
}

export async function startFaultUpstream(): Promise<FaultUpstream> {
  const server = createServer((request, response) => {
    // A client that is killed in the middle is what these tests are about.
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const chunks = replyTo(Buffer.concat(parts))
  const isStream = chunks.length > 1
  response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
  const pause = Number(request.headers[DELAY_HEADER] ?? 0) / chunks.length
  for (const chunk of chunks) {
    if (pause > 0) await delay(pause)
    if (response.destroyed) return
    response.write(chunk)
  }
  response.end()
}

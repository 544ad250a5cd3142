// A stand-in for a provider's Responses API over WebSocket, on loopback: answers each request with an echo and a usage.

import { once } from 'node:events'
import * as http from 'node:http'
import type * as https from 'node:https'
import { type WebSocket, WebSocketServer } from 'ws'
import { portOf } from './proxy-harness'

/** Answers all requests that are open at once; the input tokens are 100 and one for each character of the input. */
export class ResponsesSocketServer {
  readonly requests: http.IncomingMessage[] = []
  readonly sockets: WebSocket[] = []
  #count = 0

  constructor(
    readonly options: ConstructorParameters<typeof WebSocketServer>[0] = {},
    readonly server: http.Server | https.Server = http.createServer((_req, res) => res.end('{}')),
  ) {}

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    const sockets = new WebSocketServer({ ...this.options, noServer: true })
    this.server.on('upgrade', (req, socket, head) => {
      this.requests.push(req)
      sockets.handleUpgrade(req, socket, head, (one) => {
        this.sockets.push(one)
        one.on('message', (data) => this.answer(one, JSON.parse(String(data))))
      })
    })
    return `http://127.0.0.1:${portOf(this.server)}`
  }

  answer(socket: WebSocket, { stream_id, input, model }: Record<string, unknown>): void {
    const id = `resp_${++this.#count}`
    const lane = stream_id === undefined ? {} : { stream_id }
    const send = (type: string, more: object) => socket.send(JSON.stringify({ type, ...more, ...lane }))
    send('response.created', { response: { id, model, status: 'in_progress' } })
    // One turn later, so that two lanes are under way at the same time.
    setImmediate(() => {
      send('response.output_text.delta', { delta: `echo ${input}`, item_id: `msg_${id}` })
      send('response.completed', {
        response: { id, model, status: 'completed', usage: usageFor(String(input)) },
      })
    })
  }

  stop(): void {
    for (const socket of this.sockets) socket.terminate()
    this.server.closeAllConnections()
    this.server.close()
  }
}

const usageFor = (input: string) => ({
  input_tokens: 100 + input.length,
  input_tokens_details: { cached_tokens: 64 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 107 + input.length,
})

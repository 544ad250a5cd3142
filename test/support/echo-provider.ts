// A provider that says back whatever it was sent: what an upstream that logs, quotes or leaks would answer.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { WebSocketServer } from 'ws'

/** What the path or the header `x-answer` asks for. */
type Answer = 'chat' | 'stream' | 'error' | 'redirect' | 'cookie' | 'gzip'

/** Answers `/v1/chat/completions` with everything that it got as the text of the reply, and WebSockets in Realtime's events. */
export class EchoProvider {
  readonly #server = createServer((req, res) => void this.#answer(req, res))
  readonly #sockets = new WebSocketServer({ noServer: true })

  async start(): Promise<string> {
    this.#server.on('upgrade', (req, socket, head) =>
      this.#sockets.handleUpgrade(req, socket, head, (client) => {
        const said = `${req.url} ${JSON.stringify(req.headers)}`
        client.on('message', (data) => {
          const id = `resp_${this.#sockets.clients.size}`
          const output = [
            {
              type: 'message',
              role: 'assistant',
              content: [{ type: 'output_text', text: `${said} ${data}` }],
            },
          ]
          client.send(JSON.stringify({ type: 'response.created', response: { id } }))
          client.send(
            JSON.stringify({
              type: 'response.done',
              response: {
                id,
                status: 'completed',
                output,
                usage: { input_tokens: 9, output_tokens: 9, total_tokens: 18 },
              },
            }),
          )
        })
      }),
    )
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    for (const client of this.#sockets.clients) client.terminate()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const said = `${req.url} ${JSON.stringify(req.headers)} ${Buffer.concat(chunks)}`
    const answer = (req.headers['x-answer'] ?? 'chat') as Answer
    const secret = req.headers['x-secret-of-answer']
    const send = {
      chat: () => sendJson(res, 200, chat(said)),
      gzip: () => {
        res.setHeader('content-encoding', 'gzip')
        res.setHeader('content-type', 'application/json')
        res.end(gzipSync(JSON.stringify(chat(said))))
      },
      stream: () => sendStream(res, said),
      error: () => sendJson(res, 401, { error: { message: `Wrong key: ${said}`, type: 'auth', code: said } }),
      redirect: () => {
        res.setHeader('location', `https://user:${secret}@elsewhere.example/v1?api_key=${secret}`)
        sendJson(res, 307, { error: { message: `go to ?api_key=${secret}` } })
      },
      cookie: () => {
        res.setHeader('set-cookie', `session=${secret}; Path=/; HttpOnly`)
        sendJson(res, 200, chat(`your session is ${secret}`))
      },
    }
    send[answer]()
  }
}

const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

function chat(content: string) {
  const message = { role: 'assistant', content }
  return {
    id: `c-${Math.random()}`,
    object: 'chat.completion',
    model: 'gpt-5-mini',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: USAGE,
  }
}

function sendJson(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(body))
}

/** Seven characters an event, so that everything of some length is split over several. */
function sendStream(res: ServerResponse, text: string): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  const id = `c-${Math.random()}`
  const event = (choices: object[], usage: object | null = null) =>
    res.write(
      `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', model: 'gpt-5-mini', choices, usage })}\n\n`,
    )
  for (const [piece] of text.matchAll(/[\s\S]{1,7}/g)) event([{ index: 0, delta: { content: piece } }])
  event([{ index: 0, delta: {}, finish_reason: 'stop' }])
  event([], USAGE)
  res.end('data: [DONE]\n\n')
}

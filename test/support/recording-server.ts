// A stand-in for the profiler's proxy, or for a provider behind it: records each model call and answers `echo <prompt>` in the caller's wire format.

import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate'

export interface RecordedCall {
  readonly path: string
  /** Text of the last message. */
  readonly prompt: string
  readonly headers: IncomingHttpHeaders
}

type Deed = 'answer' | 'die' | 'answer, then die'

export class RecordingServer {
  readonly calls: RecordedCall[] = []
  /** Lines of `POST /ingest`. */
  readonly told: Readonly<Record<string, unknown>>[] = []
  /** What happens when a prompt comes in. */
  deeds: Readonly<Record<string, Deed>> = {}

  private readonly sockets = new Set<Socket>()

  private constructor(
    private readonly server: Server | Http2SecureServer,
    readonly origin: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.handle(request, response)
    })
    server.on('connection', (socket: Socket) => this.sockets.add(socket))
  }

  static async start(): Promise<RecordingServer> {
    return RecordingServer.listen(createServer(), 'http')
  }

  /** Over TLS, with the certificate of the tests, and HTTP/1.1 or HTTP/2 as the client likes. */
  static async startSecure(): Promise<RecordingServer> {
    const certificate = { key: TEST_KEY, cert: TEST_CERTIFICATE }
    return RecordingServer.listen(createSecureServer({ ...certificate, allowHTTP1: true }), 'https')
  }

  private static async listen(server: Server | Http2SecureServer, scheme: string): Promise<RecordingServer> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return new RecordingServer(server, `${scheme}://127.0.0.1:${port}`)
  }

  /** As if the process were killed: nobody listens any more, open connections break. */
  stop(): void {
    if (!this.server.listening) return
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += chunk
    if (request.url === '/ingest') {
      this.told.push(...text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])))
      response.end('{}')
      return
    }
    const body = JSON.parse(text) as { stream?: boolean; messages: { content: unknown }[] }
    const prompt = textOf(body.messages.at(-1)?.content)
    this.calls.push({ path: request.url ?? '', prompt, headers: request.headers })
    const deed = this.deeds[prompt] ?? 'answer'
    if (deed === 'die') return this.stop()
    if (deed === 'answer, then die') response.once('close', () => this.stop())
    const reply = /messages$/.test(request.url ?? '') ? anthropicReply : openaiReply
    const isStream = body.stream === true
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
    response.end(reply(`echo ${prompt}`, isStream))
  }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return (content as { text: string }[]).map((part) => part.text).join('')
}

function openaiReply(text: string, isStream: boolean): string {
  const head = { id: 'chatcmpl-1', created: 1, model: 'gpt-5-mini' }
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
  const message = { role: 'assistant', content: text }
  if (!isStream)
    return JSON.stringify({
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage,
    })
  const chunks = [
    {
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: message, finish_reason: null }],
    },
    { ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { ...head, object: 'chat.completion.chunk', choices: [], usage },
  ]
  return `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`
}

function anthropicReply(text: string, isStream: boolean): string {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    stop_sequence: null,
  }
  const usage = { input_tokens: 3, output_tokens: 2 }
  const block = { type: 'text', text: isStream ? '' : text }
  if (!isStream) return JSON.stringify({ ...message, content: [block], stop_reason: 'end_turn', usage })
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

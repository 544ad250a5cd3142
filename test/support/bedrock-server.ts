// A stand-in for Amazon Bedrock's runtime over TLS, HTTP/2 and HTTP/1.1: checks each signature, records what came, answers `echo <prompt>`.

import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, createSecureServer, type Http2SecureServer, type Http2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate'

export const ACCESS_KEY = {
  id: 'AKIATESTTESTTESTTEST',
  secret: 'test-secret-0123456789',
  token: 'canary-session-token-0123',
}

export interface SignedCall {
  readonly httpVersion: string
  readonly path: string
  readonly prompt: string
  /** True where the call has tools and brings no result of one. */
  readonly mayCallTool: boolean
  readonly headers: Readonly<Record<string, string>>
  /** Names in the order on the wire. */
  readonly headerNames: readonly string[]
  /** True when the signature is right for what arrived. */
  readonly isSignatureRight: boolean
}

/** Compat API of node:http2, or node:http for a client that speaks no HTTP/2. */
type Request = Pick<IncomingMessage, 'url' | 'method' | 'headers' | 'rawHeaders' | 'httpVersion' | 'socket'> &
  AsyncIterable<Buffer>
type Response = Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'destroy'>

export class BedrockServer {
  readonly calls: SignedCall[] = []
  /** Called for a prompt when its call came, before the answer. */
  onCall: ((prompt: string) => void | Promise<void>) | undefined
  readonly #broken = new Set<() => void>()

  private constructor(
    readonly server: Http2SecureServer,
    readonly origin: string,
  ) {
    server.on('request', (request, response) => {
      void this.#handle(request as Request, response as unknown as Response)
    })
    server.on('session', (session) => this.#broken.add(() => session.destroy()))
  }

  static async start(): Promise<BedrockServer> {
    const server = createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE, allowHTTP1: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new BedrockServer(server, `https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }

  stop(): void {
    for (const breakOff of this.#broken) breakOff()
    this.server.close()
  }

  async #handle(request: Request, response: Response): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const call = recordOf(request, body)
    this.calls.push(call)
    await this.onCall?.(call.prompt)
    if (call.prompt === 'fail') return fail(response, call)
    const operation = call.path.split('/').at(-1) ?? ''
    const reply = REPLIES[operation]
    if (reply === undefined) return void response.writeHead(404).end()
    reply(response, call, () => breakOff(request))
  }
}

function breakOff(request: Request): void {
  if ('stream' in request) (request.stream as Http2Stream).close(constants.NGHTTP2_INTERNAL_ERROR)
  else request.socket.destroy()
}

function recordOf(request: Request, body: Buffer): SignedCall {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  const path = request.url ?? ''
  const text = body.toString('utf8')
  return {
    httpVersion: request.httpVersion,
    path,
    prompt: /"text":"([^"]*)"/.exec(text)?.[1] ?? '',
    mayCallTool: text.includes('"toolConfig"') && !text.includes('"toolResult"'),
    headers,
    headerNames: request.rawHeaders.filter((_, index) => index % 2 === 0),
    isSignatureRight: isSignatureRight(request.method ?? '', path, headers, body),
  }
}

/** AWS Signature Version 4, reckoned anew from what arrived. */
function isSignatureRight(
  method: string,
  path: string,
  headers: SignedCall['headers'],
  body: Buffer,
): boolean {
  const [, scope = '', names = '', signature] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(headers.authorization ?? '') ??
    []
  const lines = names
    .split(';')
    .map((name) => `${name}:${(headers[name] ?? headers[`:${name}`] ?? authority(name, headers)).trim()}\n`)
  const canonicalPath = path.split('/').map(encodeURIComponent).join('/')
  const canonical = [method, canonicalPath, '', lines.join(''), names, sha256(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const key = scope
    .split('/')
    .reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${ACCESS_KEY.secret}`)
  return hmac(key, toSign).toString('hex') === signature
}

/** HTTP/2 writes the host as `:authority`. */
function authority(name: string, headers: SignedCall['headers']): string {
  return name === 'host' ? (headers[':authority'] ?? '') : ''
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** As AWS answers a signature that it does not accept: with the request that it reckoned, token and all. */
function fail(response: Response, call: SignedCall): void {
  const message = `The Canonical String should have been 'x-amz-security-token:${call.headers['x-amz-security-token']}'`
  response.writeHead(403, {
    'content-type': 'application/json',
    'x-amzn-errortype': 'InvalidSignatureException',
  })
  response.end(JSON.stringify({ message }))
}

type Reply = (response: Response, call: SignedCall, breakOff: () => void) => void

const JSON_TYPE = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' }
const STREAM_TYPE = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'req-2' }

const REPLIES: Readonly<Record<string, Reply>> = {
  converse: (response, { prompt, mayCallTool }) => {
    const toolUse = { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Bergen' } }
    const content = [mayCallTool ? { toolUse } : { text: `echo ${prompt}` }]
    const output = { message: { role: 'assistant', content } }
    const stopReason = mayCallTool ? 'tool_use' : 'end_turn'
    const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 120 }
    response.writeHead(200, JSON_TYPE)
    response.end(JSON.stringify({ output, stopReason, usage, metrics: { latencyMs: 5 } }))
  },
  'converse-stream': (response, { prompt }, breakOff) => {
    response.writeHead(200, STREAM_TYPE)
    response.write(frame('messageStart', { role: 'assistant' }))
    response.write(frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: `echo ${prompt}` } }))
    if (prompt === 'abort') return
    if (prompt === 'cut') return void setImmediate(breakOff)
    response.write(frame('contentBlockStop', { contentBlockIndex: 0 }))
    response.write(frame('messageStop', { stopReason: 'end_turn' }))
    const usage = { inputTokens: 200, outputTokens: 30, totalTokens: 230 }
    const whole = frame('metadata', { usage, metrics: { latencyMs: 5 } })
    response.write(whole.subarray(0, 7))
    response.end(whole.subarray(7))
  },
  invoke: (response, { prompt }) => {
    response.writeHead(200, {
      ...JSON_TYPE,
      'x-amzn-bedrock-input-token-count': '300',
      'x-amzn-bedrock-output-token-count': '40',
    })
    response.end(
      JSON.stringify({
        ...MESSAGE,
        content: [{ type: 'text', text: `echo ${prompt}` }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 300, output_tokens: 40 },
      }),
    )
  },
  'invoke-with-response-stream': (response, { prompt }) => {
    response.writeHead(200, STREAM_TYPE)
    for (const event of messageEvents(`echo ${prompt}`))
      response.write(
        frame('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abc' }),
      )
    response.end()
  },
}

const MESSAGE = {
  id: 'msg_bdrk_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5-20251001',
  stop_sequence: null,
}

function messageEvents(text: string): object[] {
  const start = { ...MESSAGE, content: [], stop_reason: null, usage: { input_tokens: 400, output_tokens: 1 } }
  return [
    { type: 'message_start', message: start },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 50 },
    },
    {
      type: 'message_stop',
      'amazon-bedrock-invocationMetrics': { inputTokenCount: 400, outputTokenCount: 50 },
    },
  ]
}

/** One frame of an AWS event stream. */
function frame(type: string, payload: object): Buffer {
  const body = Buffer.from(JSON.stringify(payload))
  const headers = Buffer.concat(
    Object.entries({
      ':event-type': type,
      ':content-type': 'application/json',
      ':message-type': 'event',
    }).map(headerOf),
  )
  const prelude = Buffer.concat([uint32(16 + headers.length + body.length), uint32(headers.length)])
  const message = Buffer.concat([prelude, uint32(crc32(prelude)), headers, body])
  return Buffer.concat([message, uint32(crc32(message))])
}

function headerOf([name, value]: [string, string]): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value),
  ])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

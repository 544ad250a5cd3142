// A server that does what the query asks of it (`?case=…`), over http or TLS; as the proxy or as the provider, it is the same.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate'

const LARGE = Buffer.alloc(8 * 1024 * 1024, 'y')

export class BehavingServer {
  /** Cases in the order in which they came, and `gone <case>` when the client left one without its answer. */
  readonly seen: string[] = []
  private readonly sockets = new Set<Socket>()

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {
    server.on('connection', (socket: Socket) => this.sockets.add(socket))
    server.on('request', (request, response) => this.answer(request, response))
  }

  static async start(scheme: 'http' | 'https'): Promise<BehavingServer> {
    const secure = { key: TEST_KEY, cert: TEST_CERTIFICATE }
    const server = scheme === 'http' ? createServer() : createSecureServer(secure)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new BehavingServer(server, `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }

  stop(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const name = new URL(request.url ?? '', this.origin).searchParams.get('case') ?? 'none'
    // What is told at the end of a program is no case.
    if (name === 'none') return void request.resume().once('end', () => response.end('{}'))
    this.seen.push(name)
    response.once('close', () => {
      if (!response.writableFinished) this.seen.push(`gone ${name}`)
    })
    if (name === 'echo') request.pipe(response)
    else request.resume()
    if (name === 'large') response.end(LARGE)
    if (name === 'empty') response.writeHead(204).end()
    if (name === 'endless') response.write('first')
    // Read whole: a socket that is closed with something unread in it takes back what it sent.
    if (name === 'broken')
      request.once('end', () => {
        response.write('first')
        setImmediate(() => response.destroy())
      })
  }
}

// The way to the upstream, from the environment of `costflame serve`: the user's own proxy and certificates, over real TLS.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import { join } from 'node:path'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { type Environment, Playground } from '../support/costflame'
import { listening, originOf, portOf, readSocket } from '../support/profiler-rig'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/test-certificate'

describe('fidelity of connections', () => {
  let playground: Playground
  let secure: https.Server
  let forward: http.Server
  let tunnels: string[]
  let forwarded: string[]
  let authorizations: (string | undefined)[]
  const certificate = () => join(playground.path, 'ca.pem')

  before(async () => {
    secure = await listening(
      https.createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (req, res) => {
        req.pipe(res.writeHead(200, ['X-Host', req.headers.host ?? '', 'X-Dup', '1', 'X-Dup', '2']))
      }),
    )
    forward = await listening(
      http.createServer((req, res) => {
        forwarded.push(req.url ?? '')
        req.pipe(res)
      }),
    )
    forward.on('connect', (req: http.IncomingMessage, client: net.Socket) => {
      tunnels.push(req.url ?? '')
      authorizations.push(req.headers['proxy-authorization'])
      const target = net.connect(portOf(secure), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
        target.pipe(client).pipe(target)
      })
      for (const socket of [client, target]) socket.on('error', () => 'one of the ends has gone')
    })
  })
  after(() => {
    for (const server of [secure, forward]) {
      server.closeAllConnections()
      server.close()
    }
  })
  beforeEach(() => {
    tunnels = []
    forwarded = []
    authorizations = []
    playground = new Playground({ 'ca.pem': TEST_CERTIFICATE, 'other.pem': 'not a certificate' })
  })
  afterEach(() => playground.remove())

  async function serve(upstream: string, environment: Environment): Promise<ReadyLine> {
    const { line } = playground.start(['serve', '--upstream', `openai=${upstream}`], environment)
    return JSON.parse(await line()) as ReadyLine
  }

  async function post(
    ready: ReadyLine,
    body = '{ "a":1.0 }',
  ): Promise<{ status: number; text: string; host: string | null }> {
    const reply = await fetch(`${ready.proxy}/openai/v1/x`, { method: 'POST', body })
    return { status: reply.status, text: await reply.text(), host: reply.headers.get('x-host') }
  }

  const named = () => `https://llm.test:${portOf(secure)}`
  const numbered = () => `https://127.0.0.1:${portOf(secure)}`

  for (const variable of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])
    it(`trusts the certificates of ${variable}, and none without it`, async () => {
      const trusting = await serve(numbered(), { [variable]: certificate() })
      assert.deepEqual(await post(trusting), {
        status: 200,
        text: '{ "a":1.0 }',
        host: `127.0.0.1:${portOf(secure)}`,
      })
      const wary = await serve(numbered(), {})
      const { status, text } = await post(wary)
      assert.equal(status, 502)
      assert.match(text, /certificate is not trusted: name your CA in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE/)
    })

  it('trusts both when both are given, and does without a file that cannot be read', async () => {
    const both = { NODE_EXTRA_CA_CERTS: certificate(), SSL_CERT_FILE: join(playground.path, 'missing.pem') }
    assert.equal((await post(await serve(numbered(), both))).status, 200)
    const swapped = { NODE_EXTRA_CA_CERTS: certificate(), SSL_CERT_FILE: join(playground.path, 'other.pem') }
    assert.equal((await post(await serve(numbered(), swapped))).status, 200)
  })

  it('checks the name in the certificate', async () => {
    const ready = await serve(`https://localhost:${portOf(secure)}`, { SSL_CERT_FILE: certificate() })
    const { status, text } = await post(ready)
    assert.equal(status, 502)
    assert.match(text, /ALTNAME/)
  })

  for (const variable of ['HTTPS_PROXY', 'https_proxy'])
    it(`tunnels TLS through ${variable}, end to end, with its credentials`, async () => {
      const proxy = `http://user:p%40ss@127.0.0.1:${portOf(forward)}`
      const ready = await serve(named(), { [variable]: proxy, NODE_EXTRA_CA_CERTS: certificate() })
      const { status, text, host } = await post(ready)
      assert.deepEqual([status, text, host], [200, '{ "a":1.0 }', `llm.test:${portOf(secure)}`])
      assert.deepEqual(tunnels, [`llm.test:${portOf(secure)}`])
      assert.deepEqual(authorizations, [`Basic ${Buffer.from('user:p@ss').toString('base64')}`])
    })

  it('sends plain HTTP through HTTP_PROXY, many calls at once', async () => {
    const waiting: http.ServerResponse[] = []
    const gathering = await listening(
      http.createServer((_req, res) => {
        waiting.push(res)
        if (waiting.length === 20) for (const one of waiting) one.end('together')
      }),
    )
    const ready = await serve('http://llm.invalid', { HTTP_PROXY: originOf(gathering) })
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(ready)))
    assert.ok(answers.every(({ status, text }) => status === 200 && text === 'together'))
    gathering.close()
  })

  it('goes around the proxy for what NO_PROXY names, and for this machine', async () => {
    const environment = { HTTPS_PROXY: originOf(forward), SSL_CERT_FILE: certificate() }
    assert.equal((await post(await serve(numbered(), environment))).status, 200)
    assert.deepEqual(tunnels, [])
    for (const NO_PROXY of ['llm.test', '.test', '*', 'other.example, llm.test']) {
      const { status, text } = await post(await serve(named(), { ...environment, NO_PROXY }))
      // The name does not exist: without the proxy nobody answers.
      assert.equal(status, 502, NO_PROXY)
      assert.match(text, /llm\.test/)
    }
    assert.deepEqual(tunnels, [])
    assert.equal((await post(await serve(named(), { ...environment, NO_PROXY: 'example.test' }))).status, 200)
    assert.equal(tunnels.length, 1)
  })

  it('passes on that the proxy refuses', async () => {
    const refusing = await listening(http.createServer())
    refusing.on('connect', (_req: http.IncomingMessage, client: net.Socket) => {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
    })
    const { status, text } = await post(await serve(named(), { HTTPS_PROXY: originOf(refusing) }))
    assert.equal(status, 502)
    assert.match(text, /407/)
    refusing.close()
  })

  it('does not send a forbidden address through the proxy either', async () => {
    const ready = await serve('http://llm.invalid', { HTTP_PROXY: originOf(forward) })
    const headers = {
      'x-costflame-token': ready.token,
      'x-costflame-upstream': 'http://metadata.google.internal',
    }
    const reply = await fetch(`${ready.proxy}/openai/computeMetadata/v1/`, { headers })
    assert.equal(reply.status, 403)
    assert.deepEqual(forwarded, [])
  })

  it('passes a WebSocket through TLS with the same certificates', async () => {
    const socketServer = await listening(https.createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }))
    socketServer.on('upgrade', (_req, socket: net.Socket) => {
      socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nframes',
      )
    })
    const ready = await serve(`https://127.0.0.1:${portOf(socketServer)}`, { SSL_CERT_FILE: certificate() })
    const { host, port } = new URL(ready.proxy)
    const socket = net.connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `GET /openai/v1/realtime HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        'sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nsec-websocket-version: 13\r\n\r\n',
    )
    assert.match(await readSocket(socket), /^HTTP\/1\.1 101 .*\r\n\r\nframes$/s)
    socketServer.close()
  })
})

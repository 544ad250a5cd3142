// The webhook of an escalation, over real sockets.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { postWebhook } from '../../../profiler-agent/escalation/post-webhook'

interface Got {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

describe('escalation/post-webhook', () => {
  let servers: Server[] = []

  afterEach(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    servers = []
  })

  async function listen(handler: (req: IncomingMessage, res: ServerResponse) => void) {
    const server = createServer(handler)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  async function hook(answer: (res: ServerResponse) => void) {
    const got: Got[] = []
    const { url } = await listen((req, res) => {
      const parts: Buffer[] = []
      req.on('data', (part: Buffer) => parts.push(part))
      req.on('end', () => {
        const { method, url: path, headers } = req
        got.push({ method, url: path, headers, body: Buffer.concat(parts).toString() })
        answer(res)
      })
    })
    return { url, got }
  }

  const post = (url: string, more: Partial<Parameters<typeof postWebhook>[2]> = {}, headers = {}) =>
    postWebhook({ url, headers }, '{"name":"lead"}', {
      ...{ env: {}, timeoutMs: 30_000, signal: new AbortController().signal, warn: assert.fail },
      ...more,
    })

  it('posts JSON, with the headers of the user', async () => {
    const { url, got } = await hook((res) => res.writeHead(204).end())
    assert.deepEqual(await post(`${url}/services/T0/B0?x=1`, {}, { authorization: 'Bearer abc' }), {
      ...{ ok: true, status: 204 },
    })
    const [only] = got
    assert.deepEqual(
      [only?.method, only?.url, only?.body],
      ['POST', '/services/T0/B0?x=1', '{"name":"lead"}'],
    )
    assert.equal(only?.headers['content-type'], 'application/json')
    assert.equal(only?.headers.authorization, 'Bearer abc')
  })

  it('says what it answered', async () => {
    const { url } = await hook((res) => res.writeHead(500).end('stack trace'))
    assert.deepEqual(await post(url), { ok: false, status: 500, error: 'it answered 500' })
  })

  it('waits no longer than it may', async () => {
    const { url } = await hook(() => undefined)
    assert.deepEqual(await post(url, { timeoutMs: 1_000 }), {
      ...{ ok: false, error: 'it did not answer within 1 s' },
    })
  })

  it('does not wait for the end of an answer that never ends', async () => {
    const { url } = await hook((res) => res.writeHead(200).write('x'))
    assert.deepEqual(await post(url), { ok: true, status: 200 })
  })

  it('ends where the profiler ends', async () => {
    const ending = new AbortController()
    const { url } = await hook(() => ending.abort())
    assert.deepEqual(await post(url, { signal: ending.signal }), {
      ...{ ok: false, error: 'the profiler ended before it answered' },
    })
  })

  it('follows no redirect', async () => {
    const target = await hook((res) => res.end())
    for (const location of [target.url, 'http://169.254.169.254/latest/meta-data/']) {
      const { url } = await hook((res) => res.writeHead(307, { location }).end())
      const result = await post(url)
      assert.deepEqual(result, {
        ...{ ok: false, status: 307 },
        error: 'it answered 307: it has moved, and redirects are not followed; give its new url',
      })
    }
    assert.deepEqual(target.got, [])
  })

  it('never calls link-local and metadata addresses', async () => {
    for (const host of [
      '169.254.169.254',
      '[fe80::1]',
      'metadata.google.internal',
      '[::ffff:169.254.169.254]',
      '2852039166',
    ])
      assert.deepEqual(await post(`http://${host}/`), {
        ...{
          ok: false,
          error: 'its address is link-local or of a cloud metadata service: it is never called',
        },
      })
  })

  it('does not say its address when it is not there: it may be a password', async () => {
    const { server, url } = await listen(() => undefined)
    await new Promise((resolve) => server.close(resolve))
    assert.deepEqual(await post(`${url}/services/canary-path`), {
      ...{ ok: false, error: 'it cannot be reached: ECONNREFUSED' },
    })
  })

  it("goes through the user's proxy", async () => {
    // A name that only the proxy can find.
    const { url, got } = await hook((res) => res.end())
    const result = await post('http://tickets.example/new', { env: { HTTP_PROXY: url } })
    assert.deepEqual(result, { ok: true, status: 200 })
    assert.deepEqual(
      got.map((each) => [each.url, each.headers.host, each.body]),
      [['http://tickets.example/new', 'tickets.example', '{"name":"lead"}']],
    )
  })
})

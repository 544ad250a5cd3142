// Who may talk to the loopback services: names of this machine, web pages and the token, at every address of a real profiler.

import assert from 'node:assert/strict'
import * as crypto from 'node:crypto'
import { once } from 'node:events'
import * as http from 'node:http'
import type * as http2 from 'node:http2'
import { hasToken, sameToken } from '../../profiler-agent/capture/proxy/refusal'
import {
  listening,
  originOf,
  type Reply,
  type Rig,
  readSocket,
  useRig,
  type Version,
} from '../support/profiler-rig'

const VERSIONS: readonly Version[] = ['HTTP/1.1', 'h2c']

/** Every kind of address that the profiler has, and the status that a program of the user's gets there with the token. */
const ADDRESSES = [
  { name: 'the proxy', method: 'POST', path: '/openai/v1/chat/completions', allowed: 200 },
  { name: 'the proxy, reading', method: 'GET', path: '/openai/v1/models', allowed: 200 },
  { name: 'ingest', method: 'POST', path: '/ingest', allowed: 200 },
  { name: 'OTLP', method: 'POST', path: '/otlp/v1/traces', allowed: 501 },
  { name: 'an address that does not exist', method: 'GET', path: '/nowhere', allowed: 404 },
] as const

/** Upgrades, which only HTTP/1.1 has. */
const UPGRADES = [
  { name: 'the feed', path: '/feed' },
  { name: 'a WebSocket of a provider', path: '/openai/v1/realtime' },
] as const

type Headers = Readonly<Record<string, string>>

describe('security of the loopback services', () => {
  const start = useRig()

  const begin = async (host = '127.0.0.1') => {
    const rig = await start((_req, res) => res.end('{}'), { host })
    rig.upstreamServer.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'))
    return { rig, token: { 'x-costflame-token': rig.profiler.ready.token } }
  }

  /** Status of the answer; a `host` among the headers is said instead of the profiler's own. */
  async function statusOf(
    rig: Rig,
    version: Version,
    method: string,
    path: string,
    headers: Headers,
  ): Promise<number> {
    const body = method === 'GET' ? undefined : Buffer.from('')
    if (version === 'HTTP/1.1') {
      const call = rig.open(path, { method, headers: { ...headers } })
      call.end(body)
      const [res] = (await once(call, 'response')) as [http.IncomingMessage]
      res.resume()
      return res.statusCode ?? 0
    }
    const { host, ...others } = headers
    const stream = rig.session.request(
      { ':method': method, ':path': path, ...(host === undefined ? {} : { ':authority': host }), ...others },
      { endStream: body === undefined },
    )
    if (body) stream.end(body)
    const [answer] = (await once(stream, 'response')) as [
      http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
    ]
    stream.resume()
    return answer[':status'] ?? 0
  }

  async function upgradeStatusOf(rig: Rig, path: string, headers: Headers): Promise<number> {
    const socket = rig.connect()
    const all = {
      host: `127.0.0.1:${rig.port}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
      'sec-websocket-version': '13',
      ...headers,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    const [first] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    return Number(/^HTTP\/1\.1 (\d+)/.exec(first.toString())?.[1])
  }

  /** The status of every address, upgrades included. */
  async function everywhere(rig: Rig, headers: Headers, versions = VERSIONS): Promise<number[]> {
    const statuses: number[] = []
    for (const version of versions)
      for (const { method, path } of ADDRESSES)
        statuses.push(await statusOf(rig, version, method, path, headers))
    for (const { path } of UPGRADES) statuses.push(await upgradeStatusOf(rig, path, headers))
    return statuses
  }

  const refused = (status: number, versions = VERSIONS) =>
    Array.from({ length: versions.length * ADDRESSES.length + UPGRADES.length }, () => status)

  it('lets programs of the user in, under each loopback name', async () => {
    const { rig, token } = await begin()
    const allowed = VERSIONS.flatMap(() => ADDRESSES.map((address) => address.allowed))
    for (const name of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]'])
      assert.deepEqual(
        await everywhere(rig, { host: `${name}:${rig.port}`, ...token }),
        [...allowed, 101, 204],
        name,
      )
  })

  const FOREIGN_HOSTS = [
    'evil.example:PORT',
    'evil.example',
    '127.0.0.1.evil.example:PORT',
    'localhost.evil.example:PORT',
    'evil.example#127.0.0.1:PORT',
    '127.0.0.1:PORT.evil.example',
    '127.0.0.1@evil.example:PORT',
    'evil.example@127.0.0.1:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1:PORT:PORT',
    '127.0.0.2:PORT',
    '0.0.0.0:PORT',
    '[::]:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '[::1%25eth0]:PORT',
    '2130706433:PORT',
    '0x7f.1:PORT',
    '127.1:PORT',
    'localhost.:PORT',
    '192.168.0.7:PORT',
    'PORT',
  ]
  for (const name of FOREIGN_HOSTS)
    it(`DNS rebinding: refuses the name ${name} everywhere, token or not`, async () => {
      const { rig, token } = await begin()
      const host = name.replaceAll('PORT', String(rig.port))
      // Node's HTTP/2 lets nobody see an :authority with these characters.
      const versions = /[@#]/.test(name) ? VERSIONS.slice(0, 1) : VERSIONS
      assert.deepEqual(await everywhere(rig, { host, ...token }, versions), refused(403, versions))
      assert.equal(rig.arrived.length, 0)
    })

  it('DNS rebinding: refuses a request that has no name, or two', async () => {
    const { rig } = await begin()
    const say = async (head: string) => {
      const socket = rig.connect()
      socket.write(`GET /openai/x HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)
      return (await readSocket(socket)).slice(0, 12)
    }
    assert.equal(await say(''), 'HTTP/1.1 400')
    assert.equal(await say('Host:\r\n'), 'HTTP/1.1 403')
    assert.equal(await say(`Host: evil.example\r\nHost: 127.0.0.1:${rig.port}\r\n`), 'HTTP/1.1 403')
    const old = rig.connect()
    old.write('GET /openai/x HTTP/1.0\r\n\r\n')
    assert.match(await readSocket(old), /^HTTP\/1\.1 403/)
    assert.equal(rig.arrived.length, 0)
  })

  it('DNS rebinding: over HTTP/2 believes :authority, else host, and no page of either name', async () => {
    const { rig, token } = await begin()
    const own = `127.0.0.1:${rig.port}`
    const evil = `evil.example:${rig.port}`
    const status = async (names: Headers) => {
      const reply = rig.session.request({ ':path': '/openai/x', ...names, ...token })
      const [answer] = (await once(reply, 'response')) as [
        http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
      ]
      reply.resume()
      return answer[':status']
    }
    assert.equal(await status({ host: own }), 200)
    assert.equal(await status({ host: evil }), 403)
    assert.equal(await status({ ':authority': evil, host: own }), 403)
  })

  it('DNS rebinding: believes the Host and not the address in the request line', async () => {
    const { rig } = await begin()
    const socket = rig.connect()
    socket.write(
      `GET http://127.0.0.1:${rig.port}/openai/x HTTP/1.1\r\nHost: evil.example:${rig.port}\r\nConnection: close\r\n\r\n`,
    )
    assert.match(await readSocket(socket), /^HTTP\/1\.1 403/)
  })

  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost:3000',
    'http://127.0.0.1:PORT',
    'file://',
    '',
  ])
    it(`cross-origin: refuses Origin "${origin}" everywhere, token or not`, async () => {
      const { rig, token } = await begin()
      const own = origin.replace('PORT', String(rig.port))
      assert.deepEqual(await everywhere(rig, { origin: own, ...token }), refused(403))
      assert.equal(rig.arrived.length, 0)
    })

  it('cross-origin: refuses what a browser marks as cross-site everywhere, token or not', async () => {
    const { rig, token } = await begin()
    assert.deepEqual(await everywhere(rig, { 'sec-fetch-site': 'cross-site', ...token }), refused(403))
    assert.equal(rig.arrived.length, 0)
  })

  it('cross-origin: an origin that the user allows may call, and still needs the token where programs do', async () => {
    const page = 'http://localhost:5173'
    const rig = await start((_req, res) => res.end('{}'), { allowedOrigins: [page] })
    const said = { origin: page, 'sec-fetch-site': 'cross-site' }
    const other = { origin: 'http://localhost:51730' }
    assert.equal(await statusOf(rig, 'HTTP/1.1', 'POST', '/openai/v1/chat/completions', said), 200)
    assert.equal(await statusOf(rig, 'HTTP/1.1', 'POST', '/ingest', said), 401)
    assert.equal(await upgradeStatusOf(rig, '/feed', said), 401)
    assert.equal(await statusOf(rig, 'HTTP/1.1', 'POST', '/openai/v1/chat/completions', other), 403)
    // A name that is not ours stays foreign, whoever asks.
    const rebound = { ...said, host: `evil.example:${rig.port}` }
    assert.equal(await statusOf(rig, 'HTTP/1.1', 'POST', '/openai/v1/chat/completions', rebound), 403)
  })

  it('cross-origin: answers no preflight with leave', async () => {
    const { rig } = await begin()
    const asked = ['Origin', 'https://evil.example', 'Access-Control-Request-Method', 'POST']
    for (const { path } of ADDRESSES) {
      const reply = await rig.ask('HTTP/1.1', { path, method: 'OPTIONS', rawHeaders: asked })
      assert.equal(reply.status, 403)
      assert.equal(
        reply.rawHeaders.some((name) => /^access-control/i.test(name)),
        false,
      )
    }
  })

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    it(`simple-request CSRF: a form as ${type} changes nothing`, async () => {
      const { rig } = await begin()
      const line = JSON.stringify({ type: 'run', id: 'planted', name: 'x', startedAt: 1 })
      const post = (path: string, ...more: string[]) =>
        rig.ask('HTTP/1.1', { path, rawHeaders: ['Content-Type', type, ...more], body: [Buffer.from(line)] })
      const page = [
        'Origin',
        'https://evil.example',
        'Sec-Fetch-Site',
        'cross-site',
        'Sec-Fetch-Mode',
        'no-cors',
      ]
      for (const path of ['/ingest', '/otlp/v1/traces']) {
        assert.equal((await post(path, ...page)).status, 403)
        // Old browsers say neither; what they cannot have is the token.
        assert.equal((await post(path)).status, 401)
      }
      assert.equal((await post('/openai/v1/chat/completions', ...page)).status, 403)
      assert.equal(rig.arrived.length, 0)
      assert.deepEqual(await rig.storedSpans(), [])
    })

  it('the token: feed, ingest and OTLP are closed without it, and with any other', async () => {
    const { rig } = await begin()
    const { token } = rig.profiler.ready
    const wrong = [
      '',
      'wrong',
      token.slice(0, -1),
      `${token}x`,
      token.toUpperCase(),
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      `${token},${token}`,
      'é'.repeat(token.length),
    ]
    const given: readonly Headers[] = [
      {},
      ...wrong.flatMap((value): Headers[] => [
        { 'x-costflame-token': value },
        { authorization: `Bearer ${value}` },
      ]),
      { authorization: token },
      { authorization: `Basic ${token}` },
      { cookie: `x-costflame-token=${token}` },
    ]
    for (const headers of given) {
      const said = JSON.stringify(headers)
      for (const version of VERSIONS) {
        assert.equal(await statusOf(rig, version, 'POST', '/ingest', headers), 401, said)
        assert.equal(await statusOf(rig, version, 'POST', '/otlp/v1/traces', headers), 401, said)
      }
      assert.equal(await upgradeStatusOf(rig, '/feed', headers), 401, said)
    }
    for (const query of ['', '?token=', '?token=wrong', `?Token=${token}`, `?token=wrong&token=${token}`])
      assert.equal(await upgradeStatusOf(rig, `/feed${query}`, {}), 401, query)
    assert.equal(await upgradeStatusOf(rig, `/feed?token=${token}`, {}), 101)
    assert.equal(await upgradeStatusOf(rig, '/feed', { authorization: `Bearer ${token}` }), 101)
  })

  it('the token: is compared in constant time, whatever is given', () => {
    const token = 'a-token-of-32-characters-0123456'
    const compared: [number, number][] = []
    // The edge of the system: what the comparison is given, not how long it takes on a busy machine.
    const { timingSafeEqual } = crypto
    const builtin = process.getBuiltinModule('node:crypto')
    builtin.timingSafeEqual = (a, b) => {
      compared.push([a.byteLength, b.byteLength])
      return timingSafeEqual(a, b)
    }
    try {
      const given = [token, 'x', '', token.slice(0, 31), `${token}more`, 'é'.repeat(32), `A${token.slice(1)}`]
      assert.deepEqual(
        given.map((one) => sameToken(one, token)),
        [true, ...given.slice(1).map(() => false)],
      )
      assert.deepEqual(
        compared,
        given.map(() => [32, 32]),
      )
      assert.equal(hasToken({ 'x-costflame-token': [token] as unknown as string }, token), false)
      assert.equal(sameToken('', ''), false)
    } finally {
      builtin.timingSafeEqual = timingSafeEqual
    }
  })

  it('the token: is long, random and another one each time', async () => {
    const tokens = [await begin(), await begin()].map(({ rig }) => rig.profiler.ready.token)
    for (const token of tokens) assert.match(token, /^[\w-]{32,}$/)
    assert.notEqual(tokens[0], tokens[1])
  })

  it('the token: an upstream that the request names needs it, and it never goes up', async () => {
    const { rig, token } = await begin()
    const seen: string[][] = []
    const other = await listening(
      http.createServer((req, res) => {
        seen.push(req.rawHeaders)
        res.end()
      }),
    )
    const { host } = new URL(originOf(other))
    const named = { 'x-costflame-upstream': originOf(other) }
    for (const version of VERSIONS)
      for (const [path, headers] of [
        ['/openai/x', named],
        [`/openai/@${host}/x`, {}],
        [`/custom/@${host}/x`, {}],
        [`/r/run-1/openai/@${host}/x`, {}],
      ] as const) {
        assert.equal(await statusOf(rig, version, 'POST', path, headers), 401)
        assert.equal(
          await statusOf(rig, version, 'POST', path, { ...headers, 'x-costflame-token': 'wrong' }),
          401,
        )
        assert.equal(await statusOf(rig, version, 'POST', path, { ...headers, ...token }), 200)
      }
    assert.equal(await upgradeStatusOf(rig, `/openai/@${host}/x`, {}), 401)
    assert.equal(seen.length, 8)
    assert.equal(JSON.stringify(seen).includes('costflame'), false)
    assert.equal(JSON.stringify(seen).includes(rig.profiler.ready.token), false)
    other.closeAllConnections()
    other.close()
  })

  it('the token: everything needs it where the profiler listens beyond loopback', async () => {
    const { rig, token } = await begin('0.0.0.0')
    const without = await everywhere(rig, {})
    assert.deepEqual([...new Set(without)], [401])
    const allowed = VERSIONS.flatMap(() => ADDRESSES.map((address) => address.allowed))
    assert.deepEqual(await everywhere(rig, token), [...allowed, 101, 204])
    for (const bad of [{ host: `evil.example:${rig.port}` }, { origin: 'https://evil.example' }] as Headers[])
      assert.deepEqual(await everywhere(rig, { ...bad, ...token }), refused(403))
    assert.equal(rig.arrived.length, 4)
  })

  it('the token: stands in no answer and in no log', async () => {
    const { rig, token } = await begin()
    const secret = rig.profiler.ready.token
    const said: Reply[] = []
    for (const { path } of [...ADDRESSES, ...UPGRADES])
      for (const rawHeaders of [[], ['x-costflame-token', 'wrong'], Object.entries(token).flat()])
        said.push(await rig.ask('HTTP/1.1', { path, rawHeaders }))
    const text = JSON.stringify(said.map(({ rawHeaders, body }) => [rawHeaders, body.toString()]))
    assert.equal(text.includes(secret), false)
    assert.equal(rig.logged.join('\n').includes(secret), false)
  })
})

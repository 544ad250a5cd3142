// Where calls may go: never to link-local or metadata addresses, however they are written, and never where a committed file sends them.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import * as http from 'node:http'
import * as net from 'node:net'
import { join } from 'node:path'
import { Playground } from '../support/costflame'
import { listening, originOf, portOf, readSocket, useRig, type Version } from '../support/profiler-rig'

/** Notations of addresses that hand out a machine's credentials, and of their neighbours. */
const FORBIDDEN = [
  '169.254.169.254',
  '169.254.169.254:80',
  '169.254.170.2',
  '169.254.0.1',
  '2852039166',
  '0xa9fea9fe',
  '0xA9.0xFE.0xA9.0xFE',
  '0251.0376.0251.0376',
  '00000251.254.169.254',
  '169.254.43518',
  '169.16689662',
  '169.254.169.254.',
  '%31%36%39.254.169.254',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[::169.254.169.254]',
  '[::ffff:0:169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[2001:0:a9fe:a9fe::]',
  '[2001::5601:5601]',
  '[fe80::1]',
  '[FEBF::a9fe]',
  '[fd00:ec2::254]',
  '[fd00:0ec2:0:0::254]',
  '[fd00:ec2::23]',
  '[fd20:ce::254]',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'metadata.google.internal',
  'METADATA.Google.Internal.',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
] as const

/** Notations that no URL can hold: refused as well, as what they are. */
const NO_URL = [
  '①⑥⑨.254.169.254',
  '169。254。169。254',
  '[fe80::1%25eth0]',
  '[::ffff:169.254.169.254%25lo]',
  '999.254.169.254',
]

describe('security of upstreams', () => {
  const start = useRig()

  const named = async (host: string, version: Version) => {
    const rig = await start((_req, res) => res.end())
    const token = ['x-costflame-token', rig.profiler.ready.token]
    const upstream = ['x-costflame-upstream', `http://${Buffer.from(host).toString('latin1')}`]
    return rig.ask(version, {
      path: '/custom/latest/meta-data/',
      method: 'GET',
      rawHeaders: [...token, ...upstream],
    })
  }

  it('link-local and metadata addresses are refused in every notation, with the token', async () => {
    const rig = await start((_req, res) => res.end())
    const token = ['x-costflame-token', rig.profiler.ready.token]
    const went: string[] = []
    for (const host of FORBIDDEN)
      for (const scheme of ['http', 'https']) {
        // Header bytes are Latin-1; names outside it go as their UTF-8 bytes, as programs send them.
        const upstream = Buffer.from(`${scheme}://${host}`).toString('latin1')
        const rawHeaders = [...token, 'x-costflame-upstream', upstream]
        const reply = await rig.ask('HTTP/1.1', { path: '/custom/x', method: 'GET', rawHeaders })
        const { code } = JSON.parse(reply.body.toString()).error
        if (reply.status !== 403 || code !== 'forbidden_upstream')
          went.push(`${scheme}://${host} ${reply.status} ${code}`)
      }
    assert.deepEqual(went, [])
  })

  it('what is no host at all is refused', async () => {
    for (const host of NO_URL) assert.equal((await named(host, 'HTTP/1.1')).status, 400, host)
  })

  it('they are refused in the path and over HTTP/2 too', async () => {
    const rig = await start((_req, res) => res.end())
    const rawHeaders = ['x-costflame-token', rig.profiler.ready.token]
    for (const version of ['HTTP/1.1', 'h2c'] as const)
      for (const host of [
        '169.254.169.254',
        '[::ffff:a9fe:a9fe]',
        '2852039166',
        'metadata.google.internal',
        '0xa9fea9fe:80',
      ]) {
        const reply = await rig.ask(version, {
          path: `/openai/@${host}/latest/meta-data/`,
          method: 'GET',
          rawHeaders,
        })
        assert.equal(reply.status, 403, `${host} over ${version}`)
      }
  })

  it('a WebSocket is refused there as well', async () => {
    const rig = await start((_req, res) => res.end())
    const socket = rig.connect()
    socket.write(
      `GET /openai/@169.254.169.254/x HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n` +
        `x-costflame-token: ${rig.profiler.ready.token}\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    )
    assert.match(await readSocket(socket), /^HTTP\/1\.1 403 /)
  })

  describe('a name that resolves to one', () => {
    const dns = process.getBuiltinModule('node:dns')
    const { lookup } = dns
    const resolved: Record<string, readonly { address: string; family: number }[]> = {
      'one.test': [{ address: '169.254.169.254', family: 4 }],
      'mapped.test': [{ address: '::ffff:169.254.169.254', family: 6 }],
      'six.test': [{ address: 'fd00:ec2::254', family: 6 }],
      'zone.test': [{ address: 'fe80::1%eth0', family: 6 }],
      'hidden.test': [
        { address: '127.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ],
      'fine.test': [{ address: '127.0.0.1', family: 4 }],
    }
    // The edge of the system: names of the internet, which a test has not.
    before(() => {
      const fake = (name: string, options: { all?: boolean }, done: (...answer: unknown[]) => void) => {
        const found = resolved[name]
        if (!found) lookup(name, options, done)
        else if (options.all) done(null, found)
        else done(null, found[0]?.address, found[0]?.family)
      }
      dns.lookup = fake as unknown as typeof lookup
    })
    after(() => {
      dns.lookup = lookup
    })

    it('is refused before a connection is made, and the refusal recorded', async () => {
      const rig = await start((_req, res) => res.end('reached'))
      const port = portOf(rig.upstreamServer)
      const rawHeaders = ['x-costflame-token', rig.profiler.ready.token]
      const statuses: Record<string, number> = {}
      for (const name of Object.keys(resolved)) {
        const reply = await rig.ask('HTTP/1.1', {
          path: `/openai/@${name}/x`,
          method: 'GET',
          rawHeaders: [...rawHeaders, 'x-costflame-upstream', `http://${name}:${port}`],
        })
        statuses[name] = reply.status
      }
      assert.deepEqual(statuses, {
        'one.test': 403,
        'mapped.test': 403,
        'six.test': 403,
        'zone.test': 403,
        'hidden.test': 403,
        'fine.test': 200,
      })
      assert.equal(rig.arrived.length, 1)
    })

    it('is refused when it answers differently the second time', async () => {
      const rig = await start((_req, res) => {
        res.shouldKeepAlive = false
        res.end('reached')
      })
      const rawHeaders = [
        ...['x-costflame-token', rig.profiler.ready.token],
        ...['x-costflame-upstream', `http://turning.test:${portOf(rig.upstreamServer)}`],
      ]
      const ask = async () =>
        (await rig.ask('HTTP/1.1', { path: '/openai/x', method: 'GET', rawHeaders })).status
      resolved['turning.test'] = [{ address: '127.0.0.1', family: 4 }]
      assert.equal(await ask(), 200)
      resolved['turning.test'] = [{ address: '169.254.169.254', family: 4 }]
      assert.equal(await ask(), 403)
    })
  })

  it('a redirect to one is handed to the client and not followed', async () => {
    const rig = await start((_req, res) => res.writeHead(307, { location: 'http://169.254.169.254/' }).end())
    assert.equal((await rig.ask('HTTP/1.1', { path: '/openai/x' })).status, 307)
    assert.equal(rig.arrived.length, 1)
  })

  describe('as the command line and files set them', () => {
    let playground: Playground
    let elsewhere: net.Server
    let local: http.Server
    let reached: string[]
    beforeEach(async () => {
      reached = []
      playground = new Playground()
      elsewhere = await listening(
        net.createServer((socket) => {
          reached.push('elsewhere')
          socket.destroy()
        }),
      )
      local = await listening(
        http.createServer((req, res) => {
          reached.push(`local ${req.url}`)
          res.end('{}')
        }),
      )
    })
    afterEach(async () => {
      await playground.remove()
      elsewhere.close()
      local.closeAllConnections()
      local.close()
    })

    it('--upstream names no forbidden address', async () => {
      for (const url of [
        'http://169.254.169.254',
        'http://[::ffff:a9fe:a9fe]/v1',
        'http://0xa9fea9fe',
        'http://metadata.google.internal',
      ]) {
        const { code, stderr } = await playground.run(['serve', '--upstream', `openai=${url}`])
        assert.equal(code, 2, url)
        assert.match(stderr, /link-local or cloud-metadata address is never an upstream/)
      }
    })

    it('a variable of the user that names one is not taken over, and said', async () => {
      const { code, stdout, stderr } = await playground.run(
        ['run', '--', process.execPath, '-p', 'process.env.OPENAI_BASE_URL'],
        { OPENAI_BASE_URL: 'http://169.254.169.254/v1' },
      )
      assert.deepEqual([code, stdout], [0, 'http://169.254.169.254/v1\n'])
      assert.match(stderr, /link-local or cloud-metadata address is never an upstream/)
    })

    it('a committed config.jsonc sets loopback upstreams only, and is told where it does not', async () => {
      const port = portOf(elsewhere)
      const refused = [
        `https://evil.example`,
        `http://127.0.0.1.evil.example:${port}`,
        `http://127.0.0.1@evil.example:${port}`,
        `http://localhost.evil.example`,
        `http://localhost:${port}@evil.example/`,
        `http://evil.example/127.0.0.1`,
        `http://evil.example#http://127.0.0.1/`,
        `http://0.0.0.0:${port}`,
        `http://10.0.0.1`,
        `http://192.168.0.1`,
        `http://169.254.169.254`,
        `http://[::]:${port}`,
        `http://[::ffff:10.0.0.1]`,
        `//127.0.0.1:${port}`,
        `ws://127.0.0.1:${port}`,
        `file:///etc/passwd`,
        `http://127.0.0.1\\\\@evil.example`,
        ` http://127.0.0.1:${port}`,
      ]
      const config = (url: string) =>
        playground.write({
          '.costflame/config.jsonc': `{"version": 1,\n  "upstreams": {"groq": "${url}", "openai": "${originOf(local)}"}}`,
        })
      for (const url of refused) {
        config(url)
        const { ready, child, ended } = await playground.serve('--upstream', `groq=${originOf(local)}`)
        await fetch(`${ready.proxy}/groq/v1/x`)
        await fetch(`${ready.proxy}/openai/v1/x`)
        child.kill('SIGTERM')
        const { stderr } = await ended
        assert.match(stderr, /config\.jsonc:2:\d+: upstreams\.groq/, url)
        assert.deepEqual(reached.splice(0), ['local /v1/x', 'local /v1/x'], url)
      }
    })

    it('an escalation of a committed file runs nothing, calls nobody, and is told where it says more than a name', async () => {
      const trace = join(playground.path, 'escalated')
      const url = originOf(elsewhere)
      playground.write({
        '.costflame/budgets.jsonc': `{ "version": 1,
  "escalations": { "lead": { "command": "touch ${trace}", "url": "${url}" } },
  "agents": { "a": {
    "limits": { "totalTokens": 1 }, "onExceed": "escalate",
    "escalation": { "command": "touch ${trace}", "url": "${url}" } } },
  "workspace": { "limits": { "costUsdPerRun": 0 }, "onExceed": "escalate", "escalation": "$(touch ${trace})" }
}`,
        '.costflame/config.jsonc': `{ "version": 1,
  "escalations": { "lead": { "command": "touch ${trace}", "url": "${url}" } },
  "upstreams": { "openai": "${originOf(local)}" },
  "allowedOrigins": ["https://evil.example"]
}`,
      })
      const { ready, child, ended } = await playground.serve()
      const post = (headers: Record<string, string> = {}) =>
        fetch(`${ready.proxy}/openai/v1/chat/completions`, {
          method: 'POST',
          headers: { 'x-costflame-agent': 'a', ...headers },
          body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hello' }] }),
        })
      for (let count = 0; count < 3; count++) assert.equal((await post()).status, 402)
      const socket = net.connect(Number(new URL(ready.proxy).port), '127.0.0.1')
      socket.write(
        `GET /openai/x HTTP/1.1\r\nHost: ${new URL(ready.proxy).host}\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n`,
      )
      assert.match(await readSocket(socket), /^HTTP\/1\.1 403/)
      child.kill('SIGTERM')
      const { code, stderr } = await ended
      assert.equal(code, 0)
      assert.match(stderr, /config\.jsonc:2:3: unknown key "escalations"/)
      assert.match(stderr, /config\.jsonc:4:3: unknown key "allowedOrigins"/)
      assert.equal(existsSync(trace), false)
      assert.equal(reached.includes('elsewhere'), false)
    })
  })
})

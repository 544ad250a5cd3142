// Who may call through the proxy, what its records show, and how it reaches the upstream.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import type * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { REDACTED } from '../../profiler-agent/capture/redact'
import {
  type Harness,
  KEY,
  listen,
  portOf,
  type Script,
  TOKEN,
  text,
  useHarness,
} from '../support/proxy-harness'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/test-certificate'

describe('proxy access', () => {
  const start = useHarness()

  describe('who may call', () => {
    const ok: Script = (_req, res) => res.end('ok')

    it('refuses foreign names and web pages', async () => {
      const proxy = await start(ok)
      const status = async (headers: http.OutgoingHttpHeaders) =>
        (await proxy.send('/openai/x', { headers })).status
      assert.equal(await status({ host: `localhost:${proxy.port}` }), 200)
      assert.equal(await status({ host: `evil.example:${proxy.port}` }), 403)
      assert.equal(await status({ origin: 'https://evil.example' }), 403)
      assert.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403)
      assert.equal(proxy.received.length, 1)
    })

    it('goes to a foreign upstream only with the token', async () => {
      const other = await listen((_req, res) => res.end('other'))
      const upstream = `http://127.0.0.1:${portOf(other)}`
      const proxy = await start(ok)
      const named = { 'x-costflame-upstream': upstream }
      assert.equal((await proxy.send('/openai/x', { headers: named })).status, 401)
      assert.equal((await proxy.send(`/openai/@127.0.0.1:${portOf(other)}/x`)).status, 401)
      const wrong = { ...named, 'x-costflame-token': 'wrong' }
      assert.equal((await proxy.send('/openai/x', { headers: wrong })).status, 401)
      const right = { ...named, 'x-costflame-token': TOKEN }
      assert.equal(text((await proxy.send('/openai/x', { headers: right })).body), 'other')
      const [exchange] = await proxy.settled()
      assert.deepEqual(
        [exchange?.provider, exchange?.url],
        [`custom:127.0.0.1:${portOf(other)}`, `${upstream}/x`],
      )
      assert.equal(JSON.stringify(exchange?.requestHeaders).includes('costflame'), false)
      other.closeAllConnections()
      other.close()
    })

    it('needs the token for every call when it does not listen on loopback', async () => {
      const proxy = await start(ok, { host: '0.0.0.0' })
      assert.equal((await proxy.send('/openai/x')).status, 401)
      assert.equal((await proxy.send('/openai/x', { headers: { 'x-costflame-token': TOKEN } })).status, 200)
    })

    it('does not call itself', async () => {
      const upstreams: Record<string, string> = {}
      const proxy = await start(ok, { upstreams })
      upstreams.openai = `http://localhost:${proxy.port}/openai`
      assert.equal((await proxy.send('/openai/x')).status, 508)
    })
  })

  describe('records', () => {
    it('mask a key in headers, URL, both bodies and the error, compressed or not', async () => {
      const echo = JSON.stringify({ error: { message: `Incorrect key ${KEY}` } })
      const proxy = await start((req, res) => {
        const isZipped = req.headers['accept-encoding'] === 'gzip'
        res.writeHead(401, {
          'content-type': 'application/json',
          'x-echo': KEY,
          ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
        })
        res.end(isZipped ? gzipSync(echo) : echo)
      })
      const body = JSON.stringify({ messages: [{ content: `my key is ${KEY}, really` }] })
      const url = `/openai/v1/x?key=${KEY}`
      const headers = { 'x-api-key': KEY, 'x-costflame-command': `node a.js ${KEY} --password hunter2` }
      const plain = await proxy.send(url, { method: 'POST', headers }, body)
      const zipped = await proxy.send(
        url,
        { method: 'POST', headers: { ...headers, 'accept-encoding': 'gzip' } },
        body,
      )
      assert.equal(text(plain.body), echo)
      assert.equal(text(gunzipSync(zipped.body)), echo)
      assert.equal(text(proxy.received[0]?.body), body)
      for (const exchange of await proxy.settled()) {
        // What is to be masked is told to the worker beside what is kept.
        const { requestBody, responseBody, secrets: _secrets, ...rest } = exchange
        assert.equal(JSON.stringify(rest).includes(KEY), false)
        assert.equal(rest.attribution.command, `node a.js ${REDACTED} --password ${REDACTED}`)
        assert.deepEqual(JSON.parse(text(requestBody)), {
          messages: [{ content: `my key is ${REDACTED}, really` }],
        })
        assert.deepEqual(JSON.parse(text(responseBody)), { error: { message: `Incorrect key ${REDACTED}` } })
        assert.equal(exchange.responseHeaders['content-encoding'], undefined)
        assert.equal(requestBody.byteLength, requestBody.buffer.byteLength)
        assert.equal(responseBody.byteLength, responseBody.buffer.byteLength)
      }
    })

    it('announce a call before they record it, with the same id and run', async () => {
      const started: string[] = []
      const proxy = await start((_req, res) => res.end('ok'), {
        onStart: (call) => started.push(`${call.id} ${call.runId} ${call.provider}`),
      })
      await proxy.send('/r/run-1/openai/v1/x', { method: 'POST' })
      await proxy.send('/openai/v1/x')
      const ids = (await proxy.settled()).map((exchange) => exchange.id)
      assert.deepEqual(started, [`${ids[0]} run-1 openai`, `${ids[1]} unnamed openai`])
    })
  })

  describe('the way to the upstream', () => {
    it('goes through HTTP_PROXY except for NO_PROXY, duplicate headers and all', async () => {
      const seen: string[] = []
      const forward = await listen((req, res) => {
        seen.push(`${req.url} ${req.rawHeaders.filter((_, index, all) => all[index - 1] === 'X-Dup').join()}`)
        res.end('through the proxy')
      })
      const direct = await listen((_req, res) => res.end('direct'))
      const env = { HTTP_PROXY: `http://127.0.0.1:${portOf(forward)}`, NO_PROXY: '0.0.0.0' }
      // 0.0.0.0 is a loopback address that we do not take out of the proxy by ourselves.
      const upstreams = { openai: 'http://llm.invalid', groq: `http://0.0.0.0:${portOf(direct)}` }
      const proxy = await start(() => undefined, { env, upstreams })
      const headers = ['Host', `127.0.0.1:${proxy.port}`, 'X-Dup', '1', 'X-Dup', '2']
      assert.equal(text((await proxy.send('/openai/v1/x', { headers })).body), 'through the proxy')
      assert.equal(text((await proxy.send('/groq/v1/x', { headers })).body), 'direct')
      assert.deepEqual(seen, ['http://llm.invalid/v1/x 1,2'])
      await stopped(proxy, forward, direct)
    })

    it('tunnels TLS through HTTPS_PROXY and trusts the certificates of SSL_CERT_FILE', async () => {
      const upstream = https.createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (req, res) => {
        res.end(req.rawHeaders.filter((_, index, all) => all[index - 1] === 'X-Dup').join())
      })
      upstream.listen(0, '127.0.0.1')
      await once(upstream, 'listening')
      const tunnels: string[] = []
      const forward = await listen(() => undefined)
      forward.on('connect', (req: http.IncomingMessage, client: net.Socket) => {
        tunnels.push(req.url ?? '')
        const target = net.connect(portOf(upstream), '127.0.0.1', () => {
          client.write('HTTP/1.1 200 OK\r\n\r\n')
          target.pipe(client).pipe(target)
        })
        for (const socket of [client, target]) socket.on('error', () => undefined)
      })
      const env = {
        HTTPS_PROXY: `http://127.0.0.1:${portOf(forward)}`,
        SSL_CERT_FILE: await fileWith(TEST_CERTIFICATE),
      }
      const named = `https://llm.test:${portOf(upstream)}`
      const proxy = await start(() => undefined, { env, upstreams: { openai: named } })
      const headers = ['Host', `127.0.0.1:${proxy.port}`, 'X-Dup', '1', 'X-Dup', '2']
      assert.equal(text((await proxy.send('/openai/v1/x', { headers })).body), '1,2')
      assert.deepEqual(tunnels, [`llm.test:${portOf(upstream)}`])
      await stopped(proxy, forward)

      const numbered = { openai: `https://127.0.0.1:${portOf(upstream)}` }
      const trusting = await start(() => undefined, {
        env: { SSL_CERT_FILE: env.SSL_CERT_FILE },
        upstreams: numbered,
      })
      assert.equal((await trusting.send('/openai/v1/x')).status, 200)
      await stopped(trusting)
      const wary = await start(() => undefined, { upstreams: numbered })
      const answer = await wary.send('/openai/v1/x')
      assert.equal(answer.status, 502)
      assert.match(
        text(answer.body),
        /certificate is not trusted: name your CA in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE/,
      )
      await stopped(wary, upstream)
    })

    it('carries 200 streams at once', async () => {
      const waiting: http.ServerResponse[] = []
      const proxy = await start((_req, res) => {
        waiting.push(res)
        res.write('a')
        if (waiting.length === 200) for (const one of waiting) one.end('b')
      })
      const calls = Array.from({ length: 200 }, () => proxy.send('/openai/v1/x', { method: 'POST' }, '{}'))
      for (const answer of await Promise.all(calls)) assert.equal(text(answer.body), 'ab')
    })
  })
})

async function stopped(proxy: Harness, ...servers: (http.Server | https.Server)[]): Promise<void> {
  await proxy.stop()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
}

async function fileWith(content: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'costflame-proxy-')), 'ca.pem')
  await writeFile(file, content)
  return file
}

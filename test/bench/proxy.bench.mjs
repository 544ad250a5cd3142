// The proxy with capture on beside a bare Node pipe, both before the same upstream, in turns.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { figure, percentile } from './statistics.mjs'

const ROUNDS = 3
const CALLS = 400
const CONNECTIONS = 32
const REQUEST = JSON.stringify({
  model: 'gpt-5.4',
  messages: [{ role: 'user', content: 'hello '.repeat(400) }],
})
const REPLY = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  model: 'gpt-5.4',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 400, completion_tokens: 2, total_tokens: 402 },
})

export async function* measure(dist) {
  const upstream = await listening(http.createServer(answer))
  const pipe = await listening(http.createServer((req, res) => pipeTo(upstream.port, req, res)))
  const profiler = await startProfiler(dist, upstream.port)
  const targets = { pipe: `http://127.0.0.1:${pipe.port}`, ours: `${profiler.proxy}/openai` }
  try {
    const single = await inTurns(targets, (url) => latencies(url, CALLS, 1))
    yield figure(
      'proxy.latency.p50',
      'ms',
      percentile(single.ours, 0.5),
      percentile(single.pipe, 0.5),
      'bare pipe',
    )
    const many = await inTurns(targets, async (url) => [await throughput(url)])
    yield figure(
      'proxy.throughput.32',
      'calls/s',
      percentile(many.ours, 0.5),
      percentile(many.pipe, 0.5),
      'bare pipe',
    )
  } finally {
    profiler.stop()
    upstream.server.close()
    pipe.server.close()
  }
}

function answer(req, res) {
  req.resume().once('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end(REPLY))
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })

function pipeTo(port, req, res) {
  const { method, url, headers } = req
  const up = http.request({ port, host: '127.0.0.1', method, path: url, headers, agent }, (reply) => {
    res.writeHead(reply.statusCode, reply.headers)
    reply.pipe(res)
  })
  req.pipe(up)
}

async function listening(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: server.address().port }
}

async function startProfiler(dist, upstreamPort) {
  const data = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const options = ['--data', data, '--upstream', `openai=http://127.0.0.1:${upstreamPort}`]
  const child = spawn(process.execPath, [join(dist, 'costflame.js'), 'serve', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const stop = () => {
    child.once('exit', () => rmSync(data, { recursive: true, force: true }))
    child.kill()
  }
  return { ...JSON.parse(line), stop }
}

/** One warm-up of each, then each target once a round, so that noise meets both alike. */
async function inTurns(targets, measureOne) {
  const values = { pipe: [], ours: [] }
  for (let round = -1; round < ROUNDS; round++)
    for (const name of ['pipe', 'ours']) {
      const measured = await measureOne(targets[name])
      if (round >= 0) values[name].push(...measured)
    }
  return values
}

async function latencies(url, calls) {
  const times = []
  for (let call = 0; call < calls; call++) {
    const start = performance.now()
    await post(url)
    times.push(performance.now() - start)
  }
  return times
}

async function throughput(url) {
  const start = performance.now()
  await Promise.all(Array.from({ length: CONNECTIONS }, () => latencies(url, 60)))
  return (CONNECTIONS * 60) / ((performance.now() - start) / 1000)
}

function post(url) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(REQUEST) }
    const req = http.request(`${url}/v1/chat/completions`, { method: 'POST', headers, agent }, (res) => {
      res.resume().once('end', resolve)
    })
    req.once('error', reject).end(REQUEST)
  })
}

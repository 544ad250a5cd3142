// The proxy with capture on beside a bare Node pipe before the same upstream, each a process of its own, in short turns.
// With `--full`: more rounds, and memory after 10,000 and 50,000 calls instead of a tenth of them.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callsInTurn, longCalls, throughput } from './proxy-load.mjs'
import { scriptOfBench, startProcess } from './proxy-process.mjs'
import { figure, percentile } from './statistics.mjs'

const CONNECTIONS = 32
/** V8 compiles anew what runs often, in threads that take the cores from the calls, the last of it after so many: neither side is measured before. */
const UNTIL_COMPILED = 30_000
const PIPE = 'bare pipe'

/** What the names of its figures begin with. */
export const figures = ['proxy']

export async function* measure(dist, { full }) {
  const upstream = await startProcess([scriptOfBench('proxy-upstream.mjs')])
  const pipe = await startProcess([scriptOfBench('proxy-pipe.mjs'), String(upstream.ready.port)])
  const ours = await startOurs(dist, upstream)
  const bench = { pipe, ours, scale: full ? 3 : 1 }
  bench.urls = { pipe: `http://127.0.0.1:${pipe.ready.port}`, ours: `${ours.ready.proxy}/openai` }
  try {
    yield* latency(bench)
    yield* firstByte(bench)
    yield* underLoad(bench)
    yield* longBodies(bench)
    await ours.stop()
    yield* memory(() => startOurs(dist, upstream), full ? 10_000 : 1000)
  } finally {
    await Promise.all([upstream, pipe, ours].map(({ stop }) => stop()))
  }
}

/** The proxy on a data folder of its own, which goes with it. */
async function startOurs(dist, upstream) {
  const data = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const to = `openai=http://127.0.0.1:${upstream.ready.port}`
  const ours = await startProcess([
    join(dist, 'costflame.js'),
    ...['serve', '--data', data, '--upstream', to],
  ])
  let stopped
  const stop = () => {
    stopped ??= ours.stop().finally(() => rmSync(data, { recursive: true, force: true }))
    return stopped
  }
  return { ...ours, stop }
}

async function* latency(bench) {
  const rounds = await inTurns(bench, 20 * bench.scale, async (url) => {
    const times = (await callsInTurn(url, 50)).map(({ whole }) => whole)
    return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
  })
  yield beside('proxy.latency.p50', 'ms', rounds, 'p50')
  yield beside('proxy.latency.p99', 'ms', rounds, 'p99')
}

async function* firstByte(bench) {
  const rounds = await inTurns(bench, 20 * bench.scale, async (url) => {
    const times = await callsInTurn(url, 50, 'stream')
    return {
      first: percentile(
        times.map(({ first }) => first),
        0.5,
      ),
    }
  })
  yield beside('proxy.stream.first-byte.p50', 'ms', rounds, 'first')
}

async function* underLoad(bench) {
  const { pipe, ours } = bench
  for (const url of Object.values(bench.urls)) await throughput(url, UNTIL_COMPILED, CONNECTIONS)
  await ours.startGauge()
  await pipe.startGauge()
  // So short turns differ by a fifth from one pair to the next.
  const rounds = await inTurns(bench, 24 * bench.scale, async (url) => ({
    rate: await throughput(url, 1000, CONNECTIONS),
  }))
  yield beside(`proxy.throughput.${CONNECTIONS}`, 'calls/s', rounds, 'rate')
  const [delay, bare] = [await ours.gauge(), await pipe.gauge()].map(({ loopDelayMs }) => loopDelayMs)
  yield figure('proxy.loop-delay.p99', 'ms', delay, bare, PIPE)
}

/** Bodies of 20 MB among the calls of 31 other connections. */
async function* longBodies({ pipe, ours, urls, scale }) {
  const delays = { pipe: [], ours: [] }
  for (let round = 0; round < 2 * scale; round++)
    for (const [name, { startGauge, gauge }] of Object.entries({ pipe, ours })) {
      await stored(ours.ready)
      await startGauge()
      await Promise.all([longCalls(urls[name], 4), throughput(urls[name], 2000, CONNECTIONS - 1)])
      delays[name].push(await gauge())
    }
  const median = (name, key) =>
    percentile(
      delays[name].map((delay) => delay[key]),
      0.5,
    )
  const row = (what, key) =>
    figure(`proxy.loop-delay.20-mb.${what}`, 'ms', median('ours', key), median('pipe', key), PIPE)
  yield row('p99', 'loopDelayMs')
  yield row('longest', 'longestDelayMs')
}

/** Of a process that has just been started, once what was recorded is stored. */
async function* memory(start, calls) {
  const ours = await start()
  const after = async (more) => {
    await throughput(`${ours.ready.proxy}/openai`, more, CONNECTIONS)
    await stored(ours.ready)
    return (await ours.gauge()).rss
  }
  const few = await after(calls)
  const many = await after(4 * calls)
  await ours.stop()
  yield figure(`proxy.rss.${5 * calls}`, 'MB', many / 1e6, few / 1e6, `after ${calls} calls`)
}

/** The end of a run, of one that nobody has begun, is answered when everything before it is in the store, analysed and told. */
async function stored({ proxy, token }) {
  const body = JSON.stringify({ type: 'runEnd', runId: 'between-turns', endedAt: Date.now() })
  const headers = { 'x-costflame-token': token }
  const reply = await fetch(`${proxy}/ingest`, { method: 'POST', headers, body })
  if (!reply.ok) throw new Error(`ingest answered ${reply.status}`)
}

/**
 * One warm-up of each, then pairs; who goes first changes with each pair. Between turns everything is stored and analysed: what
 * our worker is behind with is not to slow down the pipe.
 */
async function inTurns({ urls, ours }, rounds, measureOne) {
  const measured = []
  for (let round = -1; round < rounds; round++) {
    const names = round % 2 === 0 ? ['pipe', 'ours'] : ['ours', 'pipe']
    const pair = {}
    for (const name of names) {
      await stored(ours.ready)
      pair[name] = await measureOne(urls[name])
    }
    if (round >= 0) measured.push(pair)
  }
  return measured
}

/** Medians of both sides, and the median of the ratios within the pairs: noise that lasts meets both of a pair. */
function beside(name, unit, rounds, key) {
  const median = (measured) => percentile(rounds.map(measured), 0.5)
  const ratio = median(({ ours, pipe }) => ours[key] / pipe[key])
  return figure(
    name,
    unit,
    median(({ ours }) => ours[key]),
    median(({ pipe }) => pipe[key]),
    PIPE,
    ratio,
  )
}

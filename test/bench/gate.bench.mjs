// What budgets that block cost a call: the proxy with such a file beside the same proxy without one, in short turns, and the decision
// alone beside parsing the same request.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { callsInTurn } from './proxy-load.mjs'
import { scriptOfBench, startProcess } from './proxy-process.mjs'
import { figure, percentile } from './statistics.mjs'

const CASES = [
  ['conversation', 2_000],
  ['conversation', 200_000],
  ['openings', 2_000],
  ['openings', 50_000],
]
const ROUNDS = 5
/** Every kind of limit that a call can be held against by counting; none is reached. */
const BUDGET = {
  version: 1,
  agents: {
    helper: { limits: { totalTokens: 1e9, modelCalls: 1e6 }, onExceed: 'block' },
  },
  workflows: { w: { rootAgent: 'helper', limits: { totalTokens: 1e9 }, onExceed: 'block' } },
  workspace: { limits: { costUsdPerRun: 1e6, costUsdPerDay: 1e6 }, onExceed: 'block' },
}

/** What the names of its figures begin with. */
export const figures = ['gate']

export async function* measure(dist, { full }) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    yield* decisions(folder)
    yield* latency(dist, folder, full ? 60 : 20)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function* decisions(folder) {
  const outfile = join(folder, 'gate-decisions.cjs')
  buildSync({
    entryPoints: [fileURLToPath(new URL('gate-decisions.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', format: 'cjs', mainFields: ['module', 'main'] },
    ...{ target: 'node22', minify: true },
  })
  for (const [name, bytes] of CASES) {
    const rounds = Array.from({ length: ROUNDS }, () =>
      JSON.parse(spawnSync(process.execPath, [outfile, name, String(bytes)], { encoding: 'utf8' }).stdout),
    )
    const best = (key) => Math.min(...rounds.map((round) => round[key]))
    yield figure(
      `gate.decision.${name}${bytes}`,
      'ms',
      best('decided'),
      best('parsed'),
      'JSON.parse of the same bytes',
    )
  }
}

async function* latency(dist, folder, rounds) {
  const budget = join(folder, 'budgets.jsonc')
  const none = join(folder, 'none.jsonc')
  writeFileSync(budget, JSON.stringify(BUDGET))
  writeFileSync(none, '{ "version": 1 }')
  const upstream = await startProcess([scriptOfBench('proxy-upstream.mjs')])
  const to = `openai=http://127.0.0.1:${upstream.ready.port}`
  const serve = (file, data) =>
    startProcess([
      join(dist, 'costflame.js'),
      'serve',
      '--data',
      join(folder, data),
      '--budget',
      file,
      '--upstream',
      to,
    ])
  const [held, free] = [await serve(budget, 'held'), await serve(none, 'free')]
  try {
    const pairs = []
    for (let round = -1; round < rounds; round++) {
      const pair = {}
      for (const [name, { ready }] of round % 2 === 0
        ? [
            ['held', held],
            ['free', free],
          ]
        : [
            ['free', free],
            ['held', held],
          ])
        pair[name] = percentile(
          (await callsInTurn(`${ready.proxy}/openai`, 50)).map(({ whole }) => whole),
          0.5,
        )
      if (round >= 0) pairs.push(pair)
    }
    const median = (of) => percentile(pairs.map(of), 0.5)
    const what = 'the same proxy without a budget'
    yield figure(
      'gate.latency.p50',
      'ms',
      median((pair) => pair.held),
      median((pair) => pair.free),
      what,
    )
    yield figure(
      'gate.added.p50',
      'ms',
      median((pair) => pair.held - pair.free),
      0.1,
      'what it may add',
    )
  } finally {
    await Promise.all([upstream, held, free].map(({ stop }) => stop()))
  }
}

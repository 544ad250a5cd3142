// 1,000 runs of 100 calls: what the sums over all of them take, as a user waits for them, beside only fetching the rows from SQLite.

import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { figure } from './statistics.mjs'

const RUNS = 1000
const CALLS = 100
const ROUNDS = 5
const START = Date.UTC(2026, 10, 2, 8)
const REPORTS = ['week,intent', 'callsite', 'tool']

/** What the names of its figures begin with. */
export const figures = ['report']

export async function* measure(dist) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    await writeRuns(folder)
    for (const by of REPORTS) {
      const command = [join(dist, 'costflame.js'), 'report', '--data', folder, '--by', by, '--json']
      const report = best(() => {
        const { status, stderr } = spawnSync(process.execPath, command, { maxBuffer: 1e9 })
        if (status !== 0) throw new Error(String(stderr))
      })
      const what = 'the same rows from SQLite, as they are'
      yield figure(
        `report.${by.replace(',', '.')}`,
        'ms',
        report,
        best(() => fetchRows(folder)),
        what,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function best(work) {
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now()
    work()
    return performance.now() - started
  })
  return Math.min(...times)
}

function fetchRows(folder) {
  const database = new DatabaseSync(join(folder, 'costflame.db'), { readOnly: true })
  const rows = database.prepare('SELECT * FROM calls JOIN spans ON spans.key = calls.span').all()
  if (rows.length !== RUNS * CALLS) throw new Error(`${rows.length} calls`)
  database.close()
}

/** The store is no bundle of its own. */
async function writeRuns(folder) {
  const store = join(
    dirname(fileURLToPath(import.meta.url)),
    '..',
    '..',
    'profiler-agent',
    'store',
    'store.ts',
  )
  const outfile = join(folder, 'store.mjs')
  await build({
    entryPoints: [store],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  const { openStore } = await import(pathToFileURL(outfile).href)
  const opened = openStore(folder)
  for (let run = 0; run < RUNS; run++) opened.transaction(() => writeRun(opened, run))
  opened.close()
}

function writeRun(store, number) {
  const id = `run-${number}`
  const startedAt = START + number * 600_000
  store.addRun({ id, name: 'node agent.mjs', startedAt, tags: {}, defaults: {} })
  const labels = {
    ...{
      runId: id,
      parentBasis: 'traffic',
      status: 'ok',
      attributes: {},
      agent: 'desk',
      agentVersion: '1a2b3c4d',
    },
    ...{ intent: `intent-${number % 5}`, tenant: `tenant-${number % 50}`, session: `s-${number}` },
  }
  const agent = {
    ...labels,
    id: `${randomUUID()}.agent`,
    kind: 'agent',
    name: 'desk',
    startedAt,
    endedAt: startedAt,
  }
  const spans = [
    agent,
    ...Array.from({ length: CALLS }, (_, call) => spansOf(labels, agent.id, startedAt, call)).flat(),
  ]
  store.write(id, { spans, contents: [] }, startedAt)
}

function spansOf(labels, parentId, runStart, number) {
  const id = randomUUID()
  const startedAt = runStart + number * 1000
  const step = {
    ...labels,
    id: `${id}.step`,
    parentId,
    kind: 'step',
    name: `step ${number}`,
    step: `step ${number}`,
  }
  const frame = { file: `src/agent-${number % 5}.mjs`, line: 10 + (number % 9), column: 3 }
  const times = { startedAt, endedAt: startedAt + 900 }
  const chat = { kind: 'chat', name: 'chat gpt-5-mini', callSite: { ...frame, stack: [frame] } }
  return [
    { ...step, ...times },
    {
      ...step,
      ...times,
      ...chat,
      id,
      parentId: step.id,
      call: { prompt: [], reply: [], modelCall: modelCallOf(id, number) },
    },
  ]
}

function modelCallOf(logicalId, number) {
  const [uncached, cached, output] = [1000 + number * 37, number * 900, 100 + (number % 50)]
  const byBucket = {
    uncachedInput: uncached * 250_000,
    cacheRead: cached * 25_000,
    cacheWrite: 0,
    output: output * 2_000_000,
    units: 0,
  }
  const picoUsd = byBucket.uncachedInput + byBucket.cacheRead + byBucket.output
  const writes = { '5m': null, '30m': null, '1h': null, '12h': null, unknown: null }
  return {
    ...{
      provider: 'openai',
      wireFormat: 'openai-chat',
      endpoint: '/v1/chat/completions',
      requestModel: 'gpt-5-mini',
    },
    ...{ stream: false, billed: true, attempt: { logicalId, number: 1 }, httpStatus: 200 },
    usage: {
      ...{ inputTokens: uncached + cached, uncachedInputTokens: uncached, cacheReadTokens: cached },
      ...{
        cacheWriteTokens: writes,
        outputTokens: output,
        units: {},
        origin: 'reported',
        raw: { prompt_tokens: uncached + cached },
      },
    },
    cost: {
      ...{ picoUsd, usd: picoUsd / 1e12, source: 'catalog', byBucket, prices: {}, book: 'bench' },
      ...{ pricedAt: new Date(START).toISOString(), pricedAtBasis: 'call' },
    },
  }
}

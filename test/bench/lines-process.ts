// What `lines.bench.mjs` runs: what the editor asks of the code, out of a store with 10,000 calls, and the processor time that took.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { CodeAnswers, type CodeQuestion } from '../../profiler-agent/code-costs/code-answers'
import { RunView } from '../../profiler-agent/run-view'
import { readRuns } from '../../profiler-agent/store/reader'
import { openStore } from '../../profiler-agent/store/store'
import { RecordedLines } from '../support/recorded-lines'

const RUNS = 50
const CALLS = 200
const LINES = 20
const ROUNDS = 5

async function measured(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const store = openStore(folder)
  try {
    const recorded = new RecordedLines(store)
    store.transaction(() => {
      for (let run = 0; run < RUNS; run++) recordRun(recorded, `run ${run}`, CALLS)
      recordRun(recorded, 'live', 1)
    })
    const view = new RunView(
      store,
      async () => ({ count: (text) => Math.ceil(text.length / 4) }),
      (id) => id === 'live',
    )
    const budgets = readBudgetFile('')
    const answers = () => new CodeAnswers({ view, budgetFile: () => budgets })
    for (const run of readRuns(store)) view.summary(run)
    const known = answers()
    await known.of({ ask: 'lines' })
    const line = { ask: 'line', runId: 'run 7', file: 'src/desk-3.ts', line: 13 } as const
    const answer = JSON.stringify(await known.of({ ask: 'lines' }))
    const ask = (question: CodeQuestion) => least(() => known.of(question))
    return {
      first: await least(() => answers().of({ ask: 'lines' })),
      again: await ask({ ask: 'lines' }),
      grown: await least(
        () => known.of({ ask: 'lines' }),
        () => recordCall(recorded, 'live', 0),
      ),
      line: await ask(line),
      parse: await least(() => JSON.parse(answer)),
    }
  } finally {
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As long as those of code in the middle of a file. */
const AROUND = Array.from({ length: 24 }, (_, index) => (9_000_000 + index * 7919).toString(36))

function recordRun(recorded: RecordedLines, id: string, calls: number): void {
  recorded.run({ id, gitCommit: '0123456789012345678901234567890123456789' })
  recorded.scope(id, { id: `${id} desk`, kind: 'agent', name: 'desk', agent: 'desk' })
  for (let call = 0; call < calls; call++) recordCall(recorded, id, call)
  const places = Array.from({ length: LINES }, (_, line) => ({
    ...{ file: fileOf(line), line: 10 + line, column: 9 },
    anchor: {
      ...{ code: `code ${line}`, function: `answer${line}`, before: AROUND, after: AROUND, parts: AROUND },
      ...{ above: `above ${line}`, below: `below ${line}` },
    },
  }))
  recorded.store.keepAnchors(id, places)
}

function fileOf(line: number): string {
  return `src/desk-${line}.ts`
}

function recordCall(recorded: RecordedLines, id: string, call: number): void {
  const line = call % LINES
  recorded.call(id, {
    at: `${fileOf(line)}:${10 + line}:9 answer${line}`,
    ...{ parentId: `${id} desk`, agent: 'desk', step: 'answer', model: 'large' },
    ...{ picoUsd: 1_000_000 + call, fresh: 1200, read: 800, output: 90 },
  })
}

/** The least of some rounds, in milliseconds of the processor. */
async function least(work: () => unknown, before: () => void = () => undefined): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    before()
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

void measured().then((figures) => process.stdout.write(JSON.stringify(figures)))

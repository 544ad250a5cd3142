import assert from 'node:assert/strict'
import {
  runDescription,
  runLabel,
  runLabels,
  runLines,
  runTooltip,
} from '../../../../extension/views/run-text'
import type { RunSummary } from '../../../../profiler-agent/feed/protocol'
import { usageOf } from '../../../../profiler-agent/model/usage'
import { plainWords } from '../../../support/plain-words'

const run: RunSummary = {
  id: 'r1',
  name: 'node desk.mjs --fast',
  startTime: '2026-11-20T09:00:00.000Z',
  active: false,
  totals: {
    calls: 12,
    attempts: 13,
    errors: 0,
    unpricedCalls: 0,
    usage: usageOf(
      { uncachedInputTokens: 30_000, cacheReadTokens: 4_000, outputTokens: 500 },
      'reported',
      null,
    ),
    cost: { picoUsd: 12_300_000_000, usd: 0.0123 },
  },
  findings: 0,
  revision: 1,
}

describe('a run in the list', () => {
  it('is described by cost, calls and tokens', () => {
    assert.equal(runDescription(run, plainWords), '$0.0123 · 12 calls · 34.5k tokens')
  })

  it('shows a cost that misses calls as a lower bound', () => {
    assert.equal(
      runDescription({ ...run, totals: { ...run.totals, unpricedCalls: 1 } }, plainWords),
      '≥ $0.0123 · 12 calls · 34.5k tokens',
    )
  })

  it('says in a tooltip what is known of it, and nothing of what is not', () => {
    const lines = runLines(
      { ...run, endTime: '2026-11-20T09:00:03.480Z', gitCommit: 'abcdef0123456789', findings: 2 },
      plainWords,
    )
    assert.deepEqual(lines.slice(1), [
      '$0.0123 · 12 calls · 34.5k tokens',
      '34,000 tokens in, 12 % cached',
      '500 tokens out',
      'Findings: 2',
      'Commit abcdef01',
    ])
    assert.match(lines[0] ?? '', /, 3\.48 s$/)
  })

  it('has nothing in its tooltip that is Markdown of others', () => {
    const text = runTooltip({ ...run, command: 'node [x](command:evil) **y**' }, plainWords)
    assert.equal(text.split('\n')[0], '**node \\[x\\]\\(command&#58;evil\\) \\*\\*y\\*\\***')
  })

  it('goes by its program, not by the interpreter', () => {
    assert.equal(runLabel(run), 'desk.mjs --fast')
    assert.equal(runLabel({ ...run, name: 'node -e 1' }), 'node -e 1')
    assert.equal(runLabel({ ...run, name: 'support desk' }), 'support desk')
  })

  it('goes by the name of its program, whatever folders that is in', () => {
    assert.equal(runLabel({ ...run, name: 'node agents/coding/agent.mjs src/x.ts' }), 'agent.mjs src/x.ts')
    assert.equal(runLabel({ ...run, name: 'C:\\agents\\agent.exe' }), 'agent.exe')
    assert.equal(runLabel({ ...run, name: '/venv/bin/python agents/agent.py' }), 'agent.py')
    assert.equal(runLabel({ ...run, name: 'npm run evaluate' }), 'npm run evaluate')
    assert.equal(runLabel({ ...run, name: 'agents/' }), 'agents/')
  })

  it('says the folders where two programs of a list would read the same', () => {
    const coding = { ...run, name: 'node coding/agent.mjs' }
    const again = { ...coding, id: 'r2' }
    const mail = { ...run, name: 'node mail/agent.mjs' }
    assert.equal(runLabels([coding, again, run])(coding), 'agent.mjs')
    assert.equal(runLabels([coding, again, mail])(coding), 'coding/agent.mjs')
    assert.equal(runLabels([coding, again, mail])(mail), 'mail/agent.mjs')
  })
})

// What the editor asks of the code, of a real profiler: calls on lines of a file that is edited between two runs.

import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LineCost } from '../../profiler-agent/model/line-cost'
import { feedAnswer } from '../support/feed-question'
import { type Rig, type Script, useRig } from '../support/profiler-rig'
import { temporaryFolder } from '../support/test-folders'
import { until } from '../support/until'

/** 1,000 tokens in, 100 out: 2,000,000,000 and 800,000,000 pico-dollars with this model. */
const MODEL = 'gpt-4.1'
const reply: Script = (_, res) => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
  const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }]
  res.setHeader('content-type', 'application/json')
  res.end(
    JSON.stringify({ id: `c${Math.random()}`, object: 'chat.completion', model: MODEL, choices, usage }),
  )
}

const CODE = `export async function plan(client, order) {
  const rules = await readRules('plan', order.kind)
  return client.chat.completions.create({ model: 'large', messages: [rules, order.text] })
}

export async function answer(client, question) {
  return client.chat.completions.create({ model: 'small', messages: [question] })
}
`

describe('lines of code in a real profiler', () => {
  const folder = temporaryFolder('code-costs')
  const file = join(folder.path, 'desk.mjs')
  const start = useRig()
  after(() => folder.remove())

  /** A run that begins later has seen the file as it is. */
  async function write(code: string): Promise<void> {
    writeFileSync(file, code)
    await until('a moment after the file was written', async () => Date.now() > statSync(file).ctimeMs + 1)
  }

  async function call({ base }: Rig, run: string, line: number): Promise<void> {
    const callSite = [encodeURIComponent(file), line, 10].join(':')
    const response = await fetch(`${base}/r/${run}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-costflame-agent': 'desk',
        'x-costflame-callsite': callSite,
      },
      body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: `${run} ${line}` }] }),
    })
    assert.equal(response.status, 200, await response.text())
  }

  const picture = (lines: readonly LineCost[]) =>
    lines.map(({ callSite, runId, totals, past }) =>
      [
        `${callSite.file}:${callSite.line} in ${runId}: ${totals.calls}, ${totals.cost?.picoUsd}`,
        ...past.map((run) => `${run.runId} ${run.picoUsd}`),
      ].join(' · '),
    )

  it('are the same where they moved, and add up to what their agent and the day have cost', async () => {
    const rig = await start(reply, { root: folder.path })
    const { ready } = rig.profiler
    const linesWhen = (isWanted: (lines: readonly LineCost[]) => boolean) =>
      until('the lines', async () => {
        const { lines } = await feedAnswer<'lines'>(ready, { ask: 'lines' })
        return isWanted(lines) && lines.every(({ anchor }) => anchor !== undefined) && lines
      })
    await write(CODE)
    for (const line of [3, 3, 7]) await call(rig, 'first', line)
    await linesWhen((lines) => lines.length === 2 && lines[0]?.totals.calls === 2)
    await write(`// Two more lines.\n\n${CODE}`)
    await call(rig, 'second', 5)
    const lines = await linesWhen((found) => found.some(({ runId }) => runId === 'second'))
    assert.deepEqual(picture(lines).sort(), [
      'desk.mjs:5 in second: 1, 2800000000 · second 2800000000 · first 5600000000',
      'desk.mjs:7 in first: 1, 2800000000 · first 2800000000',
    ])

    const { agents } = await feedAnswer<'agents'>(ready, { ask: 'agents' })
    assert.deepEqual(
      agents.map(({ agent, invocations, totals }) => [
        agent,
        invocations > 0,
        totals.calls,
        totals.cost?.picoUsd,
      ]),
      [['desk', true, 4, 11_200_000_000]],
    )
    const { spent } = await feedAnswer<'spentToday'>(ready, { ask: 'spentToday' })
    // A test may run over midnight.
    if (spent.calls === 4) assert.deepEqual([spent.picoUsd, spent.atLeast], [11_200_000_000, false])
    const { detail } = await feedAnswer<'line'>(ready, {
      ask: 'line',
      runId: 'first',
      file: 'desk.mjs',
      line: 3,
    })
    assert.deepEqual(detail?.byCache, [
      { kind: 'fresh', tokens: 2000, picoUsd: 4_000_000_000 },
      { kind: 'none', tokens: 200, picoUsd: 1_600_000_000 },
    ])
  })
})

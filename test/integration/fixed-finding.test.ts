// A user fixes what a finding says and runs again: the end of the run says what was predicted and what came of it.

import assert from 'node:assert/strict'
import type { FindingOutcome } from '../../profiler-agent/model/finding-outcome'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const MANUAL = 'Refunds are paid within ten days of the parcel being returned. '.repeat(900)

/** Asks six times; the time of day stands before the manual, or behind it. */
const agent = (system: string) => `
const manual = ${JSON.stringify(MANUAL)}

async function answer(question, now) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ' + process.env.OPENAI_API_KEY },
    body: JSON.stringify({
      model: 'gpt-5.4',
      messages: [{ role: 'system', content: ${system} }, { role: 'user', content: question }],
    }),
  })
  return (await response.json()).choices[0].message.content
}

for (let minute = 10; minute < 16; minute++) await answer('Where is order ' + minute + '?', '2026-11-22T10:' + minute + ':00Z')
`
const WASTEFUL = agent('now + " " + manual')
// biome-ignore lint/style/useTemplate: it is the program's own text
const FIXED = '\n// The time stands at the end now.\n' + agent('manual + " " + now')

describe('a finding that was fixed', function () {
  this.timeout(120_000)
  const playground = new Playground({ 'agent.mjs': WASTEFUL })
  let simulator: Simulator

  before(async () => {
    const { count } = await loadTokenizer(inRepository('dist'))
    simulator = await startSimulator({ port: 0, countTokens: count })
  })

  after(async () => {
    await simulator.close()
    await playground.remove()
  })

  const run = async (apiKey: string) => {
    const { code, stderr } = await playground.run(['run', '--', process.execPath, 'agent.mjs'], {
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      OPENAI_API_KEY: apiKey,
    })
    assert.equal(code, 0, stderr)
    return stderr
  }

  it('is open while the program is as it was, and no longer found with what it saves after the fix', async () => {
    assert.match(await run('sk-first-0123456789'), /\[cache\/volatile-prefix\]/)
    const again = await run('sk-second-0123456789')
    const [, predicted] =
      /still open since the run before: 1 finding, \$([\d.]+) a run/.exec(again) ?? assert.fail(again)

    playground.write({ 'agent.mjs': FIXED })
    const after = await run('sk-third-0123456789')
    assert.doesNotMatch(after, /\[cache\/|still open/)
    const said =
      /no longer found since the run before: cache\/volatile-prefix at agent\.mjs:\d+: saves \$([\d.]+) a run, \$([\d.]+) was predicted/.exec(
        after,
      ) ?? assert.fail(after)
    assert.equal(said[2], predicted)
    assert.ok(Math.abs(Number(said[1]) / Number(said[2]) - 1) < 0.05, after)

    const { stdout } = await playground.run(['findings', '--format', 'json'])
    const { findings, outcomes } = JSON.parse(stdout)
    assert.deepEqual(findings, [])
    assert.deepEqual(
      outcomes.map(({ rule, state, calls }: FindingOutcome) => [rule, state, calls]),
      [['cache/volatile-prefix', 'gone', { before: 6, after: 6 }]],
    )
  })
})

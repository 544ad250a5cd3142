// The demo that the extension brings along, in both languages: one finding whose own change saves what it promises in the next run.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { LANGUAGES, PROGRAMS, REPLIES } from '../../extension/demo/demo-project'
import type { Finding } from '../../profiler-agent/model/finding'
import { editedText } from '../../profiler-agent/places/edits/edited-text'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const fileOf = (name: string) => readFileSync(inRepository('extension', 'demo', 'project', name), 'utf8')
const COMMANDS = { javascript: process.execPath, python: 'python3' } as const
/** For twelve calls of a prompt of about 2,600 tokens. */
const PROMISED_PICO_USD = 63_360_000_000

describe('the demo that the extension brings along', function () {
  this.timeout(180_000)

  for (const language of LANGUAGES)
    it(`costs a quarter, in ${language}, once its finding's own change is made`, async () => {
      const program = PROGRAMS[language]
      const playground = new Playground({
        [program]: fileOf(program),
        'handbook.md': fileOf('handbook.md'),
        [REPLIES]: fileOf(REPLIES),
      })
      try {
        const before = await profiled(playground, COMMANDS[language], program)
        assert.deepEqual(
          before.findings.map(({ rule, location }) => [rule, location?.file]),
          [['cache/volatile-prefix', program]],
        )
        const [finding] = before.findings
        assert.equal(finding?.saving?.picoUsd, PROMISED_PICO_USD)
        const mended = editedText(fileOf(program), finding?.fix?.edits ?? []) ?? assert.fail('no edits')
        assert.notEqual(mended, fileOf(program))
        playground.write({ [program]: mended })

        const after = await profiled(playground, COMMANDS[language], program)
        assert.deepEqual(after.findings, [])
        assert.equal(after.calls, 12)
        const saved = before.picoUsd - after.picoUsd
        assert.ok(Math.abs(saved / PROMISED_PICO_USD - 1) < 0.01, `${saved} saved`)
        assert.ok(after.picoUsd < before.picoUsd * 0.27)
      } finally {
        await playground.remove()
      }
    })
})

/** A run against a model server that has cached nothing yet. */
async function profiled(playground: Playground, command: string, program: string) {
  const { count } = await loadTokenizer(inRepository('dist'))
  const script = decodeScript(fileOf(REPLIES), REPLIES)
  const models = await startSimulator({ port: 0, countTokens: count, script })
  try {
    const env = { OPENAI_BASE_URL: `${models.url}/v1` }
    const { code, stderr } = await playground.run(['run', '--', command, program], env)
    assert.equal(code, 0, stderr)
  } finally {
    await models.close()
  }
  const report = JSON.parse((await playground.run(['report', '--run', 'latest', '--json'])).stdout)
  const found = JSON.parse((await playground.run(['findings', '--json'])).stdout)
  const { calls, cost } = report.totals
  return { calls: calls as number, picoUsd: cost.picoUsd as number, findings: found.findings as Finding[] }
}

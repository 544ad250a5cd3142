// The agent of `npm run demo` against its script: every call it makes is foreseen, and it finishes every ticket.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { simulatorForTests } from '../support/simulator-clients'

const DEMO = 'test/agents/demo'

describe('support desk demo', () => {
  const { start } = simulatorForTests()

  it('answers its four tickets by the script', async () => {
    const { version, ...script } = JSON.parse(readFileSync(`${DEMO}/support-desk.script.json`, 'utf8'))
    assert.equal(version, 1)
    const { simulator } = await start(script)
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [`${DEMO}/support-desk.mjs`], {
      env: { ...process.env, OPENAI_BASE_URL: `${simulator.url}/v1`, OPENAI_API_KEY: 'demo' },
    })
    assert.equal(stderr, '')
    assert.deepEqual(stdout.match(/^Hi \w+/gm), ['Hi Ingrid', 'Hi Jonas', 'Hi Freja', 'Hi Lars'])
    assert.equal(stdout.match(/^Fjellhuset support$/gm)?.length, 4)
  })
})

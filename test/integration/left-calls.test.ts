// Calls that a killed profiler left in its spool: whichever command looks first finds them, and none brings back a removed run.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { ExchangeMemory } from '../../profiler-agent/exchange-memory'
import { Spool } from '../../profiler-agent/spool'
import { Playground } from '../support/costflame'
import { exchangeCalled } from '../support/exchanges'

const COMMANDS: readonly (readonly string[])[] = [
  ['report'],
  ['export'],
  ['findings'],
  ['runs', 'list'],
  ['runs', 'rm', 'all'],
]

describe('calls of a killed profiler', () => {
  for (const command of COMMANDS)
    it(`are recorded before \`costflame ${command.join(' ')}\` looks`, async function () {
      this.timeout(240_000)
      const playground = new Playground()
      try {
        await leaveCall(playground.data)
        const { code, stderr } = await playground.run(command)
        assert.equal(code, 0, stderr)
        assert.deepEqual(readdirSync(join(playground.data, 'spool')), [])
        assert.equal(playground.storedCalls(), command.includes('rm') ? 0 : 1)
      } finally {
        await playground.remove()
      }
    })
})

/** What a profiler leaves that is killed while a call waits for the worker. */
async function leaveCall(data: string): Promise<void> {
  const spool = new Spool(data)
  assert.ok(await spool.write([new ExchangeMemory().pack(exchangeCalled('left-call'))]))
  spool.close()
  const folder = join(data, 'spool')
  const { pid: dead } = spawnSync(process.execPath, ['--version'])
  for (const name of readdirSync(folder))
    renameSync(join(folder, name), join(folder, name.replace(/^\d+/, String(dead))))
}

import assert from 'node:assert/strict'
import { describeCommand, joinRun } from '../../../../../profiler-agent/capture/hooks/node/run-identity'
import { RUN_ID } from '../../../../../profiler-agent/model/headers'

describe('the run of a process', () => {
  it('is the one that the environment names', () => {
    assert.deepEqual(joinRun({ COSTFLAME_RUN: 'run-7' }), { runId: 'run-7', command: undefined })
  })

  it('is a new one for the first process of a command, and its children join it with its command', () => {
    const environment: NodeJS.ProcessEnv = {}
    const first = joinRun(environment)
    assert.match(first.runId, RUN_ID)
    const { runId, command } = first
    assert.deepEqual([first.isRoot, joinRun(environment)], [true, { runId, command }])
    assert.deepEqual(joinRun({ ...environment, COSTFLAME_RUN: 'other' }), {
      runId: 'other',
      command: undefined,
    })
  })

  it('is a new one where the environment names none that is valid', () => {
    assert.notEqual(joinRun({ COSTFLAME_RUN: 'not a run' }).runId, 'not a run')
  })
})

describe('the command of a run', () => {
  const command = (...argv: string[]) => describeCommand(['/usr/bin/node', ...argv], '/home/me')

  it('is what a person types', () => {
    assert.equal(command('/home/me/agent.mjs', '--at', '/home/me/data'), 'node agent.mjs --at data')
    assert.equal(command('/home/me2/agent.mjs', 'two words'), 'node /home/me2/agent.mjs "two words"')
    assert.equal(command('/usr/lib/node_modules/npm/bin/npm-cli.js', 'run', 'agent'), 'npm run agent')
    assert.equal(command('/home/me/node_modules/.bin/tsx', '/home/me/agent.ts'), 'tsx agent.ts')
    assert.equal(command(), 'node')
  })
})

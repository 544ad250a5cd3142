// Whose a profiler is, by how processes were called.
import assert from 'node:assert/strict'
import { profilerOrigin } from '../../../../extension/profiler/profiler-origin'

const SCRIPT = '/opt/costflame/dist/costflame.js'

describe('the origin of a profiler', () => {
  for (const [origin, commands] of [
    ['editor', [`node ${SCRIPT} serve --port 0 --data /w/data --until-stdin-ends`, 'node extensionHost']],
    ['run', [`node ${SCRIPT} serve --data /w/data`, `node ${SCRIPT} run -- node agent.mjs`]],
    ['serve', [`node ${SCRIPT} serve --port 4600`, '-bash']],
    ['serve', ['node /usr/bin/costflame serve', 'bash -c costflame serve']],
    ['unknown', ['python3 server.py', '-bash']],
    ['unknown', []],
  ] as const)
    it(`is ${origin}: ${commands[0]}`, () => assert.equal(profilerOrigin(commands), origin))
})

// A program sees of its connections to a model what it sees without the hook, event by event; and the other side sees it leave.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { BehavingServer } from '../support/behaving-server'
import { AGENTS, type Finished, runProgram } from '../support/hooked-program'
import { MAJORS, nodeOf } from '../support/nodes'
import { skip } from '../support/skip'
import { TEST_CERTIFICATE } from '../support/test-certificate'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

describe('connections of a Node program', function () {
  this.timeout(240_000)
  let folder: TestFolder
  let proxy: BehavingServer
  let provider: BehavingServer | undefined

  before(() => {
    folder = temporaryFolder('behaviour')
    writeFiles(folder.path, { 'ca.pem': TEST_CERTIFICATE })
  })
  after(() => folder.remove())
  beforeEach(async () => {
    proxy = await BehavingServer.start('http')
  })
  afterEach(() => {
    proxy.stop()
    // None where the test was skipped.
    provider?.stop()
    provider = undefined
  })

  const run = (
    node: string,
    origin: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Finished> =>
    runProgram(
      {
        command: node,
        args: ['behaviours.mjs', origin],
        cwd: join(AGENTS, 'clients'),
        environment: { NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem'), ...environment },
      },
      { proxy: proxy.origin, provider: origin },
    )

  for (const major of MAJORS)
    for (const scheme of ['https', 'http'] as const)
      it(`behave as they do without the hook: Node ${major}, ${scheme}`, async function () {
        const node = nodeOf(major)?.path ?? skip(this, `no Node ${major}: name one in COSTFLAME_TEST_NODES`)
        const server = await BehavingServer.start(scheme)
        provider = server
        const alone = await run(node, server.origin, { COSTFLAME_DISABLE: '1' })
        assert.deepEqual([alone.stderr, alone.exitCode, proxy.seen], ['', 0, []])
        const cases = server.seen.splice(0)

        const proxied = await run(node, server.origin)
        assert.deepEqual(proxied, alone)
        assert.deepEqual(proxy.seen.toSorted(), cases.toSorted())
        assert.deepEqual(server.seen, [])

        proxy.stop()
        assert.deepEqual(await run(node, server.origin), alone)
        assert.deepEqual(server.seen.toSorted(), cases.toSorted())
      })
})

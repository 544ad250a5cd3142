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
  this.timeout(120_000)
  let folder: TestFolder
  let proxy: BehavingServer
  let provider: BehavingServer

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
    provider.stop()
  })

  const run = (node: string, environment: Readonly<Record<string, string>> = {}): Promise<Finished> =>
    runProgram(
      {
        command: node,
        args: ['behaviours.mjs', provider.origin],
        cwd: join(AGENTS, 'clients'),
        environment: { NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem'), ...environment },
      },
      { proxy: proxy.origin, provider: provider.origin },
    )

  for (const major of MAJORS)
    for (const scheme of ['https', 'http'] as const)
      it(`behave as they do without the hook: Node ${major}, ${scheme}`, async function () {
        const node = nodeOf(major)?.path ?? skip(this, `no Node ${major}: name one in COSTFLAME_TEST_NODES`)
        provider = await BehavingServer.start(scheme)
        const alone = await run(node, { COSTFLAME_DISABLE: '1' })
        assert.deepEqual([alone.stderr, alone.exitCode, proxy.seen], ['', 0, []])
        const cases = provider.seen.splice(0)

        const proxied = await run(node)
        assert.deepEqual(proxied, alone)
        assert.deepEqual(proxy.seen.toSorted(), cases.toSorted())
        assert.deepEqual(provider.seen, [])

        proxy.stop()
        assert.deepEqual(await run(node), alone)
        assert.deepEqual(provider.seen.toSorted(), cases.toSorted())
      })
})

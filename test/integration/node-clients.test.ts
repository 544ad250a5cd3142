// Every HTTP client of a Node program: its calls to a host of models go through the proxy, on the user's line, and without the
// profiler to the provider, byte by byte the same. On each Node that this machine has.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeCallSite } from '../../profiler-agent/model/call-site'
import { HEADERS } from '../../profiler-agent/model/headers'
import { AGENTS, type Finished, runProgram } from '../support/hooked-program'
import { MAJORS, nodeOf } from '../support/nodes'
import { type RecordedCall, RecordingServer } from '../support/recording-server'
import { skip } from '../support/skip'
import { TEST_CERTIFICATE } from '../support/test-certificate'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

const FOLDER = join(AGENTS, 'clients')
const OWN = ['fetch', 'fetch stream', 'request', 'named', 'required', 'agent', 'defaults']
const UNDICI = ['undici fetch', 'undici request', 'undici stream', 'undici pool']

/** npm's undici 7 needs Node 20. */
const clientsOn = (major: number) => (major < 20 ? OWN : [...OWN, ...UNDICI])
const promptsOf = (clients: readonly string[]) =>
  clients.flatMap((client) => (client === 'agent' ? ['agent', 'agent again'] : [client]))

describe('the HTTP clients of Node programs', function () {
  this.timeout(240_000)
  let proxy: RecordingServer
  let folder: TestFolder

  before(() => {
    folder = temporaryFolder('clients')
    writeFiles(folder.path, { 'ca.pem': TEST_CERTIFICATE })
  })
  after(() => folder.remove())
  beforeEach(async () => {
    proxy = await RecordingServer.start()
  })
  afterEach(() => proxy.stop())

  async function run(
    node: string,
    provider: RecordingServer,
    clients: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const url = `${provider.origin}/v1/chat/completions`
    return runProgram(
      {
        command: node,
        args: ['clients.mjs', url, ...clients],
        cwd: FOLDER,
        environment: { NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem'), ...environment },
      },
      { proxy: proxy.origin, provider: provider.origin },
    )
  }

  for (const major of MAJORS)
    for (const scheme of ['https', 'http'] as const)
      describe(`Node ${major}, ${scheme}`, () => {
        let node: string
        let provider: RecordingServer
        const clients = clientsOn(major)

        before(function () {
          node = nodeOf(major)?.path ?? skip(this, `no Node ${major}: name one in COSTFLAME_TEST_NODES`)
        })
        beforeEach(async () => {
          provider = scheme === 'https' ? await RecordingServer.startSecure() : await RecordingServer.start()
        })
        afterEach(() => provider.stop())

        it('go through the proxy, each on its line', async () => {
          assertEchoes(await run(node, provider, clients), clients)
          assert.deepEqual(placesOf(proxy.calls), expectedPlaces(clients))
          assert.equal(provider.calls.length, 0)
          for (const { headers, path } of proxy.calls) {
            assert.equal(path, '/openai/v1/chat/completions')
            assert.equal(headers[HEADERS.upstream], provider.origin)
            assert.equal(headers[HEADERS.token], 'test-token')
            assert.equal(headers.host, proxy.origin.slice('http://'.length))
          }
        })

        it('go to the provider as they were written when there is no profiler', async () => {
          assertEchoes(await run(node, provider, clients, { COSTFLAME_DISABLE: '1' }), clients)
          const alone = provider.calls.splice(0)
          proxy.stop()
          assertEchoes(await run(node, provider, clients), clients)
          assert.deepEqual(provider.calls, alone)
        })

        for (const client of ['fetch', 'fetch stream', 'named'])
          it(`go to the provider when the profiler dies under a call: ${client}`, async () => {
            proxy.deeds = { [client]: 'die' }
            const some = ['request', client, 'agent']
            assertEchoes(await run(node, provider, some), some)
            assert.deepEqual(
              [proxy, provider].map((server) => server.calls.map((call) => call.prompt)),
              [
                ['request', client],
                [client, 'agent', 'agent again'],
              ],
            )
          })
      })
})

function assertEchoes({ stdout, stderr, exitCode }: Finished, clients: readonly string[]): void {
  assert.equal(stderr, '')
  assert.deepEqual(stdout.split('\n'), [...clients.map((client) => `${client}: echo ${client}`), ''])
  assert.equal(exitCode, 0)
}

function placesOf(calls: readonly RecordedCall[]): string[] {
  return calls.map(({ prompt, headers }) => {
    const [frame] = decodeCallSite(String(headers[HEADERS.callSite] ?? ''))
    return `${prompt} ${frame?.file}:${frame?.line}`
  })
}

function expectedPlaces(clients: readonly string[]): string[] {
  const file = join(FOLDER, 'clients.mjs')
  const lines = readFileSync(file, 'utf8').split('\n')
  return promptsOf(clients).map(
    (prompt) => `${prompt} ${file}:${lines.findIndex((line) => line.endsWith(`// <- ${prompt}`)) + 1}`,
  )
}

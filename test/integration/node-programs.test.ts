// What a Node program does around its calls: servers, its own fetch, TypeScript, threads, its end.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeCallSite } from '../../profiler-agent/model/call-site'
import { HEADERS } from '../../profiler-agent/model/headers'
import { AGENTS, type Finished, runProgram } from '../support/hooked-program'
import { MAJORS, nodeOf } from '../support/nodes'
import { RecordingServer } from '../support/recording-server'
import { skip } from '../support/skip'
import { until } from '../support/until'

const FOLDER = join(AGENTS, 'clients')

describe('Node programs with the hook', function () {
  this.timeout(240_000)
  let proxy: RecordingServer
  let provider: RecordingServer

  beforeEach(async () => {
    proxy = await RecordingServer.start()
    provider = await RecordingServer.start()
  })
  afterEach(() => {
    proxy.stop()
    provider.stop()
  })

  const run = (node: string, args: readonly string[], environment = {}): Promise<Finished> =>
    runProgram(
      { command: node, args, cwd: FOLDER, environment },
      { proxy: proxy.origin, provider: provider.origin },
    )

  /** What a process hands over when it exits is read when it is gone. */
  const hearsTheEnd = () => until('what the process told', () => proxy.told.length > 0)

  const header = (prompt: string, name: string) =>
    proxy.calls.find((call) => call.prompt === prompt)?.headers[name]

  for (const major of MAJORS)
    describe(`Node ${major}`, () => {
      let node: string

      before(function () {
        node = nodeOf(major)?.path ?? skip(this, `no Node ${major}: name one in COSTFLAME_TEST_NODES`)
      })

      it('give each request that they answer a context of its own, through all that it awaits', async () => {
        const { stderr, exitCode } = await run(node, ['server.mjs'])
        assert.deepEqual([stderr, exitCode], ['', 0])
        assert.equal(header('before', HEADERS.context), undefined)
        const contexts = ['a', 'b', 'c', 'd'].map((name) =>
          [1, 2].map((number) => header(`${name} ${number}`, HEADERS.context)),
        )
        for (const [first, second] of contexts) {
          assert.match(String(first), /^[A-Za-z0-9._-]{1,64}$/)
          assert.equal(first, second)
        }
        assert.equal(new Set(contexts.map(([first]) => first)).size, 4)
      })

      it('may put their own fetch in place', async () => {
        const { stdout, stderr } = await run(node, ['replaced.mjs'])
        assert.deepEqual([stdout, stderr], ['200\n200\n', ''])
        assert.deepEqual(
          ['around', 'instead'].map((prompt) => lineOf(header(prompt, HEADERS.callSite))),
          ['around', 'instead'].map((prompt) => markedLine('replaced.mjs', prompt)),
        )
      })

      it('keep their mocks, and say that nothing was captured there', async () => {
        const { stdout, stderr } = await run(node, ['mocked.mjs'], { COSTFLAME_RUN: 'mocked-1' })
        assert.deepEqual([stdout, stderr, proxy.calls.length], ['{"mocked":true}\n', '', 0])
        await hearsTheEnd()
        assert.deepEqual(proxy.told[0]?.around, [
          {
            ...{ host: 'api.mistral.ai', calls: 1 },
            why: 'the program mocks its connections (msw, nock)',
          },
        ])
      })

      it('say at their end what they did, and that their run is over', async () => {
        await run(node, ['replaced.mjs'])
        const runId = header('around', HEADERS.run)
        await hearsTheEnd()
        assert.deepEqual(
          proxy.told.map(({ pid, endedAt, ...line }) => ({
            ...line,
            ...(pid === undefined ? {} : { pid: typeof pid }),
            ...(endedAt === undefined ? {} : { endedAt: typeof endedAt }),
          })),
          [
            { type: 'hook', runId, runtime: runtimeOf(proxy), calls: 2, around: [], pid: 'number' },
            { type: 'runEnd', runId, endedAt: 'number' },
          ],
        )
        assert.match(runtimeOf(proxy), new RegExp(`^node ${major}\\.`))
      })

      it('say no run over that somebody else began', async () => {
        await run(node, ['replaced.mjs'], { COSTFLAME_RUN: 'given-1' })
        await hearsTheEnd()
        assert.deepEqual(
          proxy.told.map(({ type, runId }) => [type, runId]),
          [['hook', 'given-1']],
        )
      })
    })

  for (const major of [22, 24])
    for (const way of ['fetch', 'import', 'require', 'builtin'])
      it(`load TLS when they do, and are led to the proxy all the same: ${way}, Node ${major}`, async function () {
        const node = nodeOf(major)?.path ?? skip(this, `no Node ${major}: name one in COSTFLAME_TEST_NODES`)
        const { stdout, stderr } = await run(node, ['late-tls.mjs', way])
        assert.deepEqual([stdout, stderr], ['false 200\n', ''])
        assert.deepEqual(
          proxy.calls.map(({ path }) => path),
          ['/mistral/v1/chat/completions'],
        )
      })

  for (const major of [22, 24])
    it(`may be TypeScript that Node ${major} runs itself, with threads`, async function () {
      const node = nodeOf(major)?.path ?? skip(this, `no Node ${major}: name one in COSTFLAME_TEST_NODES`)
      const options = ['--experimental-strip-types', '--no-warnings']
      const { stdout, stderr } = await run(node, [...options, 'typed.ts'])
      assert.deepEqual([stdout, stderr], ['echo typed\necho thread\n', ''])
      for (const prompt of ['typed', 'thread'])
        assert.equal(lineOf(header(prompt, HEADERS.callSite)), markedLine('typed.ts', 'typed'))
      assert.equal(header('typed', HEADERS.run), header('thread', HEADERS.run))
    })
})

function runtimeOf({ told }: RecordingServer): string {
  return String(told[0]?.runtime)
}

function lineOf(callSite: string | string[] | undefined): number | undefined {
  return decodeCallSite(String(callSite ?? ''))[0]?.line
}

/** Number of the line that ends in `// <- mark`. */
function markedLine(file: string, mark: string): number {
  const lines = readFileSync(join(FOLDER, file), 'utf8').split('\n')
  return lines.findIndex((line) => line.endsWith(`// <- ${mark}`)) + 1
}

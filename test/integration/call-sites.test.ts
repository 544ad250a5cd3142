// The riskiest assumption: the calls of an unchanged program are tied to the user's own line and to the right run, without harm.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { resolveCallSite } from '../../profiler-agent/capture/call-site'
import { decodeCallSite } from '../../profiler-agent/model/call-site'
import { HEADERS } from '../../profiler-agent/model/headers'
import type { CallSite } from '../../profiler-agent/model/span'
import { CALL_SITES, type Finished, NODE, type Program, runProgram, TSX } from '../support/hooked-program'
import { type RecordedCall, RecordingServer } from '../support/recording-server'

const OUTPUT = ['echo call 1', 'echo call 2', 'echo call 3 echo call 4', 'echo helper', 'echo stream']
const PROMPTS = ['call 1', 'call 2', 'call 3', 'call 4', 'helper', 'stream']
const SDKS = [
  { sdk: 'openai', agent: 'openai' },
  { sdk: '@anthropic-ai/sdk', agent: 'anthropic' },
  { sdk: 'ai streamText', agent: 'ai' },
] as const
const BUILDS = ['JavaScript', 'TypeScript by tsx', 'minified bundle'] as const

interface TableRow {
  readonly SDK: string
  readonly build: string
  readonly debugger: string
  readonly 'right line': string
}

describe('call sites of unchanged programs', function () {
  this.timeout(240_000)
  const table: TableRow[] = []
  let bundles: string
  let proxy: RecordingServer
  let provider: RecordingServer

  before(async () => {
    bundles = mkdtempSync(join(tmpdir(), 'costflame-bundles-'))
    await build({
      entryPoints: SDKS.map(({ agent }) => join(CALL_SITES, `${agent}.ts`)),
      outdir: bundles,
      outExtension: { '.js': '.cjs' },
      bundle: true,
      minify: true,
      sourcemap: true,
      platform: 'node',
      logLevel: 'error',
    })
  })
  after(() => {
    rmSync(bundles, { recursive: true })
    console.table(table)
  })
  beforeEach(async () => {
    proxy = await RecordingServer.start()
    provider = await RecordingServer.start()
  })
  afterEach(() => {
    proxy.stop()
    provider.stop()
  })

  const run = (program: Program): Promise<Finished> =>
    runProgram(program, { proxy: proxy.origin, provider: provider.origin })

  for (const { sdk, agent } of SDKS)
    for (const build of BUILDS)
      for (const debug of [false, true])
        it(`finds the user's line: ${sdk}, ${build}, debugger ${debug ? 'attached' : 'absent'}`, async () => {
          const source = build === 'JavaScript' ? `${agent}.mjs` : `${agent}.ts`
          const finished = await run({ ...programOf(build, source, bundles, debug), debug })
          const found = PROMPTS.map((prompt) => placeOf(callOf(proxy, prompt)))
          const expected = PROMPTS.map((prompt) => `${source}:${markedLine(source, prompt)}`)
          const right = found.filter((place, index) => place === expected[index]).length
          table.push({
            SDK: sdk,
            build,
            debugger: debug ? 'attached' : 'absent',
            'right line': `${right} of ${expected.length}`,
          })
          assert.deepEqual(found, expected)
          assertHelperIsFollowedByItsCaller(source, callSiteOf(callOf(proxy, 'helper')))
          assertUnharmed(finished)
          assert.equal(provider.calls.length, 0)
        })

  describe('with a debugger attached', () => {
    it('leaves breakpoints to the debugger', async () => {
      const line = markedLine('anthropic.mjs', 'call 2')
      const finished = await run({
        args: ['anthropic.mjs'],
        debug: { breakpoint: { file: 'anthropic.mjs', line } },
      })
      assert.deepEqual(finished.debugger?.stops, [{ line, byBreakpoint: true }])
      assertUnharmed(finished)
    })

    it('leaves debugger statements to the debugger', async () => {
      const finished = await run({ args: ['stops.mjs'], debug: true })
      assert.deepEqual(finished.debugger?.stops, [
        { line: markedLine('stops.mjs', 'stop'), byBreakpoint: false },
      ])
      assert.equal(finished.stdout, 'echo call 1\n')
    })
  })

  describe('when the profiler is killed', () => {
    for (const agent of ['openai.mjs', 'anthropic.mjs', 'ai.mjs'])
      it(`finishes ${agent} at the provider, killed between two calls`, async () => {
        proxy.deeds = { 'call 1': 'answer, then die' }
        assertUnharmed(await run({ args: [agent] }))
        assert.deepEqual(promptsOf(proxy), ['call 1'])
        assert.deepEqual(promptsOf(provider), ['call 2', 'call 3', 'call 4', 'helper', 'stream'])
        assertNothingOfOurs(provider)
      })

    it('finishes at the provider, killed during a call that is not streamed', async () => {
      proxy.deeds = { 'call 2': 'die' }
      assertUnharmed(await run({ args: ['anthropic.mjs'] }))
      assert.deepEqual(promptsOf(proxy), ['call 1', 'call 2'])
      assert.deepEqual(promptsOf(provider), ['call 2', 'call 3', 'call 4', 'helper', 'stream'])
      assertNothingOfOurs(provider)
    })

    it('finishes at the provider when it was never there', async () => {
      proxy.stop()
      assertUnharmed(await run({ args: ['openai.mjs'] }))
      assert.deepEqual(promptsOf(provider), PROMPTS)
    })
  })

  describe('without an SDK', () => {
    const prompts = ['text', 'url', 'request', 'stream', 'undici']

    it('tags fetch in all its forms, and npm’s undici', async () => {
      const { stdout } = await run({ args: ['raw.mjs'] })
      assert.equal(stdout, prompts.map((prompt) => `echo ${prompt}\n`).join(''))
      assert.deepEqual(
        prompts.map((prompt) => placeOf(callOf(proxy, prompt))),
        prompts.map((prompt) => `raw.mjs:${markedLine('raw.mjs', prompt)}`),
      )
      for (const call of proxy.calls) assert.match(String(call.headers[HEADERS.run]), /^r-/)
    })

    it('tags node:http, by every way to it', async () => {
      const { stdout } = await run({ args: ['http.mjs'] })
      const ways = ['named', 'module', 'required']
      assert.equal(stdout, ways.map((way) => `echo ${way}\n`).join(''))
      assert.deepEqual(
        ways.map((way) => placeOf(callOf(proxy, way))),
        ways.map((way) => `http.mjs:${markedLine('http.mjs', way)}`),
      )
    })

    it('goes to the provider when the profiler is gone, npm’s undici too', async () => {
      proxy.stop()
      const { stdout, stderr } = await run({ args: ['raw.mjs'] })
      assert.equal(stdout, 'echo text\necho url\necho request\necho stream\necho undici\n')
      assert.equal(stderr, '')
      assertNothingOfOurs(provider)
    })
  })

  describe('runs', () => {
    it('gives two commands of one shell two runs, each with its command', async () => {
      const script = `"${NODE}" openai.mjs && "${NODE}" anthropic.mjs --fast`
      await run({ command: '/bin/sh', args: ['-c', script] })
      const runs = [...new Set(proxy.calls.map((call) => call.headers[HEADERS.run]))]
      assert.equal(runs.length, 2)
      assert.deepEqual(
        [...new Set(proxy.calls.map((call) => decodeURIComponent(String(call.headers[HEADERS.command]))))],
        ['node openai.mjs', 'node anthropic.mjs --fast'],
      )
      for (const id of runs) assert.match(String(id), /^r-[0-9a-z]+-[0-9a-z]{10}$/)
    })

    it('keeps child processes and worker threads in the run of their parent', async () => {
      const finished = await run({ args: ['family.mjs'] })
      assert.equal(finished.stderr, '')
      assert.deepEqual(promptsOf(proxy).sort(), ['child', 'parent', 'thread'])
      assert.equal(new Set(proxy.calls.map((call) => call.headers[HEADERS.run])).size, 1)
      for (const prompt of ['parent', 'child', 'thread'])
        assert.equal(placeOf(callOf(proxy, prompt)), `family.mjs:${markedLine('family.mjs', 'ask')}`)
    })

    it('joins the run that the environment names, and says so to nobody but the proxy', async () => {
      await run({ args: ['openai.mjs'], environment: { COSTFLAME_RUN: 'given-1' } })
      assert.deepEqual(new Set(proxy.calls.map((call) => call.headers[HEADERS.run])), new Set(['given-1']))
      assert.deepEqual(new Set(proxy.calls.map((call) => call.headers[HEADERS.parent])), new Set(['given-1']))
      assert.deepEqual(
        new Set(proxy.calls.map((call) => call.headers[HEADERS.token])),
        new Set(['test-token']),
      )
      assert.deepEqual(
        new Set(proxy.calls.map((call) => call.headers[HEADERS.command])),
        new Set([undefined]),
      )
    })
  })

  describe('harm', () => {
    it('shows the program nothing but its own output, errors and process', async () => {
      const plain = await run({ args: ['harm.mjs'], environment: { COSTFLAME_DISABLE: '1' } })
      const hooked = await run({ args: ['harm.mjs'] })
      assert.equal(proxy.calls.at(-1)?.headers[HEADERS.run]?.slice(0, 2), 'r-')
      assert.equal(hooked.stdout, plain.stdout)
      assert.equal(hooked.stderr, plain.stderr)
      assert.equal(hooked.exitCode, plain.exitCode)
      assert.match(plain.stdout, /fetch 0|fetch 1/)
    })

    it('keeps nothing alive that the program let go', async () => {
      const { stdout } = await run({ args: ['--expose-gc', 'keeps.mjs'] })
      assert.equal(stdout.split('\n').at(-2), 'collected')
    })

    it('rejects what fetch rejects, also when the profiler is gone', async () => {
      proxy.stop()
      const source = `
        const body = JSON.stringify({ messages: [{ content: 'once' }] })
        const request = new Request(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', body })
        fetch(request)
          .then((reply) => reply.text())
          .then(() => fetch(request).catch((error) => console.log('rejected', error.name)))`
      const { stdout, stderr } = await run({ args: ['-e', source] })
      assert.deepEqual([stdout, stderr], ['rejected TypeError\n', ''])
    })

    it('sends nothing to other origins', async () => {
      const stranger = await RecordingServer.start()
      await run({ args: ['openai.mjs'], environment: { OPENAI_BASE_URL: `${stranger.origin}/v1` } })
      stranger.stop()
      assert.deepEqual(promptsOf(stranger), PROMPTS)
      assertNothingOfOurs(stranger)
    })
  })
})

function programOf(build: (typeof BUILDS)[number], source: string, bundles: string, debug: boolean): Program {
  if (build === 'JavaScript') return { args: [source] }
  if (build === 'minified bundle') return { args: [join(bundles, source.replace('.ts', '.cjs'))] }
  // The tsx command starts a second process; a debugger is given the one that runs the program.
  return debug ? { args: ['--import', 'tsx', source] } : { command: TSX, args: [source] }
}

function callOf(server: RecordingServer, prompt: string): RecordedCall {
  const call = server.calls.find((each) => each.prompt === prompt)
  assert.ok(call, `no call with the prompt "${prompt}"; calls: ${promptsOf(server).join(', ')}`)
  return call
}

function promptsOf(server: RecordingServer): string[] {
  return server.calls.map((call) => call.prompt)
}

function callSiteOf(call: RecordedCall): CallSite | undefined {
  return resolveCallSite(decodeCallSite(String(call.headers[HEADERS.callSite] ?? '')), CALL_SITES)
}

function placeOf(call: RecordedCall): string {
  const site = callSiteOf(call)
  return site === undefined ? 'no call site' : `${site.file}:${site.line}`
}

/** Number of the line that ends in `// <- mark`. */
function markedLine(file: string, mark: string): number {
  const lines = readFileSync(join(CALL_SITES, file), 'utf8').split('\n')
  const index = lines.findIndex((line) => line.endsWith(`// <- ${mark}`))
  assert.notEqual(index, -1, `${file} has no line marked "${mark}"`)
  return index + 1
}

function assertHelperIsFollowedByItsCaller(source: string, site: CallSite | undefined): void {
  const [, caller] = site?.stack ?? []
  assert.deepEqual([caller?.file, caller?.line], [source, markedLine(source, "helper's caller")])
}

function assertUnharmed(finished: Finished): void {
  assert.equal(finished.stderr, '')
  assert.deepEqual(finished.stdout.split('\n'), [...OUTPUT, ''])
  assert.equal(finished.exitCode, 0)
  if (finished.debugger !== undefined) assert.deepEqual(finished.debugger.consoleMessages, OUTPUT)
}

function assertNothingOfOurs(server: RecordingServer): void {
  for (const call of server.calls)
    assert.deepEqual(
      Object.keys(call.headers).filter((name) => name.startsWith('x-costflame')),
      [],
    )
}

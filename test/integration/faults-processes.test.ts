// A profiler that is killed while a program works: a hooked program goes straight to the provider, any other finds the profiler
// again on its port, because `costflame run` starts it anew. And a clock that jumps.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { profiledEnvironment } from '../../profiler-agent/capture/hooks/environment'
import { isProfilerGone } from '../../profiler-agent/capture/hooks/node/profiler-gone'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { Playground } from '../support/costflame'
import { failuresOf } from '../support/fault-caller'
import { callingProgram, ProgramCalls, type ProgramOptions, spawnNode } from '../support/fault-program'
import { integrityOf, missing, storedIds } from '../support/fault-store'
import { inTrial } from '../support/fault-trial'
import { type FaultUpstream, startFaultUpstream } from '../support/fault-upstream'
import { HOOK } from '../support/hooked-program'
import { liveProfiler } from '../support/live-profiler'
import { noteFault } from '../support/reliability'
import { temporaryFolder, writeFiles } from '../support/test-folders'
import { until } from '../support/until'

/** Longer than any call of a busy machine, shorter than any jump of the clock. */
const HOUR_MS = 3_600_000

describe('faults: a profiler that is killed', () => {
  let upstream: FaultUpstream
  let playground: Playground
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())
  beforeEach(() => {
    playground = new Playground()
  })
  afterEach(() => playground.remove())

  describe('under a hooked program', () => {
    const kinds = {
      'plain calls': { retries: 0, delayMs: 40, stream: false },
      streams: { retries: 0, delayMs: 60, stream: true },
    }
    for (const [kind, options] of Object.entries(kinds))
      it(`${kind}: they go straight to the provider`, async () => {
        const times = 4
        const tally = new Tally()
        for (let n = 0; n < times; n++) {
          const profiler = await playground.serve('--upstream', `openai=${upstream.url}`)
          const program = startHooked(playground, profiler.ready, `${kind[0]}${n}`, options, upstream.url)
          await program.calls.until(8)
          await pause(Math.random() * 60)
          profiler.child.kill('SIGKILL')
          const { length } = program.calls.calls
          await program.calls.until(length + 30)
          await program.end()
          tally.add(program.calls, playground.data)
        }
        tally.note(`the profiler is killed under a hooked program (${kind})`, times)
      })
  })

  describe('under costflame run', () => {
    const kinds: Record<string, { readonly args: readonly string[]; readonly options: ProgramOptions }> = {
      'a hooked program': { args: [], options: { retries: 0, delayMs: 20, stream: false } },
      'a program without a hook, which tries again': {
        args: ['--no-hook'],
        options: { retries: 20, delayMs: 20, stream: false },
      },
    }
    for (const [kind, { args, options }] of Object.entries(kinds))
      it(`${kind} goes on, and is recorded again on the same port`, async () => {
        const times = 3
        playground.write({ 'agent.mjs': callingProgram('k', options) })
        const run = playground.start(['run', ...args, '--', process.execPath, 'agent.mjs'], {
          OPENAI_BASE_URL: `${upstream.url}/v1`,
        })
        const program = new ProgramCalls(run.child)
        let profiler = await liveProfiler(playground.data)
        for (let n = 0; n < times; n++) {
          await program.until(program.calls.length + 20)
          process.kill(profiler.pid, 'SIGKILL')
          const next = await liveProfiler(playground.data, profiler.pid)
          assert.deepEqual([next.proxy, next.token], [profiler.proxy, profiler.token])
          profiler = next
        }
        const last = program.calls.length
        // Twice as long as a hook leaves a profiler alone that it found gone.
        await until('calls after the restart to be recorded', () =>
          program.calls.slice(last).some(({ id }) => storedIds(playground.data).has(id)),
        )
        run.child.stdin?.end()
        const { code, stderr } = await run.ended
        assert.equal(code, 0, stderr)
        assert.equal(
          stderr.match(/the profiler stopped \(SIGKILL\); calls meanwhile may be missing/g)?.length,
          times,
        )
        const tally = new Tally()
        tally.add(program, playground.data)
        tally.note(`the profiler is killed under \`costflame run\`: ${kind}`, times)
      })
  })
})

describe('faults: a broken connection', () => {
  const broken = Object.assign(new Error('broken'), { code: 'ECONNRESET' })

  /** Whether a profiler counts as gone that does this with each connection. */
  async function isGone(onConnection: (socket: Socket) => void): Promise<boolean> {
    const server = createServer(onConnection).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const gone = await isProfilerGone(broken, new URL(`http://127.0.0.1:${port}`))
    server.close()
    return gone
  }

  it('of a profiler that is just dying is told from one of an upstream', async () => {
    assert.equal(await isGone((socket) => socket.resetAndDestroy()), true)
    assert.equal(await isGone((socket) => socket.resume()), false)
  })
})

describe('faults: a clock that jumps', () => {
  let upstream: FaultUpstream
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())

  it('forward and back by a day and by years: nothing is lost, nothing lasted less than no time', async () => {
    const folder = temporaryFolder('clock')
    const file = join(folder.path, 'offset')
    writeFiles(folder.path, { offset: '0', 'clock.cjs': SHIFTED_CLOCK })
    const environment = {
      NODE_OPTIONS: `--require ${join(folder.path, 'clock.cjs')}`,
      TEST_CLOCK_OFFSET: file,
    }
    const day = 86_400_000
    const jumps = [day, -day, 400 * day, -8000 * day, 0]
    await inTrial({ upstream: upstream.url, environment }, async (trial) => {
      for (const jump of jumps) {
        const calls = trial.calls(12, { delayMs: 30 })
        writeFiles(folder.path, { offset: String(jump) })
        await calls
        await trial.calls(4)
      }
      await trial.stop()
      const [run] = await trial.playground.exported('r')
      const durations =
        run?.spans.flatMap(({ modelCall, durationMs }) => (modelCall ? [durationMs] : [])) ?? []
      assert.ok(durations.length > 0 && durations.every((ms) => ms >= 0 && ms < HOUR_MS), String(durations))
      trial.judge({ fault: 'the clock jumps', times: jumps.length })
      assert.equal(trial.absent, 0)
    })
    folder.remove()
  })
})

/** Loaded before the profiler, in its worker too: its clock is the machine's plus what a file says. */
const SHIFTED_CLOCK = `
  const { readFileSync } = require('node:fs')
  const RealDate = Date
  const offset = () => Number(readFileSync(process.env.TEST_CLOCK_OFFSET, 'utf8'))
  const now = RealDate.now.bind(RealDate)
  globalThis.Date = class extends RealDate {
    constructor(...args) { args.length > 0 ? super(...args) : super(now() + offset()) }
    static now() { return now() + offset() }
  }`

/** The calls of one or more programs, accounted for. */
class Tally {
  #calls = 0
  #cutOff = 0
  #unrecorded = 0
  #sound = 0
  #checks = 0
  readonly #failures: string[] = []

  add({ calls }: ProgramCalls, data: string): void {
    const integrity = integrityOf(data)
    assert.equal(integrity, 'ok')
    this.#checks++
    this.#sound++
    this.#calls += calls.length
    this.#cutOff += calls.filter(({ isCutOff }) => isCutOff).length
    this.#failures.push(...failuresOf(calls.filter(({ isCutOff }) => !isCutOff)))
    this.#unrecorded += missing(calls, storedIds(data)).length
  }

  note(fault: string, times: number): void {
    noteFault({
      ...{ fault, times, calls: this.#calls, failed: this.#failures.length, cutOff: this.#cutOff },
      ...{ lost: 0, said: this.#unrecorded, checks: { made: this.#checks, ok: this.#sound } },
    })
    assert.deepEqual(this.#failures, [])
  }
}

function startHooked(
  playground: Playground,
  ready: ReadyLine,
  name: string,
  options: ProgramOptions,
  provider: string,
): { readonly calls: ProgramCalls; end(): Promise<void> } {
  const environment = { OPENAI_BASE_URL: `${provider}/v1` }
  const { variables } = profiledEnvironment({
    ...{ environment, proxy: ready.proxy, token: ready.token, hookFile: HOOK, data: ready.data },
  })
  playground.write({ 'agent.mjs': callingProgram(name, options) })
  return spawnNode(join(playground.path, 'agent.mjs'), { ...environment, ...variables })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

// `kill -9` of the profiler at random moments under load, one data folder for many kills: what was announced is in the store,
// which is sound each time; what ended half a second before is in it once the next profiler, or any command, has been there.

import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Playground } from '../support/costflame'
import { Caller, type CallPlan, failuresOf } from '../support/fault-caller'
import { integrityOf, missing, storedByRun, storedIds, storedTwice } from '../support/fault-store'
import { type FaultUpstream, startFaultUpstream } from '../support/fault-upstream'
import { FeedReader } from '../support/feed-reader'
import { noteFault } from '../support/reliability'

const KILLS = 50
/** Kills in data folders of their own go on side by side. */
const SERIES = 2
/** A call that ended this long before the kill is in the store. */
const DURABLE_MS = 500

/** What goes on when the profiler is killed, and when that is, in ms after the first call. */
interface Phase {
  readonly name: string
  readonly lanes: number
  readonly plan: Omit<CallPlan, 'runId'>
  readonly killAfterMs: readonly [number, number]
  /** Told to stop at that moment and killed this much later at most, instead of killed at once. */
  readonly stopFirstMs?: number
}

const PHASES: readonly Phase[] = [
  { name: 'first calls', lanes: 4, plan: { delayMs: 10 }, killAfterMs: [0, 120] },
  { name: 'steady calls', lanes: 6, plan: { delayMs: 60 }, killAfterMs: [300, 1000] },
  { name: 'streams', lanes: 8, plan: { delayMs: 200, stream: true }, killAfterMs: [300, 1000] },
  { name: 'burst', lanes: 24, plan: { delayMs: 250 }, killAfterMs: [100, 900] },
  {
    name: 'large prompts',
    lanes: 4,
    plan: { delayMs: 80, padding: 'p'.repeat(100_000) },
    killAfterMs: [300, 900],
  },
  { name: 'end', lanes: 6, plan: { delayMs: 30, stream: true }, killAfterMs: [100, 500], stopFirstMs: 60 },
]

describe('faults: kill -9', function () {
  this.timeout(720_000)
  let upstream: FaultUpstream
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())

  it(`at ${KILLS} random moments loses no call that was announced or ended ${DURABLE_MS} ms before`, async () => {
    const seed = Number(process.env.COSTFLAME_FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31))
    console.log(`      seed ${seed} (COSTFLAME_FAULT_SEED repeats it)`)
    const random = randomFrom(seed)
    const series = Array.from({ length: SERIES }, (_, n) => new KillSeries(upstream, `s${n}`, random))
    await Promise.all(series.map((each) => each.kill(KILLS / SERIES)))
    const oldestMissingMs = Math.ceil(Math.max(...series.map((each) => each.oldestMissingMs)))
    console.log(`      the oldest call that a kill cost had ended ${oldestMissingMs} ms before it`)
    const total = (of: (each: KillSeries) => number) => series.reduce((sum, each) => sum + of(each), 0)
    const lost = series.flatMap((each) => each.lost)
    const late = series.flatMap((each) => each.late)
    noteFault({
      ...{ fault: 'profiler killed (`kill -9`) at a random moment under load', times: KILLS },
      ...{ calls: total((each) => each.calls), failed: total((each) => each.failures.length) },
      ...{ cutOff: total((each) => each.cutOff), lost: lost.length + late.length },
      checks: { made: KILLS, ok: total((each) => each.sound) },
      how: `the oldest call that a kill cost had ended ${oldestMissingMs} ms before it`,
    })
    assert.deepEqual(
      series.flatMap((each) => each.failures),
      [],
      'calls that failed before the kill',
    )
    assert.deepEqual(lost, [], 'announced calls that are lost')
    assert.deepEqual(
      series.flatMap((each) => each.damages),
      [],
      'stores that are not sound',
    )
    assert.deepEqual(
      series.flatMap((each) => each.twice),
      [],
      'calls that are stored twice',
    )
    assert.deepEqual(late, [], `calls that are lost and had ended more than ${DURABLE_MS} ms before`)
  })
})

/** Kills one profiler after the other over one data folder. */
class KillSeries {
  /** Announced, and not in the store. */
  readonly lost: string[] = []
  /** Not in the store long after they ended. */
  readonly late: string[] = []
  readonly failures: string[] = []
  readonly damages: string[] = []
  readonly twice: string[] = []
  calls = 0
  cutOff = 0
  sound = 0
  /** How long the machine let nobody like us run: that time is no time of the profiler's either. */
  readonly #heldUp = monitorEventLoopDelay({ resolution: 10 })
  /** The kill whose calls are to be looked for once somebody has recorded what it left. */
  #last: Kill | undefined
  /** How long before its kill the oldest call ended that is not in the store. */
  oldestMissingMs = 0

  constructor(
    readonly upstream: FaultUpstream,
    readonly name: string,
    readonly random: () => number,
  ) {}

  async kill(times: number): Promise<void> {
    const playground = new Playground()
    try {
      for (let n = 0; n < times; n++) {
        const phase = PHASES[n % PHASES.length]
        if (phase) await this.#killOnce(playground, phase, `${this.name}-${n}`)
      }
      // The last time a command comes first.
      const { code, stderr } = await playground.run(['report', '--run', 'all'])
      assert.equal(code, 0, stderr)
      this.#checkLast(playground.data)
      // Whatever the kills left behind, the next profiler goes on and ends in order.
      const last = await playground.serve()
      last.child.kill('SIGTERM')
      assert.equal((await last.ended).code, 0)
    } finally {
      await playground.remove()
    }
  }

  async #killOnce(playground: Playground, phase: Phase, name: string): Promise<void> {
    const { ready, child, ended } = await playground.serve('--upstream', `openai=${this.upstream.url}`)
    // Answered when everything before it is in the store, what the last profiler left included.
    await fetch(`${ready.proxy}/ingest`, { method: 'POST', headers: { 'x-costflame-token': ready.token } })
    this.#checkLast(playground.data)
    const feed = await FeedReader.open(ready)
    this.#heldUp.reset()
    this.#heldUp.enable()
    const caller = new Caller(ready.proxy, name)
    for (let lane = 0; lane < phase.lanes; lane++)
      caller.startLane(() => ({ ...phase.plan, runId: `${name}-lane-${lane}` }))
    await this.#pause(...phase.killAfterMs)
    const stoppedAt = performance.now()
    if (phase.stopFirstMs !== undefined) {
      child.kill('SIGTERM')
      await this.#pause(0, phase.stopFirstMs)
    }
    const killedAt = performance.now()
    child.kill('SIGKILL')
    await Promise.all([ended, caller.stop()])
    feed.close()
    this.#heldUp.disable()
    const durableMs = DURABLE_MS + this.#heldUp.max / 1e6
    this.#last = { name: `${name}, ${phase.name}`, caller, feed, stoppedAt, killedAt, durableMs }
    this.#checkAtOnce(playground.data, this.#last)
  }

  /** Before anybody has opened the store again. */
  #checkAtOnce(data: string, { name, caller, feed, stoppedAt }: Kill): void {
    const integrity = integrityOf(data)
    if (integrity === 'ok') this.sound++
    else this.damages.push(`${name}: ${integrity}`)
    const stored = storedByRun(data)
    const announced = [...feed.announced].flatMap(([run, calls]) =>
      calls > (stored.get(run) ?? 0) ? [`${run}: ${calls} announced, ${stored.get(run) ?? 0} stored`] : [],
    )
    this.lost.push(...announced.map((text) => `${name}: ${text}`))
    this.failures.push(...failuresOf(caller.calls.filter(({ endedAt }) => endedAt < stoppedAt)))
    this.calls += caller.calls.length
    this.cutOff += failuresOf(caller.calls.filter(({ endedAt }) => endedAt >= stoppedAt)).length
  }

  #checkLast(data: string): void {
    if (!this.#last) return
    const { name, caller, killedAt, durableMs } = this.#last
    const gone = missing(caller.calls, storedIds(data))
    for (const { id, endedAt } of gone) {
      const ms = killedAt - endedAt
      this.oldestMissingMs = Math.max(this.oldestMissingMs, ms)
      if (ms > durableMs) this.late.push(`${name}: ${id} ended ${Math.round(ms)} ms before`)
    }
    // A call that two recorded, the killed one and the next, would be there twice.
    this.twice.push(...storedTwice(data).map((id) => `${name}: ${id}`))
  }

  #pause(from: number, to: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, from + this.random() * (to - from)))
  }
}

interface Kill {
  readonly name: string
  readonly caller: Caller
  readonly feed: FeedReader
  readonly stoppedAt: number
  readonly killedAt: number
  readonly durableMs: number
}

/** Numbers in 0..1 that a seed decides (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

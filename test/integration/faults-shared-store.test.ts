// Two profilers that write one store and readers beside them, all at work: no error, no lost row, and everybody sees the same sums.

import assert from 'node:assert/strict'
import { Playground } from '../support/costflame'
import { Caller, failuresOf } from '../support/fault-caller'
import { integrityOf, missing, storedIds } from '../support/fault-store'
import { type FaultUpstream, startFaultUpstream } from '../support/fault-upstream'
import { FeedReader } from '../support/feed-reader'
import { noteFault } from '../support/reliability'

/** A full minute where slow tests are asked for; the page is written from that. */
const SECONDS = process.env.COSTFLAME_SLOW_TESTS === '1' ? 60 : 10
const LANES = 3
/** Both profilers write to this run; the others are of one each. */
const COMMON_RUN = 'common'

describe('faults: two profilers and a reader on one store', function () {
  this.timeout(SECONDS * 1000 + 240_000)
  let upstream: FaultUpstream
  let playground: Playground
  // A second try has a store of its own, too.
  beforeEach(async () => {
    upstream = await startFaultUpstream()
    playground = new Playground()
  })
  afterEach(async () => {
    await playground.remove()
    await upstream.close()
  })

  it(`for ${SECONDS} s: no error, no lost row, equal sums`, async () => {
    const profilers = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const { ready, child, ended } = await playground.serve('--upstream', `openai=${upstream.url}`)
        return {
          child,
          ended,
          name,
          caller: new Caller(ready.proxy, name),
          feed: await FeedReader.open(ready),
        }
      }),
    )
    for (const { name, caller } of profilers)
      for (let lane = 0; lane < LANES; lane++)
        caller.startLane(() => ({
          runId: lane === 0 ? COMMON_RUN : `${name}-${lane}-${Math.floor(caller.calls.length / 500)}`,
          stream: caller.calls.length % 2 === 0,
          delayMs: 25,
        }))
    await Promise.all(profilers.map(({ feed }) => feed.state((runs) => runs.length > 0)))
    const reports = await reportsFor(playground, SECONDS * 1000)
    await Promise.all(profilers.map(({ caller }) => caller.stop()))
    const calls = profilers.flatMap(({ caller }) => caller.calls)
    await Promise.all(profilers.map(({ feed }) => feed.state(() => announcedBy(feed) >= calls.length)))
    const ends = await Promise.all(
      profilers.map(({ child, ended }) => {
        child.kill('SIGTERM')
        return ended
      }),
    )
    const lost = missing(calls, storedIds(playground.data))
    const integrity = integrityOf(playground.data)
    noteFault({
      ...{ fault: 'two profilers and readers on one store', times: 1, calls: calls.length },
      ...{ failed: failuresOf(calls).length, lost: lost.length },
      checks: { made: 1, ok: integrity === 'ok' ? 1 : 0 },
      how: `${SECONDS} s; the feeds and ${reports.length} reports read meanwhile`,
    })
    assert.deepEqual(failuresOf(calls), [])
    assert.deepEqual(lost, [])
    assert.equal(integrity, 'ok')
    assert.deepEqual(
      ends.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    )
    assert.deepEqual(
      profilers.map(({ feed }) => announcedBy(feed)),
      [calls.length, calls.length],
      'what the feeds announced',
    )
    assert.ok(reports.every((count, index) => count >= (reports[index - 1] ?? 0)))
    assert.equal(await reportedCalls(playground), calls.length)
  })
})

function announcedBy({ runs }: FeedReader): number {
  return runs.reduce((sum, { totals }) => sum + totals.calls, 0)
}

/** Numbers of calls that `costflame report` gave, one command after the other for so long. */
async function reportsFor(playground: Playground, durationMs: number): Promise<number[]> {
  const counts: number[] = []
  for (const end = performance.now() + durationMs; performance.now() < end; )
    counts.push(await reportedCalls(playground))
  return counts
}

async function reportedCalls(playground: Playground): Promise<number> {
  const { code, stdout, stderr } = await playground.run(['report', '--run', 'all', '--format', 'json'])
  assert.deepEqual([code, stderr], [0, ''])
  // The command's own answer, `costflame.report/1`.
  return (JSON.parse(stdout) as { totals: { calls: number } }).totals.calls
}

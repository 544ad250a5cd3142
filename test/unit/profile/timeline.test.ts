import assert from 'node:assert/strict'
import fc from 'fast-check'
import { at } from '../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { ownValues, sumsOf } from '../../../profiler-agent/profile/measures'
import { inTime } from '../../../profiler-agent/profile/profile'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { timelineTree } from '../../../profiler-agent/profile/timeline-tree'
import { ANY_RUN } from './any-run'
import { linesOf, timed, treeOf } from './boxes'
import { runOf } from './run-of'

describe('the timeline', () => {
  it('lays spans where they were, and what ran at once in lanes of its own', () => {
    const run = `
      agent desk 0..100
        agent orders 10..60
          call a 10..30 1+1 $1 system:1/1 output:1/0
          call b 35..60 1+1 $1
        agent policy 20..90
          call c 20..80 1+1 $1
        step answer 92..100
          call d 92..99 1+1 $1
    `
    assert.deepEqual(timed(run), [
      '0 run 0..100',
      '1 desk 0..100',
      '2 orders 10..60',
      '3 a 10..30',
      '3 b 35..60',
      '4 policy 20..90',
      '5 c 20..80',
      '2 answer 92..100',
      '3 d 92..99',
    ])
  })

  it('makes the run as long as its latest span, also one that outlives its parent', () => {
    const run = `
      agent desk 100..150
        call late 140..300 1+1 $1
    `
    assert.deepEqual(timed(run), ['0 run 0..200', '1 desk 0..50', '2 late 40..200'])
  })

  it('keeps what overlaps by no more than the clock can tell in one lane, and short things at once apart', () => {
    const run = `
      call a 0..50 1+1 $1
      tool b 49..80
      tool c 80..81
      tool d 80..81
    `
    assert.deepEqual(timed(run), ['0 run 0..81', '1 a 0..50', '1 b 49..80', '1 c 80..81', '2 d 80..81'])
  })

  it('keeps a sequence in one lane where two clocks make it overlap by a few milliseconds', () => {
    assert.deepEqual(timed('agent triage 0..105\nagent orders 100..2400\nagent next 2380..2400\n'), [
      '0 run 0..2400',
      '1 triage 0..105',
      '1 orders 100..2400',
      '2 next 2380..2400',
    ])
  })

  it('gives a span whose clock went back no negative width', () => {
    assert.deepEqual(timed('call gpt 50..10 1+1 $1'), ['0 run 0..0', '1 gpt 0..0'])
  })

  it('begins with what began first, also where a clock stepped back before the start of the run', () => {
    const run = columnsOf(
      runOf(`
        call early -500..-400 1+1 $1 system:1/1 output:1/0
        call late -100..-40 1+1 $1
      `),
    )
    assert.deepEqual(linesOf(inTime(timelineTree(run))), [
      '0 run 0..460',
      '1 early 0..100',
      '1 late 400..460',
    ])
    assert.deepEqual(linesOf(inTime(spanTree(run))), ['0 run 0..460', '1 early 0..100', '1 late 400..460'])
  })

  it('keeps a lane for what began before its predecessor ended, because a clock stepped back', () => {
    const picture = `
      agent desk 0..100
        call a 10..30 1+1 $1
        call b 25..60 1+1 $1
    `
    assert.deepEqual(timed(picture), ['0 run 0..100', '1 desk 0..100', '2 a 10..30', '3 b 25..60'])
  })

  it('shows a span of a week beside one of a millisecond', () => {
    const week = 7 * 24 * 3_600_000
    assert.deepEqual(timed(`agent desk 0..${week}\n  call a ${week - 1}..${week} 1+1 $1`), [
      `0 run 0..${week}`,
      `1 desk 0..${week}`,
      `2 a ${week - 1}..${week}`,
    ])
  })

  it('never lays two spans of one row over each other, and none above its parent, whatever the run', () => {
    fc.assert(
      fc.property(ANY_RUN, (run) => {
        const { tree, row, start, weight, rowCount } = inTime(timelineTree(columnsOf(run)))
        const rows = new Map<number, { start: number; end: number }[]>()
        for (let node = 0; node < tree.count; node++) {
          assert.ok(at(row, node) < rowCount && at(start, node) >= 0 && at(weight, node) >= 0)
          if (node > 0) assert.ok(at(row, node) > at(row, at(tree.parent, node)))
          const boxes = rows.get(at(row, node)) ?? []
          rows.set(at(row, node), boxes)
          const box = { start: at(start, node), end: at(start, node) + at(weight, node) }
          // As much as clocks may be wrong by.
          const overlaps = boxes.filter(
            (other) => Math.min(other.end, box.end) - Math.max(other.start, box.start) > 10.001,
          )
          assert.deepEqual(overlaps, [])
          boxes.push(box)
        }
      }),
    )
  })

  it('lays out ten thousand calls at once', () => {
    const calls = Array.from({ length: 10_000 }, (_, index) => `call c${index} ${index}..20000 1+1 $1`)
    const { rowCount } = inTime(treeOf(calls.join('\n')))
    assert.equal(rowCount, 10_001)
  })
})

describe('the time of tools between calls', () => {
  const ASKS = 'call ask 10..30 100+10 $9 system:100/4 output:10/5'
  const BRINGS = '200+10 $9 system:100/2 tool_call:50/1 tool_result:50/1 output:10/5'
  const boxes = (picture: string) => linesOf(inTime(timelineTree(columnsOf(runOf(picture)))))

  it('is shown where a request brings results of tools that no span tells of', () => {
    const picture = `
      agent desk 0..100
        ${ASKS}
        call answer 70..90 ${BRINGS}
    `
    assert.deepEqual(boxes(picture), [
      '0 run 0..100',
      '1 desk 0..100',
      '2 ask 10..30',
      '2 tool time 30..70',
      '2 answer 70..90',
    ])
    const tree = timelineTree(columnsOf(runOf(picture)))
    // Of the agent 10 before, 10 behind; 20 a call; 40 of tools.
    assert.deepEqual([...ownValues(tree, 'time')], [0, 20, 20, 40, 20])
  })

  it('is shown between steps, too', () => {
    const picture = `
      step plan 0..35
        ${ASKS}
      step answer 70..90
        call answer 70..90 ${BRINGS}
    `
    assert.ok(boxes(picture).includes('1 tool time 35..70'))
  })

  it('is that of the tools themselves where spans tell of them', () => {
    const picture = `
      agent desk 0..100
        ${ASKS}
        tool lookup 30..50
        call answer 70..90 ${BRINGS}
    `
    assert.ok(!boxes(picture).some((box) => box.includes('tool time')))
  })

  it('is not made up where the request brings nothing new of a tool, is a retry, or the calls overlap', () => {
    const old = '200+10 $9 system:100/2 tool_result:50/1 assistant:25/1 user:25/1 output:10/5'
    const retry = `70..90 ${BRINGS} call-id s1`
    for (const second of [`70..90 ${old}`, '70..90 100+10 $9', `20..90 ${BRINGS}`, retry]) {
      const picture = `
        agent desk 0..100
          ${ASKS}
          call answer ${second}
      `
      assert.ok(!boxes(picture).some((box) => box.includes('tool time')), second)
    }
  })

  it('is shared by the tools of one reply where nobody knows when each of them ran', () => {
    const { spans, ...run } = runOf(`
      agent desk 0..100
        ${ASKS}
        tool a 30..70
        tool b 30..70
        call answer 70..90 ${BRINGS}
    `)
    const known = spanTree(columnsOf({ ...run, spans }))
    const traffic = spans.map((span) => ({ ...span, parentBasis: 'traffic' as const }))
    const derived = spanTree(columnsOf({ ...run, spans: traffic }))
    const time = (tree: typeof known) => at(sumsOf(tree, 'time'), 0)
    assert.deepEqual([time(known), time(derived)], [140, 100])
  })
})

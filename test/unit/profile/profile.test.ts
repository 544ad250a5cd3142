import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { Run } from '../../../profiler-agent/model/span'
import { buildProfile, type Profile, type ProfileUnit } from '../../../profiler-agent/profile/profile'
import { at, NO_SEGMENT, REST_OF_CALL } from '../../../profiler-agent/profile/tree'
import { inRepository } from '../../support/repository'
import { runOf } from './run-of'

/** Name of a node in the pictures: the span's, or the kind of its segment. */
function nameOf({ tree }: Profile, node: number): string {
  const span = tree.run.spans[at(tree.span, node)]
  const segment = at(tree.segment, node)
  if (segment === REST_OF_CALL) return 'rest'
  return segment === NO_SEGMENT ? (span?.name ?? 'run') : (span?.modelCall?.segments[segment]?.kind ?? '?')
}

/** Boxes as `row name start..end`, in the order of the tree. */
function boxes(run: Run, unit: ProfileUnit): string[] {
  const profile = buildProfile(run, unit)
  return Array.from(profile.tree.parent, (_, node) => node)
    .filter((node) => at(profile.row, node) >= 0)
    .map((node) => {
      const start = at(profile.start, node)
      return `${at(profile.row, node)} ${nameOf(profile, node)} ${start}..${start + at(profile.weight, node)}`
    })
}

describe('a profile by weight', () => {
  const run = runOf(`
    agent desk 0..100
      step plan 0..40
        call big 5..38 900+20 $30 system:600/18 user:300/7 output:20/5
        tool lookup 38..40
      step answer 40..100
        call small 45..60 100+10 $12
  `)

  it('tiles each parent by cost: run, agent, step, call, segment', () => {
    assert.deepEqual(boxes(run, 'cost'), [
      '0 run 0..42',
      '1 desk 0..42',
      '2 plan 0..30',
      '3 big 0..30',
      '4 system 0..18',
      '4 user 18..25',
      '4 output 25..30',
      '3 lookup 30..30',
      '2 answer 30..42',
      '3 small 30..42',
    ])
  })

  it('tiles each parent by tokens', () => {
    assert.deepEqual(boxes(run, 'tokens'), [
      '0 run 0..1030',
      '1 desk 0..1030',
      '2 plan 0..920',
      '3 big 0..920',
      '4 system 0..600',
      '4 user 600..900',
      '4 output 900..920',
      '3 lookup 920..920',
      '2 answer 920..1030',
      '3 small 920..1030',
    ])
  })

  it('gives a call without price no width by cost, says so up to the run, and shows it by tokens', () => {
    const mixed = runOf(`
      agent desk 0..100
        call known 0..10 100+10 $12
        call unknown 10..20 50+5 system:50 output:5
    `)
    assert.deepEqual(boxes(mixed, 'cost'), [
      '0 run 0..12',
      '1 desk 0..12',
      '2 known 0..12',
      '2 unknown 12..12',
      '3 system 12..12',
      '3 output 12..12',
    ])
    const profile = buildProfile(mixed, 'cost')
    assert.deepEqual([...profile.unpriced], [1, 1, 0, 1, 0, 0])
    assert.deepEqual([...profile.tree.picoUsd], [12, 12, 12, Number.NaN, Number.NaN, Number.NaN])
    assert.equal(buildProfile(mixed, 'tokens').total, 165)
  })

  it('gives a failed call no weight and does not call it unpriced', () => {
    const profile = buildProfile(runOf('call gpt 0..10 failed'), 'tokens')
    assert.equal(profile.total, 0)
    assert.deepEqual([...profile.unpriced], [0, 0])
  })

  it('keeps what a call costs beyond its segments as a rest', () => {
    assert.deepEqual(boxes(runOf('call gpt 0..10 100+10 $42 system:100/20 output:10/12'), 'cost'), [
      '0 run 0..42',
      '1 gpt 0..42',
      '2 system 0..20',
      '2 output 20..32',
      '2 rest 32..42',
    ])
  })

  it('drops segments that add up to more than their call', () => {
    assert.deepEqual(boxes(runOf('call gpt 0..10 100+10 $42 system:100/40 output:10/12'), 'cost'), [
      '0 run 0..42',
      '1 gpt 0..42',
    ])
  })

  it('keeps the own weight of a call with calls below it apart from theirs', () => {
    const nested = runOf(`
      call outer 0..50 10+1 $5
        tool delegate 10..40
          call inner 12..30 20+2 $7
    `)
    assert.deepEqual(boxes(nested, 'cost'), [
      '0 run 0..12',
      '1 outer 0..12',
      '2 rest 0..5',
      '2 delegate 5..12',
      '3 inner 5..12',
    ])
  })

  it('counts a retry as the same call', () => {
    const retried = runOf(`
      call gpt 0..5 failed call-id c1
      call gpt 6..10 100+10 $42 call-id c1
    `)
    assert.equal(buildProfile(retried, 'cost').tree.calls[0], 1)
  })

  it('hangs orphans and circles under the run, each span once', () => {
    const odd = runOf(`
      call orphan 0..5 1+1 $1 under nobody
      agent a 0..5 as a under b
      agent b 0..5 as b under a
      call own 0..5 1+1 $2 as own under own
    `)
    const profile = buildProfile(odd, 'cost')
    assert.equal(profile.tree.count, 5)
    assert.equal(profile.total, 3)
  })

  it('takes a span of kind run as the run itself', () => {
    const rooted = runOf(`
      run main 0..100
        call gpt 0..10 1+1 $4
    `)
    assert.deepEqual(boxes(rooted, 'cost'), ['0 main 0..4', '1 gpt 0..4'])
  })

  it('shows an empty run as one node without width', () => {
    for (const unit of ['cost', 'tokens', 'time'] as const) {
      const profile = buildProfile(runOf(''), unit)
      assert.equal(profile.total, 0)
      assert.equal(profile.tree.count, 1)
    }
  })
})

describe('a profile by time', () => {
  it('lays spans where they were, and what ran at once in lanes of its own', () => {
    const run = runOf(`
      agent desk 0..100
        agent orders 10..60
          call a 10..30 1+1 $1 system:1/1 output:1/0
          call b 35..60 1+1 $1
        agent policy 20..90
          call c 20..80 1+1 $1
        step answer 92..100
          call d 92..99 1+1 $1
    `)
    assert.deepEqual(boxes(run, 'time'), [
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
    const run = runOf(`
      agent desk 100..150
        call late 140..300 1+1 $1
    `)
    assert.deepEqual(boxes(run, 'time'), ['0 run 0..200', '1 desk 0..50', '2 late 40..200'])
  })

  it('keeps what overlaps by no more than the clock can tell in one lane, and short things at once apart', () => {
    const run = runOf(`
      call a 0..50 1+1 $1
      tool b 49..80
      tool c 80..81
      tool d 80..81
    `)
    assert.deepEqual(boxes(run, 'time'), [
      '0 run 0..81',
      '1 a 0..50',
      '1 b 49..80',
      '1 c 80..81',
      '2 d 80..81',
    ])
  })

  it('gives a span whose clock went back no negative width', () => {
    assert.deepEqual(boxes(runOf('call gpt 50..10 1+1 $1'), 'time'), ['0 run 0..0', '1 gpt 0..0'])
  })
})

describe('the sums of a profile', () => {
  it('are exact for the recorded run: children add up to parents, the root to the totals', () => {
    const [run] = JSON.parse(
      readFileSync(inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json'), 'utf8'),
    ).runs as Run[]
    assert.ok(run)
    assertSums(buildProfile(run, 'cost'))
    assertSums(buildProfile(run, 'tokens'))
    assert.equal(buildProfile(run, 'cost').total, 114_243_120_000)
    assert.equal(buildProfile(run, 'tokens').total, 54_254 + 3_504)
  })

  it('are exact for any tree', () => {
    const line = fc.record({
      depth: fc.nat(5),
      price: fc.option(fc.nat(1e12)),
      tokens: fc.nat(1e6),
      parts: fc.array(fc.record({ tokens: fc.nat(1e5), picoUsd: fc.nat(1e10) }), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const picture = lines.map(({ depth, price, tokens, parts }, index) => {
          const segments = parts.map((part) => `user:${part.tokens}/${part.picoUsd}`).join(' ')
          return `${' '.repeat(depth)}call c${index} 0..1 ${tokens}+1 ${price === null ? '' : `$${price}`} ${segments}`
        })
        const run = runOf(picture.join('\n'))
        for (const unit of ['cost', 'tokens'] as const) assertSums(buildProfile(run, unit))
        assert.equal(buildProfile(run, 'cost').total, run.totals.cost?.picoUsd ?? 0)
      }),
    )
  })
})

function assertSums({ tree, weight, unit }: Profile) {
  const sums = new Float64Array(tree.count)
  const hasChildren = new Uint8Array(tree.count)
  for (let node = 1; node < tree.count; node++) {
    const parent = at(tree.parent, node)
    sums[parent] = at(sums, parent) + at(weight, node)
    hasChildren[parent] = 1
  }
  for (let node = 0; node < tree.count; node++)
    if (hasChildren[node] === 1) assert.equal(at(sums, node), at(weight, node), `${unit} of node ${node}`)
}

import assert from 'node:assert/strict'
import { sumsOf, UNITS } from '../../../profiler-agent/profile/measures'
import { byWeight } from '../../../profiler-agent/profile/profile'
import { treeOf, weighed } from './boxes'

describe('a profile by weight', () => {
  const run = `
    agent desk 0..100
      step plan 0..40
        call big 5..38 900+20 $30 system:600/18 user:300/7 output:20/5
        tool lookup 38..40
      step answer 40..100
        call small 45..60 100+10 $12
  `

  it('tiles each parent by cost: run, agent, step, call, segment', () => {
    assert.deepEqual(weighed(run, 'cost'), [
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
    assert.deepEqual(weighed(run, 'tokens'), [
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
    const mixed = `
      agent desk 0..100
        call known 0..10 100+10 $12
        call unknown 10..20 50+5 system:50 output:5
    `
    assert.deepEqual(weighed(mixed, 'cost'), [
      '0 run 0..12',
      '1 desk 0..12',
      '2 known 0..12',
      '2 unknown 12..12',
      '3 system 12..12',
      '3 output 12..12',
    ])
    const tree = treeOf(mixed)
    assert.deepEqual([...sumsOf(tree, 'unpricedCalls')].slice(0, 4), [1, 1, 0, 1])
    assert.deepEqual([...sumsOf(tree, 'cost')], [12, 12, 12, Number.NaN, Number.NaN, Number.NaN])
    assert.equal(byWeight(tree, 'tokens').total, 165)
  })

  it('gives a failed call no weight and does not call it unpriced', () => {
    const tree = treeOf('call gpt 0..10 failed')
    assert.equal(byWeight(tree, 'tokens').total, 0)
    assert.deepEqual([...sumsOf(tree, 'unpricedCalls')], [0, 0])
  })

  it('keeps what a call costs beyond its segments as a rest', () => {
    assert.deepEqual(weighed('call gpt 0..10 100+10 $42 system:100/20 output:10/12', 'cost'), [
      '0 run 0..42',
      '1 gpt 0..42',
      '2 system 0..20',
      '2 output 20..32',
      '2 rest 32..42',
    ])
  })

  it('drops segments that add up to more than their call', () => {
    assert.deepEqual(weighed('call gpt 0..10 100+10 $42 system:100/40 output:10/12', 'cost'), [
      '0 run 0..42',
      '1 gpt 0..42',
    ])
  })

  it('keeps the own weight of a call with calls below it apart from theirs', () => {
    const nested = `
      call outer 0..50 10+1 $5
        tool delegate 10..40
          call inner 12..30 20+2 $7
    `
    assert.deepEqual(weighed(nested, 'cost'), [
      '0 run 0..12',
      '1 outer 0..12',
      '2 rest 0..5',
      '2 delegate 5..12',
      '3 inner 5..12',
    ])
  })

  it('counts a retry as the same call', () => {
    const retried = treeOf(`
      call gpt 0..5 failed call-id c1
      call gpt 6..10 100+10 $42 call-id c1
    `)
    assert.equal(sumsOf(retried, 'calls')[0], 1)
  })

  it('hangs orphans and circles under the run, each span once', () => {
    const odd = treeOf(`
      call orphan 0..5 1+1 $1 under nobody
      agent a 0..5 as a under b
      agent b 0..5 as b under a
      call own 0..5 1+1 $2 as own under own
    `)
    assert.equal(odd.count, 5)
    assert.equal(byWeight(odd, 'cost').total, 3)
  })

  it('takes a span of kind run as the run itself', () => {
    const rooted = `
      run main 0..100
        call gpt 0..10 1+1 $4
    `
    assert.deepEqual(weighed(rooted, 'cost'), ['0 main 0..4', '1 gpt 0..4'])
  })

  it('shows an empty run as one node without width', () => {
    for (const unit of UNITS) {
      const profile = byWeight(treeOf(''), unit)
      // A run without spans took the time that it says itself.
      assert.equal(profile.total, unit === 'time' ? 1000 : 0)
      assert.equal(profile.tree.count, 1)
    }
  })
})

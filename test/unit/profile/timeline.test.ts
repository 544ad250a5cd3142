import assert from 'node:assert/strict'
import { timed } from './boxes'

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

  it('gives a span whose clock went back no negative width', () => {
    assert.deepEqual(timed('call gpt 50..10 1+1 $1'), ['0 run 0..0', '1 gpt 0..0'])
  })
})

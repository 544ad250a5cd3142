// What is said against comparing two sets of runs.

import assert from 'node:assert/strict'
import {
  type AskedWith,
  type ComparableSide,
  comparabilityWarnings,
} from '../../../../profiler-agent/budgets/compare/comparability'
import { setOf } from '../../../support/compared-calls'

function side(asked: readonly AskedWith[], runIds: readonly string[] = []): ComparableSide {
  return { asked, runIds, set: setOf([{ tokens: [1, 0, 1] }]) }
}
const questions = (...asked: readonly string[]) => side(asked.map((question) => ({ agent: 'a', question })))

describe('warnings of a comparison', () => {
  it('are none where nothing speaks against it, or nothing is known', () => {
    const same = side([{ agent: 'a', system: 's', tools: 't', question: 'q' }], ['r1'])
    assert.deepEqual(comparabilityWarnings(same, { ...same, runIds: ['r2'] }), [])
    assert.deepEqual(comparabilityWarnings(same, side([{ agent: 'a' }])), [])
  })

  it('name an agent with another prompt or other tools', () => {
    const before = side([{ agent: 'a', system: 's1', tools: 't1' }])
    assert.deepEqual(comparabilityWarnings(before, side([{ agent: 'a', system: 's2', tools: 't2' }])), [
      'other prompt: a has another system prompt in the head',
      'other prompt: a has another set of tools in the head',
    ])
  })

  it('take an agent that has several prompts for the same while one of them is', () => {
    const before = side([
      { agent: 'a', system: 's1' },
      { agent: 'a', system: 's2' },
    ])
    assert.deepEqual(comparabilityWarnings(before, side([{ agent: 'a', system: 's2' }])), [])
  })

  it('say nothing of prompts that are others in each call anyway', () => {
    const dated = (day: string) =>
      side(Array.from({ length: 11 }, (_, index) => ({ agent: 'a', system: `${day} ${index}` })))
    assert.deepEqual(comparabilityWarnings(dated('monday'), dated('tuesday')), [])
  })

  it('count the questions that both sides were asked', () => {
    const four = questions('q1', 'q2', 'q3', 'q4')
    assert.deepEqual(comparabilityWarnings(four, questions('q1', 'q5')), [
      "other inputs: only 1 of the head's 2 questions was asked in the base",
    ])
    assert.deepEqual(comparabilityWarnings(four, questions('q5')), [
      "other inputs: none of the head's 1 question was asked in the base",
    ])
    assert.deepEqual(comparabilityWarnings(questions('q1', 'q2', 'q3', 'q4', 'q5'), four), [])
  })

  it('name runs that are on both sides', () => {
    assert.deepEqual(comparabilityWarnings(side([], ['r1', 'r2', 'r3']), side([], ['r2', 'r3'])), [
      '2 runs (r2, r3) on both sides',
    ])
  })
})

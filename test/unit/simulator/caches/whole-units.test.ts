// A cache that holds whole units only: where prompts and answers ended, and where prompts parted.
import assert from 'node:assert/strict'
import { cacheRuleFor } from '../../../../profiler-agent/rules/cache-rules'
import { createPromptCaches } from '../../../../profiler-agent/simulator/caches/prompt-caches'
import { type Prompt, PromptBuilder } from '../../../../profiler-agent/simulator/prompt'

const HOUR = 3_600_000

// Every letter is a token; what opens the answer is 5 more.
const promptOf = (...blocks: string[]): Prompt => {
  const prompt = new PromptBuilder((text) => text.length)
  for (const block of blocks) prompt.block('messages', block)
  prompt.frame('messages', '<assistant>', 5)
  return prompt.build()
}

const deepSeek = () => {
  const rule = cacheRuleFor('deepseek', 'deepseek-chat')
  assert.ok(rule)
  const caches = createPromptCaches((text) => text.length)
  return (blocks: string[], { answer = '', at = 0 } = {}): number => {
    const asked = { prompt: promptOf(...blocks), rule, scope: 'me', implicitBreakpoint: false, at }
    const { readTokens, commit } = caches.ask(asked)
    commit(answer === '' ? undefined : promptOf(answer).units.slice(0, 1))
    return readTokens
  }
}

const a = 'a'.repeat(600)
const b = 'b'.repeat(600)
const c = 'c'.repeat(600)

describe('prompt cache of whole units', () => {
  it('reads a prompt that goes on from one before, in steps of 128', () => {
    const ask = deepSeek()
    assert.equal(ask([a]), 0)
    // 600 tokens: 4 steps.
    assert.equal(ask([a, b]), 512)
    // 1,200: 9 steps.
    assert.equal(ask([a, b]), 1152)
  })

  it('reads up to the end of an answer', () => {
    const ask = deepSeek()
    assert.equal(ask([a], { answer: b }), 0)
    assert.equal(ask([a, b, c]), 1152)
  })

  it('reads nothing of a prompt that goes another way, until two have parted there', () => {
    const ask = deepSeek()
    assert.equal(ask([a, b]), 0)
    assert.equal(ask([a, c]), 0)
    assert.equal(ask([a, 'd']), 512)
  })

  it('finds where two prompts part within a text', () => {
    const ask = deepSeek()
    assert.equal(ask([`${a}x${b}`]), 0)
    assert.equal(ask([`${a}y${b}`]), 0)
    assert.equal(ask([`${a}z${b}`]), 512)
    assert.equal(ask(['b']), 0)
  })

  it('forgets after an hour without use', () => {
    const ask = deepSeek()
    ask([a])
    assert.equal(ask([a, b], { at: HOUR }), 512)
    assert.equal(ask([a, c], { at: 2 * HOUR + 1 }), 0)
  })
})

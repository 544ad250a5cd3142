// The simulated prompt caches by themselves: prefixes, lifetimes, look-back and who shares an entry.
import assert from 'node:assert/strict'
import { type CacheRule, cacheRuleFor } from '../../../../profiler-agent/rules/cache-rules'
import { createPromptCaches } from '../../../../profiler-agent/simulator/caches/prompt-caches'
import type { CacheQuestion } from '../../../../profiler-agent/simulator/caches/question'
import { type Prompt, PromptBuilder } from '../../../../profiler-agent/simulator/prompt'

const MINUTE = 60_000

// Every letter is a token. `text!` has a breakpoint, `text!1h` one with that lifetime.
const promptOf = (...blocks: string[]): Prompt => {
  const prompt = new PromptBuilder((text) => text.length)
  for (const block of blocks) {
    const [text = '', mark] = block.split('!')
    prompt.block('messages', text, mark === undefined ? {} : { mark: mark === '' ? 'default' : mark })
  }
  return prompt.build()
}

const ruleOf = (model: string): CacheRule => {
  const rule = cacheRuleFor(model.startsWith('claude') ? 'anthropic' : 'openai', model)
  assert.ok(rule)
  return rule
}

const cacheFor = (model: string) => {
  const caches = createPromptCaches((text) => text.length)
  return (prompt: Prompt, at = 0, more: Partial<CacheQuestion> = {}) => {
    const { commit, ...outcome } = caches.ask({
      prompt,
      rule: ruleOf(model),
      scope: 'me',
      implicitBreakpoint: true,
      at,
      ...more,
    })
    commit()
    return outcome
  }
}

const a = 'a'.repeat(1000)
const b = 'b'.repeat(1000)

describe('automatic prompt cache', () => {
  it('reads the shared beginning in steps of 128, from 1,024 on', () => {
    const ask = cacheFor('gpt-5.4')
    assert.equal(ask(promptOf(a, b)).readTokens, 0)
    assert.equal(ask(promptOf(a, b)).readTokens, 1920)
    assert.equal(ask(promptOf(a, 'b'.repeat(500))).readTokens, 1408)
    assert.equal(ask(promptOf(a, 'b'.repeat(23))).readTokens, 0)
    assert.equal(ask(promptOf(a, 'b'.repeat(24))).readTokens, 1024)
    assert.equal(ask(promptOf(b, a)).readTokens, 0)
  })

  it('never charges a write', () => {
    assert.deepEqual(cacheFor('gpt-5.4')(promptOf(a, b)).writeTokens, {})
  })

  it('forgets after 5 idle minutes, and after an hour whatever happens', () => {
    const ask = cacheFor('gpt-5.4')
    ask(promptOf(a, b))
    let at = 0
    while (at + 4 * MINUTE <= 60 * MINUTE) {
      at += 4 * MINUTE
      assert.equal(ask(promptOf(a, b), at).readTokens, 1920)
    }
    assert.equal(ask(promptOf(a, b), 61 * MINUTE).readTokens, 0)
    assert.equal(ask(promptOf(a, b), 66 * MINUTE).readTokens, 1920)
    assert.equal(ask(promptOf(a, b), 72 * MINUTE).readTokens, 0)
  })

  it('keeps for a day what the request wants kept for a day', () => {
    const ask = cacheFor('gpt-5.4')
    ask(promptOf(a, b), 0, { lifetime: '24h' })
    assert.equal(ask(promptOf(a, b), 23 * 60 * MINUTE).readTokens, 1920)
  })

  it('shares nothing between scopes', () => {
    const ask = cacheFor('gpt-5.4')
    ask(promptOf(a, b))
    assert.equal(ask(promptOf(a, b), 0, { scope: 'you' }).readTokens, 0)
  })
})

describe('prompt cache with breakpoints', () => {
  it('reads the longest entry and writes the rest up to the last mark', () => {
    const ask = cacheFor('claude-sonnet-5')
    assert.deepEqual(ask(promptOf(a, `${b}!`, 'x')), { readTokens: 0, writeTokens: { '5m': 2000 } })
    assert.deepEqual(ask(promptOf(a, b, 'xyz!')), { readTokens: 2000, writeTokens: { '5m': 3 } })
    assert.deepEqual(ask(promptOf(a, b, 'xyz!')), { readTokens: 2003, writeTokens: {} })
  })

  it('keeps no entry where there is no mark', () => {
    const ask = cacheFor('claude-sonnet-5')
    ask(promptOf(a, b, 'x!'))
    assert.equal(ask(promptOf(a, b, 'y!')).readTokens, 0)
  })

  it('passes over marks below the minimum', () => {
    const ask = cacheFor('claude-sonnet-5')
    assert.deepEqual(ask(promptOf(`${a}!`, 'b')), { readTokens: 0, writeTokens: {} })
  })

  it('holds an hour what is marked for an hour, and renews it by reading', () => {
    const ask = cacheFor('claude-sonnet-5')
    ask(promptOf(a, `${b}!1h`))
    assert.equal(ask(promptOf(a, `${b}!1h`), 59 * MINUTE).readTokens, 2000)
    assert.equal(ask(promptOf(a, `${b}!1h`), 118 * MINUTE).readTokens, 2000)
    assert.equal(ask(promptOf(a, `${b}!1h`), 179 * MINUTE).readTokens, 0)
  })

  it('has one implicit mark from gpt-5.6 on, unless the request wants explicit ones only', () => {
    const ask = cacheFor('gpt-5.6-sol')
    assert.deepEqual(ask(promptOf(a, b)), { readTokens: 0, writeTokens: { '30m': 2000 } })
    assert.deepEqual(ask(promptOf(a, b, 'cd')), { readTokens: 2000, writeTokens: { '30m': 2 } })
    assert.deepEqual(ask(promptOf(a, b, 'cd'), 0, { implicitBreakpoint: false }), {
      readTokens: 0,
      writeTokens: {},
    })
  })

  it('writes the implicit mark and the latest three explicit ones', () => {
    const ask = cacheFor('gpt-5.6-sol')
    ask(promptOf(`${a}${b}!`, 'c!', 'd!', 'e!', 'f'))
    assert.equal(ask(promptOf(`${a}${b}`, 'X'), 0).readTokens, 0)
    assert.equal(ask(promptOf(`${a}${b}`, 'c', 'X'), 0).readTokens, 2001)
  })

  it('charges 12 hours where the request asks for them', () => {
    const ask = cacheFor('gpt-5.6-sol')
    assert.deepEqual(ask(promptOf(a, b), 0, { lifetime: '12h' }).writeTokens, { '12h': 2000 })
    assert.equal(ask(promptOf(a, b), 11 * 60 * MINUTE).readTokens, 2000)
  })
})

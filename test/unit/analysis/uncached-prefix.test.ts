// Prefixes that are sent again uncached: found with the text that changes and a saving reckoned by hand, and no false alarm.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type AnalysedCall, type FindingRule, TooLate } from '../../../profiler-agent/analysis/finding-input'
import { findingsOf, RunAnalysis } from '../../../profiler-agent/analysis/findings'
import type { WeighedBlock } from '../../../profiler-agent/analysis/prefix'
import { sharedPrefix } from '../../../profiler-agent/analysis/prefix'
import type { CacheTtl } from '../../../profiler-agent/model/usage'
import { usageOf } from '../../../profiler-agent/model/usage'
import type { CacheRule } from '../../../profiler-agent/rules/cache-rules'
import { costOf } from '../../support/spans'

const RULE = {
  provider: 'openai',
  families: [],
  mechanism: 'automatic',
  minimumTokens: 1024,
  incrementTokens: 128,
  lifetimes: [{ name: 'in_memory', idleMs: 300_000 }],
  maxBreakpoints: 0,
  implicitBreakpoint: false,
  lookBackBlocks: null,
  lookBackBreakpoints: null,
  chargesWrites: false,
  evidence: 'documented',
  source: 'test',
  date: '2026-11-22',
} as const satisfies CacheRule
const BREAKPOINTS: CacheRule = {
  ...RULE,
  mechanism: 'breakpoints',
  incrementTokens: 1,
  lifetimes: [{ name: '5m', idleMs: 300_000 }],
  maxBreakpoints: 4,
  chargesWrites: true,
}

/** Pico-dollars per token: $0.25 per million, a tenth of it from the cache, a quarter more to write. */
const PRICES = {
  ...costOf().prices,
  uncachedInput: 250_000,
  cacheRead: 25_000,
  cacheWrite: { '5m': 312_500, '30m': 312_500, '1h': 500_000, '12h': 500_000, unknown: 312_500 },
}

interface Said {
  readonly at?: number
  readonly system: string
  readonly user: string
  readonly systemTokens?: number
  readonly read?: number
  readonly written?: number
  readonly line?: number
  readonly marks?: readonly CacheTtl[]
}

/** A prompt of system text (60,000 tokens) and a question (1,000 tokens). A hash is the text itself. */
function call(spanId: string, said: Said): AnalysedCall {
  const { system, user, systemTokens = 60_000, read = 0, written = 0, line = 3, at = 0, marks = [] } = said
  const plain = systemTokens + 1000 - read - written
  const byBucket = {
    uncachedInput: plain * PRICES.uncachedInput,
    cacheRead: read * PRICES.cacheRead,
    cacheWrite: written * PRICES.cacheWrite['5m'],
    output: 0,
    units: 0,
  }
  const picoUsd = byBucket.uncachedInput + byBucket.cacheRead + byBucket.cacheWrite
  const block = (path: string, kind: 'system' | 'user', hash: string, characters: number) => ({
    path,
    kind,
    hash,
    characters,
    tokens: characters,
  })
  return {
    spanId,
    provider: 'openai',
    model: 'gpt-5-mini',
    startedAt: at,
    endedAt: at,
    firstTokenAt: at,
    settings: {},
    isPromptWhole: true,
    callSite: { file: 'agent.mjs', line, column: 7, stack: [] },
    usage: usageOf(
      {
        uncachedInputTokens: plain,
        cacheReadTokens: read,
        cacheWriteTokens: { '5m': written },
        outputTokens: 0,
      },
      'reported',
      null,
    ),
    cost: { ...costOf(), picoUsd, byBucket, prices: PRICES },
    prompt: {
      blocks: [block('system', 'system', system, systemTokens), block('messages[0]', 'user', user, 1000)],
      tokensPerCharacter: 1,
      hiddenTokens: 0,
    },
    marks,
  }
}

const find = (
  calls: readonly AnalysedCall[],
  rule: CacheRule = RULE,
  textOf = (hash: string): string | undefined => hash,
) => findingsOf({ runId: 'r', calls, textOf, cacheRule: () => rule, hashOf: (text) => `id of ${text}` })

/** 1,000 characters, of which eight are a time of day that changes at the 14th. */
const clockText = (second: number) =>
  `It is 10:00:0${second}. ${'You answer questions about orders. '.repeat(40)}`.slice(0, 1000)
const questions = ['Where is it?', 'Can I return this one?', 'Why was I charged twice?']
const volatileCalls = (said: Partial<Said> = {}, count = 3) =>
  questions
    .slice(0, count)
    .map((user, index) => call(`c${index}`, { system: clockText(index), user, at: index * 1000, ...said }))
const stableCalls = (said: Partial<Said> = {}) =>
  questions.map((user, index) => call(`c${index}`, { system: clockText(0), user, at: index * 1000, ...said }))

describe('rule cache/volatile-prefix', () => {
  it('finds the text that changes, where it stands, and what it costs', () => {
    const [finding, ...others] = find(volatileCalls())
    assert.deepEqual(others, [])
    // 999 of 1,000 characters are equal: 59,940 tokens, of which whole steps of 128 are served: 59,904.
    // A call cost 61,000 × 250,000; with the cache it costs 59,904 × 25,000 + 1,096 × 250,000: 13,478,400,000 less, twice.
    assert.deepEqual(finding, {
      id: 'id of cache/vola',
      rule: 'cache/volatile-prefix',
      severity: 'warning',
      message:
        'About 59,904 stable tokens were sent again uncached in 2 calls, because text at character 7 of system changes with every call ("10:00:00" → "10:00:01"). Moving it behind the stable part saves up to $0.02696 a run.',
      runId: 'r',
      spanIds: ['c1', 'c2'],
      location: { file: 'agent.mjs', line: 3, column: 7 },
      relatedLocations: [],
      evidence: {
        calls: 2,
        tokensPerCall: 59_904,
        model: 'gpt-5-mini',
        volatile: { path: 'system', at: 6, before: '10:00:00', after: '10:00:01' },
      },
      saving: {
        picoUsd: 26_956_800_000,
        perRun: true,
        assumption: 'the start of the prompt were the same in all calls',
        certainty: 'upTo',
      },
      fix: { title: 'Move the changing text behind the stable part of the prompt', safety: 'review' },
    })
  })

  it('is silent about a stable prompt, whatever the provider made of it', () => {
    assert.deepEqual(find(stableCalls()), [])
    assert.deepEqual(find(stableCalls({ read: 59_904 })), [])
  })

  it('is silent where the provider served the prefix all the same', () => {
    assert.deepEqual(find(volatileCalls({ read: 59_904 })), [])
  })

  it('is silent about one cold call and about two', () => {
    assert.deepEqual(find(volatileCalls({}, 1)), [])
    assert.deepEqual(find(volatileCalls({}, 2)), [])
  })

  it('is silent below a cent', () => {
    // 20,000 tokens: 4,4… thousand million pico-dollars a call, under 10,000 million for two.
    assert.deepEqual(find(volatileCalls({ systemTokens: 20_000 })), [])
  })

  it('is silent where the cache would have forgotten the prefix', () => {
    const calls = volatileCalls().map((each, index) => ({ ...each, startedAt: index * 300_001 }))
    assert.deepEqual(find(calls), [])
  })

  it('is silent about prefixes that are too short for a cache', () => {
    assert.deepEqual(find(volatileCalls(), { ...RULE, minimumTokens: 60_000 }), [])
  })

  it('is one finding for one prompt that several lines send', () => {
    const calls = volatileCalls().map((each, line) => ({
      ...each,
      callSite: { file: 'agent.mjs', line: line + 1, stack: [] },
    }))
    const [finding, ...others] = find(calls)
    assert.deepEqual(others, [])
    assert.deepEqual(finding?.location, { file: 'agent.mjs', line: 2, column: 1 })
    assert.deepEqual(finding?.relatedLocations, [
      { file: 'agent.mjs', line: 3, column: 1, message: 'The same prompt is sent here' },
    ])
  })

  it('blames nobody where only hashes were kept', () => {
    assert.deepEqual(
      find(volatileCalls(), RULE, () => undefined),
      [],
    )
  })

  it('has the same id in every run', () => {
    const ids = [0, 4].map((second) =>
      find(volatileCalls().map((each) => ({ ...each, startedAt: each.startedAt + second }))).map(
        ({ id }) => id,
      ),
    )
    assert.deepEqual(ids[0], ids[1])
  })
})

describe('rule cache/missing-breakpoint', () => {
  it('finds a stable prefix that nobody marked', () => {
    const [finding] = find(stableCalls(), BREAKPOINTS)
    assert.equal(finding?.rule, 'cache/missing-breakpoint')
    // 61,000 × 250,000 less 60,000 × 25,000 and 1,000 × 312,500 is 13,437.5 million, twice;
    // the first call pays 60,000 × 62,500 = 3,750 million more, because it writes.
    assert.equal(finding?.saving?.picoUsd, 23_125_000_000)
    assert.equal(finding?.saving?.certainty, 'expected')
    assert.equal(finding?.fix?.safety, 'safe')
    assert.deepEqual(finding?.spanIds, ['c1', 'c2'])
  })

  it('is silent where a breakpoint stands', () => {
    assert.deepEqual(find(stableCalls({ marks: ['5m'] }), BREAKPOINTS), [])
  })

  it('is silent where the provider cached without one', () => {
    assert.deepEqual(find(stableCalls({ read: 60_000 }), BREAKPOINTS), [])
    assert.deepEqual(find(stableCalls(), { ...BREAKPOINTS, implicitBreakpoint: true }), [])
  })
})

describe('findingsOf', () => {
  const broken: FindingRule = {
    name: 'waste/broken',
    start: () => {
      throw new Error('no such call')
    },
  }
  const fine: FindingRule = {
    name: 'cache/uncached-prefix',
    start: () => ({ add: () => undefined, findings: () => [] }),
  }

  it('says that a rule failed and runs the others', () => {
    const input = {
      runId: 'r',
      calls: [],
      textOf: () => undefined,
      cacheRule: () => undefined,
      hashOf: (t: string) => t,
    }
    const found = findingsOf(input, [broken, fine])
    assert.deepEqual(
      found.map(({ rule, severity, message }) => [rule, severity, message]),
      [
        [
          'profiler/rule-failed',
          'info',
          'The rule waste/broken failed on this run (no such call); its findings are missing, everything else is complete.',
        ],
      ],
    )
  })
})

describe('RunAnalysis', () => {
  it('finds in calls that come one by one, in whatever order they end, what is found in all of them', () => {
    const said = fc.record({
      start: fc.nat(40),
      duration: fc.nat(400),
      clock: fc.nat(4),
      read: fc.constantFrom(0, 0, 59_904),
      question: fc.nat(2),
    })
    fc.assert(
      fc.property(fc.array(said, { maxLength: 120 }), fc.constantFrom(RULE, BREAKPOINTS), (calls, rule) => {
        const made = calls.map(({ start, duration, clock, read, question }, index) => {
          const startedAt = start * 10 + index * 1000
          const facts = { system: clockText(clock), user: questions[question] ?? '', at: startedAt, read }
          return { endedAt: startedAt + duration * 20, call: call(`c${index}`, facts) }
        })
        const context = {
          runId: 'r',
          textOf: (hash: string) => hash,
          cacheRule: () => rule,
          hashOf: (text: string) => text,
        }
        const analysis = new RunAnalysis(context)
        for (const each of made.toSorted((left, right) => left.endedAt - right.endedAt))
          analysis.add(each.call)
        const whole = findingsOf({ ...context, calls: made.map((each) => each.call) })
        assert.deepEqual(analysis.findings(), whole)
      }),
    )
  })

  it('says so when a call began before all that it remembers', () => {
    const analysis = new RunAnalysis({
      runId: 'r',
      textOf: (hash) => hash,
      cacheRule: () => RULE,
      hashOf: (text) => text,
    })
    for (let at = 0; at < 100; at++) analysis.add(call(`c${at}`, { system: 's', user: 'u', at: at + 10 }))
    assert.throws(() => analysis.add(call('late', { system: 's', user: 'u', at: 1 })), TooLate)
  })
})

describe('sharedPrefix', () => {
  const block = (hash: string, kind: WeighedBlock['kind'] = 'user'): WeighedBlock => ({
    path: hash,
    kind,
    hash,
    characters: 20,
  })
  const promptOf = (...blocks: WeighedBlock[]) => ({ blocks, tokensPerCharacter: 0.5 })
  const share = (earlier: string[], later: string[]) =>
    sharedPrefix(
      promptOf(...earlier.map((hash) => block(hash))),
      promptOf(...later.map((hash) => block(hash))),
      (hash) => hash,
    )

  it('counts equal blocks from the start', () => {
    assert.deepEqual(share(['a', 'b', 'c'], ['a', 'b', 'x']), {
      equalTokens: 20,
      stableTokens: 20,
      volatile: [],
    })
  })

  it('stops at a block of another kind', () => {
    const shared = sharedPrefix(promptOf(block('a', 'system')), promptOf(block('a', 'user')), (hash) => hash)
    assert.equal(shared.stableTokens, 0)
  })

  it('goes on behind a block that differs in a few characters only', () => {
    const shared = share(['it is 10:00:01 now in Berlin', 'b'], ['it is 10:00:02 now in Berlin', 'b'])
    assert.equal(shared.equalTokens, 0)
    assert.equal(shared.stableTokens, 20)
    assert.deepEqual(shared.volatile, [
      { path: 'it is 10:00:02 now in Berlin', at: 6, before: '10:00:01', after: '10:00:02' },
    ])
  })
})

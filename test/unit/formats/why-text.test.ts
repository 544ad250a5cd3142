// Two texts beside each other, and the evidence of a finding as text.

import assert from 'node:assert/strict'
import { sideBySide, visibleText } from '../../../profiler-agent/formats/side-by-side'
import { type ExplainedCall, type Explanation, whyText } from '../../../profiler-agent/formats/why-text'

describe('two texts beside each other', () => {
  const LEFT = 'one\ntwo\nthree\nfour\ntime 10:00\nsix'
  const RIGHT = LEFT.replace('10:00', '11:30')

  it('show some lines before the place where they part', () => {
    assert.deepEqual(sideBySide(LEFT, RIGHT, { width: 53, before: 2 }), [
      'three                     │ three',
      'four                      │ four',
      'time 10:00                ≠ time 11:30',
      'six                       │ six',
    ])
  })

  it('stand below each other where there is no room', () => {
    assert.deepEqual(sideBySide(LEFT, RIGHT, { width: 20, before: 1 }), [
      '  four',
      '- time 10:00',
      '+ time 11:30',
      '  six',
    ])
  })

  it('are cut before a place far into a line', () => {
    const long = (value: string) => `${'x'.repeat(500)} ${value} ${'y'.repeat(500)}`
    const [first = ''] = sideBySide(long('10:00'), long('11:30'), { width: 83 })
    assert.ok(first.startsWith('…xxxx'), first)
    assert.ok(first.includes(' 10:00 y') && first.includes(' 11:30 y'), first)
    assert.ok(first.length <= 83)
  })

  it('show a text that ends, and none where they are equal', () => {
    assert.deepEqual(sideBySide('a', 'a\nb', { width: 60 }), [
      'a                            │ a',
      '                             ≠ b',
    ])
    assert.deepEqual(sideBySide('a', 'a', { width: 60 }), [])
  })

  it('show what cannot be seen', () => {
    assert.equal(
      visibleText('a\u001b[2J\t\u200b\u202e\r\u{e0041}é世'),
      'a\\x1b[2J\\t\\u200b\\u202e\\r\\u{e0041}é世',
    )
  })
})

const CALL: ExplainedCall = {
  spanId: 's1',
  startTime: '2026-03-01T10:00:00.000Z',
  input: 5_000,
  read: 0,
  written: null,
  fresh: 5_000,
  picoUsd: 12_500_000_000,
  prices: {
    uncachedInput: 2_500_000,
    cacheRead: 250_000,
    cacheWrite: { '5m': 2_500_000, '30m': 2_500_000, '1h': 2_500_000, '12h': 2_500_000, unknown: 2_500_000 },
    output: 10_000_000,
    units: {},
  },
  notReadPicoUsd: 2_500_000,
}

const EXPLANATION: Explanation = {
  finding: {
    id: 'a1b2c3',
    rule: 'cache/volatile-prefix',
    severity: 'warning',
    message: 'Text changes.',
    runId: 'r1',
    spanIds: ['s1'],
    location: { file: 'a.ts', line: 4, column: 2 },
    relatedLocations: [],
    evidence: {
      tokensPerCall: 4_000,
      calls: 2,
      lossPicoUsd: 18_000_000_000,
      ageMs: 90_000,
      provider: 'openai',
      model: 'gpt-5.4',
    },
    saving: { picoUsd: 4_000_000_000, perRun: true, assumption: 'it stayed the same', certainty: 'upTo' },
    fix: { title: 'Move it', safety: 'review' },
  },
  run: { id: 'r1', name: 'node a.ts', startTime: '2026-03-01T09:59:00.000Z' },
  calls: [CALL],
  compared: { earlier: CALL, later: { ...CALL, spanId: 's2', startTime: '2026-03-01T10:01:30.000Z' } },
  diff: '',
}

describe('the evidence of a finding', () => {
  it('goes step by step, and leaves out what is not known', () => {
    assert.equal(
      whyText(EXPLANATION, 100),
      `cache/volatile-prefix [a1b2c3], warning
a.ts:4:2
run r1, node a.ts, 2026-03-01T09:59:00.000Z

Text changes.

1. What its calls read from the cache, wrote to it, and paid in full (tokens)
   start         call  input  read  written  fresh     cost
   10:00:00.000  s1    5,000     0        ?  5,000  $0.0125
   About 4,000 tokens more could have been read in each of them.

2. The two calls that were compared
   earlier  2026-03-01T10:00:00.000Z  s1
   later    2026-03-01T10:01:30.000Z  s2
   The later one began 1 min 30 s after the earlier one.

3. What else was seen
   ageMs: 1 min 30 s

4. The money
   About 4,000 tokens in each of 2 calls were billed at $2.50 per million instead of $0.25 per million as reads: about $0.018 more.
   Replaying the run with the fix, by the provider's rule, with all reads and writes: saves up to $0.004 a run, if it stayed the same.

5. The fix
   Move it (review: it may change what the model sees)`,
    )
  })

  it('names the texts by their hashes where they are not kept', () => {
    const block = {
      path: 'system',
      earlierPath: 'system',
      beforeHash: 'a'.repeat(64),
      afterHash: 'b'.repeat(64),
    }
    const text = whyText({ ...EXPLANATION, block, noText: 'The texts were not kept.' }, 100)
    assert.ok(
      text.includes(`3. The prompts at system
   The texts were not kept.
   earlier: a text with SHA-256 aaaaaaaaaaaaaaaa…
   later:   a text with SHA-256 bbbbbbbbbbbbbbbb…
`),
      text,
    )
  })

  it('shows the change with its tabs, and nothing that speaks to the terminal', () => {
    const text = whyText({ ...EXPLANATION, diff: '-\ta\u001b[2J\n+\tb' }, 100)
    assert.ok(text.endsWith('\n\n   -\ta\\x1b[2J\n   +\tb'), text)
  })
})

// Flame graphs of the user's own functions: folded lines, speedscope and pprof say the same of the same calls.

import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { Profile } from 'pprof-format'
import { foldedExport } from '../../../profiler-agent/formats/folded'
import { pprofExport } from '../../../profiler-agent/formats/pprof'
import { speedscopeExport } from '../../../profiler-agent/formats/speedscope'
import type { Frame } from '../../../profiler-agent/model/span'
import { usageOf } from '../../../profiler-agent/model/usage'
import { callStacksOf } from '../../../profiler-agent/profile/call-stacks'
import { callSpan, costOf, runOf } from '../../support/spans'

const PLAN: Frame = { file: 'src/agent.ts', line: 12, column: 9, function: 'plan' }
const ACT: Frame = { file: 'src/agent.ts', line: 30, column: 9, function: 'act' }
const MAIN: Frame = { file: 'src/main.ts', line: 4 }

/** A call below `stack`, innermost frame first, of `picoUsd` and so many tokens in and out. */
function call(id: string, stack: readonly Frame[], picoUsd: number | null, tokens = 100) {
  const [site] = stack
  return callSpan(
    id,
    {
      responseModel: 'gpt-5.6',
      cost: picoUsd === null ? null : costOf(picoUsd, 0),
      ...(picoUsd === null ? { unpricedReason: 'no price' } : {}),
      usage: usageOf(
        { uncachedInputTokens: tokens, cacheReadTokens: null, outputTokens: 10 },
        'reported',
        null,
      ),
    },
    { durationMs: 250.5, ...(site ? { callSite: { ...site, stack } } : {}) },
  )
}

const stacks = callStacksOf([
  runOf([
    call('a', [PLAN, MAIN], 3_000_000),
    call('b', [PLAN, MAIN], 1_500_000),
    call('c', [ACT, MAIN], 250),
    call('d', [], null),
  ]),
])

describe('flame graphs of call stacks', () => {
  it('folds equal stacks into one line, outermost first, in whole pico-dollars', () => {
    assert.equal(
      foldedExport(stacks, 'cost'),
      'src/main.ts:4;plan src/agent.ts:12;model gpt-5.6 4500000\n' +
        'src/main.ts:4;act src/agent.ts:30;model gpt-5.6 250\n',
    )
  })

  it('folds by tokens and by microseconds, calls without a place among them', () => {
    assert.equal(
      foldedExport(stacks, 'tokens'),
      'src/main.ts:4;plan src/agent.ts:12;model gpt-5.6 220\n' +
        'src/main.ts:4;act src/agent.ts:30;model gpt-5.6 110\n' +
        '(no call site);model gpt-5.6 110\n',
    )
    assert.match(
      foldedExport(stacks, 'time'),
      /^src\/main\.ts:4;plan src\/agent\.ts:12;model gpt-5\.6 501000\n/,
    )
  })

  it('keeps names that would end a frame or a line in theirs', () => {
    const odd = callStacksOf([runOf([call('a', [{ file: 'a;b\n.ts', line: 1, function: 'x; y' }], 7)])])
    assert.equal(foldedExport(odd, 'cost'), 'x: y a:b .ts:1;model gpt-5.6 7\n')
  })

  it('gives speedscope one profile a unit, cost in micro-USD, and says what has no price', () => {
    const file = JSON.parse(speedscopeExport(stacks, { name: 'node desk.mjs', exporter: 'costflame@1' }))
    assert.deepEqual(file.shared.frames, [
      { name: 'src/main.ts:4', file: 'src/main.ts', line: 4 },
      { name: 'plan src/agent.ts:12', file: 'src/agent.ts', line: 12, col: 9 },
      { name: 'model gpt-5.6' },
      { name: 'act src/agent.ts:30', file: 'src/agent.ts', line: 30, col: 9 },
      { name: '(no call site)' },
    ])
    const [cost, tokens, time] = file.profiles
    assert.deepEqual(cost, {
      type: 'sampled',
      name: 'cost in micro-USD (1 call without a price, not in the cost)',
      unit: 'none',
      startValue: 0,
      endValue: 4.50025,
      samples: [
        [0, 1, 2],
        [0, 1, 2],
        [0, 3, 2],
        [4, 2],
      ],
      weights: [3, 1.5, 0.00025, 0],
    })
    assert.deepEqual([tokens.name, tokens.unit, tokens.endValue], ['tokens', 'none', 440])
    assert.deepEqual([time.name, time.unit, time.endValue], ['time', 'milliseconds', 1002])
  })

  it('gives pprof every unit at once, places innermost first', () => {
    const profile = Profile.decode(gunzipSync(pprofExport(stacks, Date.parse('2026-11-20T09:00:00Z'))))
    const text = (index: number | bigint) => profile.stringTable.strings[Number(index)]
    assert.deepEqual(
      profile.sampleType.map(({ type, unit }) => [text(type), text(unit)]),
      [
        ['calls', 'count'],
        ['cost', 'pico-USD'],
        ['tokens', 'tokens'],
        ['time', 'microseconds'],
      ],
    )
    assert.equal(text(profile.defaultSampleType), 'cost')
    assert.deepEqual(profile.comment.map(text), ['1 call without a price, not in the cost'])
    const functions = new Map(profile.function.map((it) => [Number(it.id), it]))
    const locations = new Map(profile.location.map((it) => [Number(it.id), it]))
    const shown = profile.sample.map(({ locationId, value }) => ({
      frames: locationId.map((id) => {
        const [line] = locations.get(Number(id))?.line ?? []
        const code = functions.get(Number(line?.functionId))
        return `${text(code?.name ?? 0)} ${text(code?.filename ?? 0)}:${line?.line}`
      }),
      value: value.map(Number),
    }))
    assert.deepEqual(shown[0], {
      frames: ['model gpt-5.6 :0', 'plan src/agent.ts:12', 'src/main.ts:4 src/main.ts:4'],
      value: [1, 3_000_000, 110, 250_500],
    })
    assert.deepEqual(shown[3]?.value, [1, 0, 110, 250_500])
  })

  it('counts the time of an exchange with several inferences once, under its own stack', () => {
    const exchange = { ...call('x', [PLAN], null), kind: 'chat' as const }
    const { modelCall: _, ...parent } = exchange
    const part = (id: string) => {
      const { callSite: __, ...span } = call(id, [PLAN], 5)
      return { ...span, parentId: 'x' }
    }
    const { calls } = callStacksOf([runOf([parent, part('x.1'), part('x.2')])])
    assert.deepEqual(
      calls.map(({ frames, picoUsd, durationMs }) => [frames.length, picoUsd, durationMs]),
      [
        [1, 5, 250.5],
        [1, 5, 0],
      ],
    )
  })

  it('sums to the cost of the run whatever the stacks are', () => {
    const frame = fc.record({ file: fc.string(), line: fc.nat(), function: fc.string() })
    const made = fc.record({ stack: fc.array(frame, { maxLength: 4 }), picoUsd: fc.nat() })
    fc.assert(
      fc.property(fc.array(made, { maxLength: 20 }), (calls) => {
        const run = runOf(calls.map(({ stack, picoUsd }, index) => call(`c${index}`, stack, picoUsd)))
        const lines = foldedExport(callStacksOf([run]), 'cost')
          .split('\n')
          .filter(Boolean)
        const sum = lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0)
        assert.equal(sum, run.totals.cost?.picoUsd ?? 0)
      }),
    )
  })
})

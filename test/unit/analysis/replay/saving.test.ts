import assert from 'node:assert/strict'
import type { FixPlan } from '../../../../profiler-agent/analysis/replay/fix-plan'
import type { ReplayCall } from '../../../../profiler-agent/analysis/replay/replay-call'
import { savingOf } from '../../../../profiler-agent/analysis/replay/saving'
import { cacheRuleFor } from '../../../../profiler-agent/rules/cache-rules'
import { type CallFacts, replayCall } from '../../../support/replay-calls'

const MINUTE = 60_000
const OPENAI = { provider: 'openai', model: 'gpt-5.4' }
const ruleOf = ({ provider, model }: ReplayCall) => cacheRuleFor(provider, model)

/** Three calls, two seconds apart. */
function three(picture: (index: number) => string, facts: Partial<CallFacts> = {}): ReplayCall[] {
  return ['a', 'b', 'c'].map((spanId, index) =>
    replayCall(spanId, picture(index), { at: index * 2_000, ...facts }),
  )
}

function savedBy(calls: readonly ReplayCall[], ...plans: readonly FixPlan[]) {
  return savingOf(calls, plans, { ruleOf })
}

describe('the saving of a fix', () => {
  it('add-breakpoint: one write, then reads', () => {
    const calls = three((index) => `system:manual 2000 | user:question${index} 50`)
    const saving = savedBy(calls, { fix: 'add-breakpoint', places: ['system'] })
    // The write costs 2,000 × 25 more; each of two reads saves 2,000 × 90.
    assert.deepStrictEqual(
      saving.calls.map(({ picoUsd }) => picoUsd),
      [-50_000, 180_000, 180_000],
    )
    assert.equal(saving.picoUsd, 310_000)
    assert.equal(saving.isBounded, false)
  })

  it('add-breakpoint: on the last block of a conversation that grows', () => {
    const calls = three((index) =>
      ['system:manual 2000', ...Array.from({ length: index + 1 }, (_, turn) => `user:turn${turn} 100`)].join(
        ' | ',
      ),
    )
    const saving = savedBy(calls, { fix: 'add-breakpoint', places: ['last'] })
    // 2,100 written (-52,500), 2,100 read and 100 written, 2,200 read and 100 written.
    assert.deepStrictEqual(
      saving.calls.map(({ picoUsd }) => picoUsd),
      [-52_500, 2_100 * 90 - 2_500, 2_200 * 90 - 2_500],
    )
  })

  it('add-breakpoint: by its path, and dropping the earliest mark where there are four', () => {
    const picture = (index: number) =>
      `system:manual 2000 | user:b 10 * | user:c 10 * | user:d 10 * | user:e${index} 10 *`
    const calls = three(picture, { write: { '5m': 2_040 } })
    const saving = savedBy(calls, { fix: 'add-breakpoint', places: [{ path: 'system[0]' }] })
    assert.deepStrictEqual(
      saving.calls.map(({ fixed }) => fixed.breakpoints),
      [
        [1, 3, 4, 5],
        [1, 3, 4, 5],
        [1, 3, 4, 5],
      ],
    )
  })

  it('add-breakpoint: spread over a step of more blocks than a look-back finds', () => {
    const parts = (step: number) => Array.from({ length: 30 }, (_, part) => `user:file${step}-${part} 100`)
    const calls = [0, 1].map((index) =>
      replayCall(`${index}`, `${[...parts(0), ...(index === 1 ? parts(1) : [])].join(' | ')} *`, {
        at: index * 2_000,
        write: { '5m': (index + 1) * 3_000 },
      }),
    )
    const saving = savedBy(calls, { fix: 'add-breakpoint', places: ['spread'] })
    // Marks on blocks 15 and 30, then on 15, 30, 45 and 60: the mark on 45 finds the entry behind 30.
    assert.deepStrictEqual(
      saving.calls.map(({ asRecorded, fixed }) => [asRecorded.read, fixed.read, fixed.breakpoints]),
      [
        [0, 0, [15, 30]],
        [0, 3_000, [15, 30, 45, 60]],
      ],
    )
  })

  it('move-breakpoint: from a block that changes to the end of the system texts', () => {
    const calls = three((index) => `system:manual 2000 | user:question${index} 100 *`, {
      write: { '5m': 2_100 },
    })
    const saving = savedBy(calls, { fix: 'move-breakpoint', places: ['system'] })
    // Wasteful: 2,100 × 125 each. Moved: 2,000 × 125 + 100 × 100, then 2,000 × 10 + 100 × 100.
    assert.deepStrictEqual(
      saving.calls.map(({ asRecorded, fixed }) => [asRecorded.picoUsd, fixed.picoUsd]),
      [
        [262_500, 260_000],
        [262_500, 30_000],
        [262_500, 30_000],
      ],
    )
  })

  it('drop-breakpoint: writes that nobody reads become fresh input', () => {
    const calls = three((index) => `user:document${index} 2000 *`, { write: { '5m': 2_000 } })
    assert.equal(savedBy(calls, { fix: 'drop-breakpoint' }).picoUsd, 3 * 2_000 * 25)
    const paths = new Set(['user[7]'])
    assert.equal(savedBy(calls, { fix: 'drop-breakpoint', paths }).picoUsd, 0)
  })

  it('drop-breakpoint: the own one of gpt-5.6, too', () => {
    const calls = three((index) => `user:document${index} 2000`, {
      provider: 'openai',
      model: 'gpt-5.6-sol',
      write: { '30m': 2_000 },
    })
    assert.equal(savedBy(calls, { fix: 'drop-breakpoint' }).picoUsd, 3 * 2_000 * 25)
  })

  it('longer-ttl: pays twice for the write and reads after twenty minutes', () => {
    const calls = [0, 20, 40].map((minutes) =>
      replayCall(`${minutes}`, 'system:manual 2000 *', { at: minutes * MINUTE, write: { '5m': 2_000 } }),
    )
    const saving = savedBy(calls, { fix: 'longer-ttl', lifetime: '1h' })
    // 250,000 each; 400,000 and then 20,000 each.
    assert.equal(saving.picoUsd, 3 * 250_000 - 400_000 - 2 * 20_000)
    assert.equal(savedBy(calls, { fix: 'longer-ttl' }).picoUsd, saving.picoUsd)
  })

  it('longer-ttl: costs more where nothing is read', () => {
    const calls = [0, 70].map((minutes) =>
      replayCall(`${minutes}`, 'system:manual 2000 *', { at: minutes * MINUTE, write: { '5m': 2_000 } }),
    )
    assert.equal(savedBy(calls, { fix: 'longer-ttl' }).picoUsd, 2 * (250_000 - 400_000))
  })

  it('longer-ttl: a day in an automatic cache', () => {
    const calls = [0, 90].map((minutes) =>
      replayCall(`${minutes}`, 'system:manual 1280', { ...OPENAI, at: minutes * MINUTE }),
    )
    assert.equal(savedBy(calls, { fix: 'longer-ttl' }).picoUsd, 1_280 * 90)
  })

  it('cache-key: requests that went to different caches share one', () => {
    const calls = [0, 1, 2].map((index) =>
      replayCall(`${index}`, 'system:manual 1280', {
        ...OPENAI,
        at: index * 2_000,
        settings: { key: `user-${index}` },
      }),
    )
    assert.equal(savedBy(calls, { fix: 'cache-key', key: 'all' }).picoUsd, 2 * 1_280 * 90)
  })

  it('sort-keys: blocks that say the same become the same', () => {
    const calls = three((index) => `tool:find-written-${index} 1280`, OPENAI)
    const looseHashes = new Map([0, 1, 2].map((index) => [`find-written-${index}`, 'find']))
    assert.equal(savedBy(calls, { fix: 'sort-keys', looseHashes }).picoUsd, 2 * 1_280 * 90)
  })

  it('sort-tools: tools in any order become tools in one, the mark still behind the last', () => {
    const tools = ['find', 'give', 'help'].map((name) => `tool:${name} 1000`)
    const calls = three(
      (index) => `${[...tools.slice(index), ...tools.slice(0, index)].join(' | ')} * | user:x${index} 50`,
      { write: { '5m': 3_000 } },
    )
    const saving = savedBy(calls, { fix: 'sort-tools' })
    // Two of three writes (3,000 × 125) become reads (3,000 × 10).
    assert.equal(saving.picoUsd, 2 * 3_000 * 115)
  })

  it('warm-first: of three calls at once one writes', () => {
    const calls = ['a', 'b', 'c'].map((spanId, index) =>
      replayCall(spanId, `system:manual 2000 * | user:x${index} 50`, { at: index, write: { '5m': 2_000 } }),
    )
    assert.equal(savedBy(calls, { fix: 'warm-first' }).picoUsd, 2 * 2_000 * 115)
  })

  it('move-volatile: the changing part goes to the end and stays uncached', () => {
    const calls = three((index) => `system:manual-at-${index} 2000 * | user:x${index} 50`, {
      write: { '5m': 2_000 },
    })
    const stableParts = new Map(
      [0, 1, 2].map((index) => [`manual-at-${index}`, { hash: 'manual', volatileShare: 0.01 }]),
    )
    const saving = savedBy(calls, { fix: 'move-volatile', stableParts })
    // 20 tokens move: 1,980 are written once and read twice, 50 + 20 are fresh each time.
    assert.deepStrictEqual(
      saving.calls.map(({ fixed: { read, write, fresh } }) => [read, write['5m'], fresh]),
      [
        [0, 1_980, 70],
        [1_980, 0, 70],
        [1_980, 0, 70],
      ],
    )
  })

  it('freeze-tools: all calls declare all tools', () => {
    const calls = three(
      (index) => `${index === 1 ? '' : 'tool:greet 100 | '}tool:find 1500 * | user:x${index} 50`,
      {
        write: { '5m': 1_500 },
      },
    )
    const tools = calls[0]?.prompt.blocks.slice(0, 2) ?? []
    const saving = savedBy(calls, { fix: 'freeze-tools', tools })
    // The second call now sends 100 tokens more, and reads them.
    assert.deepStrictEqual(
      saving.calls.map(({ asRecorded, fixed }) => [
        asRecorded.read,
        fixed.read,
        fixed.write['5m'],
        fixed.fresh,
      ]),
      [
        [0, 0, 1_600, 50],
        [0, 1_600, 0, 50],
        [1_600, 1_600, 0, 50],
      ],
    )
  })

  it('freeze-system: what a call has of its own moves to its end', () => {
    const calls = three((index) => `system:persona${index} 60 | system:manual 2000 * | user:x 50`, {
      write: { '5m': 2_060 },
    })
    const system = calls[0]?.prompt.blocks.slice(1, 2) ?? []
    const saving = savedBy(calls, { fix: 'freeze-system', system })
    assert.deepStrictEqual(
      saving.calls.map(({ fixed: { read, write, fresh } }) => [read, write['5m'], fresh]),
      [
        [0, 2_000, 110],
        [2_000, 0, 110],
        [2_000, 0, 110],
      ],
    )
  })

  it('append-only: an edited message stays what it was', () => {
    const calls = [
      replayCall('a', 'system:manual 1500 | user:plan0 500 | user:one 100 *', { at: 0 }),
      replayCall('b', 'system:manual 1500 | user:plan1 500 | user:one 100 | user:two 100 *', { at: 2_000 }),
    ]
    const saving = savedBy(calls, { fix: 'append-only', previous: new Map([['b', 'a']]) })
    assert.deepStrictEqual(
      saving.calls.map(({ fixed: { read, write, fresh } }) => [read, write['5m'], fresh]),
      [
        [0, 2_100, 0],
        [2_100, 100, 0],
      ],
    )
  })

  it('append-only: what a window cut off stays, and is paid for', () => {
    const calls = [
      replayCall('a', 'system:manual 1500 | user:one 500 | user:two 500', { ...OPENAI, at: 0 }),
      replayCall('b', 'system:manual 1500 | user:two 500 | user:three 500', { ...OPENAI, at: 2_000 }),
    ]
    const saving = savedBy(calls, { fix: 'append-only', previous: new Map([['b', 'a']]) })
    // 2,432 are 19 increments of 2,500; 568 of 3,000 are fresh.
    assert.deepStrictEqual(
      [saving.calls[1]?.asRecorded.read, saving.calls[1]?.fixed.read, saving.calls[1]?.fixed.fresh],
      [1_408, 2_432, 568],
    )
  })

  it('append-only: all calls of a conversation keep what some of them left out', () => {
    // From the fourth call on old results are stubs; of that call alone it is said that it was edited.
    const turn = (index: number, isStub: boolean) =>
      `assistant:use${index} 10 | user:${isStub ? 'stub' : 'result'}${index} 500`
    const calls = [0, 1, 2, 3, 4].map((step) => {
      const turns = Array.from({ length: step }, (_, index) => turn(index, index < step - 2))
      return replayCall(`${step}`, `${['system:manual 2000', 'user:task 100', ...turns].join(' | ')} *`, {
        at: step * 2_000,
      })
    })
    const saving = savedBy(calls, { fix: 'append-only', previous: new Map([['3', '2']]) })
    assert.deepStrictEqual(
      saving.calls.map(({ asRecorded, fixed }) => [asRecorded.read, fixed.read, fixed.write['5m']]),
      [
        [0, 0, 2_100],
        [2_100, 2_100, 510],
        [2_610, 2_610, 510],
        [2_100, 3_120, 510],
        [2_100, 3_630, 510],
      ],
    )
  })

  it('append-only: what stands in the place of an edited end is not added to it', () => {
    const calls = [
      replayCall('a', 'system:manual 2000 | user:now1 100 *', { at: 0 }),
      replayCall('b', 'system:manual 2000 | user:now2 100 | assistant:yes 10 | user:more 10 *', {
        at: 2_000,
      }),
    ]
    const saving = savedBy(calls, { fix: 'append-only', previous: new Map([['b', 'a']]) })
    assert.deepStrictEqual([saving.calls[1]?.fixed.read, saving.calls[1]?.fixed.write['5m']], [2_100, 20])
  })

  it('keep-settings: a tool choice that stays keeps the messages', () => {
    const calls = ['auto', 'any'].map((choice, index) =>
      replayCall(choice, 'user:document 2000 *', {
        at: index * 2_000,
        settings: { parameters: { tool_choice: choice } },
        write: { '5m': 2_000 },
      }),
    )
    const saving = savedBy(calls, { fix: 'keep-settings', parameters: { tool_choice: 'auto' } })
    assert.equal(saving.picoUsd, 2_000 * 115)
  })

  it('changes only the calls that it is for', () => {
    const calls = three((index) => `system:manual 2000 | user:question${index} 50`)
    const spanIds = new Set(['b', 'c'])
    const saving = savedBy(calls, { fix: 'add-breakpoint', places: ['system'], spanIds })
    assert.deepStrictEqual(
      saving.calls.map(({ picoUsd }) => picoUsd),
      [0, -50_000, 180_000],
    )
  })

  it('combines fixes that each save nothing alone', () => {
    const calls = three((index) => `system:manual-at-${index} 2000 | user:x${index} 50`)
    const stableParts = new Map(
      [0, 1, 2].map((index) => [`manual-at-${index}`, { hash: 'manual', volatileShare: 0 }]),
    )
    const move: FixPlan = { fix: 'move-volatile', stableParts }
    const mark: FixPlan = { fix: 'add-breakpoint', places: ['system'] }
    assert.equal(savedBy(calls, move).picoUsd, 0)
    assert.equal(savedBy(calls, mark).picoUsd, 3 * -50_000)
    assert.equal(savedBy(calls, mark, move).picoUsd, -50_000 + 2 * 180_000)
  })
})

describe('a saving is never more than what was billed', () => {
  it('claims nothing of what the provider evicted', () => {
    // The rule would have read at b; the provider wrote again.
    const calls = three((index) => `system:manual 2000 * | user:x${index} 50`, { write: { '5m': 2_000 } })
    const saving = savedBy(calls, { fix: 'warm-first' })
    assert.equal(saving.picoUsd, 0)
    assert.equal(saving.recorded - saving.asRecorded, 2 * 2_000 * 115)
  })

  it('is bounded by the bill where the provider did better than its rule', () => {
    // Another run had filled the cache: every call read.
    const calls = three((index) => `system:manual 2000 * | user:x${index} 50`, {
      at: 0,
      firstTokenAfter: 1_000,
      read: 2_000,
    })
    const saving = savedBy(calls, { fix: 'warm-first' })
    assert.equal(saving.picoUsd, 0)
    assert.equal(saving.isBounded, true)
  })

  it('counts calls that cannot be replayed as they were', () => {
    const calls = three((index) => `system:manual 2000 | user:x${index} 50`, { isPromptWhole: false })
    const saving = savedBy(calls, { fix: 'add-breakpoint', places: ['system'] })
    assert.deepStrictEqual([saving.picoUsd, saving.notReplayed], [0, 3])
  })
})

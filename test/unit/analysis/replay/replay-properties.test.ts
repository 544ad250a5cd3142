import assert from 'node:assert/strict'
import fc from 'fast-check'
import { bestOrder } from '../../../../profiler-agent/analysis/replay/best-order'
import { CacheReplay, writtenTokens } from '../../../../profiler-agent/analysis/replay/cache-replay'
import type { FixPlan } from '../../../../profiler-agent/analysis/replay/fix-plan'
import { fixedCalls } from '../../../../profiler-agent/analysis/replay/fixed-calls'
import { inputCost } from '../../../../profiler-agent/analysis/replay/input-bill'
import type { ReplayCall, ReplayedInput } from '../../../../profiler-agent/analysis/replay/replay-call'
import { replay, savingOf } from '../../../../profiler-agent/analysis/replay/saving'
import type { CacheRule } from '../../../../profiler-agent/rules/cache-rules'
import { cacheRuleFor } from '../../../../profiler-agent/rules/cache-rules'
import { replayCall } from '../../../support/replay-calls'

const MODELS = [
  ['anthropic', 'claude-sonnet-4-6'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['openai', 'gpt-5.4'],
  ['openai', 'gpt-5.6-sol'],
  ['google', 'gemini-2.5-flash'],
  ['deepseek', 'deepseek-chat'],
  ['alibaba', 'qwen-max'],
] as const

const ruleOf = ({ provider, model }: ReplayCall) => cacheRuleFor(provider, model)
const textOf = (hash: string) => `${'same '.repeat(20)}${hash}`

const block = fc
  .tuple(
    fc.constantFrom('tool', 'system', 'user', 'assistant', 'reasoning'),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 900 }),
    fc.constantFrom('', '', '', ' *', ' *1h', ' *30m'),
  )
  .map(([kind, text, tokens, mark]) => `${kind}:${kind}${text} ${tokens}${mark}`)

const call = fc.record({
  model: fc.constantFrom(...MODELS),
  blocks: fc.array(block, { minLength: 1, maxLength: 30 }),
  gap: fc.constantFrom(0, 1, 500, 2_000, 60_000, 400_000, 4_000_000),
  hidden: fc.integer({ min: 0, max: 50 }),
  mode: fc.constantFrom(undefined, 'automatic' as const, 'explicit' as const),
  choice: fc.constantFrom('auto', 'any'),
})

/** In the order of their start. A prompt often goes on from the one before. */
const calls = fc.array(fc.tuple(call, fc.boolean()), { minLength: 1, maxLength: 12 }).map((list) => {
  let at = 0
  let before: readonly string[] = []
  return list.map(
    (
      [
        {
          model: [provider, model],
          blocks,
          gap,
          hidden,
          mode,
          choice,
        },
        goesOn,
      ],
      index,
    ) => {
      at += gap
      before = goesOn ? [...before, ...blocks].slice(0, 60) : blocks
      return replayCall(`call ${index}`, before.join(' | '), {
        ...{ at, provider, model, hidden },
        settings: { ...(mode ? { mode } : {}), parameters: { tool_choice: choice } },
      })
    },
  )
})

const plan: fc.Arbitrary<FixPlan> = fc.constantFrom<FixPlan>(
  { fix: 'add-breakpoint', places: ['system'] },
  { fix: 'add-breakpoint', places: ['last', 'tools'] },
  { fix: 'move-breakpoint', places: ['system', { path: 'user[2]' }] },
  { fix: 'drop-breakpoint' },
  { fix: 'longer-ttl' },
  { fix: 'cache-key', key: 'one' },
  { fix: 'sort-tools' },
  { fix: 'warm-first' },
  { fix: 'sort-keys', looseHashes: new Map([['user0', 'user1']]) },
  { fix: 'move-volatile', stableParts: new Map([['system0', { hash: 'system', volatileShare: 0.3 }]]) },
  { fix: 'freeze-tools', tools: [{ path: 'tools[0]', kind: 'tool_def', hash: 'tool0', tokens: 100 }] },
  { fix: 'freeze-system', system: [{ path: 'system[0]', kind: 'system', hash: 'system0', tokens: 100 }] },
  { fix: 'append-only', previous: new Map([['call 3', 'call 2']]) },
  { fix: 'keep-settings', parameters: { tool_choice: 'auto' } },
)

function holdsTogether(bill: ReplayedInput, { usage, cost }: ReplayCall): void {
  const parts = [bill.read, bill.fresh, ...Object.values(bill.write)]
  assert.ok(
    parts.every((tokens) => Number.isSafeInteger(tokens) && tokens >= 0),
    JSON.stringify(bill),
  )
  assert.equal(bill.read + writtenTokens(bill) + bill.fresh, usage.inputTokens)
  assert.equal(bill.picoUsd, inputCost(bill, { cost }))
  assert.ok(Number.isSafeInteger(bill.picoUsd))
}

describe('any replay', () => {
  it('bills every input token once, in whole tokens and pico-dollars', () => {
    fc.assert(
      fc.property(calls, fc.array(plan, { maxLength: 4 }), (recorded, plans) => {
        const sent = fixedCalls(recorded, plans, { ruleOf })
        for (const [index, bill] of replay(sent, { ruleOf, textOf }).entries()) {
          const asked = sent[index]
          if (asked) holdsTogether(bill, asked)
        }
      }),
    )
  })

  it('reads no blocks but those that an earlier call sent', () => {
    fc.assert(
      fc.property(calls, (recorded) => {
        for (const bill of replay(recorded, { ruleOf }))
          assert.ok(bill.hitBlocks <= (bill.reachable?.blocks ?? 0), JSON.stringify(bill))
      }),
    )
  })

  it('never reads less from caches that hold longer', () => {
    const longer = (rule: CacheRule): CacheRule => ({
      ...rule,
      lifetimes: rule.lifetimes.map(({ name, idleMs }) => ({ name, idleMs: idleMs * 10 })),
    })
    const longerRuleOf = (asked: ReplayCall) => {
      const rule = ruleOf(asked)
      return rule && longer({ ...rule, ...(rule.unmarked ? { unmarked: longer(rule.unmarked) } : {}) })
    }
    fc.assert(
      fc.property(calls, (recorded) => {
        const short = replay(recorded, { ruleOf, textOf })
        const long = replay(recorded, { ruleOf: longerRuleOf, textOf })
        for (const [index, bill] of short.entries())
          assert.ok(bill.read <= (long[index]?.read ?? 0), JSON.stringify([bill, long[index]]))
      }),
    )
  })

  it('never reads less when what is written can be read at once', () => {
    fc.assert(
      fc.property(calls, (recorded) => {
        const waiting = replay(recorded, { ruleOf, textOf })
        const warm = replay(fixedCalls(recorded, [{ fix: 'warm-first' }], { ruleOf }), { ruleOf, textOf })
        for (const [index, bill] of waiting.entries()) assert.ok(bill.read <= (warm[index]?.read ?? 0))
      }),
    )
  })

  it('is the same call by call and all at once, and changes no call', () => {
    fc.assert(
      fc.property(calls, (recorded) => {
        const before = JSON.stringify(recorded)
        const one = new CacheReplay({ ruleOf, textOf })
        assert.deepStrictEqual(
          recorded.map((next) => one.add(next)),
          replay(recorded, { ruleOf, textOf }),
        )
        assert.equal(JSON.stringify(recorded), before)
      }),
    )
  })

  it('is the same whatever the blocks of other prompts are as objects', () => {
    fc.assert(
      fc.property(calls, (recorded) => {
        const copied = recorded.map((one) => ({
          ...one,
          prompt: { blocks: one.prompt.blocks.map((each) => ({ ...each })) },
        }))
        assert.deepStrictEqual(replay(copied, { ruleOf, textOf }), replay(recorded, { ruleOf, textOf }))
      }),
    )
  })

  it('orders fixes so that what each adds sums to what all save', () => {
    fc.assert(
      fc.property(calls, fc.array(plan, { maxLength: 4 }), (recorded, plans) => {
        const candidates = plans.map((one) => ({ fix: one.fix, plans: [one] }))
        const { worthwhile, others, saving } = bestOrder(recorded, candidates, { ruleOf, textOf })
        const sum = worthwhile.reduce((total, { marginal }) => total + marginal, 0)
        assert.equal(sum, saving.picoUsd)
        assert.equal(worthwhile.length + others.length, plans.length)
        assert.ok(others.every(({ marginal }) => marginal <= 0))
      }),
      { numRuns: 40 },
    )
  })

  it('saves nothing without a fix, and never more than was billed', () => {
    fc.assert(
      fc.property(calls, fc.array(plan, { maxLength: 3 }), (recorded, plans) => {
        assert.equal(savingOf(recorded, [], { ruleOf, textOf }).picoUsd, 0)
        const saving = savingOf(recorded, plans, { ruleOf, textOf })
        assert.ok(saving.picoUsd <= saving.recorded)
      }),
    )
  })
})

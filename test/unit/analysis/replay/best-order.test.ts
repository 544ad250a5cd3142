import assert from 'node:assert/strict'
import { bestOrder } from '../../../../profiler-agent/analysis/replay/best-order'
import type { FixCandidate } from '../../../../profiler-agent/analysis/replay/fix-candidate'
import type { FixPlan } from '../../../../profiler-agent/analysis/replay/fix-plan'
import type { ReplayCall } from '../../../../profiler-agent/analysis/replay/replay-call'
import { wholeRunPlans } from '../../../../profiler-agent/analysis/replay/whole-run-plans'
import { cacheRuleFor } from '../../../../profiler-agent/rules/cache-rules'
import { replayCall } from '../../../support/replay-calls'

const options = { ruleOf: ({ provider, model }: ReplayCall) => cacheRuleFor(provider, model) }
const candidate = (plan: FixPlan): FixCandidate => ({ fix: plan.fix, plans: [plan] })

const BOTH: ReplayCall[] = [0, 20].flatMap((minutes) =>
  ['a', 'b'].map((spanId, index) =>
    replayCall(`${spanId}${minutes}`, `system:manual 2000 | user:x${minutes}${index} 50`, {
      at: minutes * 60_000 + index * 2_000,
    }),
  ),
)

const MARK = candidate({ fix: 'add-breakpoint', places: ['system'] })
const LONGER = candidate({ fix: 'longer-ttl', lifetime: '1h' })
const SORT = candidate({ fix: 'sort-tools' })

describe('the best order of fixes', () => {
  it('is the largest saving first, and what each adds to those before it', () => {
    const { worthwhile, others, saving } = bestOrder(BOTH, [LONGER, SORT, MARK], options)
    // Marked: a write (-50,000) and a read (180,000) in each half. For an hour: one write (-200,000) and three reads.
    assert.deepStrictEqual(
      worthwhile.map(({ candidate: { fix }, marginal }) => [fix, marginal]),
      [
        ['add-breakpoint', 260_000],
        ['longer-ttl', 80_000],
      ],
    )
    assert.deepStrictEqual(
      others.map(({ candidate: { fix }, marginal }) => [fix, marginal]),
      [['sort-tools', 0]],
    )
    assert.equal(saving.picoUsd, 340_000)
  })

  it('makes two fixes together that save nothing alone', () => {
    const calls = ['a', 'b'].map((spanId, index) =>
      replayCall(spanId, `system:manual-at-${index} 2000 | user:x${index} 50`, { at: index * 2_000 }),
    )
    const stableParts = new Map(
      [0, 1].map((index) => [`manual-at-${index}`, { hash: 'manual', volatileShare: 0 }]),
    )
    const { worthwhile, saving } = bestOrder(
      calls,
      [MARK, candidate({ fix: 'move-volatile', stableParts })],
      options,
    )
    assert.deepStrictEqual(
      worthwhile.map(({ candidate: { fix }, marginal }) => [fix, marginal]),
      [
        ['add-breakpoint', -100_000],
        ['move-volatile', 230_000],
      ],
    )
    assert.equal(saving.picoUsd, 130_000)
  })

  it('is empty without fixes', () => {
    assert.deepStrictEqual(bestOrder(BOTH, [], options).worthwhile, [])
  })
})

describe('plans for a whole run', () => {
  const made = (calls: readonly ReplayCall[], makerOf: (index: number) => string = () => 'agent') =>
    calls.map((call, index) => ({ call, maker: makerOf(index) }))

  it('put breakpoints where each maker saves most', () => {
    const once = ['a', 'b'].map((spanId, index) =>
      replayCall(spanId, `system:manual 2000 | user:x${index} 900`, { at: index * 2_000 }),
    )
    const growing = ['c', 'd'].map((spanId, index) =>
      replayCall(spanId, `system:book 2000 | user:y0 900${index === 1 ? ' | user:y1 900' : ''}`, {
        at: 10_000 + index * 2_000,
      }),
    )
    const plans = wholeRunPlans(
      'add-breakpoint',
      made([...once, ...growing], (index) => (index < 2 ? 'once' : 'growing')),
      options,
    )
    assert.deepStrictEqual(
      plans?.map(
        (plan) =>
          [...(plan.spanIds ?? [])].join() + (plan.fix === 'add-breakpoint' ? `: ${plan.places.join()}` : ''),
      ),
      ['a,b: system', 'c,d: last'],
    )
  })

  it('ask for the lifetime that saves most', () => {
    const marked = [0, 20].map((minutes) =>
      replayCall(`${minutes}`, 'system:manual 2000 *', { at: minutes * 60_000, write: { '5m': 2_000 } }),
    )
    const [plan] = wholeRunPlans('longer-ttl', made(marked), options) ?? []
    assert.equal(plan?.fix === 'longer-ttl' && plan.lifetime, '1h')
  })

  it('declare every tool, keep what all system texts share, and the commonest settings', () => {
    const calls = ['auto', 'any', 'auto'].map((choice, index) =>
      replayCall(
        `${index}`,
        `${index === 1 ? 'tool:greet 10 | ' : ''}tool:find 10 * | system:who${index} 5 | system:manual 9 | user:x 1`,
        {
          at: index,
          settings: { parameters: { tool_choice: choice, ...(index === 1 ? { thinking: 'on' } : {}) } },
        },
      ),
    )
    const planOf = (fix: 'freeze-tools' | 'freeze-system' | 'keep-settings') =>
      (wholeRunPlans(fix, made(calls), options) ?? [])[0]
    const tools = planOf('freeze-tools')
    assert.deepStrictEqual(
      tools?.fix === 'freeze-tools' && tools.tools.map(({ name, mark }) => [name, mark]),
      [
        ['find', undefined],
        ['greet', undefined],
      ],
    )
    const system = planOf('freeze-system')
    assert.deepStrictEqual(system?.fix === 'freeze-system' && system.system.map(({ hash }) => hash), [
      'manual',
    ])
    const settings = planOf('keep-settings')
    assert.deepStrictEqual(settings?.fix === 'keep-settings' && settings.parameters, {
      tool_choice: 'auto',
      thinking: null,
    })
  })

  it('are not made up where only a finding knows what changes', () => {
    for (const fix of ['sort-keys', 'move-volatile', 'append-only'] as const)
      assert.equal(wholeRunPlans(fix, made(BOTH), options), undefined)
  })
})

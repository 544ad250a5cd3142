// Derived limits in the text of a budget file: hand-made ones win, comments stay, the same data changes nothing.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { deriveBudgets } from '../../../../profiler-agent/budgets/derive/derive'
import { mergeBudgets } from '../../../../profiler-agent/budgets/derive/merge'
import { readBudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'
import type { Measured } from '../../../../profiler-agent/model/budget'
import { EXAMPLE_BUDGETS } from '../../../support/budget-example'
import { measuredOf, orderStatusLookups } from './measured'

/** What `budgets export` makes of a text. */
function merged(text: string, measured: readonly Measured[], headroom?: number): string {
  const { budgets, gate } = readBudgetFile(text)
  const hashOf = () => 'abc'
  const priceOf = () => undefined
  const said = headroom === undefined ? {} : { headroom }
  const derivation = deriveBudgets({ measured, budgets, gate, ...said, priceOf, hashOf })
  const result = mergeBudgets(text, derivation)
  assert.ok(result)
  const after = readBudgetFile(result.text).budgets
  const again = mergeBudgets(result.text, deriveBudgets({ measured, budgets: after, gate, priceOf, hashOf }))
  assert.equal(again?.text, result.text, 'the same data changes nothing')
  return result.text
}

/** `merged`, where all limits make sense together. */
function mergedWell(text: string, measured: readonly Measured[], headroom?: number): string {
  const result = merged(text, measured, headroom)
  assert.deepEqual(readBudgetFile(result).problems, [], result)
  return result
}

const EMPTY = '{\n  "version": 1\n}\n'
const DERIVED = `{
  "version": 1,
  "agents": {
    "support-agent": {
      "agentVersion": "1.4.0",
      "intents": {
        "order-status-lookup": {
          // p95 4,100 and p99 5,000 tokens over 212 invocations, +20 %
          "limits": { "costUsd": 0.0012, "totalTokens": 6000 },
          "baseline": {
            "invocations": 212,
            "measuredAt": "2026-11-20",
            "headroom": 0.2,
            "costUsd": { "p50": 0.001, "p95": 0.001, "p99": 0.001 },
            "totalTokens": { "p50": 2900, "p95": 4100, "p99": 5000 }
          }
        }
      }
    }
  }
}
`

describe('budgets/derive/merge', () => {
  it('writes limits, their evidence and their baseline', () => {
    assert.equal(mergedWell(EMPTY, orderStatusLookups()), DERIVED)
  })

  it('lets derived limits follow a new measurement and another headroom', () => {
    const measured = orderStatusLookups({ values: { totalTokens: 8000 } })
    const text = mergedWell(DERIVED, measured, 0.5)
    assert.match(text, /\/\/ p95 8,000 and p99 8,000 tokens over 212 invocations, \+50 %\n/)
    assert.match(text, /"limits": \{ "costUsd": 0\.0015, "totalTokens": 12000 \},/)
    assert.equal(text.match(/\/\/ p95/g)?.length, 1)
  })

  it('keeps the headroom that the file was derived with', () => {
    const half = mergedWell(EMPTY, orderStatusLookups(), 0.5)
    assert.match(half, /"totalTokens": 7500/)
    assert.equal(mergedWell(half, orderStatusLookups()), half)
    const more = mergedWell(half, [
      ...orderStatusLookups(),
      measuredOf({ agent: 'b', values: { totalTokens: 100 } }),
    ])
    assert.match(more, /"totalTokens": 150\b/)
  })

  it('leaves a mistake for its author to mend', () => {
    const mistakes = DERIVED.replace('"totalTokens": 6000', '"totalTokens": -4').replace('"1.4.0"', '1.4')
    const text = merged(mistakes, orderStatusLookups({ values: { totalTokens: 8000 } }))
    assert.match(text, /"totalTokens": -4 \}/)
    assert.match(text, /"agentVersion": 1\.4,/)
    assert.deepEqual(
      readBudgetFile(text).problems.map(({ message }) => message),
      [
        'agents.support-agent.agentVersion must be a string',
        'agents.support-agent.intents.order-status-lookup.limits.totalTokens must not be negative',
      ],
    )
  })

  it('takes a comment for its own only where nobody added to it', () => {
    const measured = orderStatusLookups({ values: { totalTokens: 8000 } })
    const text = mergedWell(DERIVED.replace('+20 %', '+20 %, agreed with the desk'), measured)
    assert.match(
      text,
      /over 212 invocations, \+20 %, agreed with the desk\n +\/\/ p95 8,000 and p99 8,000 tokens/,
    )
    assert.equal(mergedWell(text, orderStatusLookups()).match(/\/\/ p95/g)?.length, 2)
  })

  it('leaves hand-made limits alone, also once they happen to be what would be derived', () => {
    const byHand = DERIVED.replace('"totalTokens": 6000', '"totalTokens": 4500, "toolCalls": 3')
    const text = mergedWell(byHand, orderStatusLookups())
    assert.match(text, /"limits": \{ "costUsd": 0\.0012, "totalTokens": 4500, "toolCalls": 3 \},/)
    const less = orderStatusLookups({ values: { totalTokens: 3700 } })
    assert.match(mergedWell(text, less), /"totalTokens": 4500,/)
    const more = orderStatusLookups({ values: { totalTokens: 9000 } })
    assert.match(mergedWell(mergedWell(text, less), more), /"totalTokens": 4500,/)
  })

  it('does not bring back a limit that was taken out by hand', () => {
    const text = mergedWell(
      DERIVED.replace('"costUsd": 0.0012, ', ''),
      orderStatusLookups({ values: { costUsd: 0.9 } }),
    )
    assert.match(text, /"limits": \{ "totalTokens": 6000 \},/)
    assert.match(text, /"costUsd": \{ "p50": 0.9, "p95": 0.9, "p99": 0.9 \}/)
  })

  it('keeps comments, order, reactions and everything of other agents', () => {
    const before = `{
  // ours
  "version": 1, /* stays */
  "gate": { "percentile": "p99" },
  "agents": {
    "billing": { "limits": { "costUsd": 1 } }, // billing is expensive
    // support
    "support-agent": {
      "agentVersion": "1.3.0", // released in May
      "onExceed": "block",
      "intents": { "order-status-lookup": { "clampOutput": true } }
    }
  }
}
`
    assert.equal(
      mergedWell(before, orderStatusLookups()),
      before.replace('1.3.0', '1.4.0').replace(
        '{ "order-status-lookup": { "clampOutput": true } }',
        `{ "order-status-lookup": {
        "clampOutput": true,
        // p95 4,100 and p99 5,000 tokens over 212 invocations, +20 %
        "limits": { "costUsd": 0.0012, "totalTokens": 6000 },
        "baseline": {
          "invocations": 212,
          "measuredAt": "2026-11-20",
          "headroom": 0.2,
          "costUsd": { "p50": 0.001, "p95": 0.001, "p99": 0.001 },
          "totalTokens": { "p50": 2900, "p95": 4100, "p99": 5000 }
        }
      } }`,
      ),
    )
  })

  it('writes steps and workflows, and says that there are few', () => {
    const agent = { agent: 'a', startedAt: new Date(2026, 10, 21, 9).getTime() }
    const text = mergedWell(EMPTY, [
      measuredOf({ ...agent, values: { totalTokens: 100, outputTokensPerCall: 20 } }),
      measuredOf({
        ...agent,
        kind: 'step',
        step: 'plan',
        values: { inputTokens: 80, outputTokensPerCall: 20 },
      }),
      measuredOf({ ...agent, kind: 'workflow', calls: ['1'], values: { totalTokens: 300, agents: 2 } }),
    ])
    const { agents, workflows } = JSON.parse(text.replaceAll(/^ *\/\/.*$/gm, ''))
    assert.deepEqual(agents.a.steps.plan, {
      limits: { inputTokens: 96 },
      onExceed: 'warn',
      baseline: {
        ...{ invocations: 1, measuredAt: '2026-11-21', headroom: 0.2 },
        inputTokens: { p50: 80, p95: 80, p99: 80 },
        outputTokensPerCall: { p50: 20, p95: 20, p99: 20 },
      },
    })
    assert.deepEqual(workflows.a.rootAgent, 'a')
    assert.deepEqual(workflows.a.limits, { totalTokens: 360, agents: 3 })
    assert.match(
      text,
      /\/\/ p95 80 and p99 80 input tokens over 1 step, \+20 %; few, so p99 is the largest\n/,
    )
  })

  it('tells what was derived from what was set by hand in a file that it did not write', () => {
    const text = EXAMPLE_BUDGETS
    const unpriced = orderStatusLookups({ values: { costUsd: { value: null } } })
    const result = mergedWell(text, unpriced)
    const [before = '', baseline = ''] = text.split('          "baseline"')
    assert.ok(result.startsWith(before))
    assert.ok(result.endsWith(baseline.slice(baseline.indexOf('\n        }\n'))))
    const measured = orderStatusLookups({ values: { totalTokens: 9000, costUsd: { value: null } } })
    assert.match(
      mergedWell(text, measured),
      /"limits": \{ "totalTokens": 11000, "retrievalTokens": 3000, "outputTokensPerCall": 800, "toolCalls": 3 \}/,
    )
  })

  it('keeps Windows line ends, tabs and a byte order mark', () => {
    const asWindows = (text: string) =>
      `\uFEFF${text.replaceAll(/^(?: {2})+/gm, (spaces) => '\t'.repeat(spaces.length / 2)).replaceAll('\n', '\r\n')}`
    const before = '{\n  "version": 1,\n  "agents": {\n    "support-agent": {}\n  }\n}\n'
    assert.equal(
      mergedWell(asWindows(before), orderStatusLookups()),
      asWindows(mergedWell(before, orderStatusLookups())),
    )
  })

  it('leaves limits that anybody set, whatever is measured, and needs no second time', () => {
    const limit = fc.option(
      fc.integer({ min: 1, max: 99 }).map((n) => n * 100),
      { nil: undefined },
    )
    const tokens = fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 25 })
    fc.assert(
      fc.property(
        limit,
        limit,
        fc.array(tokens, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (whole, step, rounds, isCommented) => {
          const limits = (name: string, value: number | undefined) =>
            value === undefined ? '{}' : `{ "limits": { "${name}": ${value} } }`
          const comment = isCommented ? '// mine\n' : ''
          const steps = `"steps": { "plan": ${limits('inputTokens', step)} }`
          let text = `{ "version": 1, "agents": { ${comment}"a": ${limits('totalTokens', whole).replace(/^\{ ?/, `{ ${steps}, `).replace(/, \}$/, ' }')} } }`
          for (const values of rounds)
            text = merged(
              text,
              values.flatMap((value, index) => [
                measuredOf({
                  id: `a${index}`,
                  agent: 'a',
                  values: { totalTokens: value, outputTokensPerCall: value / 10 },
                }),
                measuredOf({
                  id: `s${index}`,
                  agent: 'a',
                  kind: 'step',
                  step: 'plan',
                  values: { inputTokens: value / 2 },
                }),
              ]),
            )
          const { budgets } = readBudgetFile(text)
          if (whole !== undefined) assert.equal(budgets[0]?.limits.totalTokens?.value, whole, text)
          if (step !== undefined) assert.equal(budgets[1]?.limits.inputTokens?.value, step, text)
          assert.equal(text.includes('// mine'), isCommented)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('gives up where the text cannot be edited', () => {
    for (const text of ['', '{', '{ "version": 1, "agents": [] }', '{ "version": 2 }', '[]']) {
      const derivation = deriveBudgets({
        ...{
          measured: orderStatusLookups(),
          budgets: [],
          headroom: 0.2,
          priceOf: () => undefined,
          hashOf: () => '',
        },
        gate: readBudgetFile(text).gate,
      })
      assert.equal(mergeBudgets(text, derivation), undefined)
    }
  })
})

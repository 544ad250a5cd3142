// Findings that are kept up to date call by call are those of the run as it stands, in whatever order its calls end.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RunAnalysis } from '../../../profiler-agent/analysis/findings'
import {
  callOf,
  contextOf,
  findingsIn,
  prose,
  type Said,
  system,
  tool,
  toolResult,
  user,
} from '../../support/cache-calls'

const MANUAL = prose('manual', 300)
const TOOLS = [tool('tide', 2000), tool('ferry', 3000), tool('wind', 1000)]
const MODELS = [
  { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  { provider: 'openai', model: 'gpt-4.1' },
  { provider: 'openai', model: 'gpt-6-sol' },
] as const

/** Prompts that lose their cache for one reason or another, and some that do not. */
const said = fc.record({
  at: fc.integer({ min: 0, max: 900 }),
  lasts: fc.integer({ min: 1, max: 20 }),
  turns: fc.integer({ min: 0, max: 4 }),
  tools: fc.integer({ min: 0, max: 3 }),
  isTurned: fc.boolean(),
  clock: fc.constantFrom('', 'It is 10:00:01. ', 'It is 10:00:02. ', 'It is 10:00:03. '),
  edited: fc.constantFrom('', ' (shortened)'),
  marked: fc.constantFrom('none', 'system', 'last'),
  effort: fc.constantFrom(undefined, '"low"', '"high"'),
  place: fc.constantFrom('agent.mjs:answer', 'agent.mjs:plan'),
})

function callsOf(
  drawn: readonly (typeof said extends fc.Arbitrary<infer Drawn> ? Drawn : never)[],
  of: number,
): Said[] {
  const target = MODELS[of] ?? MODELS[0]
  return drawn.map(({ at, lasts, turns, tools, isTurned, clock, edited, marked, effort, place }, index) => {
    const declared = TOOLS.slice(0, tools)
    const mark = (is: boolean) => (is ? ('5m' as const) : undefined)
    const history = Array.from({ length: turns }, (_, turn) => toolResult(`result ${turn}${edited}`, 400))
    return {
      ...target,
      ...{ id: `call ${index}`, at, lasts, stack: [place] },
      settings:
        effort === undefined
          ? {}
          : { parameters: { 'reasoning.effort': effort, 'output_config.effort': effort } },
      prompt: [
        ...(isTurned ? declared.toReversed() : declared),
        system(`${clock}${MANUAL}`, 5_000, mark(marked === 'system')),
        user('Which ferry?', 50),
        ...history,
        user(`question ${index % 3}`, 40, mark(marked === 'last')),
      ],
    }
  })
}

describe('findings of a run that grows', () => {
  for (const [index, { model }] of MODELS.entries())
    it(`are those of the run as it stands: ${model}`, function () {
      this.timeout(60_000)
      const rules = new Set<string>()
      fc.assert(
        fc.property(fc.array(said, { maxLength: 14 }), fc.boolean(), (drawn, isByStart) => {
          const calls = callsOf(drawn, index)
          const ends = calls.toSorted((left, right) =>
            isByStart ? left.at - right.at : left.at + (left.lasts ?? 0) - right.at - (right.lasts ?? 0),
          )
          const analysis = new RunAnalysis(contextOf())
          for (const [count, call] of ends.entries()) {
            analysis.add(callOf(call))
            const findings = analysis.findings()
            assert.deepEqual(findings, findingsIn(ends.slice(0, count + 1)))
            for (const { rule } of findings) rules.add(rule)
          }
        }),
        { numRuns: 150 },
      )
      assert.ok(rules.size >= 3, [...rules].join())
    })
})

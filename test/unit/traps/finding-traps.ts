// Traps of findings, of blocking budgets and of the gate: what is said, and what is not.

import assert from 'node:assert/strict'
import { savingOf } from '../../../profiler-agent/analysis/replay/saving'
import { checkMarkdown } from '../../../profiler-agent/formats/check-markdown'
import type { LimitCheck } from '../../../profiler-agent/model/comparison'
import { cacheRuleFor } from '../../../profiler-agent/rules/cache-rules'
import { assistant, findingsIn, prose, type Said, system, user } from '../../support/cache-calls'
import { holdIn, TestGate } from '../../support/gate'
import { replayCall } from '../../support/replay-calls'
import { trap } from './trap'

const MANUAL = prose('harbour manual', 400)

/** Turns of a conversation, marked at its end, ten seconds apart: each reads what the one before wrote. */
const healthyTurns: readonly Said[] = [0, 1, 2, 3].map((turn) => {
  const said = Array.from({ length: turn }, (_, index) => [
    assistant(prose(`answer ${index}`), 400),
    user(prose(`question ${index + 1}`), 100, index === turn - 1 ? '5m' : undefined),
  ])
  const first = user(prose('question 0'), 100, turn === 0 ? '5m' : undefined)
  return {
    at: turn * 10,
    agent: 'pilot',
    prompt: [system(MANUAL, 9_000), first, ...said.flat()],
    ...(turn === 0 ? { written: 9_100 } : { read: 9_100 + (turn - 1) * 500, written: 500 }),
  }
})

export function findingTraps(): void {
  trap(37, 'a title made between two turns is not taken for a turn with another prompt', () => {
    const titles: readonly Said[] = [5, 15, 25].map((at) => ({
      ...{ at, agent: 'pilot', model: 'claude-haiku-4-5' },
      prompt: [system('Give it a title.', 10), user(prose(`question ${at}`), 100)],
    }))
    assert.deepEqual(findingsIn([...healthyTurns, ...titles]), [])
  })

  trap(38, 'writes that the next turn reads are healthy; a pause is no fault of the prompt', () => {
    assert.deepEqual(findingsIn(healthyTurns), [])
    const afterPauses = [0, 1, 2].map((index) => ({
      at: index * 900,
      prompt: [system(MANUAL, 9_000, '5m'), user(prose(`ship ${index}`, 20), 50)],
      written: 9_000,
    }))
    assert.deepEqual(
      findingsIn(afterPauses).map(({ rule }) => rule),
      ['cache/expired'],
    )
    const forgotten = [0, 1, 2].map((index) => ({ ...healthyTurns[0], at: index * 60 }) as Said)
    assert.deepEqual(
      findingsIn(forgotten).map(({ rule, saving }) => [rule, saving]),
      [['cache/evicted', undefined]],
    )
  })

  trap(39, 'a saving pays for the write that its reads need, and for one after each pause', () => {
    const saved = (minutes: number) => {
      const calls = ['a', 'b', 'c'].map((id, index) =>
        replayCall(id, `system:manual 3000 | user:ship${index} 50`, { at: index * minutes * 60_000 }),
      )
      const ruleOf = ({ provider, model }: { readonly provider: string; readonly model: string }) =>
        cacheRuleFor(provider, model)
      return savingOf(calls, [{ fix: 'add-breakpoint', places: ['system'] }], { ruleOf }).picoUsd
    }
    // A quarter of the price more for a write, nine tenths less for a read, at 100 a token: two reads, or none.
    assert.deepEqual([saved(1), saved(10)], [3_000 * (2 * 90 - 25), 3_000 * 3 * -25])
  })

  trap(40, 'a saving is told for a run, never for a month; what happened once is no pattern', () => {
    const unmarked = [0, 1, 2].map((index) => ({
      at: index * 10,
      prompt: [system(MANUAL, 9_000), user(prose(`ship ${index}`, 20), 50)],
    }))
    const [finding, ...others] = findingsIn(unmarked)
    assert.deepEqual([finding?.rule, finding?.saving?.perRun, others], ['cache/missing-breakpoint', true, []])
    assert.doesNotMatch(finding?.message ?? '', /month|day|year/i)
    assert.deepEqual(findingsIn(unmarked.slice(0, 1)), [])
    assert.deepEqual(findingsIn(healthyTurns), [], 'caching is on already')
  })

  trap(43, 'of calls that are made at once only so many pass as the limit has room for', async () => {
    const gate = new TestGate({
      agents: { pilot: { limits: { outputTokens: 1_000 }, onExceed: 'block' } },
    })
    const calls = Array.from({ length: 10 }, () => gate.call({ agent: 'pilot', agentId: 'p', cap: 400 }))
    const admissions = await Promise.all(calls.map((call) => gate.gate.admit(call)))
    const passed = calls.filter((_, index) => admissions[index]?.passes)
    assert.equal(passed.length, 2)
    // They used less than they might have: the room that is left is there for others.
    for (const [index, call] of calls.entries()) {
      const admission = admissions[index]
      if (!admission?.passes) continue
      holdIn(admission).ended()
      gate.read(call, { output: 100 })
    }
    assert.equal((await gate.admit({ agent: 'pilot', agentId: 'p', cap: 800 })).passes, true)
    assert.equal((await gate.admit({ agent: 'pilot', agentId: 'p', cap: 1 })).passes, false)
  })

  trap(49, 'a pull request in which nothing got worse gets no comment', () => {
    const kept: LimitCheck = {
      scope: { kind: 'agent', agent: 'pilot' },
      limit: 'inputTokens',
      ...{ allowed: 1_000, value: 640, baseline: 900, percentile: 'p95', n: 40 },
      ...{ verdict: 'fine', why: ['it fell by 29 %'], isWorse: false },
      position: { line: 4, column: 16 },
    }
    const report = { verdict: 'fine', file: '.costflame/budgets.jsonc', problems: [], runs: 2 } as const
    assert.equal(checkMarkdown({ ...report, results: [kept] }), '')
    const worse: LimitCheck = { ...kept, value: 1_100, verdict: 'over', isWorse: true }
    assert.match(checkMarkdown({ ...report, verdict: 'over', results: [kept, worse] }), /1 limit exceeded/)
  })
}

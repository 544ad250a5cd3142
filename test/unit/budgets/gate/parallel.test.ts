// What the gate promises whatever calls do at the same time, by cases that nobody thought of.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { GatedCall } from '../../../../profiler-agent/model/call-gate'
import { holdIn, RUN, TestGate } from '../../../support/gate'

const block = (limits: object) => ({ limits, onExceed: 'block' })

interface Open {
  readonly call: GatedCall
  readonly cap: number
  readonly uses: number
  isOver: boolean
}

describe('calls in parallel', () => {
  it('never use more than a limit where each has a cap: 10,000 at once', async function () {
    this.timeout(60_000)
    const gate = new TestGate({
      agents: { helper: block({ outputTokens: 100_000 }) },
      workspace: block({ costUsdPerRun: 1.5 }),
    })
    const caps = Array.from({ length: 10_000 }, (_, index) => 1 + ((index * 7919) % 500))
    let waiting = caps.map((cap) => ({ cap, call: gate.call({ agent: 'helper', agentId: 'a', cap }) }))
    let passed = 0
    // All at once; and those that were refused once more when the others have been read.
    for (let round = 0; round < 2; round++) {
      const asked = await Promise.all(
        waiting.map(async (each) => ({ each, admission: await gate.gate.admit(each.call) })),
      )
      const through = asked.filter(({ admission }) => admission.passes)
      for (const { admission } of through) holdIn(admission).ended()
      // The first half of its cap, then all of it.
      for (const { each } of through) {
        const output = round === 0 ? Math.ceil(each.cap / 2) : each.cap
        gate.read(each.call, { output, input: 100, usd: (100 + 10 * output) / 1e6 })
      }
      waiting = asked.flatMap(({ each, admission }) => (admission.passes ? [] : [each]))
      passed += through.length
    }
    const own = gate.gate.account(RUN, 'a')?.own
    const spent = own?.spent ?? assert.fail('there is no account')
    assert.equal(spent.calls, passed)
    assert.ok(spent.output <= 100_000 && spent.output > 90_000, `${spent.output} tokens`)
    assert.ok(spent.picoUsd <= 1.5e12, `${spent.picoUsd}`)
    assert.deepEqual([own?.reserved.output, own?.reserved.picoUsd, own?.unread], [0, 0, 0])
  })

  it('pass a limit by no more than what calls used beyond their reservation, in whatever order things happen', async () => {
    const step = fc.record({
      what: fc.constantFrom('begin', 'begin', 'begin', 'read', 'read again', 'lose'),
      which: fc.nat(100),
      agent: fc.constantFrom('a', 'b', 'c'),
      cap: fc.integer({ min: 1, max: 60 }),
      uses: fc.integer({ min: 0, max: 90 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 20, max: 400 }),
        async (steps, limit) => {
          const gate = new TestGate(
            {
              agents: { helper: block({ outputTokens: limit }) },
              workflows: { w: { rootAgent: 'helper', ...block({ outputTokens: 2 * limit }) } },
            },
            // Nobody waits: what is not read yet counts as it is reserved.
            { within: () => Promise.resolve(false) },
          )
          const open: Open[] = []
          const over = new Map<string, number>()
          for (const { what, which, agent, cap, uses } of steps) {
            const chosen = open[which % Math.max(1, open.length)]
            if (what === 'begin') {
              const call = gate.call({ agent: 'helper', agentId: agent, cap })
              const admission = await gate.gate.admit(call)
              if (admission.passes) open.push({ call, cap, uses, isOver: false })
            } else if (chosen && what === 'read' && !chosen.isOver) {
              chosen.isOver = true
              const id = chosen.call.attribution.agentId ?? ''
              gate.read(chosen.call, { output: chosen.uses })
              over.set(id, (over.get(id) ?? 0) + Math.max(0, chosen.uses - chosen.cap))
            } else if (chosen && what === 'read again' && chosen.isOver)
              gate.gate.told(undefined, [chosen.call.id])
            else if (chosen && what === 'lose' && !chosen.isOver) {
              chosen.isOver = true
              gate.gate.told(undefined, [chosen.call.id])
            }
          }
          const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
          for (const id of ['a', 'b', 'c']) {
            const own = gate.gate.account(RUN, id)?.own
            if (!own) continue
            assert.ok(
              own.spent.output <= limit + (over.get(id) ?? 0),
              `${id}: ${own.spent.output} of ${limit}`,
            )
            const held = open.filter(({ call, isOver }) => !isOver && call.attribution.agentId === id)
            assert.equal(own.reserved.output, sum(held.map(({ cap }) => cap)))
            assert.equal(own.reserved.calls, held.length)
          }
          assert.equal(gate.gate.reservedCalls, open.filter(({ isOver }) => !isOver).length)
          assert.deepEqual(gate.faults, [])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('count in every total above them, wherever agents are moved meanwhile', async () => {
    const move = fc.record({
      child: fc.integer({ min: 1, max: 5 }),
      parent: fc.integer({ min: 0, max: 5 }),
      cap: fc.integer({ min: 1, max: 50 }),
      doesRead: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 40 }), async (moves) => {
        const gate = new TestGate({
          workflows: { w: { rootAgent: 'agent0', ...block({ totalTokens: 1e9 }) } },
        })
        const account = (index: number) => gate.gate.account(RUN, `a${index}`)
        for (const { child, parent, cap, doesRead } of moves) {
          const span = { runId: RUN, startedAt: gate.now, kind: 'agent' as const, attribution: {} }
          if (parent !== child)
            gate.gate.declare({ ...span, id: `a${child}`, name: `agent${child}`, parentId: `a${parent}` })
          const call = gate.call({ agent: `agent${child}`, agentId: `a${child}`, cap })
          holdIn(await gate.gate.admit(call)).ended()
          if (doesRead) gate.read(call, { output: cap })
        }
        for (let index = 0; index <= 5; index++) {
          const root = account(index)
          if (!root) continue
          const below = [0, 1, 2, 3, 4, 5].flatMap((other) => {
            const each = account(other)
            return each?.line.includes(root) ? [each.own] : []
          })
          const sum = (of: (own: (typeof below)[number]) => number) =>
            below.reduce((total, own) => total + of(own), 0)
          assert.equal(
            root.whole.spent.output,
            sum((own) => own.spent.output),
          )
          assert.equal(
            root.whole.reserved.output,
            sum((own) => own.reserved.output),
          )
          assert.equal(
            root.whole.unread,
            sum((own) => own.unread),
          )
        }
        assert.deepEqual(gate.faults, [])
      }),
      { numRuns: 200 },
    )
  })
})

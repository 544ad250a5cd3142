// Where declared code stands: headers and labels of scopes within scopes, and the way there and back in headers.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { textOf } from '../../../profiler-agent/api/labels'
import { LiveSpan } from '../../../profiler-agent/api/live-span'
import {
  headersOf,
  labelsOf,
  openSpanIn,
  type Scope,
  scopeFrom,
  scopeWithOwnLabels,
} from '../../../profiler-agent/api/scope'
import type { DeclaredKind } from '../../../profiler-agent/model/record'

function spanIn(outer: Scope | undefined, kind: DeclaredKind, name: string, labels = {}): LiveSpan {
  return new LiveSpan({ kind, name, labels: { tags: {}, ...labels }, attributes: {}, callSite: [] }, outer)
}

const record = (scope: Scope | undefined) => Object.fromEntries(headersOf(scope))

describe('api/scope', () => {
  it('has no headers outside of everything', () => {
    assert.deepEqual(headersOf(undefined), [])
  })

  it('names the nearest agent, the nearest step in it and the nearest span', () => {
    const desk = spanIn(undefined, 'agent', 'desk; front')
    const plan = spanIn(desk.scope, 'step', 'plan')
    const search = spanIn(plan.scope, 'tool', 'search')
    const inner = spanIn(search.scope, 'agent', 'searcher')
    assert.deepEqual(record(search.scope), {
      'x-costflame-agent': `desk%3B%20front;${desk.id}`,
      'x-costflame-step': `plan;${plan.id}`,
      'x-costflame-parent': search.id,
    })
    assert.deepEqual(record(inner.scope), {
      'x-costflame-agent': `searcher;${inner.id}`,
      'x-costflame-parent': inner.id,
    })
  })

  it('hands labels down, but not the version of another agent', () => {
    const desk = spanIn(undefined, 'agent', 'desk', {
      ...{ agentVersion: '1.4', intent: 'refund', tenant: 'acme', tags: { plan: 'gold', region: 'eu' } },
    })
    const step = spanIn(desk.scope, 'step', 'plan', { tags: { region: 'us' } })
    const inner = spanIn(step.scope, 'agent', 'searcher', { intent: 'search' })
    desk.labels.tags.late = 'yes'
    assert.deepEqual(labelsOf(step.scope), {
      ...{ agentVersion: '1.4', intent: 'refund', tenant: 'acme' },
      tags: { plan: 'gold', region: 'us', late: 'yes' },
    })
    assert.deepEqual(labelsOf(inner.scope), {
      ...{ intent: 'search', tenant: 'acme' },
      tags: { plan: 'gold', region: 'us', late: 'yes' },
    })
  })

  it('has times that a program’s fake clock does not change', () => {
    const own = { now: Date.now, clock: performance.now }
    const before = Date.now()
    try {
      Date.now = () => Number.NaN
      performance.now = () => -1
      const span = spanIn(undefined, 'step', 'plan')
      span.end('ok')
      const { startedAt, endedAt } = span.line({}) as { startedAt: number; endedAt: number }
      assert.ok(startedAt >= before && endedAt >= startedAt && endedAt < startedAt + 60_000)
    } finally {
      Date.now = own.now
      performance.now = own.clock
    }
  })

  it('finds the innermost span that goes on, for code that runs on behind the end of its own', () => {
    const desk = spanIn(undefined, 'agent', 'desk')
    const plan = spanIn(desk.scope, 'step', 'plan')
    assert.equal(openSpanIn(plan.scope), plan)
    plan.end('ok')
    assert.equal(openSpanIn(plan.scope), desk)
    desk.end('ok')
    assert.equal(openSpanIn(plan.scope), plan)
    assert.equal(openSpanIn(undefined), undefined)
  })

  it('gives a flow its own labels without changing those that it came from', () => {
    const before = scopeWithOwnLabels(undefined)
    before.labels.tags.a = '1'
    const branch = scopeWithOwnLabels(before)
    branch.labels.tags.b = '2'
    assert.deepEqual([labelsOf(before).tags, labelsOf(branch).tags], [{ a: '1' }, { a: '1', b: '2' }])
  })

  it('is the same place after a way through headers', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((each) => textOf(each) === each)
    fc.assert(
      fc.property(text, text, text, (agent, step, tenant) => {
        const outer = spanIn(undefined, 'agent', agent, { tenant, tags: { plan: step } })
        const inner = spanIn(outer.scope, 'step', step)
        const headers = headersOf(inner.scope)
        assert.deepEqual(headersOf(scopeFrom(new Map(headers))), headers)
      }),
    )
  })

  it('takes nothing from headers that make no sense', () => {
    const headers = {
      ...{ 'x-costflame-agent': 'desk', 'x-costflame-step': 'plan;no id!', 'x-costflame-parent': 'a b' },
      ...{ 'x-costflame-intent': '%E0%A4%A', 'x-costflame-tag-': 'x', 'x-costflame-tenant': '' },
    }
    assert.deepEqual(record(scopeFrom(new Map(Object.entries(headers)))), {
      'x-costflame-intent': encodeURIComponent('%E0%A4%A'),
    })
  })
})

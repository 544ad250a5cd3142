// Lines that programs and hooks send: taken whole where they are right, refused with the name of the field where not, masked and bounded.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { REDACTED, SecretMemory } from '../../../profiler-agent/capture/redact'
import {
  declaredOutcomeOf,
  declaredSpanOf,
  FieldProblem,
  hookReportOf,
} from '../../../profiler-agent/capture/told-line'

const SPAN = {
  type: 'span',
  id: 'k3-1',
  runId: 'r-1',
  parentId: 'k3-0',
  kind: 'agent',
  name: 'desk',
  startedAt: 1000.5,
  endedAt: 2000,
  status: 'error',
  attribution: {
    ...{ agentVersion: '1.4', intent: 'refund', tenant: 'acme', session: 's1', tags: { plan: 'gold' } },
  },
  outcome: { status: 'resolved', value: 3, by: 'refund' },
  callSite: [{ file: '/app/a.ts', line: 4, column: 17, function: 'main' }],
  attributes: { 'gen_ai.tool.call.id': 'call_1', 'costflame.retrieval.documents': 2 },
}
const OUTCOME = { type: 'outcome', runId: 'r-1', at: 5, outcome: { status: 'done' } }
const HOOK = {
  ...{ type: 'hook', runId: 'r-1', pid: 7, runtime: 'node v22.19.0', calls: 3 },
  around: [{ host: 'api.example.com', calls: 2, why: 'its own proxy' }],
}

const tools = (secrets = new SecretMemory()) => ({ secrets, nameRun: (run?: string) => run ?? 'shared' })
const span = (changes: object = {}, secrets?: SecretMemory) =>
  declaredSpanOf({ ...SPAN, ...changes }, tools(secrets))
const problemOf = (take: () => unknown) => {
  try {
    take()
  } catch (error) {
    if (error instanceof FieldProblem) return error.message
    throw error
  }
  return undefined
}

describe('capture/told-line', () => {
  it('reads a whole span', () => {
    const { type: _, ...whole } = SPAN
    assert.deepEqual(span(), whole)
  })

  it('masks a key that is the name of a tag, in any case', () => {
    const secrets = new SecretMemory()
    secrets.remember(['Canary0123456789Key'])
    for (const name of ['Canary0123456789Key', 'canary0123456789key'])
      assert.deepEqual(span({ attribution: { tags: { [name]: 'x' } } }, secrets).attribution.tags, {
        redacted: 'x',
      })
  })

  it('reads the least that a span can say', () => {
    const least = { type: 'span', id: 'a', kind: 'step', name: 'plan', startedAt: 0 }
    assert.deepEqual(declaredSpanOf(least, tools()), {
      ...{ id: 'a', runId: 'shared', kind: 'step', name: 'plan', startedAt: 0, attribution: {} },
    })
  })

  it('takes null for absent', () => {
    const { endedAt: _, outcome: __, parentId: ___, status: ____, type: _____, ...rest } = SPAN
    assert.deepEqual(span({ endedAt: null, outcome: null, parentId: null, status: null }), rest)
  })

  for (const [changes, problem] of [
    [{ id: 'a b' }, 'id is no id: 1 to 64 letters, digits, `.`, `_` or `-`'],
    [{ runId: 7 }, 'runId is no id: 1 to 64 letters, digits, `.`, `_` or `-`'],
    [{ kind: 'chat' }, 'kind is none of agent, step, tool, retrieval'],
    [{ name: '' }, 'name is empty'],
    [{ name: undefined }, 'name is no text'],
    [{ startedAt: '2026' }, 'startedAt is no time in ms since the epoch'],
    [{ startedAt: 253_402_300_800_000 }, 'startedAt is no time in ms since the epoch'],
    [{ endedAt: -1 }, 'endedAt is no time in ms since the epoch'],
    [{ status: 'aborted' }, 'status is none of ok, error'],
    [{ attribution: [] }, 'attribution is no object'],
    [{ attribution: { tenant: 4 } }, 'attribution.tenant is no text'],
    [{ attribution: { tags: { plan: {} } } }, 'attribution.tags.plan is no text, number or boolean'],
    [
      { attribution: { tags: { 'a b': 1 } } },
      'attribution.tags.a b is no tag: 1 to 64 letters, digits, `.`, `_` or `-`',
    ],
    [{ outcome: {} }, 'outcome.status is no text'],
    [{ outcome: { status: 'x', value: 'much' } }, 'outcome.value is no number'],
    [{ callSite: 'a.ts:4' }, 'callSite is no list'],
    [{ callSite: [SPAN.callSite[0], { file: 'a.ts', line: 0 }] }, 'callSite[1].line is below 1'],
    [{ callSite: [{ file: '', line: 1 }] }, 'callSite[0].file is no path'],
    [{ attributes: { a: null } }, 'attributes.a is no text, number or boolean'],
  ] as const)
    it(`says of ${JSON.stringify(changes)}: ${problem}`, () => {
      assert.equal(
        problemOf(() => span(changes)),
        problem,
      )
    })

  it('cuts what is too long, and keeps the first of too many', () => {
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`T${index}`, index]))
    const callSite = Array.from({ length: 300 }, (_, index) => ({ file: '/a.ts', line: index + 1 }))
    const cut = span({ name: `a\u0000${'b'.repeat(400)}`, attribution: { tags }, callSite })
    assert.equal(cut.name, `a ${'b'.repeat(254)}`)
    assert.deepEqual([Object.keys(cut.attribution.tags ?? {}).length, cut.callSite?.length], [32, 100])
    assert.equal(cut.attribution.tags?.t3, '3')
  })

  it('masks credentials, known ones and those that look like some', () => {
    const secrets = new SecretMemory()
    secrets.remember(['correct-horse-battery'])
    const masked = span(
      {
        name: 'for correct-horse-battery',
        attribution: { tenant: 'sk-abcdefghijklmnopqrstuv', tags: { key: 'correct-horse-battery' } },
        outcome: { status: 'ok', why: 'correct-horse-battery' },
        attributes: { note: 'Bearer abcdefghijklmnop' },
        command: 'node a.mjs --api-key hunter2hunter2',
      },
      secrets,
    )
    assert.deepEqual(
      [masked.name, masked.attribution, masked.outcome, masked.attributes],
      [
        `for ${REDACTED}`,
        { tenant: REDACTED, tags: { key: REDACTED }, command: `node a.mjs --api-key ${REDACTED}` },
        { status: 'ok', why: REDACTED },
        { note: `Bearer ${REDACTED}` },
      ],
    )
  })

  it('reads an outcome of a run', () => {
    const { type: _, ...whole } = OUTCOME
    assert.deepEqual(declaredOutcomeOf(OUTCOME, tools()), whole)
    assert.equal(
      problemOf(() => declaredOutcomeOf({ ...OUTCOME, outcome: 'done' }, tools())),
      'outcome is no object',
    )
  })

  it('reads what a hook saw', () => {
    const { type: _, ...whole } = HOOK
    assert.deepEqual(hookReportOf(HOOK, tools()), whole)
    assert.equal(
      problemOf(() => hookReportOf({ ...HOOK, around: [{ host: 'a', calls: -1, why: 'b' }] }, tools())),
      'around[0].calls is no whole number',
    )
  })

  it('throws nothing else, whatever it is given', () => {
    const odd = fc.object({ key: fc.constantFrom(...Object.keys(SPAN), ...Object.keys(HOOK), 'at') })
    fc.assert(
      fc.property(odd, (message) => {
        for (const read of [declaredSpanOf, declaredOutcomeOf, hookReportOf])
          problemOf(() => read({ ...SPAN, ...HOOK, ...message }, tools()))
      }),
    )
  })
})

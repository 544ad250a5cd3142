// Violations on their way to whoever the user has named: once each, whatever happens, and with what became of it told.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Delivery } from '../../../profiler-agent/escalation/deliver'
import { Escalations, type EscalationsOptions } from '../../../profiler-agent/escalation/escalations'
import type { EscalationResult, EscalationSummary, Violation } from '../../../profiler-agent/model/escalation'
import type { Finding } from '../../../profiler-agent/model/finding'
import type { Run } from '../../../profiler-agent/model/span'
import { callSpan, runOf, spanOf } from '../../support/spans'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'
import { until } from '../../support/until'

const VIOLATION: Violation = {
  escalation: 'support-lead',
  scope: { kind: 'agent', agent: 'order-status', intent: 'lookup' },
  instance: 'a1',
  runId: 'r1',
  limit: 'totalTokens',
  allowed: 6_000,
  value: 6_350,
  file: '.costflame/budgets.jsonc',
  line: 14,
  refusedCall: 'c3',
  at: Date.UTC(2026, 10, 22, 10, 0, 5),
}

const RUN: Run = runOf(
  [
    spanOf({ id: 'a1', kind: 'agent', name: 'order-status', agent: 'order-status', intent: 'lookup' }),
    callSpan('c1', {}, { parentId: 'a1' }),
    spanOf({ id: 'a2', kind: 'agent', name: 'specialist', parentId: 'a1' }),
    callSpan('c2', {}, { parentId: 'a2' }),
    callSpan(
      'c3',
      { billed: false, cost: null },
      { parentId: 'a1', status: 'blocked', callSite: { file: 'src/agent.ts', line: 7, stack: [] } },
    ),
  ],
  { id: 'r1', name: 'node agent.js', command: 'node agent.js' },
)

describe('escalation/escalations', () => {
  let folder: TestFolder
  let deliveries: Delivery[]
  let logged: string[]
  let desks: Escalations[]

  beforeEach(() => {
    folder = temporaryFolder('escalations')
    ;[deliveries, logged, desks] = [[], [], []]
  })
  afterEach(async () => {
    await Promise.all(desks.map((desk) => desk.close()))
    folder.remove()
  })

  function desk(
    said: Partial<EscalationsOptions> = {},
    result: EscalationResult = { ok: true, exitCode: 0 },
  ) {
    const made = new Escalations({
      ...{ data: folder.path, root: '/repo', env: {} },
      targetNamed: () => ({ command: ['notify'] }),
      undefinedText: (name) => `escalation "${name}" is defined nowhere`,
      isRecorded: () => true,
      runOf: async () => RUN,
      deliver: async (delivery) => {
        deliveries.push(delivery)
        return result
      },
      masked: (value) => value,
      isSecret: () => false,
      hashOf: (text) => Buffer.from(text).toString('hex').slice(-24),
      log: (message) => logged.push(message),
      changed: () => undefined,
      ...said,
    })
    desks.push(made)
    return made
  }
  const told = (count = 1) => until(`${count} told`, () => logged.length >= count)
  const summary = (index = 0) => JSON.parse(deliveries[index]?.summary ?? 'null') as EscalationSummary

  it('tells all that is known of the violation', async () => {
    desk().violated(VIOLATION)
    await told()
    assert.deepEqual(summary(), {
      schema: 'costflame.escalation/1',
      name: 'support-lead',
      text: 'order-status (lookup): totalTokens would be 6,350, 6,000 allowed (.costflame/budgets.jsonc:14); a call was refused',
      budget: { file: '.costflame/budgets.jsonc', line: 14 },
      scope: { kind: 'agent', agent: 'order-status', intent: 'lookup' },
      ...{ rule: 'budget/totalTokens', limit: 'totalTokens', allowed: 6_000, value: 6_350 },
      run: { id: 'r1', name: 'node agent.js', command: 'node agent.js' },
      ...{ agent: 'order-status', intent: 'lookup', invocation: 'a1' },
      callSite: { file: 'src/agent.ts', line: 7 },
      // The specialist's calls are its own, the refused one is none.
      calls: [{ spanId: 'c1', model: 'gpt-5-mini', tokens: 15, costUsd: 0.00000002 }],
      callCount: 1,
      at: '2026-11-22T10:00:05.000Z',
    })
    assert.deepEqual(logged, [
      'order-status (lookup): totalTokens would be 6,350, 6,000 allowed (.costflame/budgets.jsonc:14); a call was refused. support-lead was told: exit code 0',
    ])
  })

  it('says what happened: a refusal, the end of a reply, or nothing', async () => {
    const escalations = desk()
    const { refusedCall: _, ...afterwards } = VIOLATION
    escalations.violated({ ...VIOLATION, instance: 'a2', isCut: true })
    escalations.violated({
      ...afterwards,
      instance: 'a3',
      limit: 'costUsd',
      allowed: 0.05,
      value: 0.07,
      atLeast: true,
    })
    escalations.violated({
      ...VIOLATION,
      instance: 'a4',
      limit: 'models',
      allowed: ['gpt-5-mini'],
      value: 'openai/gpt-5',
    })
    escalations.violated({ ...afterwards, instance: 'a5', limit: 'cacheHitRatio', allowed: 0.6, value: 0.25 })
    await escalations.close()
    assert.deepEqual(
      deliveries.map((_each, index) => summary(index).text.replace('order-status (lookup): ', '')),
      [
        'totalTokens is 6,350, 6,000 allowed (.costflame/budgets.jsonc:14); a reply was ended',
        'costUsd is at least $0.07, $0.05 allowed (.costflame/budgets.jsonc:14)',
        'models is openai/gpt-5, allowed: gpt-5-mini (.costflame/budgets.jsonc:14); a call was refused',
        'cacheHitRatio is 25 %, at least 60 % wanted (.costflame/budgets.jsonc:14)',
      ],
    )
  })

  it('counts everything below the root for a workflow, and all calls for a run', async () => {
    const escalations = desk()
    const workflow = { kind: 'workflow', workflow: 'refund', rootAgent: 'order-status' } as const
    escalations.violated({ ...VIOLATION, scope: workflow })
    escalations.violated({ ...VIOLATION, scope: { kind: 'run' }, instance: 'r1', limit: 'costUsdPerRun' })
    await told(2)
    assert.deepEqual([summary(0).callCount, summary(1).callCount], [2, 2])
  })

  it('tells the violation itself where the run cannot be read', async () => {
    desk({ runOf: async () => null }).violated(VIOLATION)
    await told()
    assert.deepEqual([summary().run, summary().calls], [{ id: 'r1' }, []])
  })

  it('tells each violation once: again and again, after a restart, by two profilers', async () => {
    const first = desk()
    for (let times = 0; times < 10; times++) first.violated(VIOLATION)
    const second = desk()
    second.violated(VIOLATION)
    await told()
    await first.close()
    const restarted = desk()
    restarted.violated({ ...VIOLATION, value: 9_000 })
    for (const each of [second, restarted]) await each.close()
    assert.equal(deliveries.length, 1)
  })

  it('tells another invocation, another limit and another run', async () => {
    const escalations = desk()
    const others = [{}, { instance: 'a2' }, { limit: 'toolCalls' as const }, { runId: 'r2' }]
    for (const other of others) escalations.violated({ ...VIOLATION, ...other })
    await escalations.close()
    assert.equal(deliveries.length, 4)
  })

  it('tells a day once, whichever run exceeds it', async () => {
    const escalations = desk()
    const day = { scope: { kind: 'day' }, instance: '2026-11-22', limit: 'costUsdPerDay' } as const
    for (const runId of ['r1', 'r2']) escalations.violated({ ...VIOLATION, ...day, runId })
    await escalations.close()
    assert.equal(deliveries.length, 1)
  })

  it('finds what nobody has defined, and tells it once it is defined', async () => {
    let isDefined = false
    const escalations = desk({ targetNamed: () => (isDefined ? { command: ['notify'] } : undefined) })
    escalations.violated(VIOLATION)
    escalations.violated({ ...VIOLATION, instance: 'a2' })
    const [finding, ...others] = escalations.findings('r1')
    assert.deepEqual(others, [])
    assert.equal(finding?.rule, 'profiler/escalation')
    assert.equal(
      finding?.message,
      'budget/totalTokens was exceeded and support-lead was not reached: escalation "support-lead" is defined nowhere.',
    )
    assert.deepEqual(finding?.location, { file: '.costflame/budgets.jsonc', line: 14, column: 1 })
    assert.equal(finding?.evidence.violations, 2)
    assert.deepEqual(escalations.findings('r2'), [])
    assert.equal(logged.length, 1)
    isDefined = true
    escalations.violated(VIOLATION)
    await until('it to be told', () => deliveries.length === 1)
    assert.equal(escalations.findings('r1')[0]?.evidence.violations, 1)
  })

  it('finds what failed, also after a restart', async () => {
    desk({}, { ok: false, status: 500, error: 'it answered 500' }).violated(VIOLATION)
    await told()
    const [finding] = desk().findings('r1')
    assert.match(finding?.message ?? '', /support-lead was not reached: it answered 500\.$/)
    const { escalation, violated, instance, ok, status } = finding?.evidence ?? {}
    assert.deepEqual(
      { escalation, violated, instance, ok, status },
      { escalation: 'support-lead', violated: 'budget/totalTokens', instance: 'a1', ok: false, status: 500 },
    )
    assert.match(logged[0] ?? '', /support-lead was not reached: it answered 500$/)
  })

  it('says that nobody knows what became of it when the profiler was killed meanwhile', async () => {
    desk().violated(VIOLATION)
    await told()
    const [name = ''] = readdirSync(join(folder.path, 'escalations'))
    const path = join(folder.path, 'escalations', name)
    const { result: _, ...claim } = JSON.parse(readFileSync(path, 'utf8'))
    // No process has this id.
    writeFileSync(path, JSON.stringify({ ...claim, pid: 2 ** 30 }))
    assert.match(desk().findings('r1')[0]?.message ?? '', /the profiler ended while it was told/)
  })

  it('puts what became of it into the evidence of the violation', async () => {
    const escalations = desk()
    escalations.violated(VIOLATION)
    await told()
    const finding = {
      rule: 'budget/totalTokens',
      evidence: { scope: { intent: 'lookup', agent: 'order-status', kind: 'agent' } },
    }
    const other = { rule: 'budget/costUsd', evidence: finding.evidence }
    const [own, others] = escalations.withResults('r1', [finding, other] as unknown as Finding[])
    assert.deepEqual(own?.evidence.escalations, [
      { escalation: 'support-lead', instance: 'a1', at: '2026-11-22T10:00:05.000Z', ok: true, exitCode: 0 },
    ])
    assert.equal(others?.evidence.escalations, undefined)
  })

  it('waits for the record of the refused call, which says where it was made', async () => {
    let isRecorded = false
    const escalations = desk({ isRecorded: () => isRecorded, recordMs: 60_000 })
    escalations.violated(VIOLATION)
    await new Promise(setImmediate)
    assert.equal(deliveries.length, 0)
    isRecorded = true
    escalations.recorded(['c2', 'c3'])
    await told()
    assert.equal(deliveries.length, 1)
  })

  it('does not wait for a record that never comes', async () => {
    desk({ isRecorded: () => false, recordMs: 1 }).violated(VIOLATION)
    await told()
    assert.equal(deliveries.length, 1)
  })

  it('runs no more than four at once, and all in the end', async () => {
    let [running, most] = [0, 0]
    const escalations = desk({
      deliver: async () => {
        most = Math.max(most, ++running)
        await new Promise(setImmediate)
        running--
        return { ok: true, status: 200 }
      },
    })
    for (let index = 0; index < 50; index++) escalations.violated({ ...VIOLATION, instance: `a${index}` })
    await escalations.close()
    assert.equal(most, 4)
    assert.deepEqual(logged, [
      'order-status (lookup): totalTokens would be 6,350, 6,000 allowed (.costflame/budgets.jsonc:14); a call was refused. support-lead was told: HTTP 200',
      '49 more violations over budget/totalTokens of order-status (lookup): support-lead was told: HTTP 200',
    ])
  })

  it('waits for those under way when the profiler stops, and not for ever', async () => {
    const escalations = desk({
      closeMs: 10,
      deliver: ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ ok: false, error: 'ended' }), { once: true }),
        ),
    })
    for (let index = 0; index < 6; index++) escalations.violated({ ...VIOLATION, instance: `a${index}` })
    await escalations.close()
    assert.deepEqual(
      logged.map((text) => text.replace(/^.*(?= support-lead was not)/, '…')),
      [
        '… support-lead was not reached: ended',
        '… support-lead was not reached: the profiler ended before it was told',
        '… support-lead was not reached: ended',
        '… support-lead was not reached: the profiler ended before it was told',
      ],
    )
    assert.match(logged[2] ?? '', /^3 more violations over/)
    assert.match(logged[3] ?? '', /^1 more violation over/)
  })

  it('goes on where nothing can be written, and says so', async () => {
    writeFileSync(join(folder.path, 'file'), '')
    const escalations = desk({ data: join(folder.path, 'file') })
    escalations.violated(VIOLATION)
    escalations.violated(VIOLATION)
    escalations.violated({ ...VIOLATION, instance: 'a2' })
    await escalations.close()
    assert.equal(deliveries.length, 2)
    assert.equal(logged.filter((text) => text.startsWith('what is told cannot be noted: ')).length, 1)
  })

  it('survives whatever it is handed', async () => {
    desk({ deliver: () => Promise.reject(new Error('a bug')) }).violated(VIOLATION)
    desk({ runOf: () => Promise.reject(new Error('no store')) }).violated({ ...VIOLATION, instance: 'a9' })
    await told(2)
    assert.ok(
      logged.every((text) => /was not reached: it could not be told: Error: (a bug|no store)$/.test(text)),
    )
  })
})

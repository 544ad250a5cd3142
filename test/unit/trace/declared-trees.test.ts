// Whatever a program declares, and in whatever order it is told: one tree with one root, the same for every order.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { DeclaredSpan, SpanRecord } from '../../../profiler-agent/model/record'
import type { TraceInput } from '../../../profiler-agent/trace/exchange-facts'
import { RunTrace } from '../../../profiler-agent/trace/trace'
import { RUN } from '../../support/labelled-run'
import { merged, picture, pictureOf, traceInput } from '../../support/trace-picture'

type Told = { readonly span: DeclaredSpan } | { readonly call: TraceInput }

const declared = (
  line: string,
  kind: DeclaredSpan['kind'],
  parentId?: string,
  more: Partial<DeclaredSpan> = {},
): Told => {
  const [id = '', times = ''] = line.split(' ')
  const [startedAt = 0, endedAt] = times.split('..').map(Number)
  const ends = endedAt === undefined ? {} : { endedAt }
  const parent = parentId === undefined ? {} : { parentId }
  return {
    span: { id, runId: 'run', kind, name: id, startedAt, ...ends, ...parent, attribution: {}, ...more },
  }
}

function spansOf(told: readonly Told[]): SpanRecord[] {
  const trace = new RunTrace(RUN)
  return merged(told.flatMap((one) => ('span' in one ? trace.addDeclared(one.span) : trace.add(one.call))))
}

/** Every order of a few. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

describe('declared spans', () => {
  it('hold the calls that name them, whichever comes first', () => {
    const told = [
      declared('crew 0..100', 'agent'),
      declared('plan 5..60', 'step', 'crew'),
      declared('look 20..50', 'tool', 'plan'),
      { call: traceInput('a 6..18 S1 Uq > A1 | agent=crew;crew step=plan;plan parent=plan') },
      { call: traceInput('b 25..40 S2 Ux > A2 | agent=crew;crew step=plan;plan parent=look') },
    ]
    for (const order of orders(told))
      assert.equal(
        pictureOf(spansOf(order), { basis: true }),
        picture(`
          run 0..100 by none
            agent crew 0..100 by header
              step plan 5..60 by header
                chat m 6..18 by header
                tool look 20..50 by header
                  chat m 25..40 by header
        `),
      )
  })

  it('stand outside of agents, too', () => {
    const told = [
      declared('night 0..90', 'step'),
      declared('clean 10..80', 'tool', 'night'),
      { call: traceInput('a 20..30 Uq > A1 | step=night;night parent=clean') },
      { call: traceInput('b 82..88 Ux > A2 | step=night;night parent=night') },
    ]
    for (const order of orders(told))
      assert.equal(
        pictureOf(spansOf(order)),
        picture(`
          run 0..90
            step night 0..90
              tool clean 10..80
                chat m 20..30
              chat m 82..88
        `),
      )
  })

  it('are one span with the tool call that they carry out, by its name or by the id of the call', () => {
    for (const more of [{ name: 'look' }, { name: 'x', attributes: { 'gen_ai.tool.call.id': 't1' } }]) {
      const told = [
        { call: traceInput('a 0..10 S1 Uq > Clook#t1 | agent=crew;crew parent=crew') },
        declared('d1 12..40', 'tool', 'crew', more),
        { call: traceInput('b 50..60 S1 Uq Clook#t1 Rx#t1 > A1 | agent=crew;crew parent=crew') },
      ]
      for (const order of [told, told.toSpliced(1, 1).concat(told[1] ?? [])]) {
        const spans = spansOf([declared('crew 0..100', 'agent'), ...order])
        assert.deepEqual(
          spans.filter(({ kind }) => kind === 'tool').map(({ id, parentId }) => [id, parentId]),
          [['d1', 'crew']],
        )
        const tool = spans.find(({ id }) => id === 'd1')
        assert.equal(tool?.attributes['gen_ai.tool.call.id'], 't1')
      }
    }
  })

  it('hand their labels down to what is declared in them', () => {
    const told = [
      declared('crew 0..100', 'agent', undefined, {
        attribution: { tenant: 'acme', intent: 'refund', tags: { plan: 'free' } },
      }),
      declared('plan 5..60', 'step', 'crew', { attribution: { tags: { half: 'first' } } }),
      declared('look 20..50', 'tool', 'plan', { attribution: { intent: 'lookup' } }),
    ]
    for (const order of orders(told)) {
      const look = spansOf(order).find(({ id }) => id === 'look')
      assert.deepEqual(
        [look?.agent, look?.step, look?.tenant, look?.intent, look?.tags],
        ['crew', 'plan', 'acme', 'lookup', { plan: 'free', half: 'first' }],
      )
    }
  })

  it('hang under the run, on no evidence, where their parent is unknown or leads in a circle', () => {
    const spans = spansOf([
      declared('a 0..10', 'step', 'gone'),
      declared('b 20..30', 'step', 'c'),
      declared('c 21..29', 'step', 'b'),
      declared('d 40..50', 'step', 'd'),
    ])
    assert.equal(
      pictureOf(spans, { basis: true }),
      picture(`
        run 0..50 by none
          step a 0..10 by none
          step b 20..30 by none
            step c 21..29 by header
          step d 40..50 by none
      `),
    )
  })

  it('hang under the run where so many stand above them that nobody can say where that ends', function () {
    this.timeout(120_000)
    const circle = Array.from({ length: 210 }, (_, index) =>
      declared(`s${index} ${index}..400`, 'step', `s${(index + 1) % 210}`),
    )
    for (const order of [circle, circle.toReversed()])
      assert.deepEqual(new Set(spansOf(order).map(({ parentId }) => parentId)), new Set([undefined, 'run']))
    const chain = [...circle.slice(0, -1), declared('s209 209..400', 'step')]
    for (const order of [chain, chain.toReversed()]) {
      const spans = new Map(spansOf(order).map((span) => [span.id, span]))
      assert.deepEqual(
        ['s209', 's9', 's8'].map((id) => spans.get(id)?.parentId),
        ['run', 's10', 'run'],
      )
    }
  })

  it('are kept within the run where a clock is years away or goes backwards', () => {
    const spans = spansOf([
      declared('a -99999999999..10', 'step'),
      declared('b 50..20', 'step'),
      declared('c 60..9999999999999', 'step'),
    ])
    const times = (id: string) => {
      const span = spans.find((one) => one.id === id)
      return [span?.startedAt, span?.endedAt, span?.attributes['costflame.clock.wrong']]
    }
    assert.deepEqual(times('a'), [-86_400_000, 10, true])
    assert.deepEqual(times('b'), [50, 50, true])
    assert.deepEqual(times('c'), [60, 2_592_000_000, true])
  })

  it('take a call out of a step that the next call goes on with', () => {
    const spans = spansOf([
      { call: traceInput('a 0..10 Uq > A1 | agent=crew;crew step=plan parent=look') },
      declared('look 0..10', 'tool', 'crew'),
      { call: traceInput('b 20..30 Ux > A2 | agent=crew;crew step=plan') },
    ])
    assert.equal(
      pictureOf(spans),
      picture(`
        run 0..30
          agent crew 0..30
            tool look 0..10
              chat m 0..10
            step plan 20..30
              chat m 20..30
      `),
    )
  })

  it('are the tools of the traffic whose provider gives them no ids', () => {
    const spans = spansOf([
      declared('crew 0..60', 'agent'),
      { call: traceInput('a 0..10 Uq > Clook#?1 | agent=crew;crew parent=crew') },
      declared('t 12..30', 'tool', 'crew', { name: 'look', attributes: { 'gen_ai.tool.call.id': 'own-1' } }),
      { call: traceInput('b 40..50 Uq Clook#?1 Rlook#?1 > A1 | agent=crew;crew parent=crew') },
    ])
    assert.deepEqual(
      spans.filter(({ kind }) => kind === 'tool').map(({ id }) => id),
      ['t'],
    )
  })

  it('tell conversations apart whose words are the same', () => {
    const ask = 'Swait Uq > Cstatus#?1'
    const again = 'Swait Uq Cstatus#?1 Rstatus#?1 > A1'
    const spans = spansOf([
      { call: traceInput(`a 0..10 ${ask} | agent=watch;one`) },
      { call: traceInput(`b 2..12 ${ask} | agent=watch;two`) },
      { call: traceInput(`c 20..30 ${again} | agent=watch;one`) },
      { call: traceInput(`d 40..50 ${again} | agent=watch;two`) },
    ])
    assert.deepEqual(
      spans.filter(({ kind }) => kind === 'tool').map(({ id, endedAt }) => `${id} ..${endedAt}`),
      ['a.tool1 ..20', 'b.tool1 ..40'],
    )
  })

  it('take no id of the run or of a call', () => {
    const spans = spansOf([
      { call: traceInput('a 0..10 Uq > A1') },
      declared('a 0..10', 'agent'),
      declared('run 0..10', 'agent'),
    ])
    assert.deepEqual(
      spans.map(({ id, kind }) => `${id} ${kind}`),
      ['run run', 'a.agent agent', 'a.step step', 'a chat'],
    )
  })

  const ID = fc.integer({ min: 0, max: 7 }).map((n) => `d${n}`)
  const SPANS = fc.uniqueArray(
    fc.record({
      id: ID,
      parentId: fc.option(fc.oneof(ID, fc.constantFrom('run', 'gone', 'c0', 'c1')), { nil: undefined }),
      kind: fc.constantFrom('agent' as const, 'step' as const, 'tool' as const, 'retrieval' as const),
      startedAt: fc.integer({ min: -50, max: 500 }),
      lasts: fc.integer({ min: -20, max: 300 }),
    }),
    { selector: ({ id }) => id, maxLength: 8 },
  )
  const CALLS = fc.array(
    fc.record({
      start: fc.integer({ min: 0, max: 400 }),
      agent: fc.option(ID),
      step: fc.option(ID),
      parent: fc.option(fc.oneof(ID, fc.constantFrom('run', 'gone', 'c0'))),
    }),
    { maxLength: 5 },
  )

  const drawnSpans = (drawn: readonly DrawnSpan[]): Told[] =>
    drawn.map(({ id, kind, parentId, startedAt, lasts }) =>
      declared(`${id} ${startedAt}..${startedAt + lasts}`, kind, parentId),
    )
  const drawnCalls = (drawn: readonly DrawnCall[]): Told[] =>
    drawn.map(({ start, agent, step, parent }, index) => {
      const said = [
        agent && `agent=${agent};${agent}`,
        step && `step=${step};${step}`,
        parent && `parent=${parent}`,
      ]
      const line = `c${index} ${start}..${start + 50} S Uq${index} > A${index} Clook#t${index}`
      return { call: traceInput(`${line} | ${said.filter(Boolean).join(' ')}`) }
    })

  it('and calls that name anything at all make one tree with one root, every span within the run, every call once', function () {
    this.timeout(240_000)
    fc.assert(
      fc.property(SPANS, CALLS, fc.infiniteStream(fc.nat()), (spans, calls, order) => {
        const told = [...drawnSpans(spans), ...drawnCalls(calls)]
          .map((one) => ({ one, at: order.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one)
        const tree = spansOf(told)
        const byId = new Map(tree.map((span) => [span.id, span]))
        const run = byId.get('run')
        assert.deepEqual(
          tree.filter(({ parentId }) => parentId === undefined).map(({ id }) => id),
          tree.length > 0 ? ['run'] : [],
        )
        for (const span of tree) {
          let above: SpanRecord | undefined = span
          for (let depth = 0; above && above.id !== 'run'; depth++) {
            assert.ok(depth < 50, `${span.id} hangs in a circle`)
            above = byId.get(above.parentId ?? '')
          }
          assert.equal(above?.id, 'run', `${span.id} does not hang under the run`)
          assert.ok(span.startedAt >= (run?.startedAt ?? 0) && span.endedAt <= (run?.endedAt ?? 0))
          assert.ok(span.startedAt <= span.endedAt)
        }
        const priced = tree.filter(({ call }) => call).map(({ id }) => id)
        assert.deepEqual(priced.sort(), calls.map((_, index) => `c${index}`).sort())
      }),
      { numRuns: 500 },
    )
  })

  it('make the same tree in whatever order they come, among themselves and beside calls', function () {
    this.timeout(240_000)
    // A program's own headers: what a call names is declared, and is what it says.
    const told = fc
      .tuple(SPANS, fc.array(fc.tuple(fc.nat(), fc.nat(400)), { maxLength: 4 }))
      .map(([drawn, calls]) => {
        const spans = drawnSpans(
          drawn.map((span) => (span.parentId?.startsWith('c') ? { ...span, parentId: 'run' } : span)),
        )
        return [...spans, ...calls.flatMap(([pick, start], index) => callIn(drawn, pick, start, index))]
      })
    fc.assert(
      fc.property(told, fc.infiniteStream(fc.nat()), (all, order) => {
        const shuffled = all
          .map((one) => ({ one, at: order.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one)
        // How long lasted what was in a circle is anybody's guess.
        const hasCircle = spansOf(all).some(
          ({ parentBasis, id }) => parentBasis === 'none' && id.startsWith('d'),
        )
        assert.deepEqual(outlineOf(spansOf(shuffled), !hasCircle), outlineOf(spansOf(all), !hasCircle))
      }),
      { numRuns: 500 },
    )
  })
})

interface DrawnSpan {
  readonly id: string
  readonly parentId: string | undefined
  readonly kind: DeclaredSpan['kind']
  readonly startedAt: number
  readonly lasts: number
}

interface DrawnCall {
  readonly start: number
  readonly agent: string | null
  readonly step: string | null
  readonly parent: string | null
}

/** A call in one of the declared spans, with the headers that the API gives it there. */
function callIn(drawn: readonly DrawnSpan[], pick: number, start: number, index: number): Told[] {
  const inner = drawn[pick % Math.max(1, drawn.length)]
  if (!inner) return []
  const above = ancestorsOf(drawn, inner)
  const agent = above?.find(({ kind }) => kind === 'agent')
  const step = above?.slice(0, agent ? above.indexOf(agent) : undefined).find(({ kind }) => kind === 'step')
  if (!above) return []
  const said = [
    agent && `agent=${agent.id};${agent.id}`,
    step && `step=${step.id};${step.id}`,
    `parent=${inner.id}`,
  ]
  return [
    {
      call: traceInput(
        `c${index} ${start}..${start + 50} S Uq${index} > A${index} | ${said.filter(Boolean).join(' ')}`,
      ),
    },
  ]
}

/** From the span itself upwards; undefined in a circle, which no program can be in. */
function ancestorsOf(drawn: readonly DrawnSpan[], span: DrawnSpan): DrawnSpan[] | undefined {
  const above: DrawnSpan[] = []
  for (let next: DrawnSpan | undefined = span; next; next = drawn.find(({ id }) => id === next?.parentId)) {
    if (above.includes(next)) return undefined
    above.push(next)
  }
  return above
}

/** What hangs where; steps that nobody named are numbered as they come. */
function outlineOf(spans: readonly SpanRecord[], withTimes: boolean): string[] {
  return spans
    .map(({ id, parentId, kind, name, agent, step, startedAt, endedAt, parentBasis }) =>
      [
        id,
        parentId,
        kind,
        id.endsWith('.step') ? '' : name,
        agent,
        id.startsWith('d') ? step : '',
        ...(withTimes ? [startedAt, endedAt] : []),
        parentBasis,
      ].join(' '),
    )
    .sort()
}

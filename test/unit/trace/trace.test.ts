// The tree of a run: which agent, step and parent a call gets from headers and from the traffic itself.

import assert from 'node:assert/strict'
import { RunTrace } from '../../../profiler-agent/trace/trace'
import { picture, pictureOf, traceInput, traceOf } from '../../support/trace-picture'

const treeOf = (lines: string) => pictureOf(traceOf(lines))

describe('RunTrace', () => {
  it('puts a call under a step, an agent and the run', () => {
    assert.equal(
      treeOf('a 5..30 S1 U1 > A1'),
      picture(`
        run r 0..30
          agent m 5..30
            step 1 5..30
              chat m 5..30
      `),
    )
  })

  it('gives every call of one conversation a step of the same agent', () => {
    assert.equal(
      treeOf(`
        a  0..10  S1 U1       > A1
        b 20..30  S1 U1 A1 U2 > A2
      `),
      picture(`
        run r 0..30
          agent m 0..30
            step 1 0..10
              chat m 0..10
            step 2 20..30
              chat m 20..30
      `),
    )
  })

  it('takes calls that share no message for two agents', () => {
    assert.equal(
      treeOf(`
        a  0..10  S1 U1 > A1
        b 20..30  S1 U2 > A2
      `),
      picture(`
        run r 0..30
          agent m 0..10
            step 1 0..10
              chat m 0..10
          agent m 20..30
            step 1 20..30
              chat m 20..30
      `),
    )
  })

  it('shows the tools between the call that asked for them and the call that brings their results', () => {
    assert.equal(
      treeOf(`
        a  0..10  U1                              > Csearch#t1 Cread#t2
        b 50..60  U1 Csearch#t1 Cread#t2 Rx#t1 Ry#t2 > A1
      `),
      picture(`
        run r 0..60
          agent m 0..60
            step 1 0..50
              chat m 0..10
              tool search 10..50
              tool read 10..50
            step 2 50..60
              chat m 50..60
      `),
    )
  })

  it('ends a tool at the first call that brings its result, not at a retry of it', () => {
    assert.equal(
      treeOf(`
        a   0..10  U1                  > Csearch#t1
        b  50..60  U1 Csearch#t1 Rx#t1 >            | status=500
        c 100..110 U1 Csearch#t1 Rx#t1 > A1
      `),
      picture(`
        run r 0..110
          agent m 0..110
            step 1 0..50
              chat m 0..10
              tool search 10..50
            step 2 50..110
              chat m 50..60 error
              chat m 100..110
      `),
    )
  })

  it('keeps a retry in the step of its call', () => {
    const spans = traceOf(`
      a  0..10  U1 >    | status=429
      b 40..50  U1 > A1
    `)
    assert.deepEqual(
      spans.flatMap((span) => span.call?.modelCall.attempt ?? []),
      [
        { logicalId: 'a', number: 1 },
        { logicalId: 'a', number: 2 },
      ],
    )
    assert.equal(spans.filter((span) => span.kind === 'step').length, 1)
  })

  it('lets the agent header decide who speaks, whatever the conversation looks like', () => {
    assert.equal(
      treeOf(`
        a  0..10  U1       > A1 | agent=planner
        b 20..30  U1 A1 U2 > A2 | agent=writer
        c 40..50  U1 A1 U3 > A3 | agent=planner
      `),
      picture(`
        run r 0..50
          agent planner 0..50
            step 1 0..10
              chat m 0..10
            step 2 40..50
              chat m 40..50
          agent writer 20..30
            step 1 20..30
              chat m 20..30
      `),
    )
  })

  it('takes another question to an agent that has a name and no id for another invocation', () => {
    assert.equal(
      treeOf(`
        a  0..10 U1 > A1 | agent=planner
        c 40..50 U9 > A9 | agent=planner
      `),
      picture(`
        run r 0..50
          agent planner 0..10
            step 1 0..10
              chat m 0..10
          agent planner 40..50
            step 1 40..50
              chat m 40..50
      `),
    )
  })

  it('tells two agents of one name apart by their ids', () => {
    const agents = traceOf(`
      a  0..10  U1 > A1 | agent=worker;1
      b 20..30  U1 > A1 | agent=worker;2
    `).filter((span) => span.kind === 'agent')
    assert.equal(agents.length, 2)
  })

  it('continues a step while its header stays the same', () => {
    assert.equal(
      treeOf(`
        a  0..10  U1       > A1 | agent=x step=plan
        b 20..30  U1 A1 U2 > A2 | agent=x step=plan
        c 40..50  U1 A1 U3 > A3 | agent=x step=act
        d 60..70  U1 A1 U4 > A4 | agent=x step=act;2
      `),
      picture(`
        run r 0..70
          agent x 0..70
            step plan 0..30
              chat m 0..10
              chat m 20..30
            step act 40..50
              chat m 40..50
            step act 60..70
              chat m 60..70
      `),
    )
  })

  it('hangs a call under the span that it names as parent', () => {
    assert.equal(
      treeOf(`
        a  0..10  U1                  > Csearch#t1
        b 50..60  U1 Csearch#t1 Rx#t1 > A1
        c 20..30  U7                  > A7          | parent=a.t1
      `),
      picture(`
        run r 0..60
          agent m 0..60
            step 1 0..50
              chat m 0..10
              tool search 10..50
                chat m 20..30
            step 2 50..60
              chat m 50..60
      `),
    )
  })

  it('hangs an agent that names a parent under it', () => {
    assert.equal(
      treeOf(`
        a  0..90  U1 > A1 | agent=lead
        b 20..30  U7 > A7 | agent=helper parent=a.step
      `),
      picture(`
        run r 0..90
          agent lead 0..90
            step 1 0..90
              chat m 0..90
              agent helper 20..30
                step 1 20..30
                  chat m 20..30
      `),
    )
  })

  it('never moves the named parent when the call under it asked for tools', () => {
    const spans = traceOf(`
      a  0..90  U1                  > A1         | agent=lead
      b 20..30  U7                  > Csearch#t1 | parent=a.step
      c 40..50  U7 Csearch#t1 Rx#t1 > A7         | parent=a.step
    `)
    assert.equal(
      pictureOf(spans),
      picture(`
        run r 0..90
          agent lead 0..90
            step 1 0..90
              chat m 0..90
              chat m 20..30
              tool search 30..40
              chat m 40..50
      `),
    )
  })

  it('hangs a call with an unknown parent under the run, and claims no word of the caller for it', () => {
    assert.equal(
      pictureOf(traceOf('a 0..10 U1 > A1 | parent=gone'), { basis: true }),
      picture(`
        run r 0..10 by none
          agent m 0..10 by none
            step 1 0..10 by none
              chat m 0..10 by none
      `),
    )
  })

  it('says that an agent whose named parent nobody knows rests on nothing, until the parent comes', () => {
    const orphan = 'a 0..10 U1 > A1 | agent=desk;d1 parent=gone'
    assert.equal(
      pictureOf(traceOf(orphan), { basis: true }),
      picture(`
        run r 0..10 by none
          agent desk 0..10 by none
            step 1 0..10 by header
              chat m 0..10 by header
      `),
    )
    assert.equal(
      pictureOf(traceOf(`${orphan}\n gone 20..30 U2 > A2 | agent=lead;l1`), { basis: true }),
      picture(`
        run r 0..30 by none
          agent lead 0..30 by header
            step 1 0..30 by header
              chat m 0..30 by header
                agent desk 0..10 by header
                  step 1 0..10 by header
                    chat m 0..10 by header
      `),
    )
    const other = traceOf('a 0..10 U1 > | agent=desk parent=gone inferences=0')
    assert.deepEqual(
      other.map(({ kind, parentBasis }) => `${kind} ${parentBasis}`),
      ['run none', 'other none'],
    )
  })

  it('closes no circle of agents that name each other, however long', () => {
    const calls = Array.from(
      { length: 230 },
      (_, index) =>
        `c${index} ${index}..${index + 1} U${index} > | agent=a;a${index} parent=a${(index + 1) % 230}`,
    )
    const spans = new Map(traceOf(calls.join('\n')).map((span) => [span.id, span]))
    for (const { id } of spans.values()) {
      const above = new Set<string>()
      let at: string | undefined = id
      for (; at !== undefined && !above.has(at); at = spans.get(at)?.parentId) above.add(at)
      assert.equal(at, undefined, id)
    }
  })

  it('has an agent that a rule names rest on what is known without the rule', () => {
    const basesOf = (picture: string) =>
      traceOf(picture).map(({ kind, parentBasis }) => `${kind} ${parentBasis}`)
    const alone = 'a 0..10 U1 > A1 | agent=desk rule=1'
    assert.deepEqual(basesOf(alone), ['run none', 'agent none', 'step none', 'chat none'])
    assert.deepEqual(basesOf(`${alone} parent=r`), ['run none', 'agent hook', 'step hook', 'chat hook'])
  })

  it('takes the ids that a caller gives to agents and steps for the ids of their spans', () => {
    const spans = traceOf(`
      a  0..10 U1 > A1 | agent=lead;inv-1 step=plan;s-1
      b 20..30 U2 > A2 | agent=helper;inv-2 parent=inv-1
      c 40..50 U3 > A3 | parent=s-1
    `)
    assert.equal(
      pictureOf(spans),
      picture(`
        run r 0..50
          agent lead 0..50
            step plan 0..50
              chat m 0..10
              chat m 40..50
            agent helper 20..30
              step 1 20..30
                chat m 20..30
      `),
    )
    assert.ok(spans.some((span) => span.kind === 'agent' && span.id === 'inv-2'))
  })

  it('gives a span an id of its own where the caller uses one twice', () => {
    const spans = traceOf('a 0..10 U1 > A1 | agent=lead;x step=plan;x')
    assert.deepEqual(
      spans.map((span) => `${span.kind} ${span.id}`),
      ['run r', 'agent x', 'step x;plan;x', 'chat a'],
    )
  })

  it('knows a hook by its naming the run as parent', () => {
    const bases = traceOf('a 0..10 U1 > A1 | parent=r').map((span) => `${span.kind} ${span.parentBasis}`)
    assert.deepEqual(bases, ['run none', 'agent hook', 'step hook', 'chat hook'])
  })

  it('says what rests on traffic only', () => {
    const bases = traceOf(`
      a  0..10  U1       > A1
      b 20..30  U1 A1 U2 > A2
    `).map((span) => `${span.id} ${span.parentBasis}`)
    assert.ok(bases.includes('b.step traffic'))
  })

  it('gives several inferences in one exchange a span each, under one without a model call', () => {
    const spans = traceOf('a 0..10 U1 > A1 | inferences=2')
    assert.equal(
      pictureOf(spans),
      picture(`
        run r 0..10
          agent m 0..10
            step 1 0..10
              chat m 0..10
                chat m 0..10
                chat m 0..10
      `),
    )
    assert.deepEqual(
      spans.filter((span) => span.call).map((span) => span.id),
      ['a.1', 'a.2'],
    )
  })

  it('lets a later call copy its prompt from a span that has one', () => {
    const spans = traceOf(`
      a  0..10  U1       > A1 | inferences=2
      b 20..30  U1 A1 U2 > A2
    `)
    const call = spans.find((span) => span.id === 'b')?.call
    assert.equal(call?.baseSpanId, 'a.1')
    assert.deepEqual(call?.prompt[0], [0, 1])
  })

  it('takes a call that is recorded after the one that goes on from it into the same agent', () => {
    assert.equal(
      treeOf(`
        b 20..30 S1 U1 A1 U2 > A2
        a  0..10 S1 U1       > A1
      `),
      picture(`
        run r 0..30
          agent m 0..30
            step 2 0..10
              chat m 0..10
            step 1 20..30
              chat m 20..30
      `),
    )
  })

  const endings = [
    { facts: 'status=500', status: 'error' },
    { facts: 'end=unreachable', status: 'error' },
    { facts: 'end=aborted', status: 'aborted' },
    { facts: 'end=truncated', status: 'truncated' },
    { facts: 'end=unfinished', status: 'truncated' },
  ]
  for (const { facts, status } of endings)
    it(`calls an exchange with ${facts} ${status}`, () => {
      assert.equal(traceOf(`a 0..10 U1 > | ${facts}`).find((span) => span.id === 'a')?.status, status)
    })

  it('shows what is no model call as it is', () => {
    assert.equal(
      treeOf('a 0..10 | inferences=0'),
      picture(`
        run r 0..10
          other POST /v1/chat/completions 0..10
      `),
    )
  })

  it('lays run, agent and step around a call that began first and ended last', () => {
    assert.equal(
      treeOf(`
        b 20..30  U1 > A1 | agent=x step=s
        a 10..90  U2 > A2 | agent=x step=s
      `),
      picture(`
        run r 0..90
          agent x 10..90
            step s 10..90
              chat m 10..90
              chat m 20..30
      `),
    )
  })

  it('labels calls with what the run was started with, unless they say otherwise', () => {
    const trace = new RunTrace({
      id: 'r',
      name: 'r',
      startedAt: 0,
      tags: { team: 'blue' },
      defaults: { agent: 'desk', intent: 'refund' },
    })
    const spans = [
      ...trace.add(traceInput('a 0..10 U1 > A1')),
      ...trace.add(traceInput('b 0..10 U2 > A2 | agent=own')),
    ]
    const labels = spans
      .filter((span) => span.kind === 'chat')
      .map(({ agent, intent, tags }) => ({ agent, intent, tags }))
    assert.deepEqual(labels, [
      { agent: 'desk', intent: 'refund', tags: { team: 'blue' } },
      { agent: 'own', intent: 'refund', tags: { team: 'blue' } },
    ])
  })
})

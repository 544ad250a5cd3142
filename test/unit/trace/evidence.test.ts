// What edges of the tree rest on, what tools and retrieval say, and what agents are called.

import assert from 'node:assert/strict'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import { Identities } from '../../../profiler-agent/trace/identity'
import { nestingOf } from '../../../profiler-agent/trace/stacks'
import { RunTrace } from '../../../profiler-agent/trace/trace'
import { RUN } from '../../support/labelled-run'
import { merged, picture, pictureOf, type Texts, traceInput } from '../../support/trace-picture'

function spansOf(lines: string, texts: Texts = {}, retrievalTools: readonly string[] = []): SpanRecord[] {
  const trace = new RunTrace(RUN, undefined, () => retrievalTools)
  const told = lines.split('\n').filter((line) => line.trim() !== '')
  return merged(told.flatMap((line) => trace.add(traceInput(line, texts))))
}

const agentsOf = (spans: readonly SpanRecord[]) =>
  spans.filter(({ kind }) => kind === 'agent').map(({ name, parentBasis }) => `${name} by ${parentBasis}`)

describe('the evidence for an edge', () => {
  it('is the request that a server answers: each is an invocation, and what runs in it hangs under it', () => {
    const spans = spansOf(`
      a  0..10 Sone Uq1 > A1 | context=r1
      b  5..15 Sone Uq2 > A2 | context=r2
      c 20..30 Stwo Uq3 > A3 | context=r1
    `)
    assert.equal(
      pictureOf(
        spans.filter(({ kind }) => kind === 'run' || kind === 'agent'),
        { basis: true },
      ),
      picture(`
        run 0..30 by none
          agent m 0..30 by hook
            agent m 20..30 by hook
          agent m 5..15 by hook
      `),
    )
  })

  it('is the trace that calls belong to; the results of a tool go on with it, also in another trace', () => {
    const spans = spansOf(`
      a  0..10 Sone Uq1                  > Clook#t1 | trace=x
      b 20..30 Sone Uq1 Clook#t1 Rx#t1   > A2       | trace=y
      c 40..50 Sone Uq1 Clook#t1 Rx#t1 A2 Uq2 > A3  | trace=z
    `)
    assert.deepEqual(agentsOf(spans), ['m by otel', 'm by otel'])
    const agentOf = (id: string) => spans.find((span) => span.id === `${id}.step`)?.parentId
    assert.deepEqual([agentOf('a'), agentOf('b'), agentOf('c')], ['a.agent', 'a.agent', 'c.agent'])
  })

  it('is a call stack that goes through the loop of another agent', () => {
    const frames = (stack: string) =>
      stack.split(' ').map((frame) => {
        const [name = '', line] = frame.split(':')
        return { file: 'a.ts', function: name, line: Number(line) }
      })
    const loop = frames('model:5 loop:10 main:50')
    assert.deepEqual(nestingOf(loop, frames('model:5 research:80 search:70 loop:15 main:50')), {
      is: 'inside',
      depth: 2,
    })
    assert.equal(nestingOf(frames('main:50'), frames('tool:7 main:50')).is, 'inside')
    assert.equal(nestingOf(loop, loop).is, 'unknown')
    assert.equal(nestingOf(loop, []).is, 'unknown')
    const job = frames('tick:3 cron:9').map((frame) => ({ ...frame, file: 'b.ts' }))
    assert.equal(nestingOf(loop, job).is, 'elsewhere')
  })
})

describe('the span of a tool', () => {
  const toolOf = (name: string, result: string, retrievalTools: readonly string[] = [], kind = 'R') => {
    const spans = spansOf(
      `
      a  0..10 Sone Uq1                      > C${name}#t1
      b 40..50 Sone Uq1 C${name}#t1 ${kind}x#t1 > A2
    `,
      { [`${kind}x#t1`]: result },
      retrievalTools,
    )
    const tool = spans.find(({ id }) => id === 'a.t1')
    return [tool?.kind, tool?.attributes['costflame.retrieval']]
  }

  it('is retrieval where the result, the user or its looks say so', () => {
    assert.deepEqual(toolOf('weather', 'rain'), ['tool', undefined])
    assert.deepEqual(toolOf('weather', 'rain', ['weather']), ['retrieval', 'config'])
    assert.deepEqual(toolOf('open', 'text of a page', [], 'D'), ['retrieval', 'documents'])
    assert.deepEqual(toolOf('searchDocs', 'nothing found'), ['retrieval', 'guessed'])
    assert.deepEqual(toolOf('ask', '[{"text":"Bees","score":0.9}]'), ['retrieval', 'guessed'])
    assert.deepEqual(toolOf('orders', '[{"text":"Bees","price":9}]'), ['tool', undefined])
    assert.deepEqual(toolOf('web_search', 'a page'), ['tool', undefined])
  })

  it('says how many tokens its result adds, shared by length between several', () => {
    // Each call has 10 tokens of input and 1 of output: 30 more are new.
    const [first, second] = [
      'a 0..10 Sone Uq1 > Cx#t1 Cy#t2',
      'b 40..50 Sone Uq1 Cx#t1 Cy#t2 Rp#t1 Rq#t2 > A2',
    ]
    const later = traceInput(second ?? '', { 'Rp#t1': 'x'.repeat(20), 'Rq#t2': 'y'.repeat(40) })
    const [inference] = later.inferences
    assert.ok(inference)
    const trace = new RunTrace(RUN)
    const spans = merged([
      ...trace.add(traceInput(first ?? '')),
      ...trace.add({
        ...later,
        inferences: [{ ...inference, usage: { ...inference.usage, inputTokens: 41 } }],
      }),
    ])
    assert.deepEqual(
      spans.filter(({ kind }) => kind === 'tool').map(({ attributes }) => attributes),
      [
        { 'gen_ai.tool.call.id': 't1', 'costflame.tool.result_tokens': 10 },
        { 'gen_ai.tool.call.id': 't2', 'costflame.tool.result_tokens': 20 },
      ],
    )
  })
})

describe('documents in a prompt', () => {
  const tokensOf = (lines: string, input: number | null) => {
    const trace = new RunTrace(RUN)
    const records = lines.split('|').flatMap((line) => {
      const read = traceInput(line.trim(), {
        Dlong: 'x'.repeat(60),
        Ushort: 'y'.repeat(20),
        Dmore: 'z'.repeat(40),
      })
      const [inference] = read.inferences
      assert.ok(inference)
      const usage = { ...inference.usage, inputTokens: input }
      return trace.add({ ...read, inferences: [{ ...inference, usage }] })
    })
    return merged(records)
      .filter(({ kind }) => kind === 'chat')
      .map(({ attributes }) => attributes['costflame.retrieval.tokens'])
  }

  it('are told with their part of the input, once', () => {
    // 60 of 80 characters; then 40 of 121 (one is the answer) are new.
    const lines =
      'a 0..10 Dlong Ushort > A1 | b 20..30 Dlong Ushort A1 Dmore > A2 | c 40..50 Dlong Ushort A1 Dmore A2 U1 > A3'
    assert.deepEqual(tokensOf(lines, 121), [91, 40, undefined])
  })

  it('are unknown where the usage is', () => {
    assert.deepEqual(tokensOf('a 0..10 Dlong Ushort > A1', null), ['unknown'])
  })

  it('count with their tool where one brought them', () => {
    assert.deepEqual(tokensOf('a 0..10 Ushort > Cfind#t1 | b 20..30 Ushort Cfind#t1 Dfound#t1 > A2', 90), [
      undefined,
      undefined,
    ])
  })
})

describe('the name of an agent', () => {
  it('is never empty, also where no model is named', () => {
    assert.deepEqual(agentsOf(spansOf('a 0..10 U1 > A1 | model=')), ['agent by none'])
  })

  const namesOf = (system: string) =>
    new Identities().of({ key: system, system, tools: '', site: '' }).ownNames

  it('is what its system prompt calls it', () => {
    assert.deepEqual(namesOf('You are a Refund Specialist who helps customers.'), ['refund-specialist'])
    assert.deepEqual(namesOf("You're an expert in cheese."), ['expert'])
    assert.deepEqual(namesOf('You are Kim, the night porter.'), ['kim'])
    assert.deepEqual(namesOf('Answer briefly.'), [])
    assert.deepEqual(namesOf('You are running in a sandbox.'), [])
  })

  it('is its file or its agent function where the call site tells them', () => {
    const named = (stack: string) => agentsOf(spansOf(`a 0..10 Sone Uq > A1 | stack=${stack}`))
    assert.deepEqual(named('ask@src/support.ts:4'), ['support by none'])
    assert.deepEqual(named('ask@src/support.ts:4,triageAgent@src/support.ts:30'), ['triageAgent by none'])
    assert.deepEqual(named('ask@src/index.ts:4'), ['index by none'])
  })

  it('stays the same where the system prompt holds the time, or a memory', () => {
    const identities = new Identities()
    const of = (system: string) => identities.of({ key: system, system, tools: '', site: '' })
    const rules = 'You are a coach. Be kind. Ask first. Never shout.'
    assert.equal(of(`${rules} It is 10:01.`), of(`${rules} It is 10:02.`))
    assert.equal(of(`${rules} It is 10:01.`), of(`${rules} Known: a. b. c. d. e. f. g. knee. swims.`))
    assert.notEqual(
      of(`${rules} It is 10:01.`),
      of('You are a cook. Be kind. Ask first. Never shout. It is 10:01.'),
    )
  })
})

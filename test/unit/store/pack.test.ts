// JSON as a shape and what varies in it: always the same text again, and no shape for each number or id.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { openMemoryStore } from '../../../profiler-agent/store/store'

/** The facts of a span that shows a tool. */
const toolFacts = (id: string, tokens: number) =>
  JSON.stringify({
    kind: 'tool',
    step: `step ${tokens}`,
    attributes: JSON.stringify({ 'gen_ai.tool.call.id': id, 'costflame.tool.result_tokens': tokens }),
  })

describe('store/pack', () => {
  const { shapes, database } = openMemoryStore()
  const countShapes = () => Number(database.prepare('SELECT count(*) AS n FROM shapes').get()?.n)

  it('keeps one shape for the spans of all tools, whatever their ids', () => {
    const packed = ['call_Quay7Nine0Harbour', 'toolu_01Ebb-flow_22', 'functions.tides:0', '42'].map(
      (id, index) => shapes.pack(toolFacts(id, 31 + index)),
    )
    assert.deepEqual(packed, [
      '1:31 call_Quay7Nine0Harbour 31',
      '1:32 toolu_01Ebb-flow_22 32',
      '1:33 functions.tides:0 33',
      '1:34 42 34',
    ])
    assert.equal(countShapes(), 1)
    assert.equal(shapes.unpack(packed[1] ?? ''), toolFacts('toolu_01Ebb-flow_22', 32))
  })

  it('gives any JSON back letter by letter', () => {
    const facts = fc.tuple(fc.string({ unit: 'grapheme' }), fc.integer()).map(([id, n]) => toolFacts(id, n))
    fc.assert(
      fc.property(fc.oneof(facts, fc.json()), (json) => {
        assert.equal(shapes.unpack(shapes.pack(json)), json)
      }),
    )
  })
})

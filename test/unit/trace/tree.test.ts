import assert from 'node:assert/strict'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import { Tree } from '../../../profiler-agent/trace/tree'

describe('tree of a long run', () => {
  it('forgets the first of very many children, so that a run of any length takes the same memory', () => {
    const tree = new Tree(
      'run',
      () => true,
      () => undefined,
    )
    tree.put(span('run', undefined))
    for (let agent = 0; agent < 50_000; agent++) {
      tree.put(span(`agent ${agent}`, 'run'))
      tree.takeChanged()
    }
    const children = tree.childrenOf('run')
    assert.ok(children.length > 10_000 && children.length <= 20_000, `${children.length} children`)
    assert.equal(children.at(-1), 'agent 49999')
  })
})

function span(id: string, parentId: string | undefined): SpanRecord {
  return {
    ...(parentId === undefined ? {} : { parentId }),
    ...{ id, runId: 'run', parentBasis: 'none', kind: parentId === undefined ? 'run' : 'agent', name: id },
    ...{ startedAt: 0, endedAt: 1, status: 'ok', attributes: {} },
  }
}

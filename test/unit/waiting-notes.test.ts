// Notes that wait for the worker: in order, spans together, and no more than fit.

import assert from 'node:assert/strict'
import { WaitingNotes } from '../../profiler-agent/waiting-notes'

const span = (id: string) =>
  ({ id, runId: 'r', kind: 'step', name: id, startedAt: 1, attribution: {} }) as const
const outcome = (at: number) =>
  ({ type: 'outcome', outcome: { runId: 'r', at, outcome: { status: 'x' } } }) as const

function notesOf(maxNotes: number, maxBytes = 10_000) {
  const drops: string[] = []
  const notes = new WaitingNotes(() => drops.push('dropped'), maxNotes, maxBytes)
  const moments = () =>
    [...notes.values()].map(({ note }) => (note.type === 'outcome' ? note.outcome.at : note.type))
  return { notes, drops, moments }
}

describe('waiting-notes', () => {
  it('drops the oldest past its count and says so once, but nothing said of a run itself', () => {
    const { notes, drops, moments } = notesOf(3)
    notes.add({ type: 'runEnd', runId: 'r', endedAt: 1 }, 0)
    for (const at of [1, 2, 3, 4]) notes.add(outcome(at), 0)
    assert.deepEqual(moments(), ['runEnd', 3, 4])
    assert.deepEqual(drops, ['dropped'])
  })

  it('drops the oldest past its bytes', () => {
    const { notes, moments } = notesOf(100, 2 * JSON.stringify(outcome(1)).length)
    for (const at of [1, 2, 3]) notes.add(outcome(at), 0)
    assert.deepEqual(moments(), [2, 3])
  })

  it('drops what is new where all the rest was posted, and has room again once that was noted', () => {
    const { notes, moments, drops } = notesOf(2)
    for (const at of [1, 2]) notes.add(outcome(at), 0)
    for (const said of notes.values()) said.isPosted = true
    notes.add(outcome(3), 0)
    assert.deepEqual(moments(), [1, 2])
    for (const { id } of [...notes.values()]) notes.delete(id)
    notes.add(outcome(4), 0)
    assert.deepEqual([moments(), drops], [[4], ['dropped']])
  })

  it('keeps spans together that no call and no other note parts', () => {
    const { notes } = notesOf(10)
    for (const id of ['a', 'b']) notes.addSpan(span(id), 0)
    notes.addSpan(span('c'), 1)
    const ids = [...notes.values()].map(({ note }) => note.type === 'spans' && note.spans.map(({ id }) => id))
    assert.deepEqual(ids, [['a', 'b'], ['c']])
  })
})

// The run that requests without a run of their own share.

import assert from 'node:assert/strict'
import { RUN_ID } from '../../profiler-agent/model/headers'
import { newRunId, SHARED_RUN_SILENCE_MS, SharedRun } from '../../profiler-agent/shared-run'

describe('SharedRun', () => {
  let now: number
  let shared: SharedRun
  beforeEach(() => {
    now = Date.parse('2026-11-22T10:15:03.000Z')
    shared = new SharedRun(() => now)
  })

  it('is one for requests that follow each other', () => {
    const id = shared.id()
    now += SHARED_RUN_SILENCE_MS
    assert.equal(shared.id(), id)
  })

  it('closes after five minutes of silence', () => {
    const id = shared.id()
    now += 300_001
    assert.notEqual(shared.id(), id)
  })

  it('counts silence from the end of its last request', () => {
    const id = shared.id()
    now += 299_000
    shared.touch(id)
    now += 299_000
    assert.equal(shared.id(), id)
  })

  it('is not kept open by other runs', () => {
    const id = shared.id()
    now += 299_000
    shared.touch('another-run')
    now += 299_000
    assert.notEqual(shared.id(), id)
  })
})

describe('newRunId', () => {
  it('sorts by time and fits where run ids stand', () => {
    const id = newRunId('run', Date.parse('2026-11-22T10:15:03.000Z'))
    assert.match(id, /^run-20261122-101503-[0-9a-f]{4}$/)
    assert.match(id, RUN_ID)
  })
})

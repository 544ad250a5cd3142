import assert from 'node:assert/strict'
import { RUN_SCHEMA } from '../../../../profiler-agent/model/span'
import { runOfFile } from '../../../../webview/diff/run-of-file'
import { runOf } from '../../profile/run-of'

const one = runOf('call gpt 0..10 10+1 $5 as same')
const other = { ...runOf('call gpt 0..10 10+1 $7 as same'), id: 'run-2' }

function read(value: unknown) {
  return runOfFile(typeof value === 'string' ? value : JSON.stringify(value), 'old.costflame.json')
}

describe('a saved run that a page compares with', () => {
  it('is the run of the file, or all of them as one', () => {
    assert.deepEqual(read({ schema: RUN_SCHEMA, runs: [one] }), one)
    const set = read({ schema: RUN_SCHEMA, runs: [one, other] })
    assert.equal(set.totals.cost?.picoUsd, 12)
    assert.equal(set.totals.calls, 2)
    assert.deepEqual(
      set.spans.map(({ id, parentId, kind }) => [id, parentId, kind]),
      [
        [' all runs', undefined, 'run'],
        ['1/', ' all runs', 'run'],
        ['1/same', '1/', 'chat'],
        ['2/', ' all runs', 'run'],
        ['2/same', '2/', 'chat'],
      ],
    )
  })

  it('is refused in a sentence where it is something else, broken or of another version', () => {
    const none = { message: 'old.costflame.json is not a saved run.' }
    for (const value of [
      '{"schema":',
      '[]',
      'null',
      {},
      { schema: RUN_SCHEMA, runs: [] },
      { schema: RUN_SCHEMA, runs: [{ id: 1 }] },
    ])
      assert.throws(() => read(value), none)
    assert.throws(() => read({ schema: 'costflame.run/9', runs: [one] }), {
      message: 'old.costflame.json is of another version (costflame.run/9); this page reads costflame.run/1.',
    })
  })
})

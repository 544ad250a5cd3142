import assert from 'node:assert/strict'
import { recordedTime } from '../../../../profiler-agent/capture/recording/recorded-time'

const NOW = Date.UTC(2026, 10, 22)
const iso = (header: string, reply: string) => {
  const time = recordedTime(header, reply, NOW)
  return time === undefined ? undefined : new Date(time).toISOString()
}

describe('recordedTime', () => {
  it('takes the date header before anything in the reply', () => {
    assert.equal(iso('Mon, 05 Jan 2026 09:00:01 GMT', '{"created":1735689600}'), '2026-01-05T09:00:01.000Z')
  })

  for (const [what, reply] of [
    ['seconds', '{"id":"x","created":1767603601}'],
    ['a fraction of seconds', '{"created_at":1767603601.0}'],
    ['milliseconds', '{"created":1767603601000}'],
    ['an ISO time', '{"createTime":"2026-01-05T09:00:01Z"}'],
    [
      'the first event of a stream',
      'event: a\ndata: {"type":"response.created","response":{"created_at":1767603601}}\n\ndata: {}\n\n',
    ],
    [
      'the first line of JSON lines',
      '{"created_at":"2026-01-05T09:00:01Z","done":false}\n{"created_at":"2026-02-05T09:00:01Z"}\n',
    ],
    ['the first element of a streamed array', '[{\n  "createTime": "2026-01-05T09:00:01Z"\n},\n{}]'],
  ] as const)
    it(`reads ${what}`, () => {
      assert.equal(iso('', reply), '2026-01-05T09:00:01.000Z')
    })

  it('believes no time that cannot be true, and none that the reply only quotes', () => {
    assert.equal(iso('', '{"created":1}'), undefined)
    assert.equal(iso('', '{"created":1234567890}'), undefined)
    assert.equal(iso('', '{"created":4102444800}'), undefined)
    assert.equal(iso('yesterday', '{"created":"soon"}'), undefined)
    assert.equal(iso('', '{"files":[{"created_at":1767603601}]}'), undefined)
    assert.equal(iso('', '{"text":"{\\"created\\":1767603601}"}'), undefined)
    assert.equal(iso('', 'data: {"created":'), undefined)
    assert.equal(iso('', ''), undefined)
  })
})

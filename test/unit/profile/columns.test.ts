import assert from 'node:assert/strict'
import fc from 'fast-check'
import { at, Flag, hasFlag, spanId } from '../../../profiler-agent/profile/columns'
import { decodeColumns, encodeColumns } from '../../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { ANY_RUN } from './any-run'
import { runOf } from './run-of'

describe('columns of a run', () => {
  it('hold every span once, parents before children, whatever the parents say', () => {
    fc.assert(
      fc.property(ANY_RUN, (run) => {
        const columns = columnsOf(run)
        const ids = Array.from({ length: columns.count }, (_, span) => spanId(columns, span)).filter(Boolean)
        assert.deepEqual(ids.sort(), run.spans.map(({ id }) => id).sort())
        assert.equal(at(columns.parent, 0), -1)
        for (let span = 1; span < columns.count; span++) {
          assert.ok(at(columns.parent, span) >= 0 && at(columns.parent, span) < span)
          assert.ok(at(columns.duration, span) >= 0)
        }
      }),
    )
  })

  it('come out of one piece of memory as they went in', () => {
    fc.assert(
      fc.property(ANY_RUN, (run) => {
        const columns = columnsOf(run)
        assert.deepEqual(decodeColumns(encodeColumns(columns)), columns)
      }),
    )
  })

  it('say what is unknown, and what somebody counted', () => {
    const run = runOf(`
      call paid 0..10 5+1 $7
      call free 10..20 5+1
      call failed 20..30 failed
    `)
    const columns = columnsOf(run)
    assert.deepEqual([...columns.picoUsd], [Number.NaN, 7, Number.NaN, Number.NaN])
    assert.deepEqual([...columns.outputTokens], [-1, 1, 1, -1])
    assert.deepEqual([...columns.cacheWriteTokens], [-1, -1, -1, -1])
    const flagged = (flag: number) => [1, 2, 3].filter((span) => hasFlag(columns, span, flag))
    assert.deepEqual(
      [flagged(Flag.call), flagged(Flag.billed), flagged(Flag.unpriced)],
      [[1, 2, 3], [1, 2], [2]],
    )
  })

  it('know a user’s line by its stack, outermost first', () => {
    const run = runOf('call paid 0..10 5+1 $7')
    const [span] = run.spans
    assert.ok(span)
    const inner = { file: 'src/ask.ts', line: 7, function: 'ask' }
    const callSite = { ...inner, stack: [inner, { file: 'src/main.ts', line: 2 }] }
    const { frames, stack, strings } = columnsOf({ ...run, spans: [{ ...span, callSite }] })
    assert.deepEqual([...stack], [-1, 1])
    assert.deepEqual([...frames.parent], [-1, 0])
    assert.deepEqual(
      [...frames.file].map((file) => strings[file]),
      ['src/main.ts', 'src/ask.ts'],
    )
  })

  it('are not read when they are of a version to come, or no columns at all', () => {
    const buffer = encodeColumns(columnsOf(runOf('')))
    const text = new TextDecoder().decode(buffer).replace('"version":1', '"version":9')
    const newer = new TextEncoder().encode(text.slice(4))
    const bytes = new Uint8Array(4 + newer.length)
    new DataView(bytes.buffer).setUint32(0, new DataView(buffer).getUint32(0, true), true)
    bytes.set(newer, 4)
    assert.throws(() => decodeColumns(bytes.buffer), /version 9/)
    assert.throws(() => decodeColumns(new ArrayBuffer(0)))
    assert.throws(() => decodeColumns(new ArrayBuffer(64)))
  })
})

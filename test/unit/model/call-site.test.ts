import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeCallSite, encodeCallSite } from '../../../profiler-agent/model/call-site'
import { MAX_CALL_SITE_BYTES } from '../../../profiler-agent/model/headers'

const position = fc.integer({ min: 1, max: 999_999_999 })
const text = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .filter((value) => !/[\p{Cc}\p{Cs}]/u.test(value))
const frame = fc.record(
  { file: text, line: position, column: position, function: text },
  { requiredKeys: ['file', 'line'], noNullPrototype: true },
)

describe('the call-site header', () => {
  it('writes file, line, column and function, innermost first', () => {
    const header = encodeCallSite([
      { file: '/home/me/my agent.mjs', line: 12, column: 5, function: 'plan,step' },
      { file: 'C:\\src\\main.ts', line: 3 },
    ])
    assert.equal(header, '/home/me/my%20agent.mjs:12:5;plan%2Cstep,C%3A%5Csrc%5Cmain.ts:3')
  })

  it('reads what a person would write, bare drive colons included', () => {
    assert.deepEqual(decodeCallSite('C:/src/a.ts:10:5;Agent.run, src/b.py:7'), [
      { file: 'C:/src/a.ts', line: 10, column: 5, function: 'Agent.run' },
      { file: 'src/b.py', line: 7 },
    ])
  })

  it('gives back any frames', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), (frames) => {
        assert.deepEqual(decodeCallSite(encodeCallSite(frames)), frames)
      }),
    )
  })

  it('drops hostile parts and keeps the rest', () => {
    const header = ',,:1,a.ts,a.ts:0,%E0%A4%A:3,a%0Ab.ts:4,a.ts:99999999999,good.ts:2;f%00,ok.ts:1;'
    assert.deepEqual(decodeCallSite(header), [
      { file: 'good.ts', line: 2 },
      { file: 'ok.ts', line: 1 },
    ])
  })

  it('never throws and never gives a bad frame', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (header) => {
        for (const { file, line } of decodeCallSite(header)) assert.ok(file !== '' && line >= 1)
      }),
    )
  })

  it('cuts between frames at the limit, when writing and when reading', () => {
    const frames = Array.from({ length: 1000 }, (_, index) => ({
      file: `/src/${'x'.repeat(90)}.ts`,
      line: index + 1,
    }))
    const header = encodeCallSite(frames)
    assert.ok(header.length <= MAX_CALL_SITE_BYTES && header.length > MAX_CALL_SITE_BYTES - 110)
    const kept = decodeCallSite(header)
    assert.deepEqual(kept, frames.slice(0, kept.length))
    assert.deepEqual(decodeCallSite(`${header},/src/${'y'.repeat(200)}.ts:1`), kept)
  })

  it('leaves out frames that cannot be said', () => {
    assert.equal(
      encodeCallSite([
        { file: '', line: 1 },
        { file: 'a.ts', line: 0 },
        { file: '\uD800', line: 1 },
      ]),
      '',
    )
  })
})

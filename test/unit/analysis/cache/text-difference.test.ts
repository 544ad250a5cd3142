// What differs between two versions of a text: of which kind it is, where, and what stays around it.

import assert from 'node:assert/strict'
import {
  type TextDifference,
  textDifference,
  type VolatileText,
} from '../../../../profiler-agent/analysis/cache/text-difference'
import { prose } from '../../../support/cache-calls'

const REST = prose('rest', 80)

function volatileTexts(difference: TextDifference | undefined): readonly VolatileText[] {
  assert.equal(difference?.what, 'volatile')
  return difference?.what === 'volatile' ? difference.texts : []
}

const changed = (before: string, after: string) =>
  volatileTexts(textDifference(`Now ${before}. ${REST}`, `Now ${after}. ${REST}`)).map((text) => [
    text.kind,
    text.before,
    text.after,
  ])

describe('textDifference', () => {
  it('says nothing of equal texts', () => {
    assert.equal(textDifference('the same', 'the same'), undefined)
  })

  for (const [kind, before, after] of [
    ['dateTime', '2026-11-22T10:00:07Z', '2026-11-22T10:00:12Z'],
    ['dateTime', '2026-11-22 10:00:07.123 +01:00', '2026-11-23 11:30:00.001 +01:00'],
    ['dateTime', 'Sun, 22 Nov 2026 10:00:07 GMT', 'Mon, 23 Nov 2026 09:12:55 GMT'],
    ['dateTime', 'November 22, 2026', 'November 23, 2026'],
    ['dateTime', 'Sunday', 'Monday'],
    ['dateTime', '10:42 am', '11:05 pm'],
    ['epoch', '1795341607', '1795341999'],
    ['epoch', '1795341607123', '1795341999456'],
    ['uuid', '8c6f7f0e-2f0b-4c37-9d8f-0d2a6f0b7a11', '11aa7f0e-2f0b-4c37-9d8f-0d2a6f0b7a12'],
    ['id', 'req_8fk2Lq', 'req_0aB3Zz'],
    ['id', '01JD8V3S5Q9W2E4R6T8Y0A1B2C', '01JD8V3S5Q9W2E4R6T8Y0A1B2D'],
    ['id', 'V1StGXR8_Z5jdHi6B-myT', 'A9StGXR8_Z5jdHi6B-myQ'],
    ['hex', '9f86d081884c7d659a2feaa0', '1f86d081884c7d659a2feaa9'],
    ['gitSha', 'c119407', 'a2ae9e8'],
    ['gitSha', '9dcb7b6f0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f', '1dcb7b6f0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5a'],
    ['path', '/tmp/work-a1/notes.md', '/tmp/work-b2/notes.md'],
    ['path', '/home/ada/projects/shop', '/home/grace/projects/shop'],
    ['email', 'ada@example.com', 'grace@example.org'],
    ['duration', '12.5 s', '340 ms'],
    ['percentage', '12 %', '99.5 %'],
    ['counter', '17', '18'],
  ] as const)
    it(`knows ${before} as ${kind}`, () => {
      assert.deepEqual(changed(before, after), [[kind, before, after]])
    })

  it('knows ports behind a loopback name', () => {
    assert.deepEqual(changed('http://localhost:5123/x', 'http://localhost:61044/x'), [
      ['port', '5123', '61044'],
    ])
  })

  it('finds every stretch, each with the constant text up to the next', () => {
    const text = (time: string, run: string, user: string) => `It is ${time} in ${run}, for ${user}: ${REST}`
    const [time, run, user] = volatileTexts(
      textDifference(
        text('10:00:01', 'run-a1b2c3', 'ada@example.com'),
        text('10:00:09', 'run-z9y8x7', 'eve@example.com'),
      ),
    )
    assert.deepEqual(time, {
      ...{ kind: 'dateTime', at: 6, before: '10:00:01', after: '10:00:09' },
      ...{ textBefore: 'It is ', textAfter: ' in ' },
    })
    assert.deepEqual([run?.kind, run?.textAfter], ['id', ', for '])
    assert.deepEqual([user?.kind, user?.textAfter], ['email', `: ${REST}`.slice(0, 200)])
  })

  it('shows a short stretch of no known kind with its whole words', () => {
    assert.deepEqual(changed('we greet Ingrid in Oslo', 'we greet Jonas in Oslo'), [
      ['text', 'Ingrid', 'Jonas'],
    ])
  })

  it('takes a name beside a date for changing text, too', () => {
    const text = (time: string, name: string) => `It is ${time}. We greet ${name}. ${REST}`
    const [first] = volatileTexts(textDifference(text('10:00:01', 'Ingrid'), text('10:00:44', 'Jonas')))
    assert.deepEqual([first?.kind, first?.before], ['dateTime', '10:00:01'])
  })

  it('tells other writing of the same JSON', () => {
    const difference = (before: string, after: string) => {
      const found = textDifference(`Order: ${before} ${REST}`, `Order: ${after} ${REST}`)
      return found?.what === 'writing' ? found.difference : found?.what
    }
    assert.equal(difference('{"a":1,"b":[2,3]}', '{"b":[2,3],"a":1}'), 'key order')
    assert.equal(difference('{"a":1,"b":[2,3]}', '{ "a": 1, "b": [2, 3] }'), 'spacing or escapes')
    assert.equal(difference('{"a":"caf\\u00e9"}', '{"a":"café"}'), 'spacing or escapes')
    assert.notEqual(difference('{"a":[2,3]}', '{"a":[3,2]}'), 'key order')
  })

  it('takes other words, and tables of other numbers, for other content', () => {
    assert.equal(textDifference(prose('one'), prose('two'))?.what, 'content')
    const table = (seed: number) => Array.from({ length: 99 }, (_, row) => `${row * seed + seed}`).join(', ')
    assert.equal(textDifference(table(7), table(9))?.what, 'content')
  })

  it('takes no longer than its length for texts without an end', () => {
    const before = `${'A'.repeat(300_000)}1${'b-'.repeat(100_000)}`
    const after = `${'A'.repeat(300_000)}2${'b-'.repeat(100_000)}c`
    assert.ok(textDifference(before, after))
    assert.ok(textDifference('[{"'.repeat(50_000), `${'[{"'.repeat(50_000)}]`))
  })
})

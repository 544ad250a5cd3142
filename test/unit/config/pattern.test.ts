// Regular expressions of rules: they say what JavaScript's own say, never take long, and what they cannot do is said.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compilePattern } from '../../../profiler-agent/config/pattern'
import { PatternError } from '../../../profiler-agent/config/pattern-syntax'

function compiledOrTooLarge(source: string) {
  try {
    return compilePattern(source)
  } catch (error) {
    if (error instanceof PatternError && error.message === 'it is too large') return undefined
    throw error
  }
}

describe('config/pattern', () => {
  const cases: readonly [pattern: string, found: readonly string[], notFound: readonly string[]][] = [
    ['where is my (order|parcel)', ['Hello! WHERE is my parcel?'], ['where is my hat', 'where is']],
    ['^you are', ['You are a desk'], ['say that you are']],
    ['desk$', ['a desk'], ['a desk.']],
    ['\\brefund\\b', ['a refund, please'], ['refunds', 'prerefund']],
    ['\\Brefund', ['prerefund'], ['a refund']],
    ['v\\d{2,3}\\.', ['v12.', 'v123.'], ['v1.', 'v1234.']],
    ['a{0}b', ['b'], ['a']],
    ['colou?r', ['color', 'Colour'], ['colouur']],
    ['[a-c]x[^0-9]', ['BX!'], ['dx!', 'ax7']],
    ['[\\d.-]+%', ['-1.5%'], ['x%']],
    ['(?:ab)+?c', ['ababc'], ['ac']],
    ['a.c', ['a\tc'], ['a\nc']],
    ['\\u00e9t\\xe9', ['ÉTÉ'], ['ete']],
    ['a\\+b\\\\', ['a+b\\'], ['aab']],
    ['', ['', 'anything'], []],
    ['x|', ['', 'x'], []],
    ['(a*)*b', ['b', 'aab'], ['aa']],
    ['[]', [], ['', 'a']],
    ['[^]', ['\n'], ['']],
  ]
  for (const [pattern, found, notFound] of cases)
    it(`understands /${pattern}/`, () => {
      const matches = compilePattern(pattern)
      for (const text of found) assert.equal(matches(text), true, text)
      for (const text of notFound) assert.equal(matches(text), false, text)
    })

  const refused: readonly [pattern: string, why: RegExp][] = [
    ['(?=a)', /groups that begin with \(\? are not supported/],
    ['(?<name>a)', /groups that begin with \(\?/],
    ['(a)\\1', /\\1 is not supported/],
    ['\\p{L}', /\\p is not supported/],
    ['(a', /a \( has no \)/],
    ['a)', /a \) without its \(/],
    ['[a', /a \[ has no \]/],
    ['*a', /nothing that \* could repeat/],
    ['a**', /nothing that it could repeat/],
    ['a{3,1}', /\{3,1\} counts backwards/],
    ['a{1000}', /\{1000\} is more than 100 times/],
    ['(a{100}){100}', /it is too large/],
    ['[z-a]', /a range in \[ \] runs backwards/],
    ['a\\', /ends with a backslash/],
    ['\\u12', /\\u needs 4 hexadecimal digits/],
    ['('.repeat(5000), /groups go deeper than 100/],
  ]
  for (const [pattern, why] of refused)
    it(`refuses ${pattern.slice(0, 20)} and says why`, () => {
      assert.throws(
        () => compilePattern(pattern),
        (error: unknown) => error instanceof PatternError && why.test(error.message),
      )
    })

  it('looks at the first 8,192 characters, and knows that they are not the end', () => {
    const text = `${'a'.repeat(8190)}bcd`
    assert.equal(compilePattern('bc')(text), true)
    assert.equal(compilePattern('bcd')(text), false)
    assert.equal(compilePattern('bc$')(text), false)
  })

  it('takes no longer for patterns that bring others to a halt', () => {
    // JavaScript's own would need longer than the universe is old.
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(.*a){20}$'])
      assert.equal(compilePattern(pattern)(`${'a'.repeat(8000)}!`), false)
  })

  it('finds what JavaScript finds', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '\\d',
      '\\w',
      '\\s',
      '\\b',
      '^',
      '$',
      '1',
      '\\.',
    )
    const count = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{0,1}', '*?')
    const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3 },
        fc.tuple(atom, count).map(([unit, times]) => (/^[\^$]|\\b/.test(unit) ? unit : unit + times)),
        fc.tuple(tie('pattern'), count).map(([inside, times]) => `(${inside})${times}`),
      ),
      pattern: fc
        .array(fc.array(tie('part'), { maxLength: 3 }), { minLength: 1, maxLength: 2 })
        .map((options) => options.map((parts) => parts.join('')).join('|')),
    }))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '1', ' ', '\n', '.'), maxLength: 12 })
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        const matches = compiledOrTooLarge(source)
        if (matches) assert.equal(matches(input), new RegExp(source, 'i').test(input), source)
      }),
      { numRuns: 500 },
    )
  })

  it('never throws anything else, whatever the pattern', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a()[\]{}|*+?\\^$,\d-]*$/)), (source) => {
        try {
          compilePattern(source)('some text')
        } catch (error) {
          assert.ok(error instanceof PatternError, String(error))
        }
      }),
    )
  })
})

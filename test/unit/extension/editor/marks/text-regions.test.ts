import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  regionAfter,
  type TextChange,
  type TextPosition,
  type TextRegion,
  touchesLines,
} from '../../../../../extension/editor/marks/text-regions'

const at = (line: number, character: number): TextPosition => ({ line, character })
const region = (...[a, b, c, d]: readonly [number, number, number, number]): TextRegion => ({
  start: at(a, b),
  end: at(c, d),
})
const change = (range: TextRegion, text: string): TextChange => ({ range, text })

describe('a region of a text that is edited', () => {
  const call = region(2, 4, 3, 6)

  it('moves with lines put in above, and with those taken away', () => {
    assert.deepEqual(regionAfter(call, change(region(0, 0, 0, 0), 'a\nb\n')), region(4, 4, 5, 6))
    assert.deepEqual(regionAfter(call, change(region(0, 0, 0, 0), 'a\r\nb\r\n')), region(4, 4, 5, 6))
    assert.deepEqual(regionAfter(call, change(region(0, 3, 1, 0), '')), region(1, 4, 2, 6))
  })

  it('moves with what is put in before it on its line, right at its border too', () => {
    assert.deepEqual(regionAfter(call, change(region(2, 0, 2, 0), 'await ')), region(2, 10, 3, 6))
    assert.deepEqual(regionAfter(call, change(region(2, 4, 2, 4), 'await ')), region(2, 10, 3, 6))
    assert.deepEqual(regionAfter(call, change(region(2, 4, 2, 4), '\n')), region(3, 0, 4, 6))
  })

  it('stays when something is put in behind it, right at its border too', () => {
    assert.deepEqual(regionAfter(call, change(region(3, 6, 3, 6), '.then(a)\n')), call)
    assert.deepEqual(regionAfter(call, change(region(3, 9, 8, 0), 'b')), call)
  })

  it('grows and shrinks with what is edited in it', () => {
    assert.deepEqual(regionAfter(call, change(region(2, 9, 2, 9), '\n\n')), region(2, 4, 5, 6))
    assert.deepEqual(regionAfter(call, change(region(2, 9, 3, 2), '')), region(2, 4, 2, 13))
    assert.deepEqual(regionAfter(call, change(region(2, 4, 2, 7), 'x')), region(2, 4, 3, 6))
  })

  it('keeps what is left of it when a change reaches over its border', () => {
    assert.deepEqual(regionAfter(call, change(region(1, 0, 2, 6), 'x')), region(1, 1, 2, 6))
    assert.deepEqual(regionAfter(call, change(region(3, 2, 4, 0), 'x')), region(2, 4, 3, 2))
  })

  it('is gone when all of it is', () => {
    assert.equal(regionAfter(call, change(call, 'other()')), undefined)
    assert.equal(regionAfter(call, change(region(0, 0, 9, 0), '')), undefined)
  })

  it('is touched by what happens on its lines', () => {
    assert.equal(touchesLines(call, change(region(2, 0, 2, 0), '// ')), true)
    assert.equal(touchesLines(call, change(region(3, 8, 3, 8), ' ')), true)
    assert.equal(touchesLines(call, change(region(1, 0, 1, 3), '')), false)
    assert.equal(touchesLines(call, change(region(4, 0, 4, 0), 'a')), false)
  })

  it('holds what is left of its text, and nothing else but what was put in', () => {
    fc.assert(
      fc.property(edits(), ({ text, from, to, changes }) => {
        let now = [...text].map((character, index) => ({ character, isOurs: from <= index && index < to }))
        let held: TextRegion | undefined = { start: positionAt(text, from), end: positionAt(text, to) }
        for (const { from: begin, to: end, put } of changes) {
          const before = now.map(({ character }) => character).join('')
          const [start, stop] = [begin, end]
            .map((fraction) => Math.floor(fraction * before.length))
            .sort((a, b) => a - b)
          const range = { start: positionAt(before, start ?? 0), end: positionAt(before, stop ?? 0) }
          now = now.toSpliced(
            start ?? 0,
            (stop ?? 0) - (start ?? 0),
            ...[...put].map((character) => ({ character, isOurs: false })),
          )
          held = held && regionAfter(held, { range, text: put })
          if (held === undefined) break
        }
        const left = now.flatMap(({ isOurs }, index) => (isOurs ? [index] : []))
        if (held === undefined) return left.length === 0
        const after = now.map(({ character }) => character).join('')
        const [start, end] = [offsetAt(after, held.start), offsetAt(after, held.end)]
        const outside = left.filter((index) => index < start || index >= end)
        return outside.length === 0
      }),
      { numRuns: 2000 },
    )
  })
})

const TEXT = fc.string({ unit: fc.constantFrom('a', 'b', '(', '\n', ' '), minLength: 1, maxLength: 60 })
const PART = fc.double({ min: 0, max: 0.999, noNaN: true })

function edits() {
  const changes = fc.array(
    fc.record({
      from: PART,
      to: PART,
      put: fc.string({ unit: fc.constantFrom('x', '\n', ')'), maxLength: 6 }),
    }),
    { maxLength: 5 },
  )
  return fc.record({ text: TEXT, a: PART, b: PART, changes }).map(({ text, a, b, changes: those }) => {
    const [from, last] = [a, b].map((part) => Math.floor(part * text.length)).sort((x, y) => x - y)
    return { text, from: from ?? 0, to: (last ?? 0) + 1, changes: those }
  })
}

function positionAt(text: string, offset: number): TextPosition {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 }
}

function offsetAt(text: string, { line, character }: TextPosition): number {
  const before = text.split('\n').slice(0, line)
  return before.reduce((sum, each) => sum + each.length + 1, 0) + character
}

// Long texts in pieces, and what of a text became another one.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { laidOut } from '../../../../webview/details/prompt/laid-out'
import { textChunks } from '../../../../webview/details/prompt/text-chunks'
import { type TextPiece, textDifference } from '../../../../webview/details/prompt/text-difference'

const line = fc.string({ unit: 'grapheme', maxLength: 400 })
const text = fc.array(line, { maxLength: 120 }).map((lines) => lines.join('\n'))

describe('a long text', () => {
  it('is cut behind lines', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`)
    const chunks = textChunks(lines.join(''))
    assert.deepEqual(
      chunks.map((chunk) => chunk.split('\n').length - 1),
      [40, 40, 20],
    )
    assert.ok(chunks[1]?.startsWith('line 40\n'))
  })

  it('without line ends is cut where a piece is full, and never inside of a character', () => {
    const chunks = textChunks(`x${'🚢'.repeat(2_000)}`)
    assert.deepEqual(
      chunks.map(({ length }) => length),
      [2_999, 1_002],
    )
    assert.ok(chunks.every((chunk) => chunk.isWellFormed()))
  })

  it('is the same when its pieces are put together', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const chunks = textChunks(whole)
        assert.equal(chunks.join(''), whole)
        assert.ok(chunks.every(({ length }) => length > 0 && length <= 3_000))
      }),
    )
  })
})

/** `-gone-`, `+new+`, and `…n…` for what is left out. */
function pictureOf(pieces: readonly TextPiece[]): string {
  const signs = { same: '', gone: '-', new: '+' }
  return pieces
    .map(({ change, text: piece, skipped }) => {
      const left = skipped === undefined ? '' : `…${skipped}…`
      return left + signs[change] + piece + signs[change]
    })
    .join('')
}

describe('what changed in a text', () => {
  it('is told by whole words', () => {
    const at = (time: string) => `It is ${time}. You look after boats.`
    assert.equal(
      pictureOf(textDifference(at('10:00:07'), at('11:30:09'))),
      'It is -10:00:07-+11:30:09+. You look after boats.',
    )
  })

  it('leaves out what is the same far from it', () => {
    const [front, behind] = ['a '.repeat(500), ' b'.repeat(500)]
    assert.equal(
      pictureOf(textDifference(`${front}one${behind}`, `${front}two${behind}`)),
      `…840…${'a '.repeat(80)}-one-+two+${' b'.repeat(80)}…840…`,
    )
  })

  it('of equal texts is nothing', () => {
    assert.equal(pictureOf(textDifference('the same', 'the same')), 'the same')
  })

  it('gives both texts back, whatever they are', () => {
    fc.assert(
      fc.property(text, text, fc.nat({ max: 60 }), (before, other, cut) => {
        const after = before.slice(0, cut) + other + before.slice(cut + 7)
        const pieces = textDifference(before, after)
        const lengthOf = (without: TextPiece['change']) =>
          pieces
            .filter(({ change }) => change !== without)
            .reduce((sum, piece) => sum + piece.text.length + (piece.skipped ?? 0), 0)
        assert.equal(lengthOf('new'), before.length)
        assert.equal(lengthOf('gone'), after.length)
        if (pieces.some(({ skipped }) => skipped !== undefined)) return
        const textWithout = (without: TextPiece['change']) =>
          pieces.flatMap((piece) => (piece.change === without ? [] : [piece.text])).join('')
        assert.equal(textWithout('new'), before)
        assert.equal(textWithout('gone'), after)
      }),
    )
  })

  it('takes no seconds for long texts that have nothing in common', () => {
    const long = (word: string) => Array.from({ length: 50_000 }, (_, index) => `${word}${index}`).join(' ')
    const pieces = textDifference(long('a'), long('b'))
    assert.deepEqual(
      pieces.map(({ change }) => change),
      ['gone', 'new'],
    )
  })
})

describe('a text for reading', () => {
  it('is laid out where it is JSON, and left alone where it only looks like it', () => {
    assert.equal(laidOut('{"port":"A3","free":[true]}'), '{\n  "port": "A3",\n  "free": [\n    true\n  ]\n}')
    assert.equal(laidOut('[doing] tie up'), '[doing] tie up')
    assert.equal(laidOut('42'), '42')
  })
})

// Whether a reply stands in what a call asks: the same answer as by searching for it everywhere.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { AskedWords } from '../../../profiler-agent/trace/quotes'
import { Said, wordsOf } from '../../../profiler-agent/trace/texts'

const asks = (questions: readonly string[], latestText = '') =>
  new AskedWords({ questions: new Said(questions), latestText })

/** The 300 characters at the beginning up to the last whole word, if they are 40 at least. */
function standsIn(reply: readonly string[], asked: readonly string[]): boolean {
  const beginning = reply.map(wordsOf).filter(Boolean).join(' ').slice(0, 300)
  if (beginning.length < 40) return false
  const quote = ` ${beginning.slice(0, beginning.lastIndexOf(' '))} `
  return asked.some((text) => ` ${wordsOf(text)} `.includes(quote))
}

const REPLY = 'The harbour office opens at seven and closes when the last ferry has left.'

describe('the words of a text', () => {
  it('are the same however often it is asked for, and however many others are', () => {
    const texts = Array.from({ length: 100 }, (_, index) => `Berth ${index}: FREE!`)
    const expected = texts.map((_, index) => `berth ${index} free`)
    assert.deepEqual(texts.map(wordsOf), expected)
    assert.deepEqual(texts.toReversed().map(wordsOf), expected.toReversed())
    // Of a long one only the beginning counts, up to 6,000 characters.
    assert.equal(wordsOf(`${'berth '.repeat(1_000)}free`), 'berth '.repeat(1_000).trim())
  })
})

describe('a quote of a reply', () => {
  it('is found in any text that is asked, whatever stands around it', () => {
    const asked = ['What now?', `So far: "${REPLY}" Go on.`]
    assert.equal(asks(asked).quote(new Said([REPLY])), true)
    assert.equal(asks(['What now?'], `(${REPLY.toUpperCase()})`).quote(new Said([REPLY])), true)
  })

  it('is not found where only its beginning stands, or its words go on', () => {
    assert.equal(asks(['The harbour office opens at seven.']).quote(new Said([REPLY])), false)
    assert.equal(asks([`Re${REPLY}`]).quote(new Said([REPLY])), false)
    assert.equal(asks([REPLY.replace('has', 'hast')]).quote(new Said([REPLY])), false)
  })

  it('needs no last word, which may have been cut', () => {
    assert.equal(asks([REPLY.replace('left.', 'le')]).quote(new Said([REPLY])), true)
  })

  it('is nothing where the reply is short', () => {
    assert.equal(
      asks(['It opens at seven. When does it close?']).quote(new Said(['It opens at seven.'])),
      false,
    )
  })

  it('is found just where a search finds it', () => {
    const word = fc.constantFrom('a', 'bb', 'tide', 'tides', 'harbour', 'Fähre', '渡し船', 'x'.repeat(45))
    const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(' '))
    const texts = fc.array(text, { maxLength: 3 })
    fc.assert(
      fc.property(texts, text, fc.array(texts, { maxLength: 6 }), fc.nat(), (questions, latest, said, at) => {
        // A piece of what is asked, so that some are quotes.
        const whole = questions.join(' ')
        const start = at % (whole.length + 1)
        const replies = [...said, [whole.slice(start, start + 80)]]
        const asked = asks(questions, latest)
        for (const reply of replies)
          assert.equal(asked.quote(new Said(reply)), standsIn(reply, [...questions, latest]))
      }),
      { numRuns: 500 },
    )
  })
})

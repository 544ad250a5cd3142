// Replies: their token counts, how a cap cuts them, and how text is split into stream pieces.
import assert from 'node:assert/strict'
import { replyOf, splitText } from '../../../profiler-agent/simulator/reply'

const letters = (text: string) => text.length
const input = { input: 10, cacheRead: 0, cacheWrite: {} }

describe('simulated reply', () => {
  it('counts reasoning, text and tool calls into the output', () => {
    const reply = replyOf(
      { text: 'abc', reasoningTokens: 100, toolCalls: [{ name: 'go', arguments: { a: 1 } }] },
      input,
      undefined,
      letters,
    )
    // 100 reasoning + 3 text + 2 name + 7 arguments {"a":1} + 4 around the call
    assert.deepEqual(reply.usage, { input: 10, cacheRead: 0, cacheWrite: {}, output: 116, reasoning: 100 })
    assert.equal(reply.finish, 'tool_calls')
  })

  it('takes the output tokens of the script as they are', () => {
    assert.equal(replyOf({ text: 'abc', outputTokens: 50 }, input, undefined, letters).usage.output, 50)
  })

  it('cuts text at the cap, and gives no half tool calls', () => {
    const reply = replyOf(
      { text: 'abcdefgh', reasoningTokens: 2, toolCalls: [{ name: 'go' }] },
      input,
      5,
      letters,
    )
    assert.equal(reply.text, 'abc')
    assert.deepEqual(reply.toolCalls, [])
    assert.equal(reply.finish, 'length')
    assert.deepEqual(reply.usage, { input: 10, cacheRead: 0, cacheWrite: {}, output: 5, reasoning: 2 })
  })

  it('writes no output where the cap is 0, as for warming a cache', () => {
    assert.equal(replyOf({ text: 'abc' }, input, 0, letters).usage.output, 0)
  })

  it('splits text into at most the asked pieces, which join to the text', () => {
    assert.deepEqual(splitText('one two three four', 2), ['one two', ' three four'])
    assert.deepEqual(splitText('one two', 1), ['one two'])
    assert.deepEqual(splitText('', 4), [])
    assert.deepEqual(splitText('ab', 4), ['a', 'b'])
    assert.deepEqual(splitText('😀😀', 2), ['😀', '😀'])
    for (const text of ['  a\n\nb  ', 'x', ' ', 'one  two\tthree \n'])
      for (const pieces of [1, 2, 3, 7]) assert.equal(splitText(text, pieces).join(''), text)
  })
})

// Where frames of a stream end, and how many tokens their events are, however the bytes are split.

import assert from 'node:assert/strict'
import { ReplyTokens } from '../../../../../profiler-agent/capture/proxy/budget/reply-tokens'
import { type Framing, StreamFrames } from '../../../../../profiler-agent/capture/proxy/budget/stream-frames'
import { encodeEventStreamMessage } from '../../../../../profiler-agent/wire/event-stream'
import { ENDLESS_REPLIES } from '../../../../support/endless-replies'

const aws = (type: string, payload: object) =>
  encodeEventStreamMessage({
    headers: { ':event-type': type, ':message-type': 'event' },
    payload: Buffer.from(JSON.stringify(payload)),
  })

/** Bytes, the offsets behind their frames, and what those hold. */
interface Case {
  readonly name: string
  readonly framing: Framing
  readonly frames: readonly (string | Uint8Array)[]
  readonly rest?: string
  readonly events: readonly object[]
}

const CASES: readonly Case[] = [
  {
    name: 'events of lines that end in LF',
    framing: 'sse',
    frames: ['data: {"n":1}\n\n', ': ping\n\n', 'event: x\ndata: {"n":2}\n\n'],
    rest: 'data: {"n',
    events: [{ n: 1 }, { type: 'x', n: 2 }],
  },
  {
    name: 'events of lines that end in CRLF',
    framing: 'sse',
    frames: ['data: {"n":1}\r\n\r\n', 'data: {"n":2}\r\n\r\n'],
    rest: 'data: ',
    events: [{ n: 1 }, { n: 2 }],
  },
  {
    name: 'events of lines that end in CR',
    framing: 'sse',
    frames: ['data: {"n":1}\r\r', 'data: {"n":2}\r\r'],
    rest: 'd',
    events: [{ n: 1 }, { n: 2 }],
  },
  {
    name: 'lines',
    framing: 'lines',
    frames: ['{"n":1}\n', '\n', '{"n":2}\r\n'],
    rest: '{"n"',
    events: [{ n: 1 }, { n: 2 }],
  },
  {
    name: 'elements of an array',
    framing: 'array',
    frames: ['[{"t":"a ] \\" }"}', '\n,\r\n{"t":[{"u":1}]}'],
    rest: '\n]',
    events: [{ t: 'a ] " }' }, { t: [{ u: 1 }] }],
  },
  {
    name: 'messages of AWS',
    framing: 'aws',
    frames: [aws('delta', { n: 1 }), aws('delta', { bytes: Buffer.from('{"n":2}').toString('base64') })],
    events: [
      { type: 'delta', n: 1 },
      { type: 'delta', n: 2 },
    ],
  },
]

describe('frames of a stream', () => {
  for (const { name, framing, frames, rest = '', events } of CASES) {
    const bytes = Buffer.concat([...frames, rest].map((frame) => Buffer.from(frame)))
    const ends = frames.map((_, index) =>
      frames.slice(0, index + 1).reduce((sum, frame) => sum + Buffer.from(frame).length, 0),
    )
    it(`are found among ${name}, cut at every byte`, () => {
      for (let cut = 0; cut <= bytes.length; cut++) {
        const scan = new StreamFrames(framing)
        const first = [...scan.push(bytes.subarray(0, cut))]
        const second = [...scan.push(bytes.subarray(cut))].map((frame) => ({
          ...frame,
          end: frame.end + cut,
        }))
        assert.deepEqual(
          [...first, ...second].map(({ end }) => end),
          ends,
          `cut at ${cut}`,
        )
        assert.deepEqual(
          [...first, ...second].flatMap((frame) => frame.events),
          events,
        )
      }
    })
  }
})

describe('tokens of a reply', () => {
  it('are those of the text, wherever the stream is cut', () => {
    const counts: number[] = []
    for (const pieces of [['parcel ', 'number '], ['a', 'b', 'c', 'd'], ['x'.repeat(100)]]) {
      const tokens = new ReplyTokens()
      for (const content of pieces) tokens.add({ choices: [{ delta: { content } }] })
      counts.push(tokens.count)
    }
    assert.deepEqual(counts, [2, 1, 6])
  })

  it('are counted in the words of every format, and no token is counted twice', () => {
    for (const [format, reply] of Object.entries(ENDLESS_REPLIES)) {
      const framing = /amazon/.test(reply.contentType)
        ? 'aws'
        : /ndjson/.test(reply.contentType)
          ? 'lines'
          : 'sse'
      const scan = new StreamFrames(framing)
      const tokens = new ReplyTokens()
      const words = ['word1', 'word2', 'word3', 'word4']
      for (const bytes of [...reply.beginning, ...words.map((word) => reply.word(word))])
        for (const { events } of scan.push(bytes)) for (const event of events) tokens.add(event)
      // The beginning of Anthropic's reports one token, which four words are more than.
      assert.equal(tokens.count, 4, format)
      assert.equal(tokens.isFinished, false, format)
    }
  })

  it('are not counted in sound', () => {
    const tokens = new ReplyTokens()
    tokens.add({ type: 'response.output_audio.delta', delta: 'UklGRiQAAABXQVZF'.repeat(100) })
    assert.equal(tokens.count, 0)
    tokens.add({ type: 'response.output_audio_transcript.delta', delta: 'sent today' })
    assert.equal(tokens.count, 2)
  })

  it('are not counted again where a host gives text twice', () => {
    const tokens = new ReplyTokens()
    const message = { content: 'the whole message so far, sent today' }
    tokens.add({ choices: [{ delta: { content: 'sent today' }, message }] })
    tokens.add({ choices: [{ delta: { reasoning: ' five', reasoning_content: ' five' } }] })
    tokens.add({ choices: [{ delta: { reasoning: ' five', reasoning_details: [{ text: ' five' }] } }] })
    assert.equal(tokens.count, 4)
  })

  it('are those that are reported, where that is more', () => {
    const tokens = new ReplyTokens()
    tokens.add({ candidates: [], usageMetadata: { candidatesTokenCount: 40, thoughtsTokenCount: 200 } })
    assert.equal(tokens.count, 240)
    tokens.add({ type: 'message_delta', usage: { output_tokens: 300 } })
    assert.equal(tokens.count, 300)
  })

  it('are not counted again where the whole is given once more at the end', () => {
    const tokens = new ReplyTokens()
    tokens.add({ type: 'response.output_text.delta', delta: 'sent today' })
    tokens.add({ type: 'response.output_text.done', text: 'sent today' })
    tokens.add({ type: 'response.completed', response: { output: [{ content: [{ text: 'sent today' }] }] } })
    assert.equal(tokens.count, 2)
    assert.equal(tokens.isFinished, true)
  })
})

// Scripts: what is read, and complaints that name line, column and path.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { decodeScript, ScriptError } from '../../../profiler-agent/simulator/script-decoder'

const failure = (text: string) => {
  try {
    decodeScript(text, 's.json')
  } catch (error) {
    assert.ok(error instanceof ScriptError)
    return error.message
  }
  return undefined
}

describe('simulator script', () => {
  it('gives a reply without a condition once, and one with a condition any number of times', () => {
    const { replies, otherwise } = decodeScript(
      '{"version":1,"replies":[{"text":"a"},{"when":{"step":2},"text":"b"},{"when":{},"times":3,"text":"c"}]}',
      's.json',
    )
    assert.deepEqual(
      replies.map((reply) => reply.times),
      [1, Number.POSITIVE_INFINITY, 3],
    )
    assert.equal(otherwise, 'echo')
  })

  it('names the place of a wrong value', () => {
    const text = '{\n  "version": 1,\n  "replies": [\n    { "text": "fine" },\n    { "text": 7 }\n  ]\n}'
    assert.equal(failure(text), 's.json:5:15: replies[1].text: expected a text, found a number')
  })

  it('names the place of an unknown key, past texts with braces and quotes in them', () => {
    const text = '{"version":1,"replies":[{"text":"}]{\\"[","when":{"modell":"x"}}]}'
    assert.match(
      failure(text) ?? '',
      /^s\.json:1:59: replies\[0\]\.when\.modell: unknown key; known are api, model, systemContains/,
    )
  })

  it('names the object in which something is missing', () => {
    const text = '{"version":1,\n"replies":[{"toolCalls":[{"arguments":{}}]}]}'
    assert.equal(failure(text), 's.json:2:26: replies[0].toolCalls[0].name: is missing')
  })

  it('asks for a version, for faults it knows and for whole numbers', () => {
    assert.equal(failure('{}'), 's.json:1:1: version: expected 1, the only version there is')
    assert.match(
      failure('{"version":1,"replies":[{"fault":{"kind":"flood"}}]}') ?? '',
      /replies\[0\]\.fault\.kind: expected one of status, reset, .* found "flood"$/,
    )
    assert.match(
      failure('{"version":1,"replies":[{"latencyMs":-1}]}') ?? '',
      /replies\[0\]\.latencyMs: expected a whole number of at least 0, found -1$/,
    )
    assert.match(
      failure('{"version":1,"replies":[{"fault":{"kind":"status","status":700}}]}') ?? '',
      /fault\.status: expected an HTTP error status from 400 to 599$/,
    )
  })

  it('says where text is not JSON', () => {
    assert.match(failure('{\n  "version": 1,\n  oops\n}') ?? '', /^s\.json:3:3: not valid JSON: /)
    assert.match(failure('{"version": 1,') ?? '', /^s\.json:1:15: not valid JSON: /)
    assert.match(failure('') ?? '', /^s\.json:1:1: not valid JSON: /)
  })

  it('reads the script of the demo', () => {
    const file = 'test/agents/demo/support-desk.script.json'
    assert.equal(decodeScript(readFileSync(file, 'utf8'), file).replies.length, 17)
  })
})

// Bodies read beside earlier ones: always what JSON.parse says, and what they share is shared.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeJson, isObject } from '../../../profiler-agent/wire/json'
import { JsonMemory } from '../../../profiler-agent/wire/json-memory'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Long enough to be remembered. */
const PADDING = 'The lighthouse is closed. '.repeat(100)

const message = (text: string) => ({ role: 'user', content: `${text} ${PADDING}` })

const body = (...texts: readonly string[]) =>
  bytes(JSON.stringify({ model: 'm', messages: texts.map(message) }))

/** The elements that a memory gives for a body of messages. */
function messagesOf(memory: JsonMemory, source: Uint8Array): readonly unknown[] {
  const reading = memory.decode(source)
  assert.deepEqual(reading, decodeJson(source))
  assert.ok(reading.ok && isObject(reading.value) && Array.isArray(reading.value.messages))
  return reading.value.messages
}

/** Which elements of a list are the very objects of another, by their place. */
function sharedPlaces(list: readonly unknown[], other: readonly unknown[]): number[] {
  return [...list.keys()].filter((place) => list[place] === other[place])
}

describe('wire/json-memory', () => {
  it('gives elements that stand at their place again as the objects that they were', () => {
    const memory = new JsonMemory()
    const first = messagesOf(memory, body('a', 'b'))
    const second = messagesOf(memory, body('a', 'b', 'c'))
    const third = messagesOf(memory, body('x', 'b', 'y', 'c'))
    assert.deepEqual(sharedPlaces(second, first), [0, 1])
    assert.deepEqual(sharedPlaces(third, second), [1])
    assert.deepEqual(first, [message('a'), message('b')])
  })

  it('goes on with each of several conversations', () => {
    const memory = new JsonMemory()
    const north = messagesOf(memory, body('system', 'north', 'n'))
    const south = messagesOf(memory, body('system', 'south', 's'))
    assert.deepEqual(sharedPlaces(messagesOf(memory, body('system', 'north', 'n', 'm')), north), [0, 1, 2])
    assert.deepEqual(sharedPlaces(messagesOf(memory, body('system', 'south', 's', 't')), south), [0, 1, 2])
  })

  it('shares all of a long list but what was changed in it', () => {
    const texts = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(60), { maxLength: 3 }))
    fc.assert(
      fc.property(texts, ([length, changed]) => {
        const memory = new JsonMemory()
        const before = Array.from({ length }, (_, index) => `tide ${index}`)
        const after = before.map((text, index) => (changed.includes(index) ? `${text}, later` : text))
        const first = messagesOf(memory, body(...before))
        const second = messagesOf(memory, body(...after, 'new'))
        const kept = [...before.keys()].filter((index) => !changed.includes(index))
        assert.deepEqual(sharedPlaces(second, first), kept)
      }),
    )
  })

  it('takes an element for the same only where its bytes are', () => {
    const memory = new JsonMemory()
    const spaced = `{"messages":[{"content":"${PADDING}"} ,{"content": "${PADDING}"}]}`
    const dense = `{"messages":[{"content":"${PADDING}"},{"content":"${PADDING}"}]}`
    const first = messagesOf(memory, bytes(spaced))
    assert.deepEqual(sharedPlaces(messagesOf(memory, bytes(dense)), first), [])
    assert.deepEqual(sharedPlaces(messagesOf(memory, bytes(spaced)), first), [0, 1])
  })

  it('reads keys that stand twice, or are written with escapes, as JSON.parse does', () => {
    const memory = new JsonMemory()
    const list = `[${JSON.stringify(message('a'))}]`
    for (const text of [
      `{"messages":${list}}`,
      `{"messages":${list},"messages":${list}}`,
      `{"messages":${list},"mess\\u0061ges":[]}`,
      `{"messages":${list},"messages":1}`,
      `{"messages":${list},"__proto__":${list}}`,
    ])
      for (const _ of ['first', 'second'])
        assert.deepEqual(memory.decode(bytes(text)), decodeJson(bytes(text)), text)
  })

  it('forgets what it was asked for longest ago, and keeps no giant', () => {
    const memory = new JsonMemory()
    const first = messagesOf(memory, body('a', 'b'))
    const giant = bytes(JSON.stringify({ messages: [{ content: 'x'.repeat(8_000_001) }] }))
    assert.deepEqual(sharedPlaces(messagesOf(memory, giant), messagesOf(memory, giant)), [])
    assert.deepEqual(sharedPlaces(messagesOf(memory, body('a', 'b')), first), [0, 1])
    for (const digit of ['1', '2', '3'])
      messagesOf(memory, bytes(JSON.stringify({ messages: [{ content: digit.repeat(3_000_000) }] })))
    assert.deepEqual(sharedPlaces(messagesOf(memory, body('a', 'b')), first), [])
  })

  it('reads whatever comes as if it had seen nothing before', () => {
    fc.assert(
      fc.property(fc.array(bodyText, { minLength: 2, maxLength: 8 }), (texts) => {
        const memory = new JsonMemory()
        for (const text of texts) {
          const reading = memory.decode(bytes(text))
          const expected = decodeJson(bytes(text))
          assert.deepEqual(reading, expected)
          // The order of keys, too.
          assert.equal(JSON.stringify(reading), JSON.stringify(expected))
        }
      }),
    )
  })
})

const element = fc.oneof(
  fc.constantFrom(
    '{"a":1}',
    ' {"a":1}',
    '{"a":[{"b":"]},"}]}',
    '{"a":"\\""}',
    '{"a":"\\\\"}',
    '{"é":"\u2028"}',
  ),
  fc.constantFrom('{}', '[]', '1', '"],["', 'null', '', ' ', '{', ']', '}', '"', '{"a":1}}', `"${PADDING}"`),
  fc.json(),
)
const list = fc
  .tuple(fc.boolean(), fc.array(element, { maxLength: 4 }))
  .map(([isGood, elements]) => `[${[...(isGood ? ['{"first":true}'] : []), ...elements].join(',')}]`)
const member = fc
  .tuple(
    fc.constantFrom('messages', 'tools', 'messages ', '__proto__', 'mess\\u0061ges', 'model'),
    fc.oneof(list, list, element),
  )
  .map(([key, value]) => `"${key}" : ${value}`)

/** Bodies that are much alike, mostly JSON, some cut short. */
const bodyText = fc
  .tuple(fc.array(member, { maxLength: 4 }), fc.option(fc.nat(200), { freq: 6 }))
  .map(([members, cut]) => {
    const text = `{"padding":"${PADDING}",${members.join(',')}}`.replace(',}', '}')
    return cut === null ? text : text.slice(0, -cut - 1)
  })

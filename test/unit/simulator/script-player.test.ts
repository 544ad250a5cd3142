// Which scripted reply a call gets.
import assert from 'node:assert/strict'
import type { CallFacts } from '../../../profiler-agent/simulator/formats/wire-format'
import { decodeScript } from '../../../profiler-agent/simulator/script-decoder'
import { ScriptPlayer } from '../../../profiler-agent/simulator/script-player'

const playerOf = (replies: object[], more = {}) =>
  new ScriptPlayer(decodeScript(JSON.stringify({ version: 1, replies, ...more }), 's.json'))

const call = (facts: Partial<CallFacts> = {}): CallFacts => ({
  model: 'gpt-5.4',
  systemText: '',
  lastUserText: '',
  lastToolResults: [],
  step: 1,
  ...facts,
})

describe('script player', () => {
  it('gives replies in order, then the default', () => {
    const player = playerOf([{ text: 'one' }, { text: 'two' }])
    const texts = [1, 2, 3].map(() => player.next('chat', call({ lastUserText: 'hi' })).wanted.text)
    assert.deepEqual(texts, ['one', 'two', 'You said: hi'])
  })

  it('matches every condition that is given', () => {
    const conditions: [object, Partial<CallFacts>, Partial<CallFacts>][] = [
      [{ model: 'gpt-*-mini' }, { model: 'gpt-5.4-mini' }, { model: 'gpt-5.4' }],
      [{ systemContains: 'desk' }, { systemText: 'a desk' }, { systemText: 'a Desk' }],
      [{ lastUserContains: 'A-1' }, { lastUserText: 'order A-1' }, { lastUserText: 'order B-1' }],
      [{ lastToolResult: 'find' }, { lastToolResults: [{ name: 'find', text: '' }] }, {}],
      [{ lastToolResult: null }, {}, { lastToolResults: [{ name: 'find', text: '' }] }],
      [
        { lastToolResultContains: 'ok' },
        {
          lastToolResults: [
            { name: 'a', text: 'no' },
            { name: 'b', text: 'ok' },
          ],
        },
        { lastToolResults: [{ name: 'a', text: 'no' }] },
      ],
      [{ step: 2 }, { step: 2 }, { step: 3 }],
    ]
    for (const [when, fitting, other] of conditions) {
      const player = playerOf([{ when, text: 'scripted' }])
      assert.equal(player.next('chat', call(fitting)).wanted.text, 'scripted', JSON.stringify(when))
      assert.notEqual(player.next('chat', call(other)).wanted.text, 'scripted', JSON.stringify(when))
    }
  })

  it('tells calls apart by API and by number', () => {
    const player = playerOf([
      { when: { api: 'messages' }, text: 'claude' },
      { when: { call: 3 }, text: 'third' },
    ])
    assert.equal(player.next('messages', call()).wanted.text, 'claude')
    assert.equal(player.next('chat', call({ lastUserText: 'x' })).wanted.text, 'You said: x')
    assert.equal(player.next('chat', call()).wanted.text, 'third')
  })

  it('echoes in a reply that only says how, and keeps the first token within the latency', () => {
    const player = playerOf([{ latencyMs: 5, fault: { kind: 'no-usage' } }], { firstTokenMs: 9 })
    const cue = player.next('chat', call({ lastToolResults: [{ name: 'find', text: '3 hits' }] }))
    assert.equal(cue.wanted.text, 'The tool find returned: 3 hits')
    assert.deepEqual(cue.pace, { latencyMs: 5, firstTokenMs: 5, chunks: 4 })
  })
})

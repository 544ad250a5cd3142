// What a caller says of itself in `x-costflame-*` headers: names, ids, tags, frames; and what is left out, and said.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { attributionOf } from '../../../../profiler-agent/capture/proxy/attribution'

describe('attributionOf', () => {
  it('reads names, ids, tags and frames', () => {
    assert.deepEqual(
      attributionOf({
        'x-costflame-agent': 'planner;a-1',
        'x-costflame-step': 'look%3B%20up',
        'x-costflame-parent': 'span-1',
        'x-costflame-context': 'request-7',
        'x-costflame-tag-team': 'blue',
        'x-costflame-callsite': '/app/a.js:3:7;main',
        'x-costflame-tenant': Buffer.from('Zoë').toString('latin1'),
      }),
      {
        agent: 'planner',
        agentId: 'a-1',
        step: 'look; up',
        parent: 'span-1',
        context: 'request-7',
        tags: { team: 'blue' },
        callSite: [{ file: '/app/a.js', line: 3, column: 7, function: 'main' }],
        tenant: 'Zoë',
      },
    )
  })

  it('leaves out what makes no sense, says so, and bounds the rest', () => {
    assert.deepEqual(
      attributionOf({
        'x-costflame-agent': ';only-id',
        'x-costflame-step': 'a%00b',
        'x-costflame-session': '100% sure',
        'x-costflame-intent': 'x'.repeat(300),
        'x-costflame-context': 'two words',
        'x-costflame-run': '../../elsewhere',
        'x-costflame-callsite': 'nonsense',
        'x-costflame-tag-': 'no key',
        'x-costflame-tag-empty': '',
        'x-costflame-tag-colour': 'red%1b[31m',
      }),
      {
        agentId: 'only-id',
        session: '100% sure',
        intent: 'x'.repeat(256),
        ignored: [
          'x-costflame-step',
          'x-costflame-callsite',
          'x-costflame-context',
          'x-costflame-run',
          'x-costflame-tag-*: 3 unusable',
        ],
      },
    )
  })

  it('keeps 32 of a thousand tags and says how many it left out', () => {
    const headers = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`x-costflame-tag-t${index}`, String(index)]),
    )
    const { tags = {}, ignored } = attributionOf(headers)
    assert.equal(Object.keys(tags).length, 32)
    assert.equal(tags.t31, '31')
    assert.deepEqual(ignored, ['968 tags over 32'])
  })

  it('reads a call site of a megabyte up to its limit', () => {
    const { callSite = [] } = attributionOf({ 'x-costflame-callsite': '/app/a.js:3:7,'.repeat(75_000) })
    // 8,192 bytes hold 585 frames of 14 bytes.
    assert.equal(callSite.length, 585)
  })

  it('says nothing of a request that says nothing', () => {
    assert.deepEqual(attributionOf({ authorization: 'x', 'user-agent': 'y' }), {})
  })

  it('never throws, and gives only bounded, well-formed text', () => {
    const name = fc.constantFrom(
      'agent',
      'step',
      'session',
      'tenant',
      'intent',
      'tag-a',
      'tag-__proto__',
      'parent',
    )
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.string({ unit: 'grapheme-ascii' }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const headers = Object.fromEntries(pairs.map(([key, text]) => [`x-costflame-${key}`, text]))
        const { tags = {}, callSite: _, ignored: __, agentByRule: ___, ...labels } = attributionOf(headers)
        for (const text of [...Object.values(labels), ...Object.values(tags)]) {
          assert.ok(text.length <= 256 && text.isWellFormed(), JSON.stringify(text))
          // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is tested
          assert.doesNotMatch(text, /[\u0000-\u001f\u007f]/)
        }
      }),
    )
  })
})

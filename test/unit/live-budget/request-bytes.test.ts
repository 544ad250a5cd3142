import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RecentCalls } from '../../../profiler-agent/budgets/gate/recent-calls'
import { REQUEST_BYTES } from '../../../profiler-agent/live-budget/request-bytes'

const { commonStart, commonEnd, beginAlike, tokensIn, hasMessage, isCacheMark, textOf } = REQUEST_BYTES
const message = (text: string, more = '') => `{"role":"user","content":"${text}"${more}}`
const body = (...messages: string[]) => Buffer.from(`{"messages":[${messages.join()}],"max_tokens":9}`)

describe('the bytes of requests', () => {
  it('have in common what one byte after the other says', () => {
    const bytes = fc.array(fc.constantFrom(0, 1), { maxLength: 400 }).map((values) => Buffer.from(values))
    const alike = fc
      .tuple(bytes, bytes, bytes)
      .map(([both, one, other]) => [Buffer.concat([both, one]), Buffer.concat([both, other])] as const)
    fc.assert(
      fc.property(alike, fc.nat(500), ([left, right], most) => {
        const same = (at: number) => left[at] === right[at]
        const least = Math.min(left.length, right.length)
        let start = 0
        while (start < least && same(start)) start++
        assert.equal(commonStart(left, right), start)
        assert.equal(beginAlike(left, right, start), true)
        if (start < least) assert.equal(beginAlike(left, right, start + 1), false)
        let end = 0
        while (end < Math.min(least, most) && left.at(-1 - end) === right.at(-1 - end)) end++
        assert.equal(commonEnd(left, right, Math.min(least, most)), end)
      }),
    )
  })

  it('are half as many tokens, and a few thousand for each long base64 text', () => {
    const image = Buffer.alloc(90_000, 'any bytes of a picture').toString('base64')
    const prose = 'The wind backs and freshens. '.repeat(4000)
    assert.equal(tokensIn(Buffer.from('12345'), 0, 5), 3)
    assert.equal(tokensIn(Buffer.from(prose), 0, prose.length), prose.length / 2)
    const two = body(message('look'), `{"data":"${image}"}`, `{"image_url":"data:image/png;base64,${image}"}`)
    const rest = two.length - 2 * image.length - 'data:image/png;base64,'.length
    assert.equal(tokensIn(two, 0, two.length), Math.ceil(rest / 2) + 2 * 5000)
    // Short ones may be anything.
    const short = `"${image.slice(0, 4000)}"`
    assert.equal(tokensIn(Buffer.from(short), 0, short.length), short.length / 2)
  })

  it('tell messages from longer text, a cache mark from words, and the text of a key', () => {
    const added = (text: string) => hasMessage(Buffer.from(text), 0, text.length)
    assert.deepEqual(
      [added(`,${message('x')}`), added('more \\"role\\" words'), added('')],
      [true, false, false],
    )
    const mark = ',"cache_control":{"type":"ephemeral","ttl":"1h"}'
    assert.equal(isCacheMark(Buffer.from(mark), 0, mark.length), true)
    assert.equal(isCacheMark(Buffer.from('some words'), 0, 10), false)
    const held = Buffer.from(
      '{"input":"\\"previous_response_id\\":\\"no\\"","previous_response_id": "resp_1"}',
    )
    assert.equal(textOf(held, '"previous_response_id"'), 'resp_1')
    assert.equal(textOf(held, '"conversation"'), undefined)
  })
})

describe('the request that another goes on from', () => {
  const remembered = (...bodies: Buffer[]) => {
    const recent = new RecentCalls(REQUEST_BYTES)
    for (const [index, each] of bodies.entries()) {
      const counts = {
        input: 100,
        output: 1,
        inputPrice: undefined,
        startedAt: 0,
        isRead: true,
        isFailed: false,
      }
      recent.add(
        'run openai',
        { id: `c${index}`, model: 'm', body: each, agent: undefined, ...counts },
        undefined,
      )
    }
    return (next: Buffer, model = 'm') => {
      const found = recent.extended('run openai', model, next)
      return found && { id: found.call.id, isWhole: found.isWhole, isSame: found.isSame, added: found.added }
    }
  }
  const answer = '{"role":"assistant","content":"yes"}'

  it('is the one that stands in it whole, the latest of several', () => {
    const extended = remembered(
      body(message('a')),
      body(message('b')),
      body(message('a'), answer, message('c')),
    )
    // Half of the bytes of both messages and their commas.
    const added = Math.ceil((answer.length + message('d').length + 2) / 2)
    assert.deepEqual(extended(body(message('b'), answer, message('d'))), {
      id: 'c1',
      isWhole: true,
      isSame: false,
      added,
    })
    const next = body(message('a'), answer, message('c'), answer, message('d'))
    assert.deepEqual(extended(next)?.id, 'c2')
    assert.equal(extended(next, 'another model'), undefined)
  })

  it('is none where a text is only longer', () => {
    const extended = remembered(body(message('order 1')))
    assert.equal(extended(body(message('order 12')))?.isWhole, false)
    assert.equal(extended(body(message('order 1')))?.isSame, true)
  })

  it('may have lost its cache mark', () => {
    const extended = remembered(body(message('a', ',"cache_control":{"type":"ephemeral"}')))
    assert.equal(
      extended(body(message('a'), answer, message('b', ',"cache_control":{"type":"ephemeral"}')))?.isWhole,
      true,
    )
  })
})

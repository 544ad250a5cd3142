import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RequestFraming } from '../../../../../profiler-agent/capture/hooks/node/request-framing'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const POST = 'POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'
const CHUNKED = 'POST /v1/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'

/** Kinds of what was written, `>` for the first bytes of an answer in between. */
function kinds(...written: readonly string[]): string[] {
  const framing = new RequestFraming()
  return written.flatMap((text) => {
    if (text.startsWith('>')) {
      framing.answered(bytes(text.slice(1)))
      return []
    }
    return [framing.take(bytes(text)).kind]
  })
}

describe('the requests in what a client writes', () => {
  it('begin with a head, and go on with a body', () => {
    const framing = new RequestFraming()
    const first = framing.take(bytes(`${POST}he`))
    assert.equal(first.kind, 'request')
    if (first.kind !== 'request') return
    assert.deepEqual(
      [first.head.method, first.head.target, String(first.rest)],
      ['POST', '/v1/messages', 'he'],
    )
    assert.deepEqual(framing.take(bytes('llo')), { kind: 'body', bytes: bytes('llo') })
    assert.equal(framing.take(bytes(POST)).kind, 'request')
  })

  it('follow each other on a connection that is kept', () => {
    assert.deepEqual(kinds(`${POST}hello`, `${POST}hello`), ['request', 'request'])
    assert.deepEqual(kinds(CHUNKED, '5\r\n', 'hello', '\r\n', '0\r\n\r\n', POST), [
      ...['request', 'body', 'body', 'body', 'body'],
      'request',
    ])
  })

  it('are not taken for one where a body looks like one', () => {
    assert.deepEqual(kinds(POST.replace('5', '99'), 'GET /x HTTP/1.1\r\n\r\n'), ['request', 'body'])
    assert.deepEqual(kinds(CHUNKED, 'GET /x HTTP/1.1\r\n\r\n'), ['request', 'body'])
  })

  it('are known after trailers by the answer in between', () => {
    const trailers = '0\r\nDigest: x\r\n\r\n'
    assert.deepEqual(kinds(CHUNKED, trailers, '>HTTP/1.1 200 OK\r\n', POST), ['request', 'body', 'request'])
  })

  it('are over once the connection was handed to another protocol', () => {
    const upgrade =
      'GET /v1/realtime HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
    assert.deepEqual(kinds(upgrade, '>HTTP/1.1 101 Switching Protocols\r\n', POST), ['request', 'raw'])
  })

  it('are none in other protocols', () => {
    assert.deepEqual(kinds('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', POST), ['raw', 'raw'])
    assert.deepEqual(kinds('\u0016\u0003\u0001 bytes', POST), ['raw', 'raw'])
  })

  it('are found in a head that comes in pieces, and a head without end is passed on', () => {
    assert.deepEqual(kinds(POST.slice(0, 20), POST.slice(20)), ['nothing', 'request'])
    assert.deepEqual(kinds(`GET /${'a'.repeat(70_000)}`), ['raw'])
  })

  it('lose no byte, whatever is written', () => {
    const piece = fc.oneof(fc.constantFrom(POST, CHUNKED, 'hello', '0\r\n\r\n', 'GET /'), fc.string())
    fc.assert(
      fc.property(fc.array(piece), (written) => {
        const framing = new RequestFraming()
        let held = ''
        const out = written.map((text) => {
          const part = framing.take(bytes(text))
          if (part.kind === 'nothing') held += text
          if (part.kind === 'request') {
            const whole = held + text
            held = ''
            return whole.slice(0, whole.length - part.rest.length) + part.rest.toString('latin1')
          }
          if (part.kind === 'nothing') return ''
          held = ''
          return part.bytes.toString('latin1')
        })
        assert.equal(out.join('') + held, bytes(written.join('')).toString('latin1'))
      }),
    )
  })
})

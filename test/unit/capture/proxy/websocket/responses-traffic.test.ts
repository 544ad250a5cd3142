import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CopyRoom } from '../../../../../profiler-agent/capture/proxy/body-copy'
import {
  REALTIME_ENDINGS,
  RESPONSES_ENDINGS,
  ResponsesTraffic,
} from '../../../../../profiler-agent/capture/proxy/websocket/responses-traffic'
import type { SocketExchange } from '../../../../../profiler-agent/capture/proxy/websocket/traffic'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const text = (body: Uint8Array) => new TextDecoder().decode(body)
const at = (ms: number) => ({ startTime: 1_000_000 + ms, startedAt: ms })

/** A socket whose messages the test says; `order` holds each exchange as its replies' types, with its request's model. */
function socket(
  endings = RESPONSES_ENDINGS,
  maxCopyBytes = 1_000_000,
  copyRoom = new CopyRoom(1_000_000_000),
) {
  const finished: SocketExchange[] = []
  const begun: number[] = []
  const traffic = new ResponsesTraffic(
    { begun: (_key, startTime) => begun.push(startTime), finished: (_key, one) => finished.push(one) },
    { maxCopyBytes, copyRoom },
    endings,
  )
  let clock = 0
  return {
    traffic,
    finished,
    begun,
    client: (event: object) => traffic.fromClient(bytes(event), at(clock++)),
    server: (event: object) => traffic.fromServer(bytes(event), at(clock++)),
    end: (how: 'aborted' | 'truncated') => traffic.ended(how, at(clock++)),
    seen: () =>
      finished.map(({ requestBody, responseBody, end, status }) => ({
        model: requestBody.length > 0 ? JSON.parse(text(requestBody)).model : undefined,
        events: text(responseBody)
          .trimEnd()
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line).type),
        end,
        status,
      })),
  }
}

const create = (model: string, more: object = {}) => ({ type: 'response.create', model, ...more })
const created = (id: string, more: object = {}) => ({ type: 'response.created', response: { id }, ...more })
const delta = (more: object = {}) => ({ type: 'response.output_text.delta', delta: 'x', ...more })
const completed = (id: string, more: object = {}) => ({
  type: 'response.completed',
  response: { id },
  ...more,
})
const one = ['response.created', 'response.output_text.delta', 'response.completed']

describe('ResponsesTraffic', () => {
  it('makes one exchange of each response on a socket, timed from its own request', () => {
    const { client, server, finished, begun, seen, traffic } = socket()
    client(create('a'))
    for (const event of [created('r1'), delta(), completed('r1')]) server(event)
    assert.equal(traffic.isIdle, true)
    client(create('b'))
    for (const event of [created('r2'), delta(), completed('r2')]) server(event)
    assert.deepEqual(seen(), [
      { model: 'a', events: one, end: 'complete', status: 200 },
      { model: 'b', events: one, end: 'complete', status: 200 },
    ])
    assert.deepEqual(begun, [1_000_000, 1_000_004])
    assert.deepEqual(
      finished.map(({ startTime, firstByteMs, durationMs }) => ({ startTime, firstByteMs, durationMs })),
      [
        { startTime: 1_000_000, firstByteMs: 1, durationMs: 3 },
        { startTime: 1_000_004, firstByteMs: 1, durationMs: 3 },
      ],
    )
  })

  it('keeps multiplexed responses apart by their lane', () => {
    const { client, server, seen } = socket()
    client(create('a', { stream_id: 'A' }))
    client(create('b', { stream_id: 'B' }))
    server(created('r2', { stream_id: 'B' }))
    server(created('r1', { stream_id: 'A' }))
    server(delta({ stream_id: 'A' }))
    server(delta({ stream_id: 'B' }))
    server(completed('r2', { stream_id: 'B' }))
    server(completed('r1', { stream_id: 'A' }))
    assert.deepEqual(
      seen().map(({ model, events }) => ({ model, events })),
      [
        { model: 'b', events: one },
        { model: 'a', events: one },
      ],
    )
  })

  it('takes requests of one lane in their order, and replies by id where there are no lanes', () => {
    const { client, server, seen } = socket()
    client(create('a'))
    client(create('b'))
    server(created('r1'))
    server(created('r2'))
    server(completed('r2'))
    server(completed('r1'))
    assert.deepEqual(
      seen().map(({ model }) => model),
      ['b', 'a'],
    )
  })

  it('ends a refused response with the status that the provider gave', () => {
    const { client, server, seen } = socket()
    client(create('a', { stream_id: 'A' }))
    server({ type: 'error', status: 429, error: { code: 'rate_limit_exceeded' }, stream_id: 'A' })
    assert.deepEqual(seen(), [{ model: 'a', events: ['error'], end: 'complete', status: 429 }])
  })

  it('records an error that concerns no response by itself', () => {
    const { server, seen } = socket()
    server({ type: 'error', status: 400, error: { code: 'websocket_connection_limit_reached' } })
    assert.deepEqual(seen(), [{ model: undefined, events: ['error'], end: 'complete', status: 400 }])
  })

  it('cuts short what is open when the socket ends', () => {
    const { client, server, end, seen } = socket()
    client(create('a'))
    server(created('r1'))
    client(create('b'))
    end('truncated')
    assert.deepEqual(seen(), [
      { model: 'a', events: ['response.created'], end: 'truncated', status: 200 },
      { model: 'b', events: [], end: 'truncated', status: 200 },
    ])
  })

  it('begins a steered continuation with what steered it, and passes over events of no response', () => {
    const { client, server, seen } = socket()
    server({ type: 'codex.rate_limits' })
    client({ type: 'response.steer', previous_response_id: 'r1', input: 'go on', model: 'steer' })
    server({ type: 'response.steer.accepted' })
    server(created('r2'))
    server(completed('r2'))
    server({ type: 'response.steer.pending' })
    assert.deepEqual(
      seen().map(({ model, events }) => ({ model, events })),
      [{ model: 'steer', events: ['response.created', 'response.completed'] }],
    )
  })

  it('keeps a realtime response open over errors that are not its own', () => {
    const { client, server, seen } = socket(REALTIME_ENDINGS)
    server({ type: 'session.created' })
    client({ type: 'response.create', model: 'rt' })
    server(created('r1'))
    server({ type: 'error', error: { code: 'input_audio_buffer_commit_empty' } })
    server({ type: 'response.done', response: { id: 'r1' } })
    assert.deepEqual(
      seen().map(({ model, events }) => ({ model, events })),
      [{ model: 'rt', events: ['response.created', 'error', 'response.done'] }],
    )
  })

  it('makes one line of a message with line breaks, and says when a copy was cut', () => {
    const { traffic, finished } = socket(RESPONSES_ENDINGS, 60)
    traffic.fromClient(new TextEncoder().encode('{\r\n"type": "response.create"\n}'), at(0))
    traffic.fromServer(bytes(created('r1')), at(1))
    traffic.fromServer(bytes(completed('r1')), at(2))
    const [exchange] = finished
    assert.equal(text(exchange?.requestBody ?? bytes('')), '{  "type": "response.create" }\n')
    assert.equal(exchange?.copyTruncated, true)
    assert.equal(exchange?.responseBody.length, 60)
  })

  it('throws at no message', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array(),
            fc.json().map((json) => Buffer.from(json)),
          ),
        ),
        (messages) => {
          const { traffic } = socket()
          for (const message of messages) {
            traffic.fromClient(message, at(0))
            traffic.fromServer(message, at(1))
          }
          traffic.ended('aborted', at(2))
        },
      ),
    )
  })

  it('keeps no more than there is room for beside other calls, and says so', () => {
    const room = new CopyRoom(400)
    const { client, server, finished } = socket(RESPONSES_ENDINGS, 1_000_000, room)
    client(create('a', { input: 'x'.repeat(300) }))
    server(created('r1'))
    server(completed('r1'))
    const [exchange] = finished
    assert.deepEqual([exchange?.copyTruncated, exchange?.requestBody.length], [true, 200])
    assert.match(text(exchange?.responseBody ?? new Uint8Array()), /response\.completed/)
    assert.equal(room.take(400, 1), 400)
  })
})

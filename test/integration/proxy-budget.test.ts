// What a budget does to calls on the wire: refuses them in their own format, caps their output, and leaves all others alone.

import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Admission, CallGate, GatedCall } from '../../profiler-agent/model/call-gate'
import { type Script, text, useHarness } from '../support/proxy-harness'

const REFUSAL = {
  rule: 'budget/totalTokens',
  message: 'budget exceeded: support-agent may use 6,000 tokens, and 6,120 are used (budgets.jsonc:9).',
}

/** A gate that decides by a script, and keeps what it was asked. */
function scriptedGate(decide: (call: GatedCall) => Admission | Promise<Admission>) {
  const asked: GatedCall[] = []
  const gate: CallGate = {
    concerns: (_runId, { agent }) => agent === 'support-agent',
    admit: (call) => {
      asked.push(call)
      return decide(call)
    },
  }
  return { gate, asked }
}

/** The servers' ends of the connections that are made from now on. */
function serverConnections(): readonly Socket[] {
  const connections: Socket[] = []
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { readonly socket: Socket }
    connections.push(socket)
  })
  return connections
}

const echo: Script = (_req, res, body) => {
  res.writeHead(200, { 'content-type': 'application/json' })
  res.end(body)
}
const ASKED = { method: 'POST', headers: { 'x-costflame-agent': 'support-agent' } }
const CHAT = '/openai/v1/chat/completions'
const BODY = '{"model":"m","messages":[{"role":"user","content":"Wo ist mein Päckchen?"}]}'

describe('proxy with a budget', () => {
  const start = useHarness()

  it('refuses with 402 in the format of the call, and sends nothing up', async () => {
    const { gate, asked } = scriptedGate(() => ({ passes: false, refusal: REFUSAL }))
    const proxy = await start(echo, { gate })
    const answer = await proxy.send(CHAT, ASKED, BODY)
    assert.equal(answer.status, 402)
    assert.equal(answer.headers['x-should-retry'], 'false')
    assert.equal(answer.headers['x-costflame-budget'], 'exceeded')
    assert.deepEqual(JSON.parse(text(answer.body)), {
      error: { message: REFUSAL.message, type: 'insufficient_quota', param: null, code: 'budget_exceeded' },
    })
    assert.equal(proxy.received.length, 0)
    const [exchange] = await proxy.settled()
    assert.equal(exchange?.id, asked[0]?.id)
    assert.equal(exchange?.status, 402)
    assert.equal(exchange?.end, 'complete')
    assert.deepEqual(exchange?.budget, { stop: 'refused', ...REFUSAL })
    assert.equal(text(exchange?.requestBody), BODY)
  })

  it('asks once, with the whole request, and lets pass what the gate lets pass', async () => {
    let ended = 0
    const hold = { output: () => undefined, ended: () => void ended++ }
    const { gate, asked } = scriptedGate(async () => ({ passes: true, hold }))
    const proxy = await start(echo, { gate })
    const body = `{"max_tokens":300,${BODY.slice(1)}`
    assert.equal(text((await proxy.send(CHAT, ASKED, body)).body), body)
    await proxy.send(CHAT, { method: 'POST' }, body)
    await proxy.settled()
    assert.equal(asked.length, 1)
    assert.equal(ended, 1)
    const [call] = asked
    assert.deepEqual(
      [call?.model, call?.outputCap, call?.provider, call?.path, text(call?.body)],
      ['m', 300, 'openai', '/v1/chat/completions', body],
    )
  })

  it('lowers the cap of a request in its bytes, and says so in the record', async () => {
    const { gate } = scriptedGate(() => ({ passes: true, outputCap: 800 }))
    const proxy = await start(echo, { gate })
    await proxy.send(CHAT, ASKED, BODY)
    assert.equal(text(proxy.received[0]?.body), `{"max_completion_tokens":800,${BODY.slice(1)}`)
    const [exchange] = await proxy.settled()
    assert.equal(text(exchange?.requestBody), BODY)
    assert.deepEqual(exchange?.budget, { outputCap: 800 })
  })

  it('lets calls pass when the gate breaks, and says so once', async () => {
    const { gate } = scriptedGate(() => Promise.reject(new Error('broken gate')))
    const proxy = await start(echo, { gate })
    for (const _ of [1, 2]) assert.equal((await proxy.send(CHAT, ASKED, BODY)).status, 200)
    assert.equal(proxy.logged.filter((line) => line.includes('broken gate')).length, 1)
  })

  it('records a call whose client left while the gate was deciding', async () => {
    const decided = Promise.withResolvers<Admission>()
    const isAsked = Promise.withResolvers<void>()
    const { gate } = scriptedGate(() => {
      isAsked.resolve()
      return decided.promise
    })
    const proxy = await start(echo, { gate })
    const connections = serverConnections()
    const call = proxy.open(CHAT, ASKED)
    call.on('error', () => undefined).end(BODY)
    await isAsked.promise
    const [connection] = connections
    call.destroy()
    if (connection) await once(connection, 'close')
    decided.resolve({ passes: true })
    const [exchange] = await proxy.settled()
    assert.equal(exchange?.end, 'aborted')
    assert.equal(proxy.received.length, 0)
  })
})

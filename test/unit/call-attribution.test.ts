// Who makes a call, where several sources say so: which goes before which, and that no credential becomes a label.

import assert from 'node:assert/strict'
import { attributionOfCall } from '../../profiler-agent/call-attribution'
import { SecretMemory } from '../../profiler-agent/capture/redact'
import { readConfigFile } from '../../profiler-agent/config/config-file'
import type { Attribution } from '../../profiler-agent/model/exchange'
import { readExchange } from '../../profiler-agent/providers'
import { exchangeOf } from './providers/exchange'

interface Said {
  readonly own?: Attribution
  readonly headers?: Record<string, string>
  readonly body?: object
  readonly defaults?: Attribution
  readonly rules?: readonly object[]
  readonly secrets?: readonly string[]
}

function attributed({ own = {}, headers = {}, body = {}, defaults = {}, rules = [], secrets = [] }: Said) {
  const messages = [
    { role: 'system', content: 'You are the refund desk.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Where is my order?' },
        { type: 'text', text: 'It is late.' },
      ],
    },
    { role: 'assistant', content: 'Which one?' },
    { role: 'user', content: 'A refund, please.' },
  ]
  const request = { model: 'gpt-5-mini', messages, ...body }
  const exchange = exchangeOf({ request, requestHeaders: headers, attribution: own })
  const memory = new SecretMemory()
  memory.remember(secrets)
  const config = readConfigFile(JSON.stringify({ version: 1, rules }))
  assert.deepEqual(config.problems, [])
  return attributionOfCall(exchange, readExchange(exchange), defaults, {
    rules: config.rules,
    secrets: memory,
  })
}

const matching = (labels: object) => ({ match: { system: 'refund' }, ...labels })

describe('attributionOfCall', () => {
  it('takes each label from the strongest source that has it', () => {
    const sources: readonly Said[] = [
      { own: { session: 'own' } },
      { headers: { baggage: 'costflame.session=baggage' } },
      { headers: { 'helicone-session-id': 'helicone' } },
      { body: { metadata: { session_id: 'body' } } },
    ]
    const names = ['own', 'baggage', 'helicone', 'body']
    for (let first = 0; first < sources.length; first++) {
      const all = sources.slice(first)
      const said = Object.assign({}, ...all) as Said
      const headers = Object.assign({}, ...all.map((each) => each.headers)) as Record<string, string>
      assert.equal(attributed({ ...said, headers }).session, names[first])
    }
  })

  it('puts a rule that fits behind what is said to us and before what is said to others', () => {
    const rules = [matching({ agent: 'by rule', intent: 'by rule', tenant: 'by rule' })]
    const said = {
      own: { agent: 'own' },
      headers: { baggage: 'costflame.intent=baggage,tenant.id=other' },
      rules,
    }
    const { agent, intent, tenant } = attributed(said)
    assert.deepEqual([agent, intent, tenant], ['own', 'baggage', 'by rule'])
  })

  it('puts a rule that fits before what the run was started with, and one without a match behind it', () => {
    const defaults = { agent: 'by flag', intent: 'by flag' }
    const rules = [matching({ intent: 'by rule' }), { agent: 'fallback', tenant: 'fallback' }]
    // What the run was started with is added by the tree.
    assert.deepEqual(attributed({ defaults, rules }), { intent: 'by rule', tenant: 'fallback' })
  })

  it('says where a rule names the agent, and not the program', () => {
    const rules = [matching({ agent: 'by rule' })]
    assert.deepEqual(attributed({ rules }), { agent: 'by rule', agentByRule: true })
    assert.deepEqual(attributed({ rules, own: { agent: 'own' } }), { agent: 'own' })
    assert.deepEqual(attributed({ rules: [{ agent: 'fallback' }] }), { agent: 'fallback', agentByRule: true })
    assert.deepEqual(attributed({ rules: [{ agent: 'fallback' }], defaults: { agent: 'by flag' } }), {})
    const headers = { 'helicone-property-agent': 'other' }
    assert.equal(attributed({ rules: [{ agent: 'fallback' }], headers }).agentByRule, undefined)
  })

  it('hands rules the first message of the user, all of it, and no other', () => {
    const byUser = (user: string) => attributed({ rules: [{ match: { user }, intent: 'yes' }] }).intent
    assert.deepEqual(
      [byUser('my order'), byUser('late'), byUser('a refund'), byUser('desk')],
      ['yes', 'yes', undefined, undefined],
    )
  })

  it('hands rules the model and the path of the call', () => {
    const rules = [{ match: { model: 'gpt-5-mini', path: '/v1/chat/completions' }, step: 'chat' }]
    assert.equal(attributed({ rules }).step, 'chat')
  })

  it('takes the end user for the tenant only where nothing names one', () => {
    const body = { user: 'u-1' }
    assert.deepEqual(attributed({ body }), { tenant: 'u-1', tags: { user: 'u-1' } })
    assert.deepEqual(attributed({ body, defaults: { tenant: 'acme' } }), { tags: { user: 'u-1' } })
    assert.equal(attributed({ body, headers: { baggage: 'tenant.id=acme' } }).tenant, 'acme')
    assert.equal(attributed({ body, rules: [{ tenant: 'in-house' }] }).tenant, 'in-house')
  })

  it('keeps an id with its name', () => {
    const { agent, agentId } = attributed({
      own: { agent: 'own' },
      rules: [matching({ agent: 'by rule' })],
    })
    assert.deepEqual([agent, agentId], ['own', undefined])
  })

  it('joins the tags of all sources, bounded, and says what it left out', () => {
    const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`m${index}`, 'x']))
    const { tags = {}, ignored } = attributed({
      own: { tags: { team: 'blue', m0: 'own' } },
      body: { metadata },
    })
    assert.equal(Object.keys(tags).length, 32)
    assert.deepEqual([tags.team, tags.m0], ['blue', 'own'])
    assert.deepEqual(ignored, ['8 tags over 32', '1 tags over 32'])
  })

  it('masks credentials, known ones and those that look like one', () => {
    const key = 'sk-canary-0123456789abcdefghij'
    const { session, tags, tenant } = attributed({
      headers: { 'helicone-session-id': 'hunter2hunter2', 'helicone-property-note': `uses ${key}` },
      body: { user: key },
      secrets: ['hunter2hunter2'],
    })
    assert.equal(session, '‹redacted›')
    assert.equal(tenant, '‹redacted›')
    assert.deepEqual(tags, { note: 'uses ‹redacted›', user: '‹redacted›' })
  })

  it('finds the trace of the call', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    assert.equal(attributed({ headers: { traceparent } }).traceId, '0af7651916cd43dd8448eb211c80319c')
  })
})

// Headers that people send for others: what of them is a label of the call, whatever their state.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { foreignAttribution } from '../../../profiler-agent/capture/foreign-headers'
import { traceIdOf } from '../../../profiler-agent/capture/trace-parent'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const other = (headers: Record<string, string>) => foreignAttribution(headers).other

describe('foreign headers', () => {
  describe('traceparent', () => {
    const valid = `00-${TRACE}-b7ad6b7169203331-01`
    for (const [header, says] of [
      [valid, TRACE],
      [` ${valid} `, TRACE],
      [`00-${TRACE}-b7ad6b7169203331-ff`, TRACE],
      [`01-${TRACE}-b7ad6b7169203331-01`, TRACE],
      [`cc-${TRACE}-b7ad6b7169203331-01-what-comes-later`, TRACE],
      [`00-${TRACE}-b7ad6b7169203331-01-more`, undefined],
      [`cc-${TRACE}-b7ad6b7169203331-01.more`, undefined],
      [`ff-${TRACE}-b7ad6b7169203331-01`, undefined],
      [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`, undefined],
      [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
      [`00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`, undefined],
      [`00-${TRACE.slice(1)}-b7ad6b7169203331-01`, undefined],
      [`${valid}, ${valid}`, undefined],
      ['garbage', undefined],
      ['', undefined],
    ] as const)
      it(`${says ? 'reads' : 'refuses'} ${JSON.stringify(header)}`, () => {
        assert.equal(traceIdOf(header), says)
      })

    it('is named where it cannot be read, and another trace id counts', () => {
      assert.deepEqual(other({ traceparent: 'garbage', 'x-portkey-trace-id': 'order 66' }), {
        traceId: 'order 66',
        ignored: ['traceparent: not valid'],
      })
    })
  })

  describe('baggage', () => {
    it('says in words of ours what the caller means for us', () => {
      const { own } = foreignAttribution({
        baggage:
          'costflame.agent=desk,costflame.agent-version=2.0,costflame.intent=refund%20request;p=1,' +
          'costflame.tenant=acme,costflame.session=s-1,costflame.step=plan,costflame.tag.Team=blue',
      })
      assert.deepEqual(own, {
        agent: 'desk',
        agentVersion: '2.0',
        intent: 'refund request',
        tenant: 'acme',
        session: 's-1',
        step: 'plan',
        tags: { team: 'blue' },
      })
    })

    it('reads the keys that everybody uses and leaves the others alone', () => {
      assert.deepEqual(
        other({
          baggage:
            'gen_ai.agent.name=planner , gen_ai.conversation.id=c-9,user.id=u-1,tenantId=acme,sentry-release=7,region=eu',
        }),
        { agent: 'planner', session: 'c-9', tenant: 'acme', tags: { user: 'u-1' } },
      )
      assert.deepEqual(other({ baggage: 'sentry-trace_id=1,sentry-environment=production' }), {})
    })

    it('takes the later of two members with one key, and what is no percent-encoding as it stands', () => {
      assert.deepEqual(other({ baggage: 'session.id=a,session.id=100%' }), { session: '100%' })
    })

    it('lets broken members go', () => {
      assert.deepEqual(other({ baggage: ',,=x,novalue,session.id=,tenant.id=%0a,user.id=u' }), {
        tags: { user: 'u' },
        ignored: ['baggage: 2 unusable'],
      })
    })

    it('reads 100 KB up to a whole member, and says that it was too long', () => {
      const filler = Array.from({ length: 4000 }, (_, index) => `filler.number=${index}-${'x'.repeat(9)}`)
      const baggage = ['session.id=first', ...filler, 'tenant.id=never-read'].join(',')
      assert.ok(baggage.length > 100_000)
      const { own, other: common } = foreignAttribution({ baggage })
      assert.deepEqual(common, { session: 'first' })
      assert.deepEqual(own, { ignored: [`baggage: ${baggage.length} bytes`] })
    })
  })

  it('reads what people send to Helicone', () => {
    assert.deepEqual(
      other({
        'helicone-session-id': 'c3f1',
        'helicone-session-path': '/booking/flight/search',
        'helicone-session-name': 'Trip planning',
        'helicone-user-id': 'u-7',
        'helicone-property-environment': 'staging',
        'helicone-property-tenant': 'acme',
        'helicone-auth': '‹redacted›',
      }),
      {
        session: 'c3f1',
        step: 'booking/flight/search',
        tenant: 'acme',
        tags: { environment: 'staging', tenant: 'acme', 'session-name': 'Trip planning', user: 'u-7' },
      },
    )
  })

  it('reads what people send to Portkey', () => {
    assert.deepEqual(
      other({
        'x-portkey-metadata':
          '{"_user": "u-7", "_organisation": "acme", "feature": "chat", "retries": 2, "nested": {"a": 1}, "Cost Centre": "42"}',
      }),
      {
        tenant: 'acme',
        tags: { user: 'u-7', organisation: 'acme', feature: 'chat', retries: '2', 'cost-centre': '42' },
      },
    )
    for (const broken of ['{', '[]', '"text"', 'null', `{"a": "${'x'.repeat(70_000)}"}`])
      assert.deepEqual(other({ 'x-portkey-metadata': broken }), {
        ignored: ['x-portkey-metadata: no JSON object'],
      })
  })

  it('knows sessions of other tools, and the title that OpenRouter shows', () => {
    assert.deepEqual(other({ 'x-claude-code-session-id': 'cc-1', 'x-session-id': 'x-1' }), {
      session: 'cc-1',
    })
    assert.deepEqual(other({ 'x-title': 'Trip app', 'http-referer': 'https://trips.example' }), {
      tags: { app: 'Trip app' },
    })
  })

  it('never throws, whatever stands in them', () => {
    const name = fc.constantFrom(
      ...['baggage', 'traceparent', 'helicone-session-path', 'helicone-property-a b', 'x-portkey-metadata'],
    )
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.stringMatching(/^[a-z.=,;% 0-9]*$/))
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        const { own, other: common } = foreignAttribution(headers)
        for (const text of [...Object.values(own), ...Object.values(common)])
          if (typeof text === 'string') assert.ok(text.length <= 256 && text.isWellFormed())
      }),
    )
  })
})

// Where a request goes, who may send it, and what it says about itself.

import assert from 'node:assert/strict'
import { guardedLookup, isForbiddenHost } from '../../../../profiler-agent/capture/proxy/forbidden-address'
import { hasToken, refusalFor, sameToken } from '../../../../profiler-agent/capture/proxy/refusal'
import { routeOf } from '../../../../profiler-agent/capture/proxy/routing'

const UPSTREAMS = { openai: 'http://127.0.0.1:9000', azure: 'https://res.openai.azure.com/prefix/' }

function target(url: string, headers: Record<string, string> = {}): string {
  const routing = routeOf(url, headers, UPSTREAMS)
  if ('problem' in routing) return `${routing.problem.status} ${routing.problem.code}`
  const { provider, origin, path, runId, isForeign } = routing.route
  return [provider, origin + path, runId, isForeign ? 'foreign' : undefined].filter(Boolean).join(' ')
}

describe('routeOf', () => {
  it('sends what follows the provider on as it is', () => {
    assert.equal(
      target('/openai/v1/a%2Fb/../c//d?x=%20&y'),
      'openai http://127.0.0.1:9000/v1/a%2Fb/../c//d?x=%20&y',
    )
    assert.equal(target('/groq/openai/v1/x'), 'groq https://api.groq.com/openai/v1/x')
    assert.equal(target('/openai'), 'openai http://127.0.0.1:9000/')
    assert.equal(target('/openai?x'), 'openai http://127.0.0.1:9000/?x')
  })

  it("keeps to a run's own upstreams, whichever way the run is named", () => {
    const ofRun = (runId: string) => (runId === 'r1' ? { openai: 'https://gateway.example' } : undefined)
    const originOf = (url: string, headers = {}) => {
      const routing = routeOf(url, headers, UPSTREAMS, ofRun)
      return 'route' in routing ? routing.route.origin : undefined
    }
    assert.equal(originOf('/r/r1/openai/v1/x'), 'https://gateway.example')
    assert.equal(originOf('/openai/v1/x', { 'x-costflame-run': 'r1' }), 'https://gateway.example')
    assert.equal(originOf('/r/r2/openai/v1/x'), 'http://127.0.0.1:9000')
    assert.equal(originOf('/openai/v1/x'), 'http://127.0.0.1:9000')
  })

  it('puts the path of a set upstream in front', () => {
    assert.equal(target('/azure/openai/x'), 'azure https://res.openai.azure.com/prefix/openai/x')
  })

  it('takes Anthropic messages with and without the version', () => {
    const origin = 'https://api.anthropic.com'
    assert.equal(target('/anthropic/v1/messages'), `anthropic ${origin}/v1/messages`)
    assert.equal(target('/anthropic/messages'), `anthropic ${origin}/v1/messages`)
    assert.equal(
      target('/anthropic/messages/count_tokens?a=1'),
      `anthropic ${origin}/v1/messages/count_tokens?a=1`,
    )
    assert.equal(target('/anthropic/messages?beta=true'), `anthropic ${origin}/v1/messages?beta=true`)
    assert.equal(target('/anthropic/messagesx'), `anthropic ${origin}/messagesx`)
  })

  it('goes to the Vertex host of the location in the path', () => {
    const host = (location: string) =>
      target(`/vertex/v1/projects/p/locations/${location}/publishers/x`).split('/')[2]
    assert.equal(host('europe-west4'), 'europe-west4-aiplatform.googleapis.com')
    assert.equal(host('global'), 'aiplatform.googleapis.com')
    assert.equal(host('us'), 'aiplatform.us.rep.googleapis.com')
    assert.equal(
      target('/vertex/v1beta1/publishers/google/models/m:x').split('/')[2],
      'aiplatform.googleapis.com',
    )
    assert.equal(target('/vertex/v1/projects/p/locations/evil.example%2f/x'), '404 no_upstream')
  })

  it('says what to set where the upstream depends on the account', () => {
    const help = (provider: string) => {
      const routing = routeOf(`/${provider}/v1/x`, {}, {})
      return 'problem' in routing ? routing.problem.message : ''
    }
    assert.match(help('azure'), /AZURE_OPENAI_ENDPOINT.*--upstream azure=/)
    assert.match(help('bedrock'), /AWS_REGION.*AWS_BEARER_TOKEN_BEDROCK.*--upstream bedrock=/)
    assert.match(help('vertex'), /locations.*--upstream vertex=/)
  })

  it('reads the run from the path, and from the header before that', () => {
    assert.equal(target('/r/run-1/openai/v1'), 'openai http://127.0.0.1:9000/v1 run-1')
    assert.equal(
      target('/r/run-1/openai/v1', { 'x-costflame-run': 'own' }),
      'openai http://127.0.0.1:9000/v1 own',
    )
    assert.equal(target('/openai/v1', { 'x-costflame-run': 'bad run' }), 'openai http://127.0.0.1:9000/v1')
    assert.equal(target(`/r/${'x'.repeat(65)}/openai/v1`), '400 bad_run_id')
  })

  it('goes to a named host, as the provider whose host it is', () => {
    assert.equal(
      target('/openai/@llm.example/v1/x?y'),
      'custom:llm.example https://llm.example/v1/x?y foreign',
    )
    assert.equal(target('/x/@127.0.0.1:81/v1'), 'custom:127.0.0.1:81 http://127.0.0.1:81/v1 foreign')
    const to = (upstream: string) => target('/openai/v1', { 'x-costflame-upstream': upstream })
    assert.equal(to('https://api.mistral.ai'), 'mistral https://api.mistral.ai/v1 foreign')
    assert.equal(to('https://other.openai.azure.com'), 'azure https://other.openai.azure.com/v1 foreign')
    assert.equal(
      to('http://gw.example:8080/base/'),
      'custom:gw.example:8080 http://gw.example:8080/base/v1 foreign',
    )
  })

  it('says what is wrong with a request that goes nowhere', () => {
    assert.equal(target('/nobody/v1'), '404 unknown_provider')
    assert.equal(target('/__proto__/v1'), '404 unknown_provider')
    assert.equal(target('/constructor/v1'), '404 unknown_provider')
    assert.equal(target('/'), '404 unknown_provider')
    assert.equal(target('/bedrock/model/x/converse'), '404 no_upstream')
    assert.equal(target('http://api.openai.com/v1'), '400 not_a_base_url')
    for (const upstream of ['ftp://x', 'x', 'https://u:p@host', 'https://h/?a=1'])
      assert.equal(target('/openai/v1', { 'x-costflame-upstream': upstream }), '400 bad_upstream')
    assert.equal(target('/openai/@u:p@host/v1'), '400 bad_upstream')
  })

  it('never goes to link-local or metadata addresses, however they are written', () => {
    for (const host of [
      '169.254.169.254',
      '2852039166',
      '0xA9FEA9FE',
      '[fe80::1]',
      '[2001:0:a9fe:a9fe::]',
      '[::ffff:169.254.1.1]',
      '100.100.100.200',
    ])
      assert.equal(target(`/openai/@${host}/latest`), '403 forbidden_upstream', host)
    assert.equal(target('/openai/@metadata.google.internal/x'), '403 forbidden_upstream')
    assert.equal(target('/openai/@METADATA.google.internal./x'), '403 forbidden_upstream')
    assert.equal(isForbiddenHost('fd00:ec2::254'), true)
    assert.equal(isForbiddenHost('169.253.0.1'), false)
    assert.equal(isForbiddenHost('api.openai.com'), false)
  })
})

describe('guardedLookup', () => {
  const lookedUp = (host: string) =>
    new Promise<string>((resolve) => {
      guardedLookup(host, { all: true }, (error, found) =>
        resolve(error ? error.message : JSON.stringify(found)),
      )
    })

  it('fails where a name leads to a forbidden address, and only there', async () => {
    assert.equal(
      await lookedUp('169.254.169.254'),
      '169.254.169.254 (169.254.169.254) is a link-local or cloud metadata address',
    )
    assert.equal(await lookedUp('127.0.0.1'), '[{"address":"127.0.0.1","family":4}]')
  })
})

describe('refusalFor', () => {
  const place = { port: 4000, host: '127.0.0.1' }
  const status = (headers: Record<string, string>, at: Parameters<typeof refusalFor>[1] = place) =>
    refusalFor(headers, at)?.status

  it('lets its own loopback names pass', () => {
    for (const host of ['127.0.0.1:4000', 'localhost:4000', 'LOCALHOST:4000', '[::1]:4000'])
      assert.equal(status({ host }), undefined)
    assert.equal(status({ host: 'localhost' }, { port: 80, host: 'localhost' }), undefined)
  })

  it('refuses other names, other ports and none', () => {
    for (const host of [
      'evil.example:4000',
      '127.0.0.1:4001',
      '127.0.0.1',
      '127.0.0.1.evil.example:4000',
      '',
      '10.0.0.1:4000',
    ])
      assert.equal(status({ host }), 403, host)
    assert.equal(status({}), 403)
  })

  it('takes the name that --host gave, and any literal address on a wildcard', () => {
    assert.equal(status({ host: 'box.lan:4000' }, { port: 4000, host: 'box.lan' }), undefined)
    assert.equal(status({ host: '[fd00::5]:4000' }, { port: 4000, host: 'fd00::5' }), undefined)
    assert.equal(status({ host: '10.0.0.1:4000' }, { port: 4000, host: '0.0.0.0' }), undefined)
    assert.equal(status({ host: 'evil.example:4000' }, { port: 4000, host: '0.0.0.0' }), 403)
  })

  it('refuses web pages unless the user allows their origin', () => {
    const host = '127.0.0.1:4000'
    assert.equal(status({ host, origin: 'https://a.example' }), 403)
    assert.equal(status({ host, origin: 'null' }), 403)
    assert.equal(status({ host, 'sec-fetch-site': 'cross-site' }), 403)
    const allowed = { ...place, allowedOrigins: ['https://a.example'] }
    assert.equal(
      status({ host, origin: 'https://a.example', 'sec-fetch-site': 'cross-site' }, allowed),
      undefined,
    )
    assert.equal(status({ host, origin: 'https://b.example' }, allowed), 403)
  })

  it('compares tokens whole', () => {
    assert.equal(sameToken('secret', 'secret'), true)
    for (const given of ['', 'secre', 'secret2', 'SECRET', 'sécret'])
      assert.equal(sameToken(given, 'secret'), false)
    assert.equal(sameToken('', ''), false)
    assert.equal(hasToken({ 'x-costflame-token': 'secret' }, 'secret'), true)
    assert.equal(hasToken({}, 'secret'), false)
  })
})

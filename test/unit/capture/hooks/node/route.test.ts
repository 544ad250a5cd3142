// Where requests go: hosts of models by their names, paths, and what the user set for them.

import assert from 'node:assert/strict'
import { ModelHosts } from '../../../../../profiler-agent/capture/hooks/node/model-hosts'
import {
  headBytes,
  parseHead,
  withHeaders,
} from '../../../../../profiler-agent/capture/hooks/node/request-head'
import { routeToProvider, routeToProxy } from '../../../../../profiler-agent/capture/hooks/node/route'
import { readSettings, type Settings } from '../../../../../profiler-agent/capture/hooks/node/settings'

const PROXY = 'http://127.0.0.1:4100'

function settings(upstreams: Readonly<Record<string, string>> = {}, variables = ''): Settings {
  const found = readSettings({
    COSTFLAME_PROXY: PROXY,
    COSTFLAME_TOKEN: 'secret',
    COSTFLAME_UPSTREAMS: JSON.stringify(upstreams),
    COSTFLAME_VARIABLE_UPSTREAMS: variables,
  })
  assert.ok(found)
  return found
}

function headFor(url: URL) {
  const head = parseHead(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nX-Goog-Api-Key: k`,
  )
  assert.ok(head)
  return head
}

/** `path` or `path via upstream` at the proxy; `direct` for what is no model call, `none` for a host that is none of ours. */
function proxied(url: string, upstreams?: Readonly<Record<string, string>>, variables?: string): string {
  const given = settings(upstreams, variables)
  const hosts = new ModelHosts(given)
  const at = new URL(url)
  const host = hosts.of(at.origin)
  if (host === undefined) return 'none'
  const { proxied: head } = routeToProvider(headFor(at), host, hosts, given)
  if (head === undefined) return 'direct'
  const upstream = head.lines.find((line) => line.startsWith('x-costflame-upstream: '))
  assert.equal(head.lines[0], 'Host: 127.0.0.1:4100')
  assert.equal(head.lines.includes('x-costflame-token: secret'), upstream !== undefined)
  return upstream === undefined ? head.target : `${head.target} via ${upstream.slice(22)}`
}

describe('requests to hosts of models', () => {
  it('go to the provider’s place at the proxy', () => {
    assert.equal(proxied('https://api.openai.com/v1/responses'), '/openai/v1/responses')
    assert.equal(
      proxied('https://generativelanguage.googleapis.com/v1beta/models/g:generateContent?key=a%20b'),
      '/google/v1beta/models/g:generateContent?key=a%20b',
    )
    assert.equal(proxied('http://127.0.0.1:11434/api/chat'), '/ollama/api/chat')
  })

  it('name the host where there are many', () => {
    for (const [url, provider] of [
      ['https://res.openai.azure.com/openai/deployments/d/chat/completions?api-version=1', 'azure'],
      [
        'https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/g/models/m:predict',
        'vertex',
      ],
      ['https://eu.api.openai.com/v1/responses', 'openai'],
      ['http://localhost:11434/api/chat', 'ollama'],
    ] as const) {
      const { origin, pathname, search } = new URL(url)
      assert.equal(proxied(url), `/${provider}${pathname}${search} via ${origin}`)
    }
  })

  it('follow what the user named in place of a provider', () => {
    const simulator = 'http://127.0.0.1:9000'
    assert.equal(
      proxied('https://api.mistral.ai/v1/x', { mistral: 'https://gateway.example' }),
      '/mistral/v1/x',
    )
    assert.equal(proxied('https://r.openai.azure.com/openai/x', { azure: simulator }), '/azure/openai/x')
    assert.equal(
      proxied('https://r.openai.azure.com/openai/x', { azure: 'https://other.openai.azure.com' }),
      '/azure/openai/x via https://r.openai.azure.com',
    )
  })

  it('do not follow a variable that their client does not read', () => {
    const gateway = { openai: 'https://gateway.example' }
    assert.equal(
      proxied('https://api.openai.com/v1/x', gateway, 'openai'),
      '/openai/v1/x via https://api.openai.com',
    )
    assert.equal(
      proxied('https://gateway.example/v1/chat/completions', gateway, 'openai'),
      '/openai/v1/chat/completions via https://gateway.example',
    )
  })

  it('go straight where the path is no model’s', () => {
    assert.equal(
      proxied('https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/datasets'),
      'direct',
    )
    assert.equal(proxied('https://r.cognitiveservices.azure.com/vision/v3/analyze'), 'direct')
    assert.equal(proxied('https://openrouter.ai/docs'), 'direct')
    assert.equal(proxied('https://gateway.example/users', { openai: 'https://gateway.example' }), 'direct')
  })

  it('are left alone at all other hosts, and where a signature holds for the host', () => {
    for (const url of [
      'https://storage.googleapis.com/x',
      'https://api.openai.com.evil.example/v1/x',
      'http://api.openai.com/v1/x',
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
      'http://127.0.0.1:3000/v1/chat/completions',
    ])
      assert.equal(proxied(url), 'none', url)
  })
})

describe('the same request without the profiler', () => {
  it('is what the program wrote, without what only the profiler is told', () => {
    const given = settings()
    const hosts = new ModelHosts(given)
    const host = hosts.of('https://api.x.ai')
    const text = 'POST /v1/x HTTP/1.1\r\nhOST: api.x.ai\r\nX-Costflame-Agent: a\r\nB: 1\r\nB: 2'
    const head = parseHead(text)
    assert.ok(head && host)
    const { direct } = routeToProvider(head, host, hosts, given)
    assert.equal(direct?.origin, 'https://api.x.ai')
    assert.equal(
      direct && String(headBytes(direct.head)),
      'POST /v1/x HTTP/1.1\r\nhOST: api.x.ai\r\nB: 1\r\nB: 2\r\n\r\n',
    )
  })

  it('goes where the proxy would have sent it', () => {
    const head = headFor(new URL(`${PROXY}/r/run-1/anthropic/messages?a=1`))
    const { direct } = routeToProxy(head, settings({ anthropic: 'https://gateway.example/team' }))
    assert.deepEqual(
      [direct?.origin, direct?.head.target, direct?.head.lines[0]],
      ['https://gateway.example', '/team/v1/messages?a=1', 'Host: gateway.example'],
    )
    assert.equal(routeToProxy(headFor(new URL(`${PROXY}/bedrock/model/x`)), settings()).direct, undefined)
  })
})

describe('the head of a request', () => {
  it('gets more headers at its end, but for those that it has and those that are none', () => {
    const head = parseHead('GET / HTTP/1.1\r\nX-Costflame-Agent: mine')
    assert.ok(head)
    const more = withHeaders(head, [
      ['x-costflame-agent', 'other'],
      ['x-costflame-run', 'r-1'],
      ['x-costflame-step', 'a\r\nevil: 1'],
    ])
    assert.deepEqual(more.lines, ['X-Costflame-Agent: mine', 'x-costflame-run: r-1'])
  })
})

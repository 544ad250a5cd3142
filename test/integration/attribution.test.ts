// Labels of calls, from everything that says them to the reports and selectors that ask for them; and what becomes of headers in any state.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Report } from '../../profiler-agent/formats/report'
import type { Span } from '../../profiler-agent/model/span'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { Playground } from '../support/costflame'
import { skip } from '../support/skip'
import { until } from '../support/until'

/** One call to the model server for each argument, with whatever headers the environment says. */
const AGENT = `
for (const prompt of process.argv.slice(2)) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...JSON.parse(process.env.HEADERS ?? '{}') },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [
      { role: 'system', content: 'You are the refund desk.' }, { role: 'user', content: prompt } ] }),
  })
  console.log(response.status, (await response.text()).length > 0)
}
`

describe('attribution', () => {
  let playground: Playground
  let simulator: Simulator
  let environment: Record<string, string>
  beforeEach(async () => {
    playground = new Playground({ 'agent.mjs': AGENT })
    simulator = await startSimulator({ port: 0, countTokens: (text) => text.split(/\s+/).length })
    environment = { OPENAI_BASE_URL: `${simulator.url}/v1`, OPENAI_API_KEY: 'sk-none-0123456789abcdef' }
  })
  afterEach(async () => {
    await playground.remove()
    await simulator.close()
  })

  async function profile(flags: readonly string[], prompts: readonly string[] = ['hello'], more = {}) {
    const command = ['run', ...flags, '--', 'node', 'agent.mjs', ...prompts]
    const { code, stderr } = await playground.run(command, { ...environment, ...more })
    assert.equal(code, 0, stderr)
  }
  const calls = async (run = 'latest') =>
    (await playground.exported(run)).flatMap(({ spans }) => spans.filter(({ modelCall }) => modelCall))
  async function report(...args: readonly string[]): Promise<Report> {
    const { code, stdout, stderr } = await playground.run(['report', '--json', ...args])
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout) as Report
  }

  describe('of a run', () => {
    it('reaches every call, every report and every selector', async () => {
      const desk = ['--agent', 'desk', '--agent-version', '2.0', '--intent', 'refund', '--tenant', 'acme']
      await profile([...desk, '--tag', 'Team=blue', '--tag', 'stage=test', '--tag', 'stage=prod'], ['a', 'b'])
      await profile(['--agent', 'writer', '--agent-version', '1'])
      const [first, ...more] = await calls('agent=desk')
      assert.equal(more.length, 1)
      assert.deepEqual(
        [first?.agent, first?.agentVersion, first?.intent, first?.tenant, first?.tags],
        ['desk', '2.0', 'refund', 'acme', { team: 'blue', stage: 'prod' }],
      )
      const keys = { agent: 'desk', version: '2.0', intent: 'refund', tenant: 'acme', 'tag.team': 'blue' }
      for (const [key, value] of Object.entries(keys)) {
        const { rows, totals } = await report('--by', key)
        const row = rows.find((each) => each.key[key] === value)
        assert.equal(row?.calls, 2, key)
        assert.equal(totals.calls, 3)
        assert.equal((await report('--run', `${key}=${value}`)).totals.calls, 2, key)
        for (const command of [
          ['findings', '--run'],
          ['runs', 'list'],
        ]) {
          const { code, stderr } = await playground.run([...command, `${key}=${value}`])
          assert.equal(code, 0, stderr)
        }
      }
      assert.equal((await report('--run', 'agent=desk,tag.stage=prod,since=1h')).totals.calls, 2)
      const { rows, totals } = await report('--by', 'week,intent')
      assert.ok(rows.every(({ key }) => /^\d{4}-W\d{2}$/.test(key.week ?? '')))
      assert.deepEqual(new Set(rows.map(({ key }) => key.intent)), new Set(['refund', null]))
      const costs = rows.map(({ cost }) => cost?.picoUsd ?? 0)
      assert.equal(
        costs.reduce((sum, cost) => sum + cost, 0),
        totals.cost?.picoUsd,
      )
    })

    it('says what it cannot do with a flag or a selector', async () => {
      const wrong: readonly [args: readonly string[], why: RegExp][] = [
        [
          ['run', '--tag', 'nightly', '--', 'node', 'agent.mjs'],
          /--tag nightly: write it as --tag name=value/,
        ],
        [['run', '--tag', 'a b=c', '--', 'node', 'agent.mjs'], /--tag a b=c: write it as/],
        [['run', '--agent', 'a\nb', '--', 'node', 'agent.mjs'], /--agent "a\\nb": it needs a plain text/],
        [['report', '--by', 'agent,agent'], /a key stands there twice/],
        [['report', '--by', 'colour'], /unknown key "colour"/],
        [['report', '--by', 'tag.'], /unknown key "tag\."/],
        [['report', '--run', 'colour=red'], /unknown key "colour" in RUNS/],
        [['report', '--run', 'agent='], /"agent=" in RUNS: write it as key=value/],
        [['report', '--run', 'since=soon'], /"soon" is not a date/],
      ]
      for (const [args, why] of wrong) {
        const { code, stderr } = await playground.run(args)
        assert.deepEqual([code, why.test(stderr)], [2, true], `${args.join(' ')}: ${stderr}`)
      }
    })

    it('takes version and labels from OpenTelemetry where no flag says them', async () => {
      const attributes = 'service.name=x,service.version=3.1.4,tenant.id=acme,costflame.tag.team=blue'
      await profile(['--tenant', 'flag'], ['a'], { OTEL_RESOURCE_ATTRIBUTES: attributes })
      const [call] = await calls()
      assert.deepEqual([call?.agentVersion, call?.tenant, call?.tags], ['3.1.4', 'flag', { team: 'blue' }])
    })

    it('takes the commit for the version, and says whether something was changed', async function () {
      const git = (...args: readonly string[]) => {
        const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com']
        const { status, stdout } = spawnSync('git', [...who, ...args], {
          cwd: playground.path,
          encoding: 'utf8',
        })
        return status === 0 ? stdout.trim() : undefined
      }
      if (git('init', '-q') === undefined) skip(this, 'git is not installed')
      git('add', 'agent.mjs')
      git('commit', '-q', '-m', 'first')
      const commit = git('rev-parse', 'HEAD') ?? assert.fail('no commit')
      const short = commit.slice(0, 8)
      const versionOf = async (flags: readonly string[] = []) => {
        await profile(flags)
        const [run] = await playground.exported()
        assert.equal(run?.gitCommit, commit)
        return new Set(
          run?.spans.filter(({ kind }) => kind !== 'run').map(({ agentVersion }) => agentVersion),
        )
      }
      assert.deepEqual(await versionOf(), new Set([short]))
      playground.write({ 'new.mjs': 'export {}' })
      assert.deepEqual(await versionOf(), new Set([`${short}-dirty`]))
      assert.deepEqual(await versionOf(['--agent-version', '7']), new Set(['7']))
      assert.equal((await report('--run', `version=${short}-dirty`)).totals.calls, 1)
      assert.equal((await report('--run', `commit=${short}`)).totals.calls, 3)
    })
  })

  describe('by rules', () => {
    const rules = (content: string) => `{
      "version": 1, ${content}
      "rules": [
        { "match": { "system": "REFUND desk", "user": { "regex": "where is my (order|parcel)" } },
          "agent": "desk", "intent": "order-status", "tags": { "team": "care" } },
        { "match": { "model": "gpt-5" }, "agent": "other desk" },
        { "tenant": "in-house" },
        { "match": { "systm": "x" }, "agent": "never" }
      ]
    }`

    for (const content of ['', '"content": "hashes",'])
      it(`labels calls as they come ${content ? 'though no text is kept' : 'and says what is wrong in them'}`, async () => {
        playground.write({ '.costflame/config.jsonc': rules(content) })
        await profile([], ['Where is my ORDER?', 'Write a poem'])
        const labels = ({ agent, intent, tenant, tags }: Span) => [agent, intent, tenant, tags]
        assert.deepEqual((await calls()).map(labels), [
          ['desk', 'order-status', 'in-house', { team: 'care' }],
          ['other desk', undefined, 'in-house', undefined],
        ])
        const { stdout } = await playground.run(['findings'])
        assert.match(stdout, /config\.jsonc:\d+:\d+: .*profiler\/config-file/)
        assert.match(stdout, /unknown key "systm"/)
      })

    it('count for clients of a profiler that has no run', async () => {
      playground.write({ '.costflame/config.jsonc': rules('') })
      const { child, ready, ended } = await playground.serve('--upstream', `openai=${simulator.url}`)
      const messages = [{ role: 'user', content: 'hi' }]
      const send = () =>
        fetch(`${ready.proxy}/openai/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-costflame-tag-caller': 'curl' },
          body: JSON.stringify({ model: 'gpt-5-mini', messages, metadata: { tenant: 'by body' } }),
        })
      assert.equal((await send()).status, 200)
      await until('the call is stored', () => playground.storedCalls() === 1)
      // A running profiler takes a change at the next call.
      playground.write({ '.costflame/config.jsonc': rules('').replace('other desk', 'renamed desk') })
      assert.equal((await send()).status, 200)
      child.kill('SIGTERM')
      await ended
      assert.deepEqual(
        (await calls('all')).map(({ agent, tenant, tags }) => [agent, tenant, tags]),
        [
          ['other desk', 'by body', { caller: 'curl', tenant: 'by body' }],
          ['renamed desk', 'by body', { caller: 'curl', tenant: 'by body' }],
        ],
      )
    })
  })

  describe('by headers', () => {
    let upstream: Server
    let received: IncomingMessage[]
    beforeEach(async () => {
      received = []
      upstream = createServer({ maxHeaderSize: 4 * 1024 * 1024 }, (req, res) => {
        received.push(req)
        req.resume().once('end', () => {
          res.setHeader('content-type', 'application/json')
          res.end(
            JSON.stringify({
              id: 'c',
              model: 'gpt-5-mini',
              choices: [],
              usage: { prompt_tokens: 3, completion_tokens: 2 },
            }),
          )
        })
      })
      upstream.listen(0, '127.0.0.1')
      await once(upstream, 'listening')
    })
    afterEach(() => {
      upstream.close()
      upstream.closeAllConnections()
    })

    /** Sends one call with these headers through a profiler; gives its span, once it is stored. */
    async function sent(headers: Readonly<Record<string, string | readonly string[]>>, body: object = {}) {
      const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
      const { child, ready, ended } = await playground.serve('--upstream', `openai=${origin}`)
      const payload = JSON.stringify({
        model: 'gpt-5-mini',
        messages: [{ role: 'user', content: 'hi' }],
        ...body,
      })
      const status = await new Promise((resolve, reject) => {
        request(
          `${ready.proxy}/openai/v1/chat/completions`,
          { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
          (res) => res.resume().once('end', () => resolve(res.statusCode)),
        )
          .once('error', reject)
          .end(payload)
      })
      child.kill('SIGTERM')
      await ended
      const [span, ...others] = await calls()
      assert.equal(others.length, 0)
      return { status, span: span ?? assert.fail('no call'), upstream: received.at(-1)?.headers ?? {} }
    }

    it('of other tools, which pass on as they are', async () => {
      const foreign = {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        baggage: 'costflame.intent=refund%20please,gen_ai.agent.name=planner,sentry-release=1',
        'helicone-session-id': 's-1',
        'helicone-session-path': '/plan/search',
        'helicone-property-environment': 'staging',
        'x-portkey-metadata': '{"_user":"u-1","_organisation":"acme"}',
      }
      const { span, upstream: passed } = await sent(
        { ...foreign, 'x-costflame-agent-version': '9' },
        { metadata: { feature: 'chat' }, user: 'u-2' },
      )
      assert.deepEqual(
        [span.agent, span.agentVersion, span.intent, span.tenant, span.session, span.step],
        ['planner', '9', 'refund please', 'acme', 's-1', 'plan/search'],
      )
      assert.deepEqual(span.tags, {
        environment: 'staging',
        user: 'u-1',
        organisation: 'acme',
        feature: 'chat',
      })
      for (const [name, value] of Object.entries(foreign)) assert.equal(passed[name], value, name)
      assert.deepEqual(
        Object.keys(passed).filter((name) => name.startsWith('x-costflame')),
        [],
      )
    })

    it('in any state, without harm to the call, and says what it left out', async () => {
      const bad = {
        traceparent: '00-00000000000000000000000000000000-b7ad6b7169203331-01',
        'x-costflame-agent': 'desk%0d%0a',
        'x-costflame-step': '%zz 100%',
        'x-costflame-intent': 'bell%07',
        'x-costflame-tag-empty': '',
        'x-costflame-callsite': 'not a call site',
        'x-portkey-metadata': '{broken',
      }
      const { status, span } = await sent(bad)
      assert.equal(status, 200)
      assert.equal(span.step, '%zz 100%')
      assert.equal(span.intent, undefined)
      assert.equal(span.callSite, undefined)
      const told = String(span.attributes['costflame.attribution.ignored'])
      for (const name of [
        'traceparent',
        'x-costflame-intent',
        'x-costflame-callsite',
        'x-costflame-tag-*',
        'x-portkey-metadata',
      ])
        assert.ok(told.includes(name), `${name} in ${told}`)
    })

    it('of which there are a thousand, over HTTP/2', async () => {
      const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
      const { child, ready, ended } = await playground.serve('--upstream', `openai=${origin}`)
      const client = connect(ready.proxy)
      const tags = Array.from({ length: 1000 }, (_, index) => [`x-costflame-tag-t${index}`, 'x'] as const)
      const path = '/openai/v1/chat/completions'
      const call = client.request({ ':method': 'POST', ':path': path, ...Object.fromEntries(tags) })
      call.end(JSON.stringify({ model: 'gpt-5-mini', messages: [] }))
      const [headers] = (await once(call, 'response')) as [{ readonly ':status'?: number }]
      assert.equal(headers[':status'], 200)
      call.resume()
      await once(call, 'end')
      client.close()
      child.kill('SIGTERM')
      await ended
    })

    it('of 100 KB and of a megabyte, and a thousand tags', async () => {
      const filler = Array.from({ length: 6000 }, (_, index) => `filler=${index}-${'x'.repeat(5)}`)
      const baggage = ['session.id=s-1', ...filler].join(',')
      assert.ok(baggage.length > 100_000)
      const tags = Array.from({ length: 1000 }, (_, index) => [`x-costflame-tag-t${index}`, 'x'] as const)
      const {
        status,
        span,
        upstream: passed,
      } = await sent({
        baggage,
        'x-costflame-callsite': '/elsewhere/agent.mjs:3:7;main,'.repeat(36_000),
        ...Object.fromEntries(tags),
      })
      assert.equal(status, 200)
      assert.equal(passed.baggage, baggage)
      assert.equal(span.session, 's-1')
      // A file outside of the workspace keeps its whole path; equal frames in a row are one.
      assert.deepEqual([span.callSite?.file, span.callSite?.line], ['/elsewhere/agent.mjs', 3])
      assert.equal(Object.keys(span.tags ?? {}).length, 32)
      const told = String(span.attributes['costflame.attribution.ignored'])
      assert.match(told, /968 tags over 32/)
      assert.match(told, /baggage: \d+ bytes/)
    })
  })
})

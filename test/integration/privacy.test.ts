// No credential is written anywhere: canaries in every place where a key can be, through the real `serve` and `run`, looked for in every byte left behind.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { bytesBelow, Canaries, textsOfStore } from '../support/canaries'
import { type Ended, Playground, type Started } from '../support/costflame'
import { EchoProvider } from '../support/echo-provider'
import { FeedTranscript } from '../support/feed-transcript'

/** Headers that carry a key, and how. */
const HEADERS: Readonly<Record<string, (key: string) => string>> = {
  authorization: (key) => `Bearer ${key}`,
  'x-api-key': (key) => key,
  'api-key': (key) => key,
  'x-goog-api-key': (key) => key,
  'x-amz-security-token': (key) => key,
  'proxy-authorization': (key) => `Bearer ${key}`,
  cookie: (key) => `session=${key}; theme=dark`,
  'ocp-apim-subscription-key': (key) => key,
  'helicone-auth': (key) => `Bearer ${key}`,
  'x-portkey-api-key': (key) => key,
  'cf-aig-authorization': (key) => `Bearer ${key}`,
  'x-auth-token': (key) => key,
  'x-client-secret': (key) => key,
  'x-forwarded-access-token': (key) => key,
  'grpc-metadata-authorization': (key) => `Bearer ${key}`,
  'authorization-bin': (key) => key,
  'x-otlp-authorization': (key) => `Bearer ${key}`,
  'x-litellm-key': (key) => key,
  'x-goog-iap-jwt-assertion': (key) => key,
  'x-portkey-config': (key) => JSON.stringify({ provider: 'openai', api_key: key }),
  referer: (key) => `https://somebody:${key}@console.example/keys`,
}

const PARAMETERS = [
  ...['key', 'api_key', 'api-key', 'apikey', 'access_token', 'token', 'sig', 'signature', 'subscription-key'],
  ...['X-Amz-Signature', 'X-Amz-Credential', 'X-Amz-Security-Token', 'client_secret', 'password'],
  ...['X-Goog-Signature', 'AWSAccessKeyId', 'code', 'api_secret', 'access_key', 'tavilyApiKey', 'k%65y'],
]

interface Call {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

describe('credentials', () => {
  const canaries = new Canaries()
  const playground = new Playground()
  const provider = new EchoProvider()
  let origin: string
  let server: Started & { readonly ready: ReadyLine }
  let feed: FeedTranscript
  let ended: Ended
  /** Write-ahead log and the file that announces the profiler included. */
  let whileAlive: Record<string, Uint8Array>

  before(async function () {
    this.timeout(240_000)
    origin = await provider.start()
    server = await playground.serve(
      ...['--upstream', `openai=${origin}`, '--upstream', `groq=${origin}`],
      ...['--upstream', 'mistral=http://127.0.0.1:9'],
    )
    feed = await FeedTranscript.open(server.ready)
    await headersAndParameters()
    await bodies()
    await others()
    await tellAll()
    whileAlive = bytesBelow(playground.path)
    server.child.kill('SIGTERM')
    ended = await server.ended
  })
  after(async () => {
    await playground.remove()
    provider.stop()
  })

  const ask = (content: string) =>
    JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] })

  /** Sends a call as it is given and reads the answer to its end. */
  async function call({
    path = '/openai/v1/chat/completions',
    headers = {},
    body = ask('hello'),
  }: Call): Promise<number> {
    const url = new URL(server.ready.proxy)
    const sent = httpRequest({
      ...{ host: url.hostname, port: url.port, method: 'POST', path: `/r/keys${path}` },
      signal: AbortSignal.timeout(60_000),
      headers: { 'content-type': 'application/json', ...headers },
    })
    sent.end(body)
    const [answer] = await once(sent, 'response').catch((error) => {
      throw new Error(`${path} ${JSON.stringify(headers)}: ${error}`)
    })
    answer.resume()
    await once(answer, 'end')
    return answer.statusCode
  }

  async function headersAndParameters(): Promise<void> {
    for (const [name, written] of Object.entries(HEADERS)) {
      const key = canaries.of(`header ${name}`)
      await call({ headers: { [name]: written(key) } })
      // In the words of a later call, plain and escaped.
      await call({ body: ask(`"Bearer ${key}" and ${key}/`) })
    }
    const password = canaries.of('basic password')
    const basic = canaries.also('basic credentials', Buffer.from(`me:${password}`).toString('base64'))
    await call({ headers: { authorization: `Basic ${basic}` }, body: ask(`my password is ${password}`) })
    for (const name of PARAMETERS) {
      const key = canaries.of(`parameter ${name}`)
      await call({ path: `/openai/v1/chat/completions?a=1&${name}=${key}`, body: ask(`see ?${name}=${key}`) })
    }
  }

  async function bodies(): Promise<void> {
    for (const answer of ['chat', 'gzip', 'stream', 'error']) {
      const key = canaries.of(`echoed by ${answer}`)
      await call({ headers: { authorization: `Bearer ${key}`, 'x-answer': answer } })
    }
    for (const answer of ['redirect', 'cookie']) {
      const secret = canaries.of(`made by ${answer}`)
      await call({ headers: { 'x-secret-of-answer': secret, 'x-answer': answer } })
    }
    const key = canaries.of('JSON body that holds the key again')
    await call({
      headers: { 'api-key': key },
      body: JSON.stringify({ model: 'm', messages: [], user: key, metadata: { note: `k=${key}` } }),
    })
    const token = canaries.of('authorization of an MCP server in the body')
    const header = canaries.of('headers of an MCP server in the body')
    const tool = {
      type: 'mcp',
      server_label: 'crm',
      server_url: `https://crm.example/?api_key=${canaries.of('URL of an MCP server in the body')}`,
      authorization: token,
      headers: { Authorization: `Bearer ${header}` },
    }
    await call({
      path: '/openai/v1/responses',
      body: JSON.stringify({ model: 'gpt-5-mini', input: `use ${token}`, tools: [tool] }),
    })
    await call({ body: ask(JSON.stringify({ token: canaries.of('bare token in a prompt') })) })
    const packed = canaries.of('a key that comes back in base64')
    const base64 = canaries.also('the same in base64', Buffer.from(`user:${packed}`).toString('base64'))
    await call({ headers: { authorization: `Bearer ${packed}` }, body: ask(`what is ${base64}?`) })
    const form = canaries.of('multipart form')
    const parts = ['model"\r\n\r\nwhisper-1', `prompt"\r\n\r\nthe key is ${form}`, `api_key"\r\n\r\n${form}`]
    await call({
      path: '/openai/v1/audio/transcriptions',
      headers: { authorization: `Bearer ${form}`, 'content-type': 'multipart/form-data; boundary=xx' },
      body: `${parts.map((part) => `--xx\r\ncontent-disposition: form-data; name="${part}\r\n`).join('')}--xx--\r\n`,
    })
  }

  async function others(): Promise<void> {
    const protocol = canaries.of('WebSocket subprotocol')
    const url = `${server.ready.proxy.replace('http', 'ws')}/r/keys/openai/v1/realtime?model=gpt-realtime`
    const socket = new WebSocket(url, ['realtime', `openai-insecure-api-key.${protocol}`])
    await once(socket, 'open')
    socket.send(
      JSON.stringify({ type: 'response.create', response: { instructions: `my key is ${protocol}` } }),
    )
    await new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        if (data.toString().includes('response.done')) resolve()
      }),
    )
    socket.close()
    await once(socket, 'close')
    const { token } = server.ready
    const inUpstream = canaries.of('password of x-costflame-upstream')
    await call({
      headers: { 'x-costflame-token': token, 'x-costflame-upstream': `https://me:${inUpstream}@127.0.0.1:9` },
    })
    const inPath = canaries.of('password of /@host')
    await call({
      path: `/openai/@me:${inPath}@127.0.0.1:9/v1/chat/completions`,
      headers: { 'x-costflame-token': token },
    })
    const unreachable = canaries.of('key of a call that reached nobody')
    await call({
      path: `/mistral/v1/chat/completions?key=${unreachable}`,
      headers: { authorization: `Bearer ${unreachable}` },
    })
    const tagged = canaries.of('key in tags, steps and commands')
    await call({
      headers: {
        authorization: `Bearer ${tagged}`,
        'x-costflame-agent': `agent-${tagged}`,
        'x-costflame-step': `step ${tagged};${tagged}`,
        'x-costflame-tag-note': `the key is ${tagged}`,
        [`x-costflame-tag-${tagged}`]: 'a tag by the name of a key',
        'x-costflame-run': tagged,
        'x-costflame-session': tagged,
        'x-costflame-command': `node agent.mjs --api-key ${tagged}`,
      },
    })
    await call({ path: '/groq/v1/chat/completions' })
    const otlp = canaries.of('authorization of an OTel exporter')
    await fetch(`${server.ready.otlp}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${otlp}` },
      body: '{}',
    })
    const ingested = canaries.of('credentials of an observed exchange')
    const exchange = {
      ...{
        type: 'exchange',
        id: 'observed-1',
        provider: 'openai',
        method: 'POST',
        status: 200,
        end: 'complete',
        startTime: Date.now(),
        durationMs: 5,
      },
      url: `https://somebody:${ingested}@api.openai.com/v1/chat/completions?key=${ingested}`,
      requestHeaders: { authorization: `Bearer ${ingested}` },
      responseHeaders: { 'content-type': 'application/json' },
      tags: { 'x-costflame-run': 'keys' },
      requestBody: Buffer.from(ask(`my key: ${ingested}`)).toString('base64'),
      responseBody: Buffer.from(
        JSON.stringify({
          id: 'c',
          model: 'm',
          choices: [{ message: { role: 'assistant', content: ingested } }],
        }),
      ).toString('base64'),
    }
    await fetch(`${server.ready.proxy}/ingest`, {
      method: 'POST',
      headers: { 'x-costflame-token': token },
      body: JSON.stringify(exchange),
    })
  }

  /** Everything that the feed tells of a run. */
  async function tellAll(): Promise<void> {
    for (const about of ['run', 'runDetail', 'html'] as const) await feed.ask({ ask: about, runId: 'keys' })
    const secret = canaries.of('environment of a terminal')
    await feed.ask({
      ask: 'environment',
      environment: { OPENAI_API_KEY: secret, OPENAI_BASE_URL: `https://me:${secret}@gateway.example/v1` },
    })
    feed.close()
  }

  const out = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await playground.run(args)
    assert.equal(code, 0, stderr)
    return stdout + stderr
  }

  it('were tried in every place', async () => {
    const [run] = await playground.exported('keys')
    const calls = run?.spans.filter(({ modelCall }) => modelCall).length ?? 0
    assert.ok(calls >= 60, String(calls))
    assert.ok(canaries.count >= 50, String(canaries.count))
  })

  it('are in no file of the data folder', () => {
    const files = bytesBelow(playground.path)
    assert.ok(Object.keys(files).includes(join('.costflame', 'data', 'costflame.db')))
    canaries.assertNowhereIn({ ...files, ...textsOfStore(playground.data) })
    const names = Object.keys(whileAlive).map((path) => path.split('/').at(-1))
    assert.ok(names.includes('costflame.db-wal') && names.includes(`${server.ready.pid}.json`), names.join())
    canaries.assertNowhereIn(whileAlive)
  })

  it('are in nothing that serve printed', () => {
    assert.equal(ended.code, 0)
    canaries.assertNowhereIn({ stdout: ended.stdout, stderr: `${ended.stderr}\n` })
  })

  it('are in no message of the feed', () => {
    assert.ok(feed.messages.length > 5)
    canaries.assertNowhereIn({ feed: feed.messages.join('\n') })
  })

  it('are in no export, report or finding', async () => {
    canaries.assertNowhereIn({
      json: await out('export', '--run', 'all', '--segments', 'full'),
      html: await out('export', '--run', 'all', '--format', 'html'),
      ...Object.fromEntries(
        await Promise.all(
          ['text', 'markdown', 'csv', 'json'].map(async (format) => [
            `report ${format}`,
            await out('report', '--by', 'agent,step,model,tag.note,session', '--format', format),
          ]),
        ),
      ),
      findings: await out('findings', '--run', 'all', '--json'),
      runs: await out('runs', 'list', '--json'),
    })
  })

  it('the token of the profiler is in no file but the one that announces it', async () => {
    const { token } = server.ready
    const holders = Object.entries(bytesBelow(playground.path)).filter(([, bytes]) =>
      Buffer.from(bytes).includes(token),
    )
    assert.deepEqual(holders, [])
    assert.equal((await out('export', '--run', 'all')).includes(token), false)
    assert.equal(ended.stdout.split(token).length, 2)
  })
})

describe('credentials of costflame run', () => {
  const canaries = new Canaries()
  const playground = new Playground({
    'agent.mjs': `
      const key = process.env.OPENAI_API_KEY
      for (const stream of [false, true])
        await fetch(process.env.OPENAI_BASE_URL + '/chat/completions?key=' + process.env.URL_KEY, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key, 'x-answer': stream ? 'stream' : 'chat' },
          body: JSON.stringify({ model: 'gpt-5-mini', stream, messages: [{ role: 'user', content: 'my key is ' + key }] }),
        }).then((response) => response.text())`,
  })
  const provider = new EchoProvider()
  let ended: Ended

  before(async () => {
    const origin = await provider.start()
    const given = [
      ...['--api-key', canaries.of('--api-key VALUE'), `--token=${canaries.of('--token=VALUE')}`],
      ...[`OPENAI_API_KEY=${canaries.of('KEY=VALUE')}`, '-u', `me:${canaries.of('-u user:password')}`],
      ...[
        '-H',
        `x-api-key: ${canaries.of('-H name: value')}`,
        '-H',
        `Authorization: Bearer ${canaries.of('-H Bearer')}`,
      ],
      `OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20${canaries.of('OTel headers as an argument')}`,
      `https://me:${canaries.of('password of a URL')}@db.example/?api_key=${canaries.of('query of a URL')}`,
      ...['--password', canaries.of('--password VALUE'), `--user=me:${canaries.of('--user=user:password')}`],
      ...[
        'mysql',
        `-p${canaries.of('-pVALUE of mysql')}`,
        'sshpass',
        '-p',
        canaries.of('-p VALUE of sshpass'),
      ],
      ...['config', 'set', 'api_key', canaries.of('config set NAME VALUE')],
      ...[
        'bash',
        '-c',
        `DB_PASS=${canaries.of('a variable for a shell')} psql --password '${canaries.of('an argument for a shell')}'`,
      ],
    ]
    ended = await playground.run(
      [
        ...['run', '--agent', 'desk', '--tag', `note=Bearer ${canaries.of('a tag')}`],
        ...['--', 'node', 'agent.mjs', ...given],
      ],
      {
        OPENAI_BASE_URL: `${origin}/v1`,
        OPENAI_API_KEY: canaries.of('key in the environment'),
        URL_KEY: canaries.of('key in the query'),
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${canaries.of('OTel headers in the environment')}`,
        SOME_SECRET: canaries.of('another secret of the environment'),
      },
    )
  })
  after(async () => {
    await playground.remove()
    provider.stop()
  })

  it('are in no file, and the calls are', async () => {
    assert.equal(ended.code, 0, ended.stderr)
    canaries.assertNowhereIn({ ...bytesBelow(playground.path), ...textsOfStore(playground.data) })
    assert.equal(playground.storedCalls(), 2)
  })

  it('are in nothing that was printed or is exported', async () => {
    const [run] = await playground.exported('latest')
    assert.match(run?.command ?? '', /^node agent\.mjs --api-key '‹redacted›'/)
    const { stdout } = await playground.run(['export', '--format', 'html'])
    canaries.assertNowhereIn({ stderr: ended.stderr, export: JSON.stringify(run), html: stdout })
  })

  it('are not taken as part of an upstream, nor printed', async () => {
    const password = canaries.of('password of an --upstream')
    for (const command of [['serve'], ['run']]) {
      const upstream = ['--upstream', `openai=https://me:${password}@gateway.example/v1`]
      const { code, stdout, stderr } = await playground.run([
        ...command,
        ...upstream,
        '--',
        'node',
        '-e',
        '0',
      ])
      assert.equal(code, 2)
      canaries.assertNowhereIn({ output: `${stdout}${stderr}` })
    }
  })
})

describe('credentials of a recording', () => {
  it('are nowhere once it is imported, also where a stream has them in pieces', async () => {
    const canaries = new Canaries()
    const key = canaries.of('key of a recorded call')
    const piece = (content: string) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'gpt-5-mini', choices: [{ index: 0, delta: { content } }] })}\n\n`
    const exchange = {
      ...{ method: 'POST', url: `https://api.openai.com/v1/chat/completions?key=${key}`, status: 200 },
      request_headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      request_body: JSON.stringify({
        model: 'gpt-5-mini',
        stream: true,
        messages: [{ role: 'user', content: key }],
      }),
      response_headers: { 'content-type': 'text/event-stream' },
      response_body: `${piece('your key is ')}${piece(key.slice(0, 9))}${piece(key.slice(9))}data: [DONE]\n\n`,
    }
    const playground = new Playground({ 'recorded/a.json': JSON.stringify({ exchanges: [exchange] }) })
    const { code, stdout, stderr } = await playground.run(['import', 'recorded'])
    assert.equal(code, 0, stderr)
    assert.equal(playground.storedCalls(), 1)
    const texts = textsOfStore(playground.data)
    assert.match(Object.values(texts).join(), /your key is ‹redacted›/)
    canaries.assertNowhereIn({ ...bytesBelow(playground.data), ...texts, output: stdout + stderr })
    await playground.remove()
  })
})

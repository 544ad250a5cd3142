// A Node program under the built command: calls to hosts without a base-URL variable, WebSockets, and what it says of calls that fail.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Span } from '../../profiler-agent/model/span'
import { Playground } from '../support/costflame'
import { AGENTS, runProgram } from '../support/hooked-program'
import { nodeOf } from '../support/nodes'
import { RecordingServer } from '../support/recording-server'
import { ResponsesSocketServer } from '../support/responses-socket-server'
import { skip } from '../support/skip'

const CLIENTS = join(AGENTS, 'clients')
const PROVIDERS = ['google', 'mistral', 'cohere', 'ollama', 'azure', 'vertex', 'deepseek', 'xai', 'openai']

describe('Node programs under costflame run', function () {
  this.timeout(240_000)
  let playground: Playground

  beforeEach(() => {
    playground = new Playground()
  })
  afterEach(() => playground.remove())

  const callsOf = async (): Promise<Span[]> => {
    const [run] = await playground.exported()
    return run?.spans.filter(({ kind }) => kind !== 'run' && kind !== 'agent' && kind !== 'step') ?? []
  }

  it('have their calls at the providers’ own hosts captured, and see those hosts', async () => {
    const provider = await RecordingServer.start()
    const upstreams = PROVIDERS.flatMap((id) => ['--upstream', `${id}=${provider.origin}`])
    const { stdout, stderr, code } = await playground.run(
      ['run', ...upstreams, '--', process.execPath, join(CLIENTS, 'hosts.mjs')],
      // With it no base URL is set for OpenAI: Azure's client would take it for its own.
      { AZURE_OPENAI_API_KEY: 'azure-key-0123456789' },
    )
    provider.stop()
    assert.deepEqual([code, stdout], [0, '200 true false\n'.repeat(PROVIDERS.length)], stderr)
    const calls = (await callsOf()).filter(({ modelCall }) => modelCall)
    assert.deepEqual(
      calls.map(({ modelCall, callSite }) => [modelCall?.provider, callSite?.line]),
      PROVIDERS.map((id) => [id, 16]),
    )
  })

  for (const client of ['global', 'ws'] as const)
    for (const major of [20, 22, 24])
      it(`have their WebSockets captured: ${client}, Node ${major}`, async function () {
        const node = nodeOf(major) ?? skip(this, `no Node ${major}: name one in COSTFLAME_TEST_NODES`)
        if (client === 'global' && major < 22) skip(this, `Node ${major} has no global WebSocket`)
        const server = new ResponsesSocketServer()
        const origin = await server.start()
        const url = `${origin.replace('http', 'ws')}/v1/responses`
        const environment = { OPENAI_BASE_URL: `${origin}/v1` }
        const args = ['run', '--', node.path, join(CLIENTS, 'sockets.mjs'), url, client]
        const { stdout, stderr } = await playground.run(args, environment)
        server.stop()
        assert.equal(stdout, `${client}: echo ${client}\n`, stderr)
        assert.deepEqual(
          server.requests
            .flatMap(({ headers }) => Object.keys(headers))
            .filter((name) => /costflame/.test(name)),
          [],
        )
        const [call] = await callsOf()
        assert.equal(call?.modelCall?.usage.inputTokens, 100 + client.length)
        assert.equal(call?.callSite?.line, client === 'global' ? 7 : 8)
      })

  it('keep their WebSockets when there is no profiler', async () => {
    const server = new ResponsesSocketServer()
    const origin = await server.start()
    const gone = await RecordingServer.start()
    gone.stop()
    const { stdout, stderr } = await runProgram(
      {
        args: ['sockets.mjs', `${origin.replace('http', 'ws')}/v1/responses`, 'global', 'ws'],
        command: process.execPath,
        cwd: CLIENTS,
      },
      { proxy: gone.origin, provider: origin },
    )
    server.stop()
    assert.deepEqual([stdout, stderr], ['global: echo global\nws: echo ws\n', ''])
  })

  it('are told by the network itself why a provider cannot be reached', async () => {
    const gone = await RecordingServer.startSecure()
    gone.stop()
    const args = [join(CLIENTS, 'clients.mjs'), `${gone.origin}/v1/chat/completions`, 'fetch', 'request']
    const { stdout } = await playground.run(['run', '--', process.execPath, ...args], {
      OPENAI_BASE_URL: `${gone.origin}/v1`,
    })
    assert.equal(stdout, 'fetch: TypeError ECONNREFUSED\nrequest: Error ECONNREFUSED\n')
  })
})

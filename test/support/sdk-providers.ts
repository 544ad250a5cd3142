// The providers behind the agents of test/agents/sdks: the embedded model server for OpenAI and Anthropic, hand-written replies for
// others. Remembers what usage each reply told, mapped to buckets by code that is none of our adapters'.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { PROVIDER_ORIGINS } from '../../profiler-agent/model/provider'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { bodyOf, listen, portOf } from './proxy-harness'
import type { Json, RawUsage } from './recorded-corpus'
import { type Buckets, bucketsOf } from './recorded-usage'
import { sdkReply } from './sdk-replies'

const SIMULATED = ['openai', 'anthropic']
const WRITTEN = ['google', 'mistral', 'cohere', 'ollama']

export class SdkProviders {
  /** The usage of each reply, in their order; a stream of OpenAI's has none unless it is asked to. */
  readonly said: Buckets[] = []

  private constructor(
    private readonly simulator: Simulator,
    private readonly servers: Map<string, Server>,
  ) {}

  static async start(): Promise<SdkProviders> {
    const countTokens = (text: string) => text.split(/\s+/).length
    const simulator = await startSimulator({
      port: 0,
      countTokens,
      script: decodeScript(SCRIPT, 'script.json'),
    })
    const providers = new SdkProviders(simulator, new Map())
    for (const provider of [...SIMULATED, ...WRITTEN])
      providers.servers.set(
        provider,
        await listen((request, response) => {
          providers
            .#answer(provider, request, response)
            .catch((error) => response.writeHead(500).end(String(error)))
        }),
      )
    return providers
  }

  /** Provider → origin of its stand-in. */
  origins(): Record<string, string> {
    const entries = [...this.servers].map(([name, server]) => [name, `http://127.0.0.1:${portOf(server)}`])
    return Object.fromEntries(entries)
  }

  /** Origin of the provider itself → that of its stand-in. */
  hosts(): Record<string, string> {
    const entries = Object.entries(this.origins())
    return Object.fromEntries(entries.map(([provider, origin]) => [PROVIDER_ORIGINS[provider], origin]))
  }

  async stop(): Promise<void> {
    for (const server of this.servers.values()) {
      server.closeAllConnections()
      server.close()
    }
    await this.simulator.close()
  }

  async #answer(provider: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '' } = request
    const body = (await bodyOf(request)).toString()
    // Where OpenAI Agents tells what its agents did.
    if (/\/traces\/ingest$/.test(path)) return void response.writeHead(204).end()
    const text = SIMULATED.includes(provider)
      ? await this.#simulate(request, body, response)
      : this.#write(provider, path, body, response)
    const buckets = bucketsSaid(provider, path, text)
    if (buckets) this.said.push(buckets)
    response.end()
  }

  /** Passes the simulator's reply on as it comes, and gives the whole. */
  async #simulate(
    { url, headers }: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<string> {
    const reply = await fetch(`${this.simulator.url}${url}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: String(headers.authorization ?? '') },
      body,
    })
    response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? '' })
    const chunks: Uint8Array[] = []
    for await (const chunk of reply.body ?? []) {
      chunks.push(chunk)
      response.write(chunk)
    }
    return Buffer.concat(chunks).toString()
  }

  #write(provider: string, path: string, request: string, response: ServerResponse): string {
    const reply = sdkReply(provider, path.split('?', 1)[0] ?? '', request, this.said.length + 1)
    if (reply === undefined) throw new Error(`${provider} does not serve ${path}`)
    response.writeHead(200, { 'content-type': reply.contentType }).write(reply.body)
    return reply.body
  }
}

/** Tools are called before anything is said; OpenAI's triage hands over, its stylist asks for the weather and another agent. */
const SCRIPT = JSON.stringify({
  version: 1,
  otherwise: 'error',
  replies: [
    {
      when: { systemContains: 'You hand every question' },
      toolCalls: [{ name: 'transfer_to_Stylist', arguments: {} }],
    },
    { when: { systemContains: 'You name one thing' }, text: 'An umbrella.', chunks: 3 },
    {
      when: { systemContains: 'You are a stylist', lastToolResult: 'ask_packer' },
      text: 'A raincoat and an umbrella: 7 degrees and rain.',
    },
    {
      when: { systemContains: 'You are a stylist', lastToolResult: 'get_weather' },
      toolCalls: [{ name: 'ask_packer', arguments: { input: 'Rain in Bergen.' } }],
    },
    {
      when: { systemContains: 'You are a stylist' },
      toolCalls: [{ name: 'get_weather', arguments: { city: 'Bergen' } }],
    },
    {
      when: { systemContains: 'You say what to wear', lastToolResult: 'get_weather' },
      text: 'A raincoat: 7 degrees and rain.',
      chunks: 3,
    },
    {
      when: { systemContains: 'You say what to wear' },
      toolCalls: [{ name: 'get_weather', arguments: { city: 'Bergen' } }],
    },
    {
      when: { systemContains: 'You count' },
      times: 60,
      toolCalls: [{ name: 'next', arguments: { number: 1 } }],
    },
    { when: { systemContains: 'You count' }, text: 'Sixty.' },
    { when: { lastUserContains: 'Name one thing' }, text: 'A raincoat.', chunks: 2 },
  ],
})

/** The usage in a reply, whole or of a stream's events, as its provider means it; undefined where there is none. */
function bucketsSaid(provider: string, path: string, body: string): Buckets | undefined {
  const isStream = !body.startsWith('{') || /^\{.*\}\n\{/.test(body)
  const usage = usageIn(jsonIn(body))
  const row = { file: path, index: 0, provider, endpoint: endpointOf(path), isStream, model: '', usage }
  const request = { method: 'POST', url: path, request_headers: {}, request_body: '' }
  const recorded = { ...request, status: 200, response_headers: {} }
  return bucketsOf({ ...row, recorded, usageHeaders: {} })[0]
}

/** `/v1/chat/completions` → `chat.completions`, `/v1/models/M:generateContent?…` → `generateContent`. */
function endpointOf(path: string): string {
  const [, found = ''] = /(chat\/completions|api\/chat|\w+)(?:\?|$)/.exec(path) ?? []
  return found.replace('/', '.')
}

/** Every JSON object of a body: one, one a line, or one an event. */
function jsonIn(body: string): Json[] {
  return body
    .split('\n')
    .map((line) => line.replace(/^data: ?/, ''))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Json)
}

const USAGE_PATHS = [
  'usage',
  'usageMetadata',
  'response.usage',
  'message.usage',
  'delta.usage',
  'prompt_eval_count',
  'eval_count',
]

function usageIn(objects: readonly Json[]): RawUsage[] {
  return USAGE_PATHS.flatMap((path) => {
    const found = objects.flatMap((each) => {
      const value = path.split('.').reduce<unknown>((at, key) => (at as Json | undefined)?.[key], each)
      return value === undefined || value === null
        ? []
        : [{ value, event: typeof each.type === 'string' ? each.type : null }]
    })
    const last = found.at(-1)
    return last ? [{ path, event: last.event, first: found[0]?.value, last: last.value }] : []
  })
}

// The embedded model server with clients of the real SDKs, a clock that tests move, and prompts of known length.
import OpenAI from 'openai'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer, type Tokenizer } from '../../profiler-agent/tokens/tokenizer'
import { loadAgentSdk } from './agent-sdks'
import { tokenizerFolder } from './tokenizer-folder'

export interface AnthropicUsage {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number }
  output_tokens: number
}
export interface AnthropicMessage {
  id: string
  model: string
  stop_reason: string
  content: { type: string; text?: string; name?: string; input?: object; thinking?: string }[]
  usage: AnthropicUsage
}
export interface AnthropicEvent {
  type: string
  message?: AnthropicMessage
  usage?: AnthropicUsage
}
export interface AnthropicClient {
  messages: {
    create(body: object): Promise<AnthropicMessage & AsyncIterable<AnthropicEvent>>
    stream(body: object): { finalMessage(): Promise<AnthropicMessage> }
    countTokens(body: object): Promise<{ input_tokens: number }>
  }
}

/** `n` words are `n` tokens: `word` is one, with and without a space before it. */
export const words = (n: number): string => Array.from({ length: n }, () => 'word').join(' ')

export interface Clients {
  readonly openai: OpenAI
  readonly anthropic: AnthropicClient
  readonly simulator: Simulator
}

/**
 * Call inside `describe`: servers that a test starts are closed after it. `start` takes the script's JSON without its version;
 * `advance` moves the server's clock, which begins at 2026-11-22 for each test.
 */
export function simulatorForTests(): { start(script?: object): Promise<Clients>; advance(ms: number): void } {
  let tokenizer: Tokenizer
  let now = 0
  const started: Simulator[] = []
  before(async () => {
    tokenizer = await loadTokenizer(tokenizerFolder())
  })
  beforeEach(() => {
    now = Date.UTC(2026, 10, 22)
  })
  afterEach(() => Promise.all(started.splice(0).map((simulator) => simulator.close())))
  return {
    advance: (ms) => {
      now += ms
    },
    start: async (script) => {
      const simulator = await startSimulator({
        port: 0,
        countTokens: (text) => tokenizer.count(text),
        now: () => now,
        ...(script ? { script: scriptOf(script) } : {}),
      })
      started.push(simulator)
      return { simulator, ...clientsOf(simulator.url) }
    },
  }
}

function scriptOf(script: object) {
  return decodeScript(JSON.stringify({ version: 1, latencyMs: 10, ...script }), 'test')
}

function clientsOf(url: string): Omit<Clients, 'simulator'> {
  const { Anthropic } = loadAgentSdk<{ Anthropic: new (options: object) => AnthropicClient }>(
    '@anthropic-ai/sdk',
  )
  return {
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-test', maxRetries: 0, logLevel: 'off' }),
    anthropic: new Anthropic({ baseURL: url, apiKey: 'sk-ant-test', maxRetries: 0 }),
  }
}

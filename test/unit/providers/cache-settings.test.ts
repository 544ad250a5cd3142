// What requests say of prompt caching: settings as each provider names them, marks with their lives, and tools as they were sent.
import assert from 'node:assert/strict'
import type { Block } from '../../../profiler-agent/model/call'
import { MESSAGES, type Parts, RESPONSES, readFirst, sseOf } from './exchange'

const CHAT = 'https://api.openai.com/v1/chat/completions'
const GEMINI = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3.5-flash:generateContent'
const CONVERSE = 'https://bedrock-runtime.eu-west-1.amazonaws.com/model/anthropic.claude-opus-5/converse'

const settingsOf = (parts: Parts) => readFirst(parts).cacheSettings
const anthropic = (request: object, response: unknown = { content: [], usage: {} }) =>
  settingsOf({
    provider: 'anthropic',
    url: MESSAGES,
    request: { model: 'claude-opus-5', ...request },
    response,
  })
const chat = (request: object, more: Parts = {}) =>
  settingsOf({ url: CHAT, request: { model: 'gpt-6-sol', messages: [], ...request }, ...more })
const responses = (request: object, response: object = {}) =>
  settingsOf({ url: RESPONSES, request: { model: 'gpt-6-sol', input: 'Hi', ...request }, response })

describe('cache settings of a request', () => {
  it('are absent where it says nothing', () => {
    assert.equal(anthropic({ temperature: 1, metadata: { user_id: 'u' } }), undefined)
    assert.equal(chat({ temperature: 1, prompt_cache_retention: null }), undefined)
    assert.equal(settingsOf({ provider: 'google', url: GEMINI, request: { contents: [] } }), undefined)
  })

  describe('Anthropic', () => {
    it('name the automatic breakpoint and its life', () => {
      assert.deepEqual(anthropic({ cache_control: { type: 'ephemeral' } }), {
        mode: 'automatic',
        lifetime: '5m',
      })
      assert.deepEqual(anthropic({ cache_control: { type: 'ephemeral', ttl: '1h' } }), {
        mode: 'automatic',
        lifetime: '1h',
      })
    })

    it('hold the parameters that make its messages another prompt, as they were sent', () => {
      const request = {
        thinking: { type: 'enabled', budget_tokens: 2048 },
        tool_choice: { type: 'any' },
        output_config: { effort: 'high' },
        speed: 'fast',
        top_p: 0.9,
      }
      assert.deepEqual(anthropic(request), {
        parameters: {
          thinking: '{"type":"enabled","budget_tokens":2048}',
          tool_choice: '{"type":"any"}',
          'output_config.effort': '"high"',
          speed: '"fast"',
        },
      })
    })

    it('tell a long value by its hash alone, and MCP servers by their names', () => {
      const format = {
        type: 'json_schema',
        schema: { type: 'object', properties: { a: { enum: ['x'.repeat(90)] } } },
      }
      const { parameters } =
        anthropic({
          output_config: { format },
          mcp_servers: [{ name: 'tide', url: 'https://tide.example', authorization_token: 'secret' }],
        }) ?? {}
      assert.match(parameters?.['output_config.format'] ?? '', /^sha256:[0-9a-f]{64}$/)
      assert.equal(parameters?.mcp_servers, '["tide"]')
    })

    it('know whether a document is to be cited', () => {
      const asking = (enabled: boolean) => ({
        messages: [
          {
            role: 'user',
            content: [{ type: 'document', source: { type: 'text', data: 'x' }, citations: { enabled } }],
          },
        ],
      })
      assert.deepEqual(anthropic(asking(true)), { parameters: { citations: 'true' } })
      assert.equal(anthropic(asking(false)), undefined)
    })

    it('give the reason of a miss that the provider found, from a whole reply and from a stream', () => {
      const diagnostics = {
        cache_miss_reason: { type: 'system_changed', cache_missed_input_tokens: 4321 },
      }
      const missed = { missReason: 'system_changed', missedTokens: 4321 }
      assert.deepEqual(anthropic({}, { content: [], usage: {}, diagnostics }), missed)
      const start = {
        type: 'message_start',
        message: { usage: {}, diagnostics: { cache_miss_reason: null } },
      }
      const delta = { type: 'message_delta', delta: {}, usage: { output_tokens: 1 }, diagnostics }
      assert.deepEqual(anthropic({ stream: true }, sseOf([start, delta, { type: 'message_stop' }])), missed)
    })

    it('give no reason where the provider found none', () => {
      for (const type of ['unavailable', 'previous_message_not_found'])
        assert.equal(
          anthropic({}, { content: [], usage: {}, diagnostics: { cache_miss_reason: { type } } }),
          undefined,
        )
    })

    it('say that the provider took something out of the prompt', () => {
      const context_management = {
        applied_edits: [{ type: 'clear_tool_uses_20250919', cleared_tool_uses: 3 }],
      }
      assert.deepEqual(anthropic({}, { content: [], usage: {}, context_management }), { unseen: 'edited' })
      assert.equal(
        anthropic({}, { content: [], usage: {}, context_management: { applied_edits: [] } }),
        undefined,
      )
    })
  })

  describe('OpenAI', () => {
    it('name key, life and mode', () => {
      const request = { prompt_cache_key: 'harbour', prompt_cache_options: { mode: 'explicit', ttl: '12h' } }
      assert.deepEqual(responses(request), { key: 'harbour', mode: 'explicit', lifetime: '12h' })
      assert.deepEqual(chat({ prompt_cache_key: 'harbour', prompt_cache_retention: '24h' }), {
        key: 'harbour',
        lifetime: '24h',
      })
      assert.deepEqual(chat({ prompt_cache_options: { mode: 'implicit' } }), undefined)
    })

    it('take the end user for the key where there is no other, and only there', () => {
      assert.deepEqual(chat({ user: 'u-1' }), { key: 'u-1' })
      assert.deepEqual(chat({ user: 'u-1', prompt_cache_key: 'k' }), { key: 'k' })
      assert.equal(chat({ user: 'u-1' }, { provider: 'deepseek' }), undefined)
    })

    it('hold what the provider says makes a prompt another one, in either notation', () => {
      assert.deepEqual(
        responses({
          reasoning: { effort: 'low', summary: 'auto' },
          text: { verbosity: 'high', format: { type: 'text' } },
          service_tier: 'flex',
          tool_choice: 'required',
        })?.parameters,
        {
          'reasoning.effort': '"low"',
          'text.verbosity': '"high"',
          'text.format': '{"type":"text"}',
          service_tier: '"flex"',
          tool_choice: '"required"',
        },
      )
      assert.deepEqual(
        chat({ reasoning_effort: 'low', verbosity: 'high', response_format: { type: 'json_object' } })
          ?.parameters,
        { reasoning_effort: '"low"', verbosity: '"high"', response_format: '{"type":"json_object"}' },
      )
    })

    it('give the reason of a miss', () => {
      const miss = { type: 'cache_miss', reason: 'tools_changed', cache_missed_tokens: 5120 }
      assert.deepEqual(responses({}, { prompt_cache_diagnostics: miss }), {
        missReason: 'tools_changed',
        missedTokens: 5120,
      })
      assert.equal(responses({}, { prompt_cache_diagnostics: { type: 'cache_hit' } }), undefined)
    })

    it('say that a part of the prompt is with the provider', () => {
      assert.deepEqual(responses({ previous_response_id: 'resp_1' }), { unseen: 'held' })
      assert.deepEqual(responses({ conversation: 'conv_1' }), { unseen: 'held' })
      assert.deepEqual(responses({ prompt: { id: 'pmpt_1' } }), { unseen: 'held' })
    })

    it('are read where a WebSocket carries the request', () => {
      const request = {
        type: 'response.create',
        response: { model: 'gpt-6-sol', input: 'Hi', prompt_cache_key: 'k' },
      }
      const response = { type: 'response.completed', response: { id: 'resp_1', usage: { input_tokens: 1 } } }
      assert.deepEqual(settingsOf({ url: RESPONSES, transport: 'websocket', request, response }), {
        key: 'k',
      })
    })
  })

  it('hold the cached content of Gemini, and its parameters whichever way they are written', () => {
    const of = (request: object) => settingsOf({ provider: 'google', url: GEMINI, request })
    assert.deepEqual(of({ cachedContent: 'cachedContents/7' }), {
      cachedContent: 'cachedContents/7',
      unseen: 'held',
    })
    const parameters = {
      toolConfig: '{"a":1}',
      'generationConfig.thinkingConfig': '{"thinkingBudget":0}',
    }
    const camel = {
      toolConfig: { a: 1 },
      generationConfig: { thinkingConfig: { thinkingBudget: 0 }, topK: 1 },
    }
    const snake = { tool_config: { a: 1 }, generation_config: { thinking_config: { thinkingBudget: 0 } } }
    assert.deepEqual(of(camel), { parameters })
    assert.deepEqual(of(snake), { parameters })
  })

  it('hold what Converse hands on to the model, without its tools', () => {
    const request = {
      messages: [],
      toolConfig: { toolChoice: { any: {} } },
      additionalModelRequestFields: { thinking: { type: 'enabled' }, tools: [{ name: 'bash' }] },
    }
    assert.deepEqual(settingsOf({ provider: 'bedrock', url: CONVERSE, request }), {
      parameters: {
        'toolConfig.toolChoice': '{"any":{}}',
        additionalModelRequestFields: '{"thinking":{"type":"enabled"}}',
      },
    })
  })

  it('know how each provider keeps a conversation on one cache', () => {
    const of = (provider: string, more: Parts) => chat({}, { provider, ...more })?.key
    assert.equal(of('xai', { requestHeaders: { 'x-grok-conv-id': 'c1' } }), 'c1')
    assert.equal(of('fireworks', { requestHeaders: { 'x-session-affinity': 's1' } }), 's1')
    assert.equal(chat({ session_id: 's2' }, { provider: 'openrouter' })?.key, 's2')
    assert.equal(chat({ prompt_cache_key: 'm' }, { provider: 'mistral' })?.key, 'm')
    assert.equal(of('openai', { requestHeaders: { 'x-session-affinity': 's1' } }), undefined)
  })
})

it('cache settings say that a credential in the prompt was masked', () => {
  const asking = (content: string) => chat({ messages: [{ role: 'user', content }] })
  assert.deepEqual(asking('My key is ‹redacted›, is it not?'), { unseen: 'redacted' })
  assert.equal(asking('My key is redacted, is it not?'), undefined)
})

const promptOf = (parts: Parts): readonly Block[] => readFirst(parts).prompt
const marksOf = (parts: Parts) => promptOf(parts).map(({ mark }) => mark)

describe('marks', () => {
  it('carry their life, and that of the request where they name none', () => {
    const text = (ttl?: string) => ({
      type: 'text',
      text: 'x',
      cache_control: { type: 'ephemeral', ...(ttl && { ttl }) },
    })
    const anthropicRequest = { system: [text('1h'), text()], messages: [{ role: 'user', content: 'Hi' }] }
    assert.deepEqual(marksOf({ provider: 'anthropic', url: MESSAGES, request: anthropicRequest }), [
      '1h',
      '5m',
      undefined,
    ])
    const input = (prompt_cache_breakpoint: object) => ({
      role: 'user',
      content: [{ type: 'input_text', text: 'x', prompt_cache_breakpoint }],
    })
    const request = {
      prompt_cache_options: { ttl: '12h' },
      input: [input({ mode: 'explicit' }), input({ mode: 'explicit', ttl: '30m' })],
    }
    assert.deepEqual(marksOf({ url: RESPONSES, request }), ['12h', '30m'])
  })

  it('stand on the last block where a request in OpenAI’s format asks for caching as a whole', () => {
    const messages = [
      { role: 'system', content: 'You know the tides.' },
      { role: 'user', content: 'Hi' },
    ]
    const request = { messages, cache_control: { type: 'ephemeral' } }
    assert.deepEqual(marksOf({ provider: 'openrouter', url: CHAT, request }), [undefined, '5m'])
  })
})

describe('a tool definition', () => {
  const toolOf = (request: string, parts: Parts) =>
    promptOf({ ...parts, request }).find(({ kind }) => kind === 'tool_def')?.content

  it('is another one when its keys come in another order, and the same wherever its mark stands', () => {
    const plain = '{"name":"tide","input_schema":{"type":"object","properties":{"port":{},"day":{}}}}'
    const turned = '{"name":"tide","input_schema":{"properties":{"day":{},"port":{}},"type":"object"}}'
    const marked = plain.replace('{', '{"cache_control":{"type":"ephemeral"},')
    const of = (tool: string) =>
      toolOf(`{"tools":[${tool}],"messages":[]}`, { provider: 'anthropic', url: MESSAGES })
    assert.equal(of(plain), plain)
    assert.equal(of(turned), turned)
    assert.equal(of(marked), plain)
  })

  it('keeps its text letter by letter, so that it can be compared as JSON', () => {
    const tool =
      '{"type":"function","function":{"name":"tide","description":"High\\n  and low – \\u00fc","parameters":{}}}'
    const content = toolOf(`{"tools":[${tool}],"messages":[]}`, { url: CHAT })
    assert.deepEqual(JSON.parse(content ?? ''), JSON.parse(tool))
  })
})

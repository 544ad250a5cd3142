// The embedded model server against the real SDKs: wire formats, streams, errors and the buckets of its prompt caches.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, simulatorReadyLine, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer, type Tokenizer } from '../../profiler-agent/tokens/tokenizer'
import { loadAgentSdk } from '../support/agent-sdks'
import { tokenizerFolder } from '../support/tokenizer-folder'

interface AnthropicUsage {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number }
  output_tokens: number
}
interface AnthropicMessage {
  id: string
  model: string
  stop_reason: string
  content: { type: string; text?: string; name?: string; input?: object; thinking?: string }[]
  usage: AnthropicUsage
}
interface AnthropicEvent {
  type: string
  message?: AnthropicMessage
  usage?: AnthropicUsage
}
interface AnthropicClient {
  messages: {
    create(body: object): Promise<AnthropicMessage & AsyncIterable<AnthropicEvent>>
    stream(body: object): { finalMessage(): Promise<AnthropicMessage> }
    countTokens(body: object): Promise<{ input_tokens: number }>
  }
}
const { Anthropic } = loadAgentSdk<{ Anthropic: new (options: object) => AnthropicClient }>(
  '@anthropic-ai/sdk',
)

const WEATHER_TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
} as const

// 'word ' is one token, so that a text of n words has n tokens (the first without its space).
const words = (n: number) => Array.from({ length: n }, () => 'word').join(' ')

describe('embedded model server', () => {
  let tokenizer: Tokenizer
  let simulator: Simulator
  let clock: number
  before(async () => {
    tokenizer = await loadTokenizer(tokenizerFolder())
  })
  beforeEach(() => {
    clock = Date.UTC(2026, 10, 22)
  })
  afterEach(() => simulator.close())

  async function start(script?: object) {
    simulator = await startSimulator({
      port: 0,
      countTokens: (text) => tokenizer.count(text),
      now: () => clock,
      ...(script
        ? { script: decodeScript(JSON.stringify({ version: 1, latencyMs: 10, ...script }), 'test') }
        : {}),
    })
    return {
      openai: new OpenAI({
        baseURL: `${simulator.url}/v1`,
        apiKey: 'sk-test',
        maxRetries: 0,
        logLevel: 'off',
      }),
      anthropic: new Anthropic({ baseURL: simulator.url, apiKey: 'sk-ant-test', maxRetries: 0 }),
    }
  }

  it('says where it listens in one line', async () => {
    await start()
    assert.deepEqual(JSON.parse(simulatorReadyLine('0.1.0', 7, simulator)), {
      event: 'ready',
      version: '0.1.0',
      pid: 7,
      url: `http://127.0.0.1:${simulator.port}`,
      openai: `http://127.0.0.1:${simulator.port}/v1`,
      anthropic: `http://127.0.0.1:${simulator.port}`,
    })
  })

  describe('Chat Completions', () => {
    it('answers without a script, with usage that adds up', async () => {
      const { openai } = await start()
      const completion = await openai.chat.completions.create({
        model: 'gpt-5.4',
        messages: [{ role: 'user', content: 'hello world' }],
      })
      assert.equal(completion.id, 'chatcmpl-sim000001')
      assert.equal(completion.model, 'gpt-5.4')
      assert.equal(completion.choices[0]?.message.content, 'You said: hello world')
      assert.equal(completion.choices[0]?.finish_reason, 'stop')
      // 2 tokens of text, 4 around the message, 2 for the prompt; the reply is 5 tokens.
      assert.deepEqual(completion.usage, {
        prompt_tokens: 8,
        completion_tokens: 5,
        total_tokens: 13,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      })
    })

    it('calls tools and goes on after their results, by script', async () => {
      const { openai } = await start({
        replies: [
          { when: { lastToolResult: 'get_weather' }, text: 'Sunny.' },
          {
            when: { lastUserContains: 'weather' },
            toolCalls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }],
          },
        ],
      })
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'weather in Oslo?' }]
      const runner = openai.chat.completions.runTools({
        model: 'gpt-5.4',
        messages,
        tools: [
          {
            type: 'function',
            function: {
              name: 'get_weather',
              description: 'The weather in a city.',
              parameters: WEATHER_TOOL.function.parameters,
              function: (args: string) => `${args}: sun`,
            },
          },
        ],
      })
      assert.equal(await runner.finalContent(), 'Sunny.')
      assert.deepEqual(
        runner.messages.map((message) => message.role),
        ['user', 'assistant', 'tool', 'assistant'],
      )
    })

    it('streams in chunks, with usage in a last chunk of its own only when asked', async () => {
      const { openai } = await start({
        replies: [{ when: {}, text: 'one two three four', chunks: 4 }],
      })
      const ask = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'count' }], stream: true } as const
      const plain = []
      for await (const chunk of await openai.chat.completions.create({ ...ask, messages: [...ask.messages] }))
        plain.push(chunk)
      assert.equal(plain.length, 6)
      assert.ok(plain.every((chunk) => !('usage' in chunk)))
      assert.deepEqual(
        plain.map((chunk) => chunk.choices[0]?.delta.content),
        ['', 'one', ' two', ' three', ' four', undefined],
      )

      const counted = []
      for await (const chunk of await openai.chat.completions.create({
        ...ask,
        messages: [...ask.messages],
        stream_options: { include_usage: true },
      }))
        counted.push(chunk)
      assert.equal(counted.length, 7)
      assert.ok(counted.slice(0, -1).every((chunk) => chunk.usage === null))
      assert.deepEqual(counted.at(-1)?.choices, [])
      assert.equal(counted.at(-1)?.usage?.total_tokens, 7 + 4)
    })

    it('streams tool calls that the SDK puts together', async () => {
      const { openai } = await start({
        replies: [
          {
            toolCalls: [
              { name: 'get_weather', arguments: { city: 'Oslo' } },
              { name: 'get_weather', arguments: { city: 'Bergen' } },
            ],
          },
        ],
      })
      const final = await openai.chat.completions
        .stream({
          model: 'gpt-5.4',
          messages: [{ role: 'user', content: 'weather?' }],
          tools: [WEATHER_TOOL],
        })
        .finalChatCompletion()
      assert.equal(final.choices[0]?.finish_reason, 'tool_calls')
      assert.deepEqual(
        final.choices[0]?.message.tool_calls?.map(
          (call) => call.type === 'function' && call.function.arguments,
        ),
        ['{"city":"Oslo"}', '{"city":"Bergen"}'],
      )
    })

    it('cuts the output at the cap that the request sets', async () => {
      const { openai } = await start({ replies: [{ text: words(50) }] })
      const completion = await openai.chat.completions.create({
        model: 'gpt-5.4',
        messages: [{ role: 'user', content: 'talk' }],
        max_completion_tokens: 10,
      })
      assert.equal(completion.choices[0]?.finish_reason, 'length')
      assert.equal(completion.choices[0]?.message.content, words(10))
      assert.equal(completion.usage?.completion_tokens, 10)
    })

    it('reads a repeated prefix from the cache in steps of 128 tokens, until it was idle for 5 minutes', async () => {
      const { openai } = await start()
      const cached = async (question: string, model = 'gpt-5.4', key = 'sk-test') => {
        const completion = await openai.withOptions({ apiKey: key }).chat.completions.create({
          model,
          messages: [
            { role: 'system', content: words(1500) },
            { role: 'user', content: question },
          ],
        })
        return completion.usage?.prompt_tokens_details?.cached_tokens
      }
      assert.equal(await cached('first'), 0)
      // 3 + 1500 + 1 + 3 tokens are shared: 11 whole steps.
      assert.equal(await cached('second'), 1408)
      assert.equal(await cached('third', 'gpt-5.4-mini'), 0)
      assert.equal(await cached('fourth', 'gpt-5.4', 'sk-other'), 0)
      clock += 5 * 60_000 + 1
      assert.equal(await cached('fifth'), 0)
    })

    it('loses the whole prefix when a changing text stands before it', async () => {
      const { openai } = await start()
      for (const stamp of ['10:00:01', '10:00:02']) {
        const completion = await openai.chat.completions.create({
          model: 'gpt-5.4',
          messages: [{ role: 'system', content: `Now: ${stamp}\n${words(3000)}` }],
        })
        assert.equal(completion.usage?.prompt_tokens_details?.cached_tokens, 0)
      }
    })

    it('charges writes from gpt-5.6 on, reported inside the input, and reads exact boundaries', async () => {
      const { openai } = await start()
      const usageOf = async (messages: OpenAI.ChatCompletionMessageParam[]) => {
        const { usage } = await openai.chat.completions.create({ model: 'gpt-5.6-sol', messages })
        const details = usage?.prompt_tokens_details
        return [usage?.prompt_tokens, details?.cached_tokens, details?.cache_write_tokens]
      }
      const first: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: words(2000) }]
      // Written up to the end of the content: without the message's close (1) and the prompt's own (2).
      assert.deepEqual(await usageOf(first), [2006, 0, 2003])
      assert.deepEqual(await usageOf(first), [2006, 2003, 0])
      const longer: OpenAI.ChatCompletionMessageParam[] = [
        ...first,
        { role: 'assistant', content: 'word' },
        { role: 'user', content: 'word word' },
      ]
      assert.deepEqual(await usageOf(longer), [2017, 2003, 11])
      clock += 30 * 60_000 + 1
      assert.deepEqual(await usageOf(longer), [2017, 0, 2014])
    })

    it('puts explicit breakpoints where a recorded pair had them: 8 tokens before the end', async () => {
      const { openai } = await start()
      const body = {
        model: 'gpt-5.6-sol',
        prompt_cache_options: { mode: 'explicit', ttl: '30m' },
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: words(4009), prompt_cache_breakpoint: { mode: 'explicit' } },
              { type: 'text', text: 'Reply with exactly: OK' },
            ],
          },
        ],
      } as OpenAI.ChatCompletionCreateParamsNonStreaming
      const details = async () => {
        const { usage } = await openai.chat.completions.create(body)
        return [
          usage?.prompt_tokens,
          usage?.prompt_tokens_details?.cache_write_tokens,
          usage?.prompt_tokens_details?.cached_tokens,
        ]
      }
      assert.deepEqual(await details(), [4020, 4012, 0])
      assert.deepEqual(await details(), [4020, 0, 4012])
    })
  })

  describe('Responses', () => {
    it('keeps a response, continues it and gives it again', async () => {
      const { openai } = await start()
      const first = await openai.responses.create({
        model: 'gpt-5.4',
        instructions: 'Be brief.',
        input: 'hello',
      })
      assert.equal(first.output_text, 'You said: hello')
      // 2 for the prompt, 4 + 3 for the instructions, 4 + 1 for the input.
      assert.equal(first.usage?.input_tokens, 14)
      const second = await openai.responses.create({
        model: 'gpt-5.4',
        input: 'again',
        previous_response_id: first.id,
      })
      // 2, then 4 + 1, the answer's 4 + 4, and 4 + 1; earlier instructions are not carried over.
      assert.equal(second.usage?.input_tokens, 20)
      const read = await openai.responses.retrieve(first.id)
      assert.deepEqual(read.usage, first.usage)
      await assert.rejects(
        openai.responses.create({ model: 'gpt-5.4', input: 'x', previous_response_id: 'resp_none' }),
        /400 Previous response with id 'resp_none' not found/,
      )
      await assert.rejects(openai.responses.retrieve('resp_none'), OpenAI.NotFoundError)
    })

    it('streams every event in order with its number', async () => {
      const { openai } = await start({
        replies: [
          {
            reasoning: 'Let me see.',
            reasoningTokens: 64,
            text: 'Looking it up.',
            toolCalls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }],
            chunks: 1,
          },
        ],
      })
      const stream = openai.responses.stream({ model: 'gpt-5.4', input: 'weather?' })
      const types: string[] = []
      const numbers: number[] = []
      for await (const event of stream) {
        types.push(event.type)
        numbers.push(event.sequence_number)
      }
      assert.deepEqual(types, [
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.reasoning_summary_part.added',
        'response.reasoning_summary_text.delta',
        'response.reasoning_summary_text.done',
        'response.reasoning_summary_part.done',
        'response.output_item.done',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.output_item.added',
        'response.function_call_arguments.delta',
        'response.function_call_arguments.done',
        'response.output_item.done',
        'response.completed',
      ])
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => index),
      )
      const final = await stream.finalResponse()
      assert.equal(final.output_text, 'Looking it up.')
      assert.equal(final.usage?.output_tokens_details.reasoning_tokens, 64)
      assert.deepEqual(
        final.output.map((item) => item.type),
        ['reasoning', 'message', 'function_call'],
      )
    })

    it('answers a background request later', async () => {
      const { openai } = await start({ replies: [{ text: 'done', latencyMs: 20 }] })
      const queued = await openai.responses.create({ model: 'gpt-5.4', input: 'slow', background: true })
      assert.equal(queued.status, 'queued')
      assert.equal(queued.usage, null)
      assert.equal((await openai.responses.retrieve(queued.id)).status, 'in_progress')
      clock += 20
      const finished = await openai.responses.retrieve(queued.id)
      assert.equal(finished.status, 'completed')
      assert.equal(finished.output_text, 'done')
    })

    it('counts input tokens without an answer', async () => {
      const { openai } = await start()
      assert.equal(
        (await openai.responses.inputTokens.count({ model: 'gpt-5.4', input: 'hello' })).input_tokens,
        7,
      )
    })
  })

  describe('Anthropic Messages', () => {
    const ask = (system: object[], text = 'hello', extra = {}) => ({
      model: 'claude-sonnet-5',
      max_tokens: 100,
      system,
      messages: [{ role: 'user', content: text }],
      ...extra,
    })
    const marked = (text: string, ttl?: string) => ({
      type: 'text',
      text,
      cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) },
    })
    const buckets = (usage: AnthropicUsage) => [
      usage.input_tokens,
      usage.cache_read_input_tokens,
      usage.cache_creation.ephemeral_5m_input_tokens,
      usage.cache_creation.ephemeral_1h_input_tokens,
    ]

    it('answers and counts', async () => {
      const { anthropic } = await start()
      const message = await anthropic.messages.create({
        model: 'claude-sonnet-5',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'hello' }],
      })
      assert.equal(message.content[0]?.text, 'You said: hello')
      assert.equal(message.stop_reason, 'end_turn')
      assert.deepEqual(buckets(message.usage), [8, 0, 0, 0])
      assert.equal(message.usage.output_tokens, 4)
      const counted = await anthropic.messages.countTokens({
        model: 'claude-sonnet-5',
        messages: [{ role: 'user', content: 'hello' }],
      })
      assert.equal(counted.input_tokens, 8)
    })

    it('streams thinking, text and tool use, with cumulative usage at the end', async () => {
      const { anthropic } = await start({
        replies: [
          {
            when: {},
            reasoning: 'Hmm, let me think.',
            text: 'I will look.',
            toolCalls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }],
            outputTokens: 77,
          },
        ],
      })
      const body = {
        model: 'claude-sonnet-5',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'weather?' }],
      }
      const final = await anthropic.messages.stream(body).finalMessage()
      assert.deepEqual(
        final.content.map((block) => block.type),
        ['thinking', 'text', 'tool_use'],
      )
      assert.deepEqual(final.content[2]?.input, { city: 'Oslo' })
      assert.equal(final.stop_reason, 'tool_use')
      assert.equal(final.usage.output_tokens, 77)
      const seen: AnthropicEvent[] = []
      for await (const event of await anthropic.messages.create({ ...body, stream: true })) seen.push(event)
      assert.equal(seen[0]?.type, 'message_start')
      assert.equal(seen[0]?.message?.usage.output_tokens, 1)
      assert.equal(seen.at(-2)?.type, 'message_delta')
      assert.equal(seen.at(-2)?.usage?.output_tokens, 77)
      assert.equal(seen.at(-1)?.type, 'message_stop')
    })

    it('writes at a breakpoint, reads it later, and forgets it 5 minutes after the last use', async () => {
      const { anthropic } = await start()
      const usage = async (text: string) =>
        buckets((await anthropic.messages.create(ask([marked(words(1500))], text))).usage)
      assert.deepEqual(await usage('a'), [8, 0, 1500, 0])
      clock += 4 * 60_000
      assert.deepEqual(await usage('b'), [8, 1500, 0, 0])
      clock += 4 * 60_000
      assert.deepEqual(await usage('c'), [8, 1500, 0, 0])
      clock += 5 * 60_000 + 1
      assert.deepEqual(await usage('d'), [8, 0, 1500, 0])
    })

    it('caches nothing below the minimum of the model', async () => {
      const { anthropic } = await start()
      for (let i = 0; i < 2; i++) {
        const haiku = await anthropic.messages.create(
          ask([marked(words(4000))], 'hello', { model: 'claude-haiku-4-5' }),
        )
        assert.deepEqual(buckets(haiku.usage), [4008, 0, 0, 0])
      }
    })

    it('splits writes by lifetime and refuses 1 h after 5 m and a fifth breakpoint', async () => {
      const { anthropic } = await start()
      const both = await anthropic.messages.create(ask([marked(words(1500), '1h'), marked(words(500))]))
      assert.deepEqual(buckets(both.usage), [8, 0, 500, 1500])
      clock += 6 * 60_000
      const later = await anthropic.messages.create(ask([marked(words(1500), '1h'), marked(words(500))]))
      assert.deepEqual(buckets(later.usage), [8, 1500, 500, 0])
      await assert.rejects(
        anthropic.messages.create(ask([marked('a'), marked('b', '1h')])),
        /400.*must not come after a ttl='5m'/,
      )
      await assert.rejects(
        anthropic.messages.create(ask(['a', 'b', 'c', 'd', 'e'].map((text) => marked(text)))),
        /400.*A maximum of 4 blocks with cache_control may be provided\. Found 5\./,
      )
    })

    it('caches up to the last block when the request asks for it as a whole', async () => {
      const { anthropic } = await start()
      const turns = [{ role: 'user', content: words(1500) }]
      const body = { model: 'claude-sonnet-5', max_tokens: 100, cache_control: { type: 'ephemeral' } }
      const first = await anthropic.messages.create({ ...body, messages: turns })
      assert.deepEqual(buckets(first.usage), [4, 0, 1503, 0])
      const second = await anthropic.messages.create({
        ...body,
        messages: [...turns, { role: 'assistant', content: 'word' }, { role: 'user', content: 'word' }],
      })
      assert.deepEqual(buckets(second.usage), [4, 1503, 10, 0])
    })

    it('finds an entry at most 20 blocks before a breakpoint', async () => {
      const { anthropic } = await start()
      const blocks = (n: number) => Array.from({ length: n }, (_, i) => ({ type: 'text', text: `word ${i}` }))
      const body = (n: number) => ({
        ...ask([marked(words(1500))]),
        system: words(1500),
        messages: [{ role: 'user', content: [...blocks(n), marked('end')] }],
      })
      await anthropic.messages.create(ask([marked(words(1500))]))
      assert.equal((await anthropic.messages.create(body(18))).usage.cache_read_input_tokens, 1500)
      assert.equal((await anthropic.messages.create(body(19))).usage.cache_read_input_tokens, 0)
    })

    it('makes parallel requests each pay for the same write', async () => {
      const { anthropic } = await start()
      const usages = await Promise.all(
        ['a', 'b', 'c'].map(async (text) =>
          buckets((await anthropic.messages.create(ask([marked(words(1500))], text))).usage),
        ),
      )
      assert.deepEqual(usages, [
        [8, 0, 1500, 0],
        [8, 0, 1500, 0],
        [8, 0, 1500, 0],
      ])
    })
  })

  describe('faults', () => {
    it('gives HTTP errors in each provider’s own form', async () => {
      const fault = { kind: 'status', status: 402, code: 'budget_exceeded', message: 'no money' }
      const { openai, anthropic } = await start({ replies: [{ fault }, { fault }] })
      await assert.rejects(
        openai.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] }),
        (error) =>
          error instanceof OpenAI.APIError &&
          error.status === 402 &&
          error.code === 'budget_exceeded' &&
          error.type === 'insufficient_quota',
      )
      await assert.rejects(
        anthropic.messages.create({
          model: 'm',
          max_tokens: 1,
          messages: [{ role: 'user', content: 'x' }],
        }),
        (error: Error & { status?: number; type?: string }) =>
          error.status === 402 && error.type === 'billing_error',
      )
    })

    it('lets the SDK retry after a rate limit', async () => {
      const { openai } = await start({
        replies: [
          { fault: { kind: 'status', status: 429, headers: { 'retry-after-ms': '1' } } },
          { text: 'after all' },
        ],
      })
      const completion = await openai
        .withOptions({ maxRetries: 1 })
        .chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'x' }] })
      assert.equal(completion.choices[0]?.message.content, 'after all')
    })

    const streamed = async (openai: OpenAI) => {
      const contents: string[] = []
      const stream = await openai.chat.completions.create({
        model: 'gpt-5.4',
        messages: [{ role: 'user', content: 'x' }],
        stream: true,
      })
      try {
        for await (const chunk of stream) contents.push(chunk.choices[0]?.delta.content ?? '')
      } catch (error) {
        return { contents, error: error instanceof Error ? error : new Error(String(error)) }
      }
      return { contents, error: undefined }
    }

    it('breaks a stream off, ends it early, garbles it, or reports an error in it', async () => {
      const text = 'one two three four'
      const { openai } = await start({
        replies: ['reset', 'end', 'malformed', 'error'].map((kind) => ({
          text,
          fault: { kind, afterEvents: 3 },
        })),
      })
      const reset = await streamed(openai)
      assert.deepEqual(reset.contents, ['', 'one', ' two'])
      assert.match(String(reset.error), /terminated|Connection error/)
      const ended = await streamed(openai)
      assert.deepEqual(ended, { contents: ['', 'one', ' two'], error: undefined })
      assert.ok((await streamed(openai)).error instanceof SyntaxError)
      assert.match(String((await streamed(openai)).error), /The server had an error while answering/)
    })

    it('stalls until the client gives up', async () => {
      const { openai } = await start({ replies: [{ text: 'x', fault: { kind: 'stall', afterEvents: 0 } }] })
      await assert.rejects(
        openai.chat.completions.create(
          { model: 'gpt-5.4', messages: [{ role: 'user', content: 'x' }] },
          { timeout: 50 },
        ),
        OpenAI.APIConnectionTimeoutError,
      )
    })

    it('breaks plain answers in the same ways', async () => {
      const { openai } = await start({
        replies: [
          { fault: { kind: 'reset' } },
          { fault: { kind: 'malformed' } },
          { fault: { kind: 'no-usage' } },
        ],
      })
      const ask = () =>
        openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'x' }] })
      await assert.rejects(ask())
      await assert.rejects(ask(), SyntaxError)
      assert.equal((await ask()).usage, undefined)
    })
  })

  describe('bad requests', () => {
    const post = async (path: string, body: string, headers = {}) => {
      const response = await fetch(`${simulator.url}${path}`, { method: 'POST', body, headers })
      return { status: response.status, body: JSON.parse(await response.text()) }
    }

    it('answers broken JSON, a missing field and an unknown path in the style of the provider', async () => {
      await start()
      assert.deepEqual(await post('/openai/v1/chat/completions', '{"model":'), {
        status: 400,
        body: {
          error: {
            message: 'We could not parse the JSON body of your request. The API expects a JSON object.',
            type: 'invalid_request_error',
            param: null,
            code: null,
          },
        },
      })
      assert.deepEqual(await post('/anthropic/v1/messages', '{"model":"m","messages":[]}'), {
        status: 400,
        body: {
          type: 'error',
          error: { type: 'invalid_request_error', message: 'max_tokens: Field required' },
          request_id: 'req_sim000002',
        },
      })
      assert.deepEqual(await post('/v1/embeddings', '{}'), {
        status: 404,
        body: {
          error: {
            message: 'Invalid URL (POST /v1/embeddings)',
            type: 'invalid_request_error',
            param: null,
            code: null,
          },
        },
      })
      assert.equal(
        (await post('/v1/unknown', '{}', { 'anthropic-version': '2026-10-21' })).body.error.type,
        'not_found_error',
      )
    })

    it('refuses web pages', async () => {
      await start()
      assert.equal((await post('/v1/chat/completions', '{}', { origin: 'https://evil.example' })).status, 403)
    })

    it('says what a script lacks when it is told to', async () => {
      const { openai } = await start({ replies: [], otherwise: 'error' })
      await assert.rejects(
        openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hi' }] }),
        /400 No scripted reply fits call 1 \(model gpt-5\.4, step 1, last user message "hi"\)/,
      )
    })
  })
})

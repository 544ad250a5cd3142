// The embedded model server against the real SDKs: wire formats, streams and usage.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { simulatorReadyLine } from '../../profiler-agent/simulator/server'
import { type AnthropicEvent, simulatorForTests, words } from '../support/simulator-clients'

const WEATHER_TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
} as const

describe('embedded model server', () => {
  const { start, advance } = simulatorForTests()

  it('says where it listens in one line', async () => {
    const { simulator } = await start()
    assert.deepEqual(JSON.parse(simulatorReadyLine('0.1.0', 7, simulator)), {
      event: 'ready',
      version: '0.1.0',
      pid: 7,
      url: `http://127.0.0.1:${simulator.port}`,
      openai: `http://127.0.0.1:${simulator.port}/v1`,
      anthropic: `http://127.0.0.1:${simulator.port}`,
      google: `http://127.0.0.1:${simulator.port}`,
      deepseek: `http://127.0.0.1:${simulator.port}/deepseek`,
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
      advance(20)
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
    it('answers and counts', async () => {
      const { anthropic } = await start()
      const message = await anthropic.messages.create({
        model: 'claude-sonnet-5',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'hello' }],
      })
      assert.equal(message.content[0]?.text, 'You said: hello')
      assert.equal(message.stop_reason, 'end_turn')
      assert.equal(message.usage.input_tokens, 8)
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
  })
})

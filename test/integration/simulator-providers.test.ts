// The embedded model server as Gemini, and as the providers that speak OpenAI's chat format in their own way.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { loadAgentSdk } from '../support/agent-sdks'
import { simulatorForTests, words } from '../support/simulator-clients'

interface GeminiAnswer {
  readonly text?: string
  readonly functionCalls?: readonly { readonly name?: string; readonly args?: object }[]
  readonly candidates?: readonly { readonly finishReason?: string }[]
  readonly modelVersion?: string
  readonly usageMetadata?: Readonly<Record<string, unknown>>
}
interface GeminiClient {
  readonly models: {
    generateContent(request: object): Promise<GeminiAnswer>
    generateContentStream(request: object): Promise<AsyncIterable<GeminiAnswer>>
    countTokens(request: object): Promise<{ totalTokens?: number }>
  }
  readonly caches: {
    create(request: object): Promise<{ name?: string; expireTime?: string; usageMetadata?: object }>
    get(request: object): Promise<{ name?: string }>
    update(request: object): Promise<{ expireTime?: string }>
    delete(request: object): Promise<object>
  }
}

const geminiAt = (baseUrl: string): GeminiClient => {
  const { GoogleGenAI } = loadAgentSdk<{ GoogleGenAI: new (options: object) => GeminiClient }>(
    '@google/genai',
  )
  return new GoogleGenAI({ apiKey: 'AIza-test', httpOptions: { baseUrl } })
}

describe('embedded model server as Gemini', () => {
  const { start, advance } = simulatorForTests()
  const model = 'gemini-2.5-flash'

  it('answers, with thoughts beside the candidates and no word of a cache that gave nothing', async () => {
    const { simulator } = await start({ replies: [{ text: 'word word', reasoning: 'word word word' }] })
    const answer = await geminiAt(simulator.url).models.generateContent({
      model,
      contents: words(10),
      config: { systemInstruction: words(5) },
    })
    assert.equal(answer.text, 'word word')
    assert.equal(answer.modelVersion, model)
    assert.equal(answer.candidates?.[0]?.finishReason, 'STOP')
    assert.deepEqual(answer.usageMetadata, {
      promptTokenCount: 15,
      candidatesTokenCount: 2,
      totalTokenCount: 20,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 15 }],
      thoughtsTokenCount: 3,
    })
  })

  it('calls a tool and goes on after its result, by script', async () => {
    const { simulator } = await start({
      replies: [
        {
          when: { api: 'generate', lastToolResult: null },
          toolCalls: [{ name: 'find', arguments: { city: 'Oslo' } }],
        },
        { when: { lastToolResult: 'find', lastToolResultContains: 'sunny' }, text: 'It is sunny.' },
      ],
    })
    const { models } = geminiAt(simulator.url)
    const question = { role: 'user', parts: [{ text: 'What is the weather?' }] }
    const config = { tools: [{ functionDeclarations: [{ name: 'find', description: 'finds' }] }] }
    const first = await models.generateContent({ model, contents: [question], config })
    assert.deepEqual(first.functionCalls?.[0]?.args, { city: 'Oslo' })
    const result = { functionResponse: { name: 'find', response: { output: 'sunny' } } }
    const contents = [
      question,
      { role: 'model', parts: [{ functionCall: { name: 'find', args: { city: 'Oslo' } } }] },
      { role: 'user', parts: [result] },
    ]
    assert.equal((await models.generateContent({ model, contents, config })).text, 'It is sunny.')
  })

  it('streams with cumulative usage, whole in the last chunk', async () => {
    const { simulator } = await start({ replies: [{ text: 'word word word word', chunks: 2 }] })
    const stream = await geminiAt(simulator.url).models.generateContentStream({ model, contents: words(10) })
    const chunks: GeminiAnswer[] = []
    for await (const chunk of stream) chunks.push(chunk)
    assert.equal(chunks.map(({ text }) => text).join(''), 'word word word word')
    assert.deepEqual(
      chunks.map(({ usageMetadata }) => usageMetadata?.candidatesTokenCount),
      [undefined, 4],
    )
    assert.equal(chunks.at(-1)?.usageMetadata?.promptTokenCount, 10)
  })

  it('streams one JSON list where the client does not ask for events', async () => {
    const { simulator } = await start()
    const response = await fetch(`${simulator.url}/v1beta/models/${model}:streamGenerateContent`, {
      method: 'POST',
      body: JSON.stringify({ contents: [{ parts: [{ text: 'hello' }] }] }),
    })
    const list: unknown = await response.json()
    assert.ok(Array.isArray(list) && list.length > 0)
  })

  it('reads a repeated beginning from its cache, from the minimum of the model on', async () => {
    const { simulator } = await start()
    const { models } = geminiAt(simulator.url)
    const cached = async (question: string, name = model) => {
      const { usageMetadata } = await models.generateContent({
        model: name,
        contents: question,
        config: { systemInstruction: words(3000) },
      })
      return usageMetadata?.cachedContentTokenCount
    }
    assert.equal(await cached('first'), undefined)
    assert.equal(await cached('second'), 3000)
    assert.equal(await cached('first', 'gemini-3.8-flash'), undefined)
    assert.equal(await cached('second', 'gemini-3.8-flash'), undefined)
    advance(5 * 60_000 + 1)
    assert.equal(await cached('third'), undefined)
  })

  it('makes a cache on demand, which later requests read until it is over', async () => {
    const { simulator } = await start()
    const { caches, models } = geminiAt(simulator.url)
    const made = await caches.create({
      model,
      config: { contents: [{ role: 'user', parts: [{ text: words(2000) }] }], ttl: '600s' },
    })
    assert.deepEqual(made.usageMetadata, { totalTokenCount: 2000 })
    assert.equal(made.expireTime, '2026-11-22T00:10:00.000Z')
    const ask = () =>
      models.generateContent({ model, contents: words(7), config: { cachedContent: made.name } })
    const { usageMetadata } = await ask()
    assert.equal(usageMetadata?.promptTokenCount, 2007)
    assert.equal(usageMetadata?.cachedContentTokenCount, 2000)
    await caches.update({ name: made.name, config: { ttl: '1200s' } })
    advance(900_000)
    assert.equal((await ask()).usageMetadata?.cachedContentTokenCount, 2000)
    advance(301_000)
    await assert.rejects(ask(), /403.*CachedContent not found/s)
    await assert.rejects(caches.get({ name: made.name }), /PERMISSION_DENIED/)
  })

  it('counts, and words errors as Google does', async () => {
    const { simulator } = await start()
    const { models, caches } = geminiAt(simulator.url)
    assert.equal((await models.countTokens({ model, contents: words(12) })).totalTokens, 12)
    await assert.rejects(models.generateContent({ model, contents: [] }), /contents/)
    await assert.rejects(
      caches.create({ model, config: { contents: [{ role: 'user', parts: [{ text: 'short' }] }] } }),
      /INVALID_ARGUMENT/,
    )
  })
})

describe('embedded model server as others who speak the chat format', () => {
  const { start, advance } = simulatorForTests()
  const clientOf = (baseURL: string) =>
    new OpenAI({ baseURL, apiKey: 'sk-test', maxRetries: 0, logLevel: 'off' })

  it('tells hits and misses of DeepSeek, by base URL or by model', async () => {
    const { simulator } = await start()
    const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
      model: 'deepseek-chat',
      messages: [{ role: 'user', content: words(1000) }],
    }
    // 2 for the prompt, 4 for the message.
    const first = await clientOf(`${simulator.url}/deepseek`).chat.completions.create(body)
    assert.deepEqual(first.usage, {
      prompt_tokens: 1006,
      completion_tokens: first.usage?.completion_tokens,
      total_tokens: 1006 + (first.usage?.completion_tokens ?? 0),
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 1006,
    })
    const second = await clientOf(`${simulator.url}/v1`).chat.completions.create(body)
    // 1,004 tokens up to the end of the message: 7 whole units of 128.
    assert.equal(Object(second.usage).prompt_cache_hit_tokens, 896)
    assert.equal(Object(second.usage).prompt_cache_miss_tokens, 110)
  })

  it('holds of a DeepSeek prompt what ended one, or what two had in common', async () => {
    const { simulator } = await start()
    const hit = async (...contents: string[]) => {
      const { usage } = await clientOf(`${simulator.url}/deepseek`).chat.completions.create({
        model: 'deepseek-chat',
        messages: contents.map((content, index) => ({
          role: index % 2 === 0 ? 'user' : 'assistant',
          content,
        })),
      })
      return Object(usage).prompt_cache_hit_tokens
    }
    const shared = words(1280)
    assert.equal(await hit(`${shared} A`), 0)
    // Another ending within the same text: nothing was held up to there, from now on it is.
    assert.equal(await hit(`${shared} B`), 0)
    assert.equal(await hit(`${shared} C`), 1280)
    // A conversation that goes on reads up to the end of the last answer.
    const answer = `You said: ${`${shared} C`.slice(0, 200)}`
    assert.equal(await hit(`${shared} C`, answer, 'and?'), 1280)
    advance(3_600_001)
    assert.equal(await hit(`${shared} C`), 0)
  })

  it("ties xAI's requests to a cache by the conversation's header", async () => {
    const { simulator } = await start()
    const cached = async (conversation: string) => {
      const { usage } = await clientOf(`${simulator.url}/xai/v1`).chat.completions.create(
        { model: 'grok-4.7', messages: [{ role: 'user', content: words(300) }] },
        { headers: { 'x-grok-conv-id': conversation } },
      )
      return usage?.prompt_tokens_details?.cached_tokens
    }
    assert.deepEqual([await cached('a'), await cached('b'), await cached('a')], [0, 0, 306])
  })

  it('puts usage where each of them puts it in a stream', async () => {
    const { simulator } = await start({
      replies: [{ when: {}, text: 'word word', reasoningTokens: 3, outputTokens: 5 }],
    })
    const chunksOf = async (provider: string, model: string, asked: boolean) => {
      const stream = await clientOf(`${simulator.url}/${provider}/v1`).chat.completions.create({
        model,
        stream: true,
        messages: [{ role: 'user', content: 'hello' }],
        ...(asked ? { stream_options: { include_usage: true } } : {}),
      })
      const chunks = []
      for await (const chunk of stream) chunks.push(chunk)
      return chunks
    }
    const deepseek = await chunksOf('deepseek', 'deepseek-chat', true)
    assert.equal(deepseek.at(-1)?.choices[0]?.finish_reason, 'stop')
    assert.equal(deepseek.at(-1)?.usage?.completion_tokens, 5)
    assert.equal((await chunksOf('deepseek', 'deepseek-chat', false)).at(-1)?.usage, undefined)
    const xai = await chunksOf('xai', 'grok-4.7', false)
    assert.deepEqual(xai.at(-1)?.choices, [])
    // Reasoning stands beside the completion.
    assert.equal(xai.at(-1)?.usage?.completion_tokens, 2)
    assert.equal((await chunksOf('groq', 'gpt-oss-120b', false)).at(-1)?.usage?.completion_tokens, 5)
    const mistral = await chunksOf('mistral', 'mistral-small-latest', false)
    assert.equal(mistral.at(-1)?.choices[0]?.finish_reason, 'stop')
    assert.deepEqual(mistral.at(-1)?.usage?.prompt_tokens_details, { cached_tokens: 0 })
  })

  it("keeps Anthropic's marks on a Claude behind OpenRouter", async () => {
    const { simulator } = await start()
    const usage = async () => {
      const completion = await clientOf(`${simulator.url}/openrouter/api/v1`).chat.completions.create({
        model: 'anthropic/claude-sonnet-4.6',
        messages: [
          {
            role: 'system',
            content: [{ type: 'text', text: words(1500), cache_control: { type: 'ephemeral' } }],
          },
          { role: 'user', content: 'hello' },
        ],
      } as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming)
      const details = completion.usage?.prompt_tokens_details
      return [details?.cache_write_tokens, details?.cached_tokens]
    }
    assert.deepEqual(await usage(), [1503, 0])
    assert.deepEqual(await usage(), [0, 1503])
  })
})

describe('embedded model server as Bedrock', () => {
  const { start } = simulatorForTests()

  it('converses with cache points, by the rules of the model behind it', async () => {
    const { simulator } = await start({ replies: [{ when: { api: 'converse', step: 1 }, text: 'word' }] })
    const converse = async (model: string, more: object = {}): Promise<Record<string, unknown>> => {
      const response = await fetch(`${simulator.url}/model/${encodeURIComponent(model)}/converse`, {
        method: 'POST',
        body: JSON.stringify({
          system: [{ text: words(1500) }, { cachePoint: { type: 'default' } }],
          messages: [{ role: 'user', content: [{ text: 'word' }] }],
          ...more,
        }),
      })
      return Object(await response.json())
    }
    const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
    const first = await converse(claude)
    assert.deepEqual(first.output, { message: { role: 'assistant', content: [{ text: 'word' }] } })
    assert.deepEqual(first.usage, {
      inputTokens: 8,
      outputTokens: 1,
      totalTokens: 1509,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 1500,
      cacheDetails: [{ ttl: '5m', inputTokens: 1500 }],
    })
    const toolConfig = {
      tools: [{ toolSpec: { name: 'find', inputSchema: { json: {} } } }],
      toolChoice: { any: {} },
    }
    assert.equal(Object((await converse(claude)).usage).cacheReadInputTokens, 1500)
    assert.equal(Object((await converse(claude, { toolConfig })).usage).cacheReadInputTokens, 0)
    // Another tool choice leaves Claude the system prompt, and Nova nothing.
    const free = { toolConfig: { ...toolConfig, toolChoice: { auto: {} } } }
    const nova = 'us.amazon.nova-lite-v1:0'
    const read = async (model: string, more: object) =>
      Number(Object((await converse(model, more)).usage).cacheReadInputTokens)
    assert.ok((await read(claude, free)) > 1500)
    await converse(nova, { toolConfig })
    assert.equal(await read(nova, free), 0)
    assert.ok((await read(nova, free)) > 1500)
    assert.deepEqual(await converse(claude, { messages: [] }), {
      message: 'A conversation must not be empty.',
    })
  })
})

describe("the embedded model server's clock", () => {
  const { start } = simulatorForTests()
  const ask = (url: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: words(2000) }] }),
    })
  const cachedIn = async (response: Response): Promise<unknown> =>
    Object(await response.json()).usage.prompt_tokens_details.cached_tokens

  it('goes forward when a request says so, and the date with it', async () => {
    const { simulator } = await start()
    assert.equal((await ask(simulator.url)).headers.get('date'), 'Sun, 22 Nov 2026 00:00:00 GMT')
    assert.equal(await cachedIn(await ask(simulator.url, { 'x-simulate-advance-ms': '299000' })), 1920)
    const late = await ask(simulator.url, { 'x-simulate-advance-ms': '301000' })
    assert.equal(late.headers.get('date'), 'Sun, 22 Nov 2026 00:10:00 GMT')
    assert.equal(await cachedIn(late), 0)
    assert.equal((await ask(simulator.url, { 'x-simulate-advance-ms': 'soon' })).status, 400)
  })

  it('goes forward when the script says so', async () => {
    const { simulator } = await start({
      replies: [{ when: { call: 2 }, afterMs: 300_000, text: 'late' }],
    })
    await ask(simulator.url)
    const second = await ask(simulator.url)
    assert.equal(second.headers.get('date'), 'Sun, 22 Nov 2026 00:05:00 GMT')
    assert.equal(await cachedIn(second), 1920)
  })

  it('sends what is too much for one machine to another, if the script has a limit', async () => {
    const { simulator } = await start({ requestsPerMinute: 2 })
    const cached: unknown[] = []
    for (let call = 0; call < 4; call++) cached.push(await cachedIn(await ask(simulator.url)))
    assert.deepEqual(cached, [0, 1920, 0, 1920])
    assert.equal(await cachedIn(await ask(simulator.url, { 'x-simulate-advance-ms': '60000' })), 1920)
  })
})

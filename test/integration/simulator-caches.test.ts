// Prompt caches of the embedded model server, seen as the real SDKs see them: in the usage of each answer.
import assert from 'node:assert/strict'
import type OpenAI from 'openai'
import { type AnthropicUsage, simulatorForTests, words } from '../support/simulator-clients'

describe('prompt caches of the embedded model server', () => {
  const { start, advance } = simulatorForTests()

  describe('OpenAI', () => {
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
      advance(5 * 60_000 + 1)
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
      advance(30 * 60_000 + 1)
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

  describe('Anthropic', () => {
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

    it('writes at a breakpoint, reads it later, and forgets it 5 minutes after the last use', async () => {
      const { anthropic } = await start()
      const usage = async (text: string) =>
        buckets((await anthropic.messages.create(ask([marked(words(1500))], text))).usage)
      assert.deepEqual(await usage('a'), [8, 0, 1500, 0])
      advance(4 * 60_000)
      assert.deepEqual(await usage('b'), [8, 1500, 0, 0])
      advance(4 * 60_000)
      assert.deepEqual(await usage('c'), [8, 1500, 0, 0])
      advance(5 * 60_000 + 1)
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
      advance(6 * 60_000)
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
      // The first token comes long after the last of them has been sent.
      const { anthropic } = await start({ latencyMs: 2000, firstTokenMs: 2000 })
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
})

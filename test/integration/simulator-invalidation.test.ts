// What makes a cached prompt another one at the embedded model server, and what the server itself says of it.
import assert from 'node:assert/strict'
import type OpenAI from 'openai'
import { simulatorForTests, words } from '../support/simulator-clients'

describe('what invalidates the caches of the embedded model server', () => {
  const { start, advance } = simulatorForTests()
  const mark = { cache_control: { type: 'ephemeral' } }
  const text = (content: string, marked = false) => ({ type: 'text', text: content, ...(marked ? mark : {}) })

  describe('Anthropic', () => {
    // 1,100 tokens of system prompt, 1,200 tokens of messages, each with a mark at its end.
    const body = {
      model: 'claude-sonnet-5',
      max_tokens: 100,
      system: [text(words(1100), true)],
      messages: [{ role: 'user', content: [text(words(1197), true)] }],
    }
    const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }
    const search = { type: 'web_search_20260318', name: 'web_search' }

    const readAfter = async (change: object): Promise<number> => {
      const { anthropic } = await start()
      await anthropic.messages.create(body)
      return (await anthropic.messages.create({ ...body, ...change })).usage.cache_read_input_tokens
    }

    it('reads all of it where nothing counts that changed', async () => {
      assert.equal(await readAfter({}), 2300)
      assert.equal(await readAfter({ max_tokens: 50, tool_choice: { type: 'auto' } }), 2300)
      assert.equal(await readAfter({ output_config: { effort: 'high' }, speed: 'standard' }), 2300)
    })

    it('loses the messages by tool choice, thinking, effort and images', async () => {
      assert.equal(await readAfter({ tool_choice: { type: 'none' } }), 1100)
      assert.equal(await readAfter({ thinking: { type: 'enabled', budget_tokens: 1024 } }), 1100)
      assert.equal(await readAfter({ output_config: { effort: 'low' } }), 1100)
      const messages = [...body.messages, { role: 'assistant', content: 'word' }]
      assert.equal(await readAfter({ messages: [...messages, { role: 'user', content: [image] }] }), 1100)
    })

    it('loses the system prompt, too, by speed, and everything by tools, format and model', async () => {
      assert.equal(await readAfter({ speed: 'fast' }), 0)
      assert.equal(await readAfter({ tools: [search] }), 0)
      const format = { type: 'json_schema', schema: { type: 'object' } }
      assert.equal(await readAfter({ output_config: { format } }), 0)
      assert.equal(await readAfter({ model: 'claude-opus-4-8' }), 0)
    })

    it('keeps the tools when speed changes', async () => {
      const { anthropic } = await start()
      const tools = [{ name: 'find', description: words(1100), input_schema: { type: 'object' }, ...mark }]
      const first = await anthropic.messages.create({ ...body, system: 'a', tools })
      const second = await anthropic.messages.create({ ...body, system: 'a', tools, speed: 'fast' })
      assert.ok(second.usage.cache_read_input_tokens > 1100)
      assert.ok(second.usage.cache_read_input_tokens < first.usage.cache_creation_input_tokens - 1100)
    })

    it('forgets earlier thinking at the next word of the user, with models that do', async () => {
      const thinking = { type: 'thinking', thinking: words(50), signature: 's' }
      const lookUp = { type: 'tool_use', id: 't', name: 'find', input: {} }
      const messages = [
        ...body.messages,
        { role: 'assistant', content: [thinking, lookUp] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: words(10), ...mark }] },
      ]
      const readAtNextWord = async (model: string, more: object = {}) => {
        const { anthropic } = await start()
        const written = await anthropic.messages.create({ ...body, model, messages, ...more })
        const all = written.usage.cache_creation_input_tokens
        const next = [...messages, { role: 'assistant', content: 'word' }, { role: 'user', content: 'and?' }]
        const later = await anthropic.messages.create({ ...body, model, messages: next, ...more })
        return all - later.usage.cache_read_input_tokens
      }
      assert.equal(await readAtNextWord('claude-sonnet-5'), 0)
      // All after the thinking is another prompt: only what stood before it is read, up to its mark.
      assert.ok((await readAtNextWord('claude-sonnet-4-5')) >= 60)
      const keep = { context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } }
      assert.equal(await readAtNextWord('claude-sonnet-4-5', keep), 0)
    })

    it('takes the billing header of Claude Code out of the prompt', async () => {
      const { anthropic } = await start()
      const header = (hash: string) => text(`x-anthropic-billing-header: cc_version=2.1.1; cch=${hash};`)
      const usages = []
      for (const hash of ['00ce4', '80720']) {
        const system = [header(hash), ...body.system]
        usages.push((await anthropic.messages.create({ ...body, system })).usage)
      }
      assert.deepEqual(
        usages.map((usage) => usage.cache_read_input_tokens),
        [0, 2300],
      )
    })

    it('has the hidden preamble of tools behind a mark on the system prompt', async () => {
      const { anthropic } = await start()
      const tools = [{ name: 'find', input_schema: { type: 'object' } }]
      const messages = [{ role: 'user', content: 'word' }]
      const { usage } = await anthropic.messages.create({ ...body, tools, messages })
      // 346 for the preamble, 4 and 1 for the message, 3 for the prompt.
      assert.equal(usage.input_tokens, 354)
      assert.ok(usage.cache_creation_input_tokens < 1150)
    })

    it('warms a cache by max_tokens: 0, and uses up no reply of the script', async () => {
      const { anthropic } = await start({ replies: [{ text: 'the only reply' }], otherwise: 'error' })
      const warm = await anthropic.messages.create({ ...body, max_tokens: 0 })
      assert.deepEqual([warm.content, warm.stop_reason, warm.usage.output_tokens], [[], 'max_tokens', 0])
      assert.equal(warm.usage.cache_creation_input_tokens, 2300)
      const answer = await anthropic.messages.create(body)
      assert.equal(answer.content[0]?.text, 'the only reply')
      assert.equal(answer.usage.cache_read_input_tokens, 2300)
      await assert.rejects(
        anthropic.messages.create({ ...body, max_tokens: 0, tool_choice: { type: 'any' } }),
        /400.*not allowed with tool_choice/,
      )
    })

    it('refuses two lifetimes for the last block', async () => {
      const { anthropic } = await start()
      await assert.rejects(
        anthropic.messages.create({ ...body, cache_control: { type: 'ephemeral', ttl: '1h' } }),
        /400.*differs from that of the last block/,
      )
      await anthropic.messages.create({ ...body, cache_control: { type: 'ephemeral' } })
    })

    it('says what changed, when both requests ask for it', async () => {
      const { anthropic } = await start()
      const first = await anthropic.messages.create({ ...body, diagnostics: { previous_message_id: null } })
      const reasonAfter = async (change: object, id = first.id) => {
        const asking = { ...body, ...change, diagnostics: { previous_message_id: id } }
        return Object(await anthropic.messages.create(asking)).diagnostics.cache_miss_reason
      }
      assert.equal(await reasonAfter({}), null)
      assert.deepEqual(await reasonAfter({ system: [text('other', true)] }), {
        type: 'system_changed',
        cache_missed_input_tokens: 2300,
      })
      assert.deepEqual(await reasonAfter({ messages: [{ role: 'user', content: [text('other', true)] }] }), {
        type: 'messages_changed',
        // All but the system prompt and the message's opening.
        cache_missed_input_tokens: 1197,
      })
      assert.equal((await reasonAfter({ model: 'claude-opus-4-8' })).type, 'model_changed')
      assert.equal((await reasonAfter({ speed: 'fast' })).type, 'model_changed')
      assert.equal((await reasonAfter({ tools: [search] })).type, 'tools_changed')
      assert.deepEqual(await reasonAfter({ tool_choice: { type: 'none' } }), { type: 'unavailable' })
      assert.deepEqual(await reasonAfter({}, 'msg_other'), { type: 'previous_message_not_found' })
    })
  })

  describe('OpenAI', () => {
    it('reads up to what changed in the system prompt, which stands before the tools up to gpt-4.1', async () => {
      const { openai } = await start()
      const cached = async (model: string, end: string) => {
        const tool = { type: 'function' as const, function: { name: 'find', description: words(2000) } }
        const { usage } = await openai.chat.completions.create({
          model,
          tools: [tool],
          messages: [
            { role: 'system', content: `${words(2000)} ${end}` },
            { role: 'user', content: 'hello' },
          ],
        })
        return usage?.prompt_tokens_details?.cached_tokens
      }
      await cached('gpt-4.1', 'one')
      assert.equal(await cached('gpt-4.1', 'other'), 1920)
      await cached('gpt-5.4', 'one')
      assert.equal(await cached('gpt-5.4', 'other'), 3968)
    })
  })

  describe('OpenAI from gpt-5.6 on', () => {
    type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming
    const body: Body = {
      model: 'gpt-5.6-sol',
      instructions: words(1500),
      input: words(500),
      prompt_cache_key: 'k',
    }
    const usageOf = ({ usage }: OpenAI.Responses.Response) => {
      const details = usage?.input_tokens_details
      return [usage?.input_tokens, details?.cached_tokens, details?.cache_write_tokens]
    }

    it('shares nothing between keys, tiers, efforts, verbosities and formats', async () => {
      const { openai } = await start()
      await openai.responses.create(body)
      const read = async (change: Partial<Body>) =>
        usageOf(await openai.responses.create({ ...body, ...change }))[1]
      assert.equal(await read({ max_output_tokens: 50, text: { verbosity: 'medium' } }), 2007)
      assert.equal(await read({ prompt_cache_key: 'other' }), 0)
      assert.equal(await read({ service_tier: 'flex' }), 0)
      assert.equal(await read({ reasoning: { effort: 'low' } }), 0)
      assert.equal(await read({ text: { verbosity: 'low' } }), 0)
      assert.equal(await read({ text: { format: { type: 'json_object' } } }), 0)
    })

    it('warms a cache without saying anything', async () => {
      const { openai } = await start({ replies: [{ text: 'the only reply' }], otherwise: 'error' })
      const warm = await openai.responses.create({
        ...body,
        prompt_cache_options: { prewarm: true, ttl: '12h' },
      })
      assert.deepEqual([warm.status, warm.output, warm.usage?.output_tokens], ['completed', [], 0])
      assert.deepEqual(usageOf(warm), [2010, 0, 2007])
      assert.deepEqual(warm.usage?.input_tokens_details, {
        cached_tokens: 0,
        cache_write_tokens: 2007,
        cache_write_tokens_details: { ttl_30m_tokens: 0, ttl_12h_tokens: 2007 },
      })
      advance(11 * 3_600_000)
      const answer = await openai.responses.create(body)
      assert.equal(answer.output_text, 'the only reply')
      assert.deepEqual(usageOf(answer), [2010, 2007, 0])
    })

    it('compares with an earlier response', async () => {
      const { openai } = await start()
      const first = await openai.responses.create(body)
      const diagnose = async (change: Partial<Body>, id = first.id) =>
        (
          await openai.responses.create({
            ...body,
            ...change,
            prompt_cache_options: { comparison_response_id: id },
          })
        ).prompt_cache_diagnostics
      assert.deepEqual(await diagnose({}), { type: 'cache_hit' })
      assert.deepEqual(await diagnose({ input: 'other' }), {
        type: 'cache_miss',
        reason: 'input_changed',
        // All but the instructions (1,504) and the message's opening (3).
        cache_missed_tokens: 500,
        comparison_reusable_tokens: 2007,
      })
      const reason = async (change: Partial<Body>) => Object(await diagnose(change)).reason
      assert.equal(await reason({ prompt_cache_key: 'other' }), 'prompt_cache_key_changed')
      assert.equal(await reason({ model: 'gpt-6-sol' }), 'model_changed')
      assert.equal(await reason({ service_tier: 'flex' }), 'service_tier_changed')
      assert.equal(await reason({ reasoning: { effort: 'low' } }), 'reasoning_effort_changed')
      assert.equal(await reason({ text: { verbosity: 'low' } }), 'verbosity_changed')
      const tools: Body['tools'] = [{ type: 'function', name: 'find', parameters: {}, strict: false }]
      assert.equal(await reason({ tools }), 'tools_changed')
      assert.deepEqual(await diagnose({}, 'resp_other'), { type: 'comparison_response_not_found' })
    })

    it('keeps 12 hours for the Responses API', async () => {
      const { openai } = await start()
      await assert.rejects(
        openai.chat.completions.create({
          model: 'gpt-5.6-sol',
          messages: [{ role: 'user', content: 'hello' }],
          prompt_cache_options: { ttl: '12h' },
        } as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming),
        /400.*Supported values are: '30m'/,
      )
    })
  })
})

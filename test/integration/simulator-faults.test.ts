// What goes wrong on purpose, or in the request: errors of the embedded model server as the real SDKs see them.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { startSimulator } from '../../profiler-agent/simulator/server'
import { simulatorForTests } from '../support/simulator-clients'

describe('embedded model server in trouble', () => {
  const { start } = simulatorForTests()

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
    const poster =
      (url: string) =>
      async (path: string, body: string, headers = {}) => {
        const response = await fetch(`${url}${path}`, { method: 'POST', body, headers })
        return { status: response.status, body: JSON.parse(await response.text()) }
      }

    it('answers broken JSON, a missing field and an unknown path in the style of the provider', async () => {
      const post = poster((await start()).simulator.url)
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

    it('answers odd paths, and goes on', async () => {
      const { simulator } = await start()
      for (const path of ['//', '/v1/responses/%zz', '/v1/responses?x=//'])
        assert.equal((await fetch(`${simulator.url}${path}`)).status >= 404, true, path)
    })

    it('reports a bug of its own as an error, and goes on', async () => {
      const { port, close } = await startSimulator({
        port: 0,
        countTokens: (text) => {
          if (text === 'bad') throw new Error('no such token')
          return 1
        },
      })
      const ask = (content: string) =>
        poster(`http://127.0.0.1:${port}`)(
          '/v1/chat/completions',
          JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
        )
      const failed = await ask('bad')
      assert.equal(failed.status, 500)
      assert.match(failed.body.error.message, /^The embedded model server failed: Error: no such token$/)
      assert.equal((await ask('good')).status, 200)
      await close()
    })

    it('refuses web pages', async () => {
      const post = poster((await start()).simulator.url)
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

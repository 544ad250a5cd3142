// Ollama beyond the fixtures: counts that are missing, loading a model, errors among the lines, embeddings.
import assert from 'node:assert/strict'
import { type Parts, readFirst } from './exchange'

const SERVER = 'http://127.0.0.1:11434'
const PROMPT = { model: 'llama3', prompt: 'Hi' }

const read = (response: unknown, more: Parts = {}) =>
  readFirst({ provider: 'ollama', url: `${SERVER}/api/generate`, request: PROMPT, response, ...more })

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const piece = (response: string) => ({ model: 'llama3', response, done: false })
const last = (counts: object = {}) => ({
  model: 'llama3',
  response: '',
  done: true,
  done_reason: 'stop',
  ...counts,
})

describe('providers/ollama', () => {
  it('reads one JSON body and a stream of lines alike', () => {
    const counts = { prompt_eval_count: 11, eval_count: 4, total_duration: 9, eval_duration: 7 }
    const whole = read({ ...last(counts), response: 'Hello' }, { request: { ...PROMPT, stream: false } })
    const streamed = read(lines(piece('Hel'), piece('lo'), last(counts)))
    for (const { usage, reply, inference, unfinished } of [whole, streamed]) {
      assert.deepEqual([usage.inputTokens, usage.outputTokens, usage.origin], [11, 4, 'reported'])
      assert.deepEqual([reply[0]?.content, inference.finishReason, unfinished], ['Hello', 'stop', false])
      assert.deepEqual(usage.raw, counts)
    }
    assert.deepEqual([whole.stream, streamed.stream], [false, true])
  })

  it('trap 4: takes a missing count of the prompt as unknown, not as 0', () => {
    const { usage } = read(lines(piece('Hi'), last({ eval_count: 79 })))
    assert.deepEqual(
      [usage.inputTokens, usage.uncachedInputTokens, usage.outputTokens, usage.origin],
      [null, null, 79, 'reported'],
    )
    assert.equal(read(lines(piece('Hi'), last())).usage.origin, 'unknown')
  })

  it('takes cached tokens as part of the prompt', () => {
    const cached = (prompt_eval_cached_count: number) =>
      read(last({ prompt_eval_count: 50, prompt_eval_cached_count, eval_count: 1 })).usage
    assert.deepEqual([cached(30).uncachedInputTokens, cached(30).cacheReadTokens], [20, 30])
    assert.deepEqual([cached(70).uncachedInputTokens, cached(70).cacheReadTokens], [0, 50])
  })

  it('does not bill loading and unloading a model', () => {
    const loads = [
      [{ model: 'llama3' }, last({ done_reason: 'load' })],
      [{ model: 'llama3', keep_alive: 0 }, last({ done_reason: 'unload' })],
      [
        { model: 'llama3', messages: [] },
        { model: 'llama3', done: true },
      ],
      [
        { model: 'llama3', prompt: '' },
        { model: 'llama3', response: '', done: true },
      ],
    ]
    for (const [request, response] of loads)
      for (const url of [`${SERVER}/api/generate`, `${SERVER}/api/chat`]) {
        const { inference } = read(response, { url, request })
        assert.deepEqual([inference.billed, inference.usage.origin], [false, 'unknown'])
      }
  })

  it('tells an error among the lines; one at the very start bills nothing', () => {
    const error = { error: 'an error was encountered while running the model' }
    const late = read(lines(piece('Hel'), error))
    assert.deepEqual(
      [late.error?.message, late.inference.billed, late.usage.origin, late.unfinished],
      [error.error, true, 'unknown', true],
    )
    assert.equal(read(lines(error)).inference.billed, false)
    assert.deepEqual(read({ error: "model 'x' not found" }, { status: 404 }).error, {
      status: 404,
      message: "model 'x' not found",
    })
  })

  it('knows that a chat is a stream unless it was asked not to be', () => {
    const cut = { end: 'aborted', request: PROMPT } as const
    assert.deepEqual([read('', cut).stream, read('', cut).unfinished], [true, true])
    assert.equal(read('', { ...cut, request: { ...PROMPT, stream: false } }).stream, false)
    const broken = read(lines(piece('Hel'), piece('lo')), cut)
    assert.deepEqual(
      [broken.usage.origin, broken.unfinished, broken.reply[0]?.content],
      ['unknown', true, 'Hello'],
    )
  })

  it('counts the input of embeddings where it is said', () => {
    const url = `${SERVER}/api/embed`
    const request = { model: 'e', input: ['a', 'b'] }
    const { inference, usage, prompt } = read(
      { model: 'e', embeddings: [[1]], prompt_eval_count: 6 },
      { url, request },
    )
    assert.deepEqual(
      [inference.kind, usage.inputTokens, usage.outputTokens, usage.origin],
      ['embeddings', 6, null, 'reported'],
    )
    assert.deepEqual(
      prompt.map(({ path, content }) => [path, content]),
      [
        ['input[0]', 'a'],
        ['input[1]', 'b'],
      ],
    )
    const older = read({ embedding: [1] }, { url: `${SERVER}/api/embeddings`, request: PROMPT })
    assert.deepEqual(
      [older.inference.kind, older.usage.origin, older.inference.billed],
      ['embeddings', 'unknown', true],
    )
  })

  it('shows an image that was made', () => {
    const { reply } = read(lines({ done: false, completed: 1, total: 4 }, last({ image: 'aGk=' })))
    assert.deepEqual(reply, [{ path: 'output[0]', kind: 'media', content: '' }])
  })
})

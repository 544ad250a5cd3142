// Legacy completions and fill-in-the-middle beyond the fixture: prompts of every form, vendors, broken streams.
import assert from 'node:assert/strict'
import { type Parts, readFirst, sseOf } from './exchange'

const COMPLETIONS = 'https://api.openai.com/v1/completions'

const read = (response: unknown, more: Parts = {}) =>
  readFirst({ url: COMPLETIONS, request: { model: 'm', prompt: 'x' }, response, ...more })

const chunk = (text: string, finish_reason: string | null = null) => ({
  id: 'cmpl-1',
  choices: [{ text, index: 0, finish_reason }],
})

describe('providers/openai-completions', () => {
  it('reads a whole reply of every vendor', () => {
    const usage = { prompt_tokens: 8, completion_tokens: 16, total_tokens: 24 }
    const response = { ...chunk(' there', 'eos'), model: 'served', usage }
    const urls = ['https://openrouter.ai/api/v1/completions', 'http://localhost:8000/v1/completions']
    for (const url of [COMPLETIONS, 'https://api.together.xyz/v1/completions', ...urls]) {
      const reading = read(response, { url })
      assert.deepEqual(
        [reading.wireFormat, reading.inference.kind, reading.inference.responseModel, reading.reply],
        ['openai-completions', 'chat', 'served', [{ path: 'output[0]', kind: 'output', content: ' there' }]],
      )
      assert.deepEqual([reading.usage.inputTokens, reading.usage.outputTokens], [8, 16])
    }
  })

  it('reads prompts of texts and of tokens', () => {
    const promptOf = (prompt: unknown) =>
      read({}, { request: { prompt } }).prompt.map(({ content }) => content)
    assert.deepEqual(promptOf('a'), ['a'])
    assert.deepEqual(promptOf(['a', 'b']), ['a', 'b'])
    assert.deepEqual(promptOf([1, 2]), ['[1,2]'])
    assert.deepEqual(promptOf([[1], [2, 3]]), ['[1]', '[2,3]'])
    assert.deepEqual(promptOf(undefined), [])
    assert.deepEqual(promptOf(7), [])
  })

  it('reads Mistral’s fill-in-the-middle, whose reply is that of a chat', () => {
    const delta = { id: 'f1', choices: [{ index: 0, delta: { content: 'mid' }, finish_reason: 'stop' }] }
    const usage = { prompt_tokens: 9, total_tokens: 25, completion_tokens: 16 }
    const reading = read(sseOf([{ ...delta, model: 'codestral-2508', usage }, '[DONE]']), {
      url: 'https://api.mistral.ai/v1/fim/completions#stream',
      provider: 'mistral',
      request: { model: 'codestral-2508', prompt: 'a = ', suffix: ';', stream: true },
    })
    assert.deepEqual(
      [reading.wireFormat, reading.usage.outputTokens, reading.reply[0]?.content, reading.prompt.length],
      ['openai-completions', 16, 'mid', 2],
    )
  })

  it('knows no usage of a stream that gave none, or that broke off', () => {
    const whole = read(sseOf([chunk('a'), chunk('b', 'stop'), '[DONE]']))
    assert.deepEqual(
      [whole.usage.origin, whole.usage.inputTokens, whole.inference.billed, whole.unfinished],
      ['unknown', null, true, false],
    )
    const cut = read(sseOf([chunk('a')]), { end: 'truncated' })
    assert.deepEqual([cut.usage.origin, cut.unfinished, cut.reply[0]?.content], ['unknown', true, 'a'])
  })

  it('does not bill what was refused', () => {
    const reading = read({ error: { message: 'no such model', code: 'model_not_found' } }, { status: 404 })
    assert.deepEqual(
      [reading.inference.billed, reading.error?.code, reading.wireFormat],
      [false, 'model_not_found', 'openai-completions'],
    )
  })
})

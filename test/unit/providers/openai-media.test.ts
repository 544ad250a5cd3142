// Images and audio beyond the fixture: forms, streams, models that are not billed by tokens.
import assert from 'node:assert/strict'
import { type Parts, readFirst, sseOf } from './exchange'

const V1 = 'https://api.openai.com/v1'

const read = (path: string, response: unknown, more: Parts = {}) =>
  readFirst({ url: `${V1}${path}`, request: { model: 'm' }, response, ...more })

const FORM = [
  '--b',
  'Content-Disposition: form-data; name="file"; filename="a.wav"',
  '',
  'RIFF',
  '--b',
  'Content-Disposition: form-data; name="model"',
  '',
  'gpt-4o-mini-transcribe',
  '--b--',
].join('\r\n')

describe('providers/openai-media', () => {
  it('finds the model of a transcription in its form, and its tokens in the reply', () => {
    const usage = {
      type: 'tokens',
      input_tokens: 14,
      input_token_details: { text_tokens: 4, audio_tokens: 10 },
      output_tokens: 6,
      total_tokens: 20,
    }
    const reading = read(
      '/audio/transcriptions',
      { text: 'hello', usage },
      {
        request: FORM,
        requestHeaders: { 'content-type': 'multipart/form-data; boundary=b' },
      },
    )
    assert.deepEqual(
      [
        reading.wireFormat,
        reading.inference.requestModel,
        reading.usage.inputTokens,
        reading.usage.outputTokens,
      ],
      ['openai-audio', 'gpt-4o-mini-transcribe', 14, 6],
    )
    assert.deepEqual([reading.inference.modalities, reading.malformed], [{ audioInput: 10 }, 0])
  })

  it('knows no tokens of what is billed by time, by image or by character', () => {
    const timed = read('/audio/transcriptions', { text: 'x', usage: { type: 'duration', seconds: 3 } })
    assert.deepEqual([timed.usage.origin, timed.usage.raw], ['unknown', { type: 'duration', seconds: 3 }])
    const drawn = read('/images/generations', { created: 1, data: [{ url: 'u' }] })
    assert.deepEqual([drawn.usage.origin, drawn.inference.billed], ['unknown', true])
    const spoken = read('/audio/speech', 'ID3…')
    assert.deepEqual([spoken.usage.origin, spoken.inference.billed, spoken.malformed], ['unknown', true, 0])
  })

  it('reads images and transcriptions whose usage is in the notation of chat', () => {
    const usage = { prompt_tokens: 6, completion_tokens: 1400, total_tokens: 1406, cost: 0.031 }
    const drawn = read(
      '',
      { data: [], usage },
      { provider: 'openrouter', url: 'https://openrouter.ai/api/v1/images' },
    )
    assert.deepEqual(
      [drawn.usage.inputTokens, drawn.usage.outputTokens, drawn.inference.providerPicoUsd],
      [6, 1400, 31_000_000_000],
    )
    // Mistral counts the sound beside the prompt: 4 + 250 + 12 = 266.
    const heard = { prompt_tokens: 4, completion_tokens: 12, total_tokens: 266 }
    const { usage: tokens, inference } = read(
      '/audio/transcriptions',
      { text: 'x', usage: { ...heard, prompt_tokens_details: { audio_tokens: 250 } } },
      { provider: 'mistral' },
    )
    assert.deepEqual([tokens.inputTokens, tokens.outputTokens], [254, 12])
    assert.deepEqual(inference.modalities, { audioInput: 250 })
  })

  it('knows the cost of an image from its provider where no tokens are known', () => {
    const { usage, inference } = read(
      '/images/generations',
      { data: [], usage: { cost_in_usd_ticks: 300_000_000 } },
      { provider: 'xai' },
    )
    assert.deepEqual([usage.origin, inference.providerPicoUsd], ['unknown', 30_000_000_000])
  })

  it('takes the usage of a stream from its last event', () => {
    const usage = {
      input_tokens: 30,
      input_tokens_details: { image_tokens: 20, text_tokens: 10 },
      output_tokens: 50,
    }
    const stream = sseOf([
      { type: 'image_edit.partial_image', b64_json: 'A' },
      { type: 'image_edit.completed', b64_json: 'B', usage },
    ])
    const reading = read('/images/edits', stream)
    assert.deepEqual(
      [reading.usage.inputTokens, reading.inference.modalities, reading.unfinished],
      [30, { imageInput: 20, imageOutput: 50 }, false],
    )
    const cut = read('/images/edits', sseOf([{ type: 'image_edit.partial_image' }]))
    assert.deepEqual([cut.usage.origin, cut.unfinished], ['unknown', true])
  })

  it('does not bill what was refused', () => {
    const refused = read(
      '/images/generations',
      { error: { message: 'no', code: 'moderation_blocked' } },
      { status: 400 },
    )
    assert.deepEqual([refused.inference.billed, refused.error?.code], [false, 'moderation_blocked'])
    assert.equal(read('/images/generations', { error: { message: 'no' } }).inference.billed, false)
  })
})

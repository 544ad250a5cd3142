// What counts of Gemini mean: what is inside what, by the provider's own total; modalities; tiers; enums as numbers.
import assert from 'node:assert/strict'
import { readGoogle, replyOf, tokensOf, vertex } from './gemini-exchange'

const read = (usageMetadata: unknown) => readGoogle({ response: replyOf(usageMetadata) })

describe('providers/gemini-usage', () => {
  it('trap 8: adds thoughts to the output and tool results to the input', () => {
    const { usage } = read({
      promptTokenCount: 13,
      candidatesTokenCount: 194,
      thoughtsTokenCount: 100,
      toolUsePromptTokenCount: 289,
      totalTokenCount: 596,
    })
    assert.deepEqual(tokensOf(usage), [302, null, 294, 100])
  })

  it('trap 18: does not add thoughts that the candidates include already', () => {
    const counts = { promptTokenCount: 10, candidatesTokenCount: 50, thoughtsTokenCount: 30 }
    assert.deepEqual(tokensOf(read({ ...counts, totalTokenCount: 60 }).usage), [10, null, 50, 30])
    assert.deepEqual(tokensOf(read({ ...counts, totalTokenCount: 90 }).usage), [10, null, 80, 30])
    assert.deepEqual(tokensOf(read(counts).usage), [10, null, 80, 30])
  })

  it('does not add tool results that the prompt includes already', () => {
    const counts = { promptTokenCount: 40, candidatesTokenCount: 5, toolUsePromptTokenCount: 20 }
    assert.equal(read({ ...counts, totalTokenCount: 45 }).usage.inputTokens, 40)
    assert.equal(read({ ...counts, totalTokenCount: 65 }).usage.inputTokens, 60)
  })

  it('counts what the total has beyond all counts as output, and believes the counts before a smaller total', () => {
    const counts = { promptTokenCount: 10, candidatesTokenCount: 5, toolUsePromptTokenCount: 2 }
    assert.deepEqual(tokensOf(read({ ...counts, totalTokenCount: 100 }).usage), [12, null, 88, null])
    const thoughts = { ...counts, thoughtsTokenCount: 3, totalTokenCount: 4 }
    assert.deepEqual(tokensOf(read(thoughts).usage), [12, null, 8, 3])
  })

  it('trap 1: takes cached tokens out of the prompt, and no more of them than it has', () => {
    const cached = { promptTokenCount: 100, cachedContentTokenCount: 80, candidatesTokenCount: 1 }
    assert.deepEqual([read(cached).usage.uncachedInputTokens, read(cached).usage.cacheReadTokens], [20, 80])
    const tooMany = read({ ...cached, cachedContentTokenCount: 120 }).usage
    assert.deepEqual([tooMany.uncachedInputTokens, tooMany.cacheReadTokens], [0, 100])
  })

  it('reads what the total says of an output that is left out because it is 0', () => {
    assert.equal(read({ promptTokenCount: 9, totalTokenCount: 9 }).usage.outputTokens, 0)
    const thinking = read({ promptTokenCount: 5, thoughtsTokenCount: 4, totalTokenCount: 9 }).usage
    assert.deepEqual(tokensOf(thinking), [5, null, 4, 4])
    assert.equal(read({ promptTokenCount: 9 }).usage.outputTokens, null)
  })

  it('reads proto names as well as JSON names', () => {
    const response = {
      candidates: [
        { content: { parts: [{ function_call: { name: 'f', args: {} } }] }, finish_reason: 'STOP' },
      ],
      usage_metadata: {
        prompt_token_count: 30,
        cached_content_token_count: 10,
        candidates_token_count: 4,
        thoughts_token_count: 6,
        total_token_count: 40,
        prompt_tokens_details: [{ modality: 'AUDIO', token_count: 12 }],
      },
      model_version: 'gemini-2.0-flash',
      response_id: 'g9',
    }
    const { inference, reply } = readGoogle({ response })
    assert.deepEqual(tokensOf(inference.usage), [30, 10, 10, 6])
    assert.deepEqual(
      [inference.responseModel, inference.responseId, inference.finishReason],
      ['gemini-2.0-flash', 'g9', 'STOP'],
    )
    assert.deepEqual([reply[0]?.kind, reply[0]?.name], ['tool_call', 'f'])
    assert.deepEqual(inference.modalities, { audioInput: 12 })
  })

  it('tells audio, images and video apart, in fresh input, in cache reads and in the output', () => {
    const { inference } = read({
      promptTokenCount: 1000,
      cachedContentTokenCount: 300,
      candidatesTokenCount: 1216,
      toolUsePromptTokenCount: 50,
      totalTokenCount: 2266,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 100 },
        { modality: 'AUDIO', tokenCount: 500 },
        { modality: 'VIDEO', tokenCount: 400 },
      ],
      toolUsePromptTokensDetails: [{ modality: 'IMAGE', tokenCount: 50 }],
      cacheTokensDetails: [
        { modality: 'AUDIO', tokenCount: 200 },
        { modality: 'VIDEO', tokenCount: 100 },
      ],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1120 }],
    })
    assert.deepEqual(inference.modalities, {
      audioInput: 300,
      imageInput: 50,
      videoInput: 300,
      audioCacheRead: 200,
      imageOutput: 1120,
    })
  })

  it('reads enums that come as numbers', () => {
    const response = {
      candidates: [{ content: { role: 'model' }, finishReason: 2 }],
      usageMetadata: {
        promptTokenCount: 150,
        totalTokenCount: 158,
        thoughtsTokenCount: 8,
        trafficType: 4,
        promptTokensDetails: [{ modality: 4, tokenCount: 150 }],
      },
    }
    const { inference } = readGoogle({
      url: vertex(
        'publishers/google/models/gemini-2.5-pro:generateContent?%24alt=json%3Benum-encoding%3Dint',
      ),
      response,
    })
    assert.deepEqual(
      [inference.finishReason, inference.tier, inference.modalities],
      ['MAX_TOKENS', 'flex', { audioInput: 150 }],
    )
    assert.deepEqual([inference.usage.inputTokens, inference.usage.outputTokens], [150, 8])
  })

  for (const [said, tier] of [
    [{ serviceTier: 'priority' }, 'priority'],
    [{ service_tier: 'SERVICE_TIER_FLEX' }, 'flex'],
    [{ serviceTier: 'unspecified' }, undefined],
    [{ trafficType: 'ON_DEMAND' }, 'on_demand'],
    [{ trafficType: 'ON_DEMAND_PRIORITY' }, 'priority'],
    [{ trafficType: 'ON_DEMAND_FLEX' }, 'flex'],
    [{ trafficType: 'ON_DEMAND_OFFPEAK' }, 'offpeak'],
    [{ trafficType: 'PROVISIONED_THROUGHPUT' }, 'provisioned'],
    [{ trafficType: 'TRAFFIC_TYPE_UNSPECIFIED' }, undefined],
    [{ trafficType: 'SOMETHING_NEW' }, 'something_new'],
  ] as const)
    it(`takes the tier from ${JSON.stringify(said)}`, () =>
      assert.equal(read({ promptTokenCount: 1, totalTokenCount: 2, ...said }).inference.tier, tier))

  it('trap 29: believes the reply before the request about the tier', () => {
    const request = { serviceTier: 'priority', contents: [] }
    const response = replyOf({ promptTokenCount: 1, totalTokenCount: 2 })
    const asked = readGoogle({ request, response })
    const served = readGoogle({
      request,
      response,
      responseHeaders: { 'x-gemini-service-tier': 'standard' },
    })
    assert.deepEqual([asked.inference.tier, served.inference.tier], ['priority', 'standard'])
  })

  it('is unknown where the usage says nothing, or only zeros beside a reply', () => {
    for (const said of [
      { trafficType: 'ON_DEMAND' },
      { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 },
      { promptTokenCount: '12', totalTokenCount: -4 },
      'none',
      undefined,
    ])
      assert.deepEqual(
        [read(said).usage.origin, read(said).usage.inputTokens, read(said).inference.billed],
        ['unknown', null, true],
        JSON.stringify(said),
      )
  })
})

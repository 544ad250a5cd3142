// Batches of Gemini: the job bills nothing, its results do, once each; what else Google's services do for nothing.
import assert from 'node:assert/strict'
import { readGoogle, replyOf, studio, vertex } from './gemini-exchange'

const JOB = studio('v1beta/batches/b7')
const reply = (responseId: string, promptTokenCount: number) =>
  replyOf(
    { promptTokenCount, candidatesTokenCount: 2, totalTokenCount: promptTokenCount + 2 },
    { responseId },
  )

describe('providers/gemini-batch', () => {
  it('trap 40: bills each result of a finished job at the batch tier, though the job shows them twice', () => {
    const inlinedResponses = {
      inlinedResponses: [
        { response: reply('g1', 10) },
        { error: { code: 3, message: 'bad' } },
        { response: reply('g2', 20) },
      ],
    }
    const { inferences } = readGoogle({
      method: 'GET',
      url: JOB,
      response: {
        name: 'batches/b7',
        metadata: { model: 'models/gemini-2.5-flash', output: { inlinedResponses } },
        done: true,
        response: { inlinedResponses },
      },
    })
    assert.deepEqual(
      inferences.map((each) => [
        each.requestModel,
        each.responseId,
        each.usage.inputTokens,
        each.tier,
        each.billed,
      ]),
      [
        ['gemini-2.5-flash', 'g1', 10, 'batch', true],
        ['gemini-2.5-flash', 'g2', 20, 'batch', true],
      ],
    )
  })

  it('reads the lines of a file of results', () => {
    const lines = [
      { key: 'a', response: reply('g1', 10) },
      { key: 'b', response: { embedding: { values: [1] }, tokenCount: '6' } },
      { key: 'c', error: { message: 'bad' } },
    ]
    const { inferences } = readGoogle({
      method: 'GET',
      url: studio('download/v1beta/files/batch-b7:download?alt=media'),
      response: lines.map((line) => JSON.stringify(line)).join('\n'),
    })
    assert.deepEqual(
      inferences.map(({ kind, usage, responseId, tier }) => [kind, usage.inputTokens, responseId, tier]),
      [
        ['chat', 10, 'g1', 'batch'],
        ['embeddings', 6, 'batch-b7:download[1]', 'batch'],
      ],
    )
  })

  for (const [method, url] of [
    ['POST', studio('v1beta/models/gemini-2.5-flash:batchGenerateContent')],
    ['POST', studio('v1beta/models/gemini-embedding-001:asyncBatchEmbedContent')],
    ['GET', JOB],
    ['POST', `${JOB}:cancel`],
    ['POST', vertex('batchPredictionJobs')],
    ['POST', vertex('publishers/google/models/veo-3:fetchPredictOperation')],
    ['GET', studio('v1beta/models')],
    ['POST', studio('upload/v1beta/files')],
    ['POST', studio('v1beta/fileSearchStores')],
    ['GET', studio('v1beta/files/f1:download')],
    ['POST', 'https://oauth2.googleapis.com/token'],
  ] as const)
    it(`does not bill ${method} ${url}`, () => {
      const { inferences, usage } = readGoogle({ method, url, response: { name: 'x', access_token: 'y' } })
      assert.deepEqual([inferences.length, inferences[0]?.billed, usage.inputTokens], [1, false, null])
    })

  it('bills making a video, whose cost is not known', () => {
    const { inference } = readGoogle({
      url: studio('v1beta/models/veo-3.1-generate-preview:predictLongRunning'),
      response: { name: 'models/veo/operations/1' },
    })
    assert.deepEqual([inference.billed, inference.usage.origin], [true, 'unknown'])
  })
})

// Shares of a call by block: nothing is lost and nothing is counted twice.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type SharedBlock, sharesOfBlocks } from '../../../profiler-agent/call-prompt/block-shares'
import type { HashedBlock } from '../../../profiler-agent/model/record'
import { usageOf } from '../../../profiler-agent/model/usage'
import { segmentsOf } from '../../../profiler-agent/tokens/segments'
import { costOf } from '../../support/spans'

const block = (path: string, hash = path): HashedBlock => ({ path, kind: 'user', hash })

const sumsOf = (blocks: readonly SharedBlock[]) => ({
  tokens: blocks.reduce((sum, { billed }) => sum + billed.tokens, 0),
  picoUsd: blocks.reduce((sum, { billed }) => sum + (billed.picoUsd ?? 0), 0),
})

describe('shares of blocks', () => {
  it('a block in which the cached part ends tells both stretches', () => {
    const share = { path: 'messages[0]', kind: 'user', hash: 'a', estimate: true } as const
    const { prompt } = sharesOfBlocks(
      { prompt: [block('messages[0]', 'a')], reply: [] },
      [
        { ...share, tokens: 30, picoUsd: 3, cache: 'read' },
        { ...share, tokens: 70, picoUsd: 70, cache: 'fresh' },
        { ...share, path: 'overhead', kind: 'overhead', hash: '', tokens: 3, picoUsd: 3, cache: 'fresh' },
      ],
      true,
    )
    assert.deepEqual(
      prompt.map(({ path, billed }) => [path, billed]),
      [
        [
          'messages[0]',
          {
            cache: 'fresh',
            tokens: 100,
            picoUsd: 73,
            stretches: [
              { cache: 'read', tokens: 30, picoUsd: 3 },
              { cache: 'fresh', tokens: 70, picoUsd: 70 },
            ],
          },
        ],
        ['overhead', { cache: 'fresh', tokens: 3, picoUsd: 3 }],
      ],
    )
  })

  it('what was not billed was neither read nor written', () => {
    const share = { path: 'system', kind: 'system', hash: 's', estimate: true } as const
    const { prompt } = sharesOfBlocks(
      { prompt: [{ path: 'system', kind: 'system', hash: 's' }], reply: [] },
      [{ ...share, tokens: 12, picoUsd: null, cache: 'fresh' }],
      false,
    )
    assert.deepEqual(prompt[0]?.billed, { cache: 'none', tokens: 12, picoUsd: null })
  })

  it('sum to the exact totals of the call, equal neighbours among them', () => {
    const blocks = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 8 })
    const tokens = fc.nat({ max: 5_000 })
    fc.assert(
      fc.property(
        blocks,
        fc.array(fc.constantFrom('x', 'y'), { maxLength: 3 }),
        fc.tuple(tokens, tokens, tokens, tokens),
        (hashes, replies, [plain, read, written, output]) => {
          const prices = costOf().prices
          const byBucket = {
            uncachedInput: plain * 30,
            cacheRead: read * 3,
            cacheWrite: written * 37,
            output: output * 150,
            units: 11,
          }
          const picoUsd = Object.values(byBucket).reduce((sum, cost) => sum + cost, 0)
          const usage = usageOf(
            {
              uncachedInputTokens: plain,
              cacheReadTokens: read,
              cacheWriteTokens: { '5m': written },
              outputTokens: output,
            },
            'reported',
            null,
          )
          const call = {
            prompt: hashes.map((hash) => block('messages[0]', hash)),
            reply: replies.map((hash): HashedBlock => ({ path: 'output[0]', kind: 'output', hash })),
          }
          const counted = (of: readonly HashedBlock[]) => of.map((one) => ({ ...one, tokens: 40 }))
          const segments = segmentsOf({
            model: 'm',
            usage,
            cost: { ...costOf(), picoUsd, byBucket, prices },
            prompt: counted(call.prompt),
            reply: counted(call.reply),
          })
          const { prompt, reply } = sharesOfBlocks(call, segments, true)
          assert.deepEqual(
            prompt.slice(0, hashes.length).map(({ hash }) => hash),
            hashes,
          )
          const [input, out] = [sumsOf(prompt), sumsOf(reply)]
          assert.equal(input.tokens, plain + read + written)
          // A reply of no tokens has no share that its cost could lie at; there is none then.
          assert.equal(out.tokens, output)
          assert.equal(input.picoUsd + out.picoUsd, picoUsd)
        },
      ),
    )
  })
})

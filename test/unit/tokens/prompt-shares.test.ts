// Tokens shared over the blocks of prompts: sums are exact, what prompts have in common keeps its shares, in whatever order calls end.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  type MeasuredBlock,
  PromptShares,
  type PromptToShare,
  type SharedPrompt,
} from '../../../profiler-agent/tokens/prompt-shares'

/** Blocks weigh 12 more than their characters. */
const block = (hash: string, weight: number, more: Partial<MeasuredBlock> = {}): MeasuredBlock => ({
  path: hash,
  kind: 'user',
  hash,
  characters: weight - 12,
  ...more,
})
const SYSTEM = block('system', 100, { kind: 'system' })
const ASKED = block('asked', 200)
const SAID = block('said', 100, { kind: 'assistant' })
const RESULT = block('result', 200, { kind: 'tool_result' })

const prompt = (
  blocks: readonly MeasuredBlock[],
  inputTokens: number,
  more: Partial<PromptToShare> = {},
): PromptToShare => ({
  ...{ id: 'a', counter: 'openai m', startedAt: 0, endedAt: 0, hasUnseen: false },
  blocks,
  inputTokens,
  ...more,
})
const tokensOf = ({ blocks }: SharedPrompt) => blocks.map(({ tokens }) => tokens)
const sumOf = (shared: SharedPrompt) =>
  tokensOf(shared).reduce((sum, tokens) => sum + tokens, shared.hiddenTokens)

describe('tokens/prompt-shares', () => {
  it('shares by length', () => {
    assert.deepEqual(new PromptShares().share(prompt([SYSTEM, ASKED], 301)), {
      blocks: [
        { ...SYSTEM, tokens: 100 },
        { ...ASKED, tokens: 201 },
      ],
      hiddenTokens: 0,
    })
  })

  it('takes the tokens of a preamble off first, and counts them with the block that they stand in front of', () => {
    const preamble = { before: 1, tokens: 40 }
    const shares = new PromptShares()
    assert.deepEqual(tokensOf(shares.share(prompt([SYSTEM, ASKED], 340, { preamble }))), [100, 240])
    // 100 are known; of the 90 left 40 are the preamble, so that 50 tokens for a weight of 50 are plausible.
    const short = prompt([SYSTEM, block('short', 50)], 190, { preamble, startedAt: 1, endedAt: 2 })
    assert.deepEqual(tokensOf(shares.share(short)), [100, 90])
    assert.deepEqual(tokensOf(new PromptShares().share(prompt([SYSTEM, ASKED], 60, { preamble }))), [20, 40])
  })

  it('gives what is new exactly what is more, and keeps the blocks from before', () => {
    const shares = new PromptShares()
    const first = shares.share(prompt([SYSTEM, ASKED], 90))
    const second = shares.share(prompt([SYSTEM, ASKED, SAID, RESULT], 240, { startedAt: 1, endedAt: 2 }))
    assert.deepEqual(tokensOf(second), [30, 60, 50, 100])
    assert.equal(second.blocks[0], first.blocks[0])
    assert.equal(second.blocks[1], first.blocks[1])
  })

  it('is one list for a prompt that was there before, another where anything differs', () => {
    const shares = new PromptShares()
    const first = shares.share(prompt([SYSTEM, ASKED], 90))
    const later = { startedAt: 1, endedAt: 2 }
    assert.equal(shares.share(prompt([SYSTEM, { ...ASKED }], 90, later)).blocks, first.blocks)
    const marked = shares.share(prompt([SYSTEM, { ...ASKED, mark: '5m' }], 90, later))
    assert.deepEqual(
      marked.blocks.map(({ mark }) => mark),
      [undefined, '5m'],
    )
    assert.notEqual(shares.share(prompt([SYSTEM, ASKED], 91, later)).blocks, first.blocks)
  })

  it('keeps the share of a block whose mark has wandered, and shows the mark of now', () => {
    const shares = new PromptShares()
    shares.share(prompt([SYSTEM, { ...ASKED, mark: '5m' }], 90))
    const { blocks } = shares.share(prompt([SYSTEM, ASKED, { ...SAID, mark: '5m' }], 130))
    assert.deepEqual(
      blocks.map(({ tokens, mark }) => [tokens, mark]),
      [
        [30, undefined],
        [60, undefined],
        [40, '5m'],
      ],
    )
  })

  it('ends a stretch where the cache counted', () => {
    const known = { blocks: 1, tokens: 45 }
    assert.deepEqual(
      tokensOf(new PromptShares().share(prompt([SYSTEM, ASKED, SAID], 105, { known }))),
      [45, 40, 20],
    )
    // Counts that cannot be: more than the whole, or all of it with blocks to come.
    for (const tokens of [106, 105, 0])
      assert.deepEqual(
        tokensOf(new PromptShares().share(prompt([SYSTEM, ASKED], 105, { known: { blocks: 1, tokens } }))),
        [35, 70],
      )
  })

  it('begins anew where the numbers speak against the shares of before', () => {
    const shares = new PromptShares()
    shares.share(prompt([SYSTEM, ASKED], 300))
    // The same blocks have other tokens now; then what is new would have less than none.
    assert.deepEqual(tokensOf(shares.share(prompt([SYSTEM, ASKED], 150))), [50, 100])
    assert.deepEqual(tokensOf(new PromptShares().share(prompt([SYSTEM, ASKED, SAID], 40))), [10, 20, 10])
  })

  it('takes nothing from calls of another model, nor from those that had not ended', () => {
    const shares = new PromptShares()
    shares.share(prompt([SYSTEM], 80, { endedAt: 5 }))
    shares.share(prompt([SYSTEM], 90, { counter: 'openai n' }))
    assert.deepEqual(
      tokensOf(shares.share(prompt([SYSTEM, ASKED], 90, { startedAt: 4, endedAt: 9 }))),
      [30, 60],
    )
    assert.deepEqual(
      tokensOf(shares.share(prompt([SYSTEM, ASKED], 240, { startedAt: 9, endedAt: 9 }))),
      [80, 160],
    )
  })

  it('keeps the shares behind a text that changes', () => {
    const shares = new PromptShares()
    const first = shares.share(prompt([block('clock 1', 100), ASKED], 90))
    const second = shares.share(prompt([block('clock 2', 100), ASKED, SAID], 160))
    assert.deepEqual(tokensOf(second), [50, 60, 50])
    assert.equal(second.blocks[1], first.blocks[1])
  })

  it('gives an image no more than images take', () => {
    const image = block('image', 1_000_012, { kind: 'media' })
    // 6,400 and 12 beside 641,200.
    const text = block('text', 641_200)
    assert.deepEqual(tokensOf(new PromptShares().share(prompt([image, text], 161_903))), [1603, 160_300])
  })

  it('hides what no block accounts for where blocks are missing', () => {
    const unseen = new PromptShares().share(prompt([ASKED], 5000, { hasUnseen: true }))
    assert.deepEqual([tokensOf(unseen), unseen.hiddenTokens], [[50], 4950])
    const nothing = new PromptShares().share(prompt([], 5000, { hasUnseen: true }))
    assert.deepEqual([tokensOf(nothing), nothing.hiddenTokens], [[], 5000])
  })

  const calls = fc.array(
    fc.record({
      blocks: fc.array(fc.constantFrom(SYSTEM, ASKED, SAID, RESULT), { minLength: 1, maxLength: 6 }),
      inputTokens: fc.integer({ min: 0, max: 2000 }),
      startedAt: fc.integer({ min: 0, max: 20 }),
      lasts: fc.integer({ min: 1, max: 10 }),
    }),
    { maxLength: 12 },
  )

  it('always sums to what was reported, and is the same in the order of starts and of ends', () => {
    fc.assert(
      fc.property(calls, (made) => {
        const prompts = made.map(({ blocks, inputTokens, startedAt, lasts }, index) =>
          prompt(blocks, inputTokens, { id: `${index}`, startedAt, endedAt: startedAt + lasts }),
        )
        const sharedBy = (time: (prompt: PromptToShare) => number) => {
          const shares = new PromptShares()
          const shared = new Map<PromptToShare, SharedPrompt>()
          for (const each of prompts.toSorted((left, right) => time(left) - time(right)))
            shared.set(each, shares.share(each))
          return prompts.flatMap((each) => shared.get(each) ?? [])
        }
        const byEnd = sharedBy(({ endedAt }) => endedAt)
        for (const [index, shared] of byEnd.entries())
          assert.equal(sumOf(shared), prompts[index]?.inputTokens)
        assert.deepEqual(
          byEnd,
          sharedBy(({ startedAt }) => startedAt),
        )
      }),
    )
  })
})

// What the list of a prompt shows, and its bar.

import assert from 'node:assert/strict'
import type { BlockChange, CallPrompt, PromptBlock } from '../../../../profiler-agent/model/run-questions'
import { countChanges, promptRows } from '../../../../webview/details/prompt/prompt-rows'
import { stretchesOf } from '../../../../webview/details/prompt/stretches'

const block = (path: string, said: Partial<PromptBlock> = {}): PromptBlock => ({
  ...{ path, kind: 'user', hash: path, text: path, characters: path.length },
  ...{ tokens: 10, picoUsd: 100, cache: 'fresh' },
  ...said,
})
const changed = (path: string, change: BlockChange) => block(path, { change })

const PROMPT: CallPrompt = {
  isBilled: true,
  blocks: [
    changed('a', 'same'),
    changed('b', 'same'),
    changed('c', 'changed'),
    changed('d', 'same'),
    changed('e', 'new'),
  ],
  reply: [],
  before: {
    ...{ spanId: 's', basis: 'conversation', firstDivergence: 2 },
    gone: [
      { path: 'x', kind: 'user', hash: 'x', text: 'x', characters: 1, at: 3 },
      { path: 'y', kind: 'user', hash: 'y', text: 'y', characters: 1, at: 5 },
    ],
  },
}

const picture = (onlyChanges: boolean) =>
  promptRows(PROMPT, { onlyChanges }).map((row) => {
    if (row.what === 'block') return row.block.path
    if (row.what === 'gone') return `(${row.gone.path})`
    return row.what === 'skipped' ? `${row.count} as before, ${row.tokens} tokens` : '|'
  })

describe('the rows of a prompt', () => {
  it('are all blocks, with what is gone where it stood and a mark where the prompts part', () => {
    assert.deepEqual(picture(false), ['a', 'b', '|', 'c', '(x)', 'd', 'e', '(y)'])
  })

  it('are only what changed, with a word for the rest', () => {
    assert.deepEqual(picture(true), [
      ...['2 as before, 20 tokens', '|', 'c', '(x)', '1 as before, 10 tokens', 'e', '(y)'],
    ])
    assert.equal(countChanges(PROMPT), 4)
  })

  it('have keys of their own', () => {
    for (const onlyChanges of [false, true]) {
      const keys = promptRows(PROMPT, { onlyChanges }).map(({ key }) => key)
      assert.equal(new Set(keys).size, keys.length)
    }
  })
})

describe('the bar of a prompt', () => {
  it('joins neighbours that were billed alike, and cuts blocks where the cached part ends', () => {
    const stretches = stretchesOf([
      block('a', { cache: 'read', tokens: 30, picoUsd: 3 }),
      block('b', {
        ...{ cache: 'fresh', tokens: 50, picoUsd: 42 },
        stretches: [
          { cache: 'read', tokens: 20, picoUsd: 2 },
          { cache: 'fresh', tokens: 30, picoUsd: 40 },
        ],
      }),
      block('c', { tokens: 1, picoUsd: 2 }),
      block('d', { tokens: 0, picoUsd: 0 }),
    ])
    assert.deepEqual(stretches, [
      { index: 0, cache: 'read', tokens: 50, picoUsd: 5 },
      { index: 1, cache: 'fresh', tokens: 31, picoUsd: 42 },
    ])
  })

  it('has no cost where a part of it has none', () => {
    const stretches = stretchesOf([block('a', { picoUsd: null }), block('b')])
    assert.deepEqual(stretches, [{ index: 0, cache: 'fresh', tokens: 20, picoUsd: null }])
  })
})

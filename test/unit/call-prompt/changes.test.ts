// What became of one prompt in the next.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type ComparedBlock, promptChanges } from '../../../profiler-agent/call-prompt/changes'

/** `system:rules` is a block of that kind with that text. */
function promptOf(picture: string): ComparedBlock[] {
  return picture
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [kind = '', hash = ''] = word.split(':')
      return { kind, hash }
    })
}

/** One word a block of the later prompt; a block that is gone stands in brackets. */
function pictureOf(before: string, after: string): string {
  const [earlier, later] = [promptOf(before), promptOf(after)]
  const { changes, gone, firstDivergence } = promptChanges(earlier, later)
  const words: string[] = []
  for (let index = 0; index <= later.length; index++) {
    if (firstDivergence === index) words.push('|')
    for (const text of gone) if (text.at === index) words.push(`(${earlier[text.index]?.hash})`)
    const change = changes[index]
    if (!change) break
    words.push(
      `${later[index]?.hash}:${change.change}${change.hashBefore === undefined ? '' : `<${change.hashBefore}`}`,
    )
  }
  return words.join(' ')
}

describe('changes of a prompt', () => {
  it('a conversation that goes on has only new blocks, and no divergence', () => {
    assert.equal(
      pictureOf('system:rules user:a', 'system:rules user:a assistant:b user:c'),
      'rules:same a:same b:new c:new',
    )
  })

  it('another text of one kind at its place is a change of it', () => {
    assert.equal(
      pictureOf('system:noon user:a assistant:b', 'system:one user:a assistant:b user:c'),
      '| one:changed<noon a:same b:same c:new',
    )
  })

  it('what stands in another order has moved, as few as can be', () => {
    assert.equal(
      pictureOf('tool:a tool:b tool:c tool:d', 'tool:d tool:a tool:b tool:c'),
      '| d:moved a:same b:same c:same',
    )
  })

  it('messages that were dropped are gone where they stood', () => {
    assert.equal(
      pictureOf('system:s user:1 assistant:2 user:3', 'system:s user:3 assistant:4'),
      's:same | (1) (2) 3:same 4:new',
    )
  })

  it('a shorter prompt is the beginning of the longer one', () => {
    assert.equal(pictureOf('system:s user:1 user:2', 'system:s user:1'), 's:same 1:same (2)')
  })

  it('texts that come again are told apart by their order', () => {
    assert.equal(pictureOf('user:x user:y user:x', 'user:x user:x user:y'), 'x:same | x:moved y:same')
  })

  it('says of every block of both prompts exactly one thing', () => {
    const block = fc.record({
      kind: fc.constantFrom('user', 'assistant'),
      hash: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    })
    const prompt = fc.array(block, { maxLength: 12 })
    fc.assert(
      fc.property(prompt, prompt, (earlier, later) => {
        const { changes, gone, firstDivergence } = promptChanges(earlier, later)
        assert.equal(changes.length, later.length)
        const replaced = changes.filter(({ change }) => change === 'changed').length
        const kept = changes.filter(({ change }) => change === 'same' || change === 'moved').length
        assert.equal(kept + replaced + gone.length, earlier.length)
        const start = firstDivergence ?? Math.min(earlier.length, later.length)
        for (let index = 0; index < start; index++) {
          assert.equal(changes[index]?.change, 'same')
          assert.equal(earlier[index]?.hash, later[index]?.hash)
        }
        if (firstDivergence !== null) assert.notEqual(earlier[start]?.hash, later[start]?.hash)
      }),
    )
  })
})

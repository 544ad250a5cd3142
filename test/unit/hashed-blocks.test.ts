// Hashes of blocks: each text hashed and handed over once, the same block always the same object.
import assert from 'node:assert/strict'
import { HashedBlocks } from '../../profiler-agent/hashed-blocks'
import type { Block } from '../../profiler-agent/model/call'

const block = (content: string, path = 'messages[0]'): Block => ({ path, kind: 'user', content })

describe('hashed-blocks', () => {
  it('hashes a text once, wherever it stands', () => {
    const hashed: string[] = []
    const blocks = new HashedBlocks((text) => `hash ${hashed.push(text)}`)
    const [first] = blocks.prompt([block('Ebb at six.')])
    const [second, third] = blocks.prompt([block('Ebb at six.', 'messages[1]'), block('Flood at noon.')])
    assert.deepEqual(first, { path: 'messages[0]', kind: 'user', hash: 'hash 1', characters: 11 })
    assert.deepEqual([second?.hash, second?.path, third?.hash], ['hash 1', 'messages[1]', 'hash 2'])
    assert.deepEqual(hashed, ['Ebb at six.', 'Flood at noon.'])
    assert.deepEqual(blocks.takeNewContents(), [
      { hash: 'hash 1', text: 'Ebb at six.' },
      { hash: 'hash 2', text: 'Flood at noon.' },
    ])
    assert.deepEqual(blocks.takeNewContents(), [])
  })

  it('gives the same object for the same block, at its place and at another', () => {
    const blocks = new HashedBlocks((text) => text)
    const [one, two] = [block('Ebb at six.'), block('Flood at noon.')]
    const first = blocks.prompt([one, two])
    const other = blocks.prompt([two])
    const again = blocks.prompt([one, two])
    assert.ok(first[0] === again[0] && first[1] === again[1] && other[0] === first[1])
  })

  it('gives the same list for the blocks of the prompt before, another for more or fewer of them', () => {
    const blocks = new HashedBlocks((text) => text)
    const [one, two] = [block('Ebb at six.'), block('Flood at noon.')]
    const first = blocks.prompt([one, two])
    assert.equal(blocks.prompt([one, two]), first)
    assert.deepEqual(
      blocks.prompt([one]).map(({ hash }) => hash),
      ['Ebb at six.'],
    )
    assert.deepEqual(blocks.prompt([one, two]), first)
    assert.equal(first.length, 2)
  })
})

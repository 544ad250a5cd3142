// Which earlier call a call extends, and its prompt written as what it copies and what is new.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { expandPrompt } from '../../../profiler-agent/store/reader'
import { Lineage, type LineageCall, promptParts } from '../../../profiler-agent/trace/lineage'
import { blocksOf } from '../../support/trace-picture'

/** Calls one a line (`id prompt > reply`), the last one asks: the id of the call that it extends. */
function extendedIn(lines: string, previousResponseId?: string): string | undefined {
  const calls = lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): LineageCall => {
      const [asked = '', replied = ''] = line.split('>')
      const [spanId = '', ...words] = asked.trim().split(/\s+/)
      return { spanId, prompt: blocksOf(words.join(' ')), reply: blocksOf(replied) }
    })
  const lineage = new Lineage<LineageCall>()
  for (const call of calls.slice(0, -1)) lineage.add(call, [`response-${call.spanId}`])
  return lineage.extendedBy(calls.at(-1)?.prompt ?? [], previousResponseId)?.call.spanId
}

describe('Lineage', () => {
  it('finds the call whose messages all stand at the start', () => {
    assert.equal(extendedIn('a S1 U1 > A1 \n ? S1 U1 A1 U2'), 'a')
  })

  it('finds the longest of several', () => {
    assert.equal(extendedIn('a U1 > A1 \n b U1 A1 U2 > A2 \n ? U1 A1 U2 A2 U3'), 'b')
  })

  it('knows no call for a new conversation', () => {
    assert.equal(extendedIn('a U1 > A1 \n ? U2'), undefined)
  })

  it('does not take the same prompt again for an extension', () => {
    assert.equal(extendedIn('a U1 > A1 \n ? U1'), undefined)
  })

  it('follows a conversation whose system text and tools changed', () => {
    assert.equal(extendedIn('a S1 T1 U1 > A1 \n ? S2 T1 T2 U1 A1 U2'), 'a')
  })

  it('tells two conversations with the same first message apart by the quoted reply', () => {
    assert.equal(extendedIn('a U1 > A1 \n b U1 > A2 \n ? U1 A1 U2'), 'a')
    assert.equal(extendedIn('a U1 > A1 \n b U1 > A2 \n ? U1 A2 U2'), 'b')
  })

  it('tells them apart by the tool call that is answered', () => {
    assert.equal(extendedIn('a U1 > Cx#t1 \n b U1 > Cx#t2 \n ? U1 Rdone#t1'), 'a')
  })

  it('takes the latest where nothing tells them apart', () => {
    assert.equal(extendedIn('a U1 > A1 \n b U1 > A2 \n ? U1 A7 U2'), 'b')
  })

  it('believes a named response before the messages', () => {
    assert.equal(extendedIn('a U1 > A1 \n b U5 > A5 \n ? U1 A1 U2', 'response-b'), 'b')
  })

  it('falls back to the messages when the named response is not of this run', () => {
    assert.equal(extendedIn('a U1 > A1 \n ? U1 A1 U2', 'response-elsewhere'), 'a')
  })
})

describe('promptParts', () => {
  it('writes an unchanged beginning as one range', () => {
    const added = blocksOf('S1 U1 A1 U2')
    assert.deepEqual(promptParts(added, blocksOf('S1 U1')), [[0, 2], added[2], added[3]])
  })

  it('copies what stands behind a changed block too', () => {
    const prompt = blocksOf('S2 U1 U2')
    assert.deepEqual(promptParts(prompt, blocksOf('S1 U1 U2')), [prompt[0], [1, 2]])
  })

  it('gives the same prompt back when expanded, whatever the base', () => {
    const words = fc.array(fc.constantFrom('S1', 'U1', 'U2', 'A1', 'Cx#1', 'Rx#1'), { maxLength: 12 })
    fc.assert(
      fc.property(words, words, (asked, before) => {
        const prompt = blocksOf(asked.join(' '))
        const base = blocksOf(before.join(' '))
        const expanded = expandPrompt(promptParts(prompt, base), base)
        assert.deepEqual(
          expanded.map(({ unchanged: _, ...block }) => block),
          prompt,
        )
      }),
    )
  })

  it('gives a block back as it stands in this prompt, cache marks included', () => {
    const [block] = blocksOf('U1')
    assert.ok(block)
    const marked = { ...block, mark: '5m' as const }
    const expanded = expandPrompt(promptParts([marked], [block]), [block])
    assert.equal(expanded[0]?.mark, '5m')
  })
})

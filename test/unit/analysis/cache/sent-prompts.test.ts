// The tree of sent prompts against going through all calls one by one.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isBefore, type SentCall, standingOf } from '../../../../profiler-agent/analysis/cache/sent-call'
import { SentPrompts } from '../../../../profiler-agent/analysis/cache/sent-prompts'

interface Said {
  readonly keys: readonly string[]
  readonly startedAt: number
  readonly lasts: number
  readonly breakpoints: readonly number[]
}

/** A call as far as the tree looks at it. */
function sentCall(id: number, { keys, startedAt, lasts, breakpoints }: Said): SentCall {
  const call = { spanId: `${id}`, startedAt, firstTokenAt: startedAt + lasts, prompt: { blocks: keys } }
  const sent = {
    call,
    keyAt: (index: number) => keys[index],
    breakpoints: [...new Set(breakpoints.filter((index) => index < keys.length))].sort((a, b) => a - b),
    lifetime: { name: '5m', idleMs: 10 },
  }
  return sent as unknown as SentCall
}

const idsOf = (calls: readonly SentCall[]) => calls.map(({ call }) => call.spanId)

/** What the tree should say, from all calls. */
class Naive {
  constructor(readonly calls: readonly SentCall[]) {}

  sharing(sent: SentCall, blocks: number): SentCall[] {
    const isSame = (other: SentCall) =>
      other.call.prompt.blocks.length >= blocks &&
      Array.from({ length: blocks }, (_, index) => other.keyAt(index) === sent.keyAt(index)).every(Boolean)
    return this.calls.filter(isSame).sort((left, right) => (isBefore(left, right) ? -1 : 1))
  }

  before(sent: SentCall, blocks: number): SentCall[] {
    return this.sharing(sent, blocks).filter((call) => isBefore(call, sent))
  }

  /** How many blocks calls before it share with it, each number once. */
  endsBefore(sent: SentCall): number[] {
    const lengths = sent.call.prompt.blocks.map((_, index) => index + 1)
    return lengths.filter((blocks) => this.before(sent, blocks).length > this.before(sent, blocks + 1).length)
  }

  sentBefore(sent: SentCall) {
    const path = []
    for (let blocks = 1; blocks <= sent.call.prompt.blocks.length; blocks++) {
      const calls = this.before(sent, blocks)
      if (calls.length === 0) break
      const longer = Map.groupBy(
        calls.filter((call) => call.call.prompt.blocks.length > blocks),
        (call) => call.keyAt(blocks),
      )
      const marked = calls.filter(({ breakpoints }) => breakpoints.includes(blocks - 1))
      path.push({
        ...{ calls: idsOf(calls.reverse()), marked: idsOf(marked.reverse()) },
        isParting: longer.size > 1,
      })
    }
    return path
  }

  get readLater(): string[] {
    const isRead = (writer: SentCall) => {
      const last = writer.breakpoints.at(-1)
      if (last === undefined) return false
      return this.sharing(writer, last + 1).some(
        (reader) => isBefore(writer, reader) && standingOf(writer, reader) !== 'expired',
      )
    }
    return idsOf(this.calls.filter(isRead)).sort()
  }
}

const calls = fc.array(
  fc.record({
    keys: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 }),
    startedAt: fc.integer({ min: 0, max: 30 }),
    lasts: fc.integer({ min: 0, max: 3 }),
    breakpoints: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
  }),
  { maxLength: 12 },
)

describe('analysis/cache/sent-prompts', () => {
  it('knows of every beginning who sent it, in whatever order calls come', () => {
    fc.assert(
      fc.property(calls, (said) => {
        const prompts = new SentPrompts()
        const sent = said.map((each, index) => sentCall(index, each))
        for (const each of sent) prompts.add(each)
        const naive = new Naive(sent)
        for (const each of sent) {
          const path = prompts.sentBefore(each)
          const beginnings = Array.from({ length: path.length }, (_, index) => ({
            ...{ calls: idsOf([...path.calls(index + 1)]), marked: idsOf([...path.marked(index + 1)]) },
            isParting: path.isParting(index + 1),
          }))
          assert.deepEqual(beginnings, naive.sentBefore(each))
          const ends = naive.endsBefore(each)
          assert.deepEqual(
            ends.filter((blocks) => !path.isEnd(blocks)),
            [],
          )
        }
        assert.deepEqual(idsOf([...prompts.readLater]).sort(), naive.readLater)
      }),
      { numRuns: 500 },
    )
  })
})

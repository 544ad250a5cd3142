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

  sentBefore(sent: SentCall) {
    const path = []
    for (let blocks = 1; blocks <= sent.call.prompt.blocks.length; blocks++) {
      const calls = this.sharing(sent, blocks)
      const [first] = calls
      if (!first || !isBefore(first, sent)) break
      const longer = Map.groupBy(
        calls.filter((call) => call.call.prompt.blocks.length > blocks),
        (call) => call.keyAt(blocks),
      )
      const marked = calls.filter(({ breakpoints }) => breakpoints.includes(blocks - 1))
      // Where all go on alike there is nothing to tell.
      const parting = longer.size > 1 ? [...longer.values()].map(idsOf).sort() : []
      path.push({ calls: idsOf(calls), marked: idsOf(marked), parting })
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
          const path = prompts.sentBefore(each).map(({ calls, marked, children }) => ({
            calls: idsOf(calls),
            marked: idsOf(marked),
            parting:
              children.size > 1 ? [...children.values()].map((child) => idsOf(child.calls)).sort() : [],
          }))
          assert.deepEqual(path, naive.sentBefore(each))
        }
        assert.deepEqual(idsOf([...prompts.readLater]).sort(), naive.readLater)
      }),
      { numRuns: 500 },
    )
  })
})

// No blame without evidence: what is still open, what somebody else did, and what the provider itself says of a miss.

import assert from 'node:assert/strict'
import { CallBook } from '../../../../profiler-agent/analysis/cache/call-book'
import type { Verdict } from '../../../../profiler-agent/analysis/cache/verdict'
import { RunAnalysis } from '../../../../profiler-agent/analysis/findings'
import {
  assistant,
  callOf,
  contextOf,
  findingsIn,
  prose,
  type Said,
  system,
  tool,
  user,
} from '../../../support/cache-calls'

const OPENAI = { provider: 'openai', model: 'gpt-5.1' } as const
const MANUAL = prose('manual', 400)

const verdictsOf = (calls: readonly Said[]): Verdict[] => {
  const book = new CallBook(contextOf())
  for (const call of calls) book.add(callOf(call))
  return book.judged().flatMap((judged) => judged.map(({ verdict }) => verdict))
}
const causesOf = (calls: readonly Said[]) => verdictsOf(calls).map(({ miss }) => miss?.cause)
const rulesOf = (calls: readonly Said[]) => findingsIn(calls).map(({ rule }) => rule)

describe('a write that nobody has read', () => {
  const documents = [0, 1, 2, 3].map((index) => ({
    at: index * 10,
    prompt: [system('Sum it up.', 10), user(prose(`document ${index}`), 9_000, '5m')],
    written: 9_010,
  }))

  it('is not judged while the run goes on and the entry may be read, only then', () => {
    let isOver = false
    const analysis = new RunAnalysis({ ...contextOf(), isOver: () => isOver })
    for (const call of documents) analysis.add(callOf(call))
    assert.deepEqual(analysis.findings(), [])
    isOver = true
    assert.deepEqual(
      analysis.findings().map(({ rule }) => rule),
      ['cache/write-never-read'],
    )
  })

  it('is judged once its lifetime is over', () => {
    const analysis = new RunAnalysis({ ...contextOf(), isOver: () => false })
    const later = { at: 400, ...OPENAI, prompt: [user('Something else', 10)] }
    for (const call of [...documents, later]) analysis.add(callOf(call))
    assert.deepEqual(
      analysis.findings().map(({ evidence }) => evidence.calls),
      [4],
    )
  })

  it('is not blamed where another cause keeps it from being read', () => {
    const calls = [0, 1, 2, 3].map((index) => ({
      at: index * 10,
      prompt: [system(MANUAL, 6_000), user(prose(`q${index}`), 3_000, '5m')],
      written: 9_000,
    }))
    assert.deepEqual(rulesOf(calls), ['cache/misplaced-breakpoint'])
  })
})

describe('the last turn of a conversation', () => {
  it('is not blamed for what it wrote', () => {
    const calls = [0, 1, 2, 3].map((index) => ({
      at: index * 10,
      prompt: [
        system(MANUAL, 6_000, '5m'),
        user(prose(`task ${index}`), 2_000),
        assistant(prose(`plan ${index}`), 2_000),
        user('Go on.', 1_000, '5m'),
      ],
      ...(index === 0 ? { written: 11_000 } : { read: 6_000, written: 5_000 }),
    }))
    assert.deepEqual(rulesOf(calls), [])
  })
})

describe('another model', () => {
  const turns = (step: number) =>
    Array.from({ length: 2 * step + 1 }, (_, index) =>
      index % 2 === 0 ? user(prose(`user ${index}`), 2_000) : assistant(prose(`model ${index}`), 2_000),
    )
  const conversation = (model: string, start: number): Said[] =>
    [0, 1, 2, 3].map((step) => ({
      ...{ provider: 'openai', model, at: start + step * 5, prompt: turns(step) },
      read: step === 0 ? 0 : Math.floor(((2 * step - 1) * 2_000) / 128) * 128,
    }))

  it('is no cause where each has its own conversation, the same one', () => {
    assert.deepEqual(rulesOf([...conversation('gpt-5.1', 0), ...conversation('gpt-5.2', 30)]), [])
  })

  it('is one where it goes on with what the other began, and nothing is promised', () => {
    const calls = [0, 1, 2, 3].map((step) => ({
      ...{ provider: 'openai', model: step % 2 === 0 ? 'gpt-5.1' : 'gpt-5.2', at: step * 5 },
      prompt: turns(step + 4),
    }))
    assert.equal(causesOf(calls)[1], 'settings-changed')
  })
})

describe('a block whose tokens are guessed', () => {
  it('blames nobody for having read all of the call before it', () => {
    // Of an image nobody knows the tokens, so that the texts in front of it seem to be longer than they were.
    const gpt = { provider: 'openai', model: 'gpt-5.6-sol' } as const
    const calls = [
      { ...gpt, at: 0, prompt: [system(MANUAL, 3_000), user('first', 100)], written: 3_100 },
      {
        ...{ ...gpt, at: 10, read: 3_100, written: 700 },
        prompt: [system(MANUAL, 3_600), user('first', 120), user('an image', 80)],
      },
    ]
    assert.deepEqual(causesOf(calls), [undefined, undefined])
  })
})

describe('what the provider says of a miss', () => {
  const clock = (index: number, settings?: Said['settings']): Said => ({
    ...{ ...OPENAI, at: index * 10 },
    prompt: [tool('find', 3_000), system(`It is 10:00:0${index}. ${MANUAL}`, 9_000), user('Where?', 50)],
    read: index === 0 ? 0 : 2_944,
    ...(settings ? { settings } : {}),
  })
  const misses = (settings: Said['settings']) => verdictsOf([clock(0), clock(1, settings)])[1]?.miss

  it('counts more than what we see', () => {
    const miss = misses({ missReason: 'model_changed', missedTokens: 8_000 })
    assert.deepEqual([miss?.cause, miss?.part, miss?.tokens], ['settings-changed', 'model', 8_000])
  })

  it('is all that is known where we see nothing', () => {
    const call = (index: number, settings?: Said['settings']): Said => ({
      ...{ ...OPENAI, at: index * 10, read: index === 0 ? 0 : 8_960 },
      prompt: [system(MANUAL, 9_000), user(prose(`q${index}`), 3_000)],
      ...(settings ? { settings } : {}),
    })
    const said = { missReason: 'text_format_changed', missedTokens: 2_000 }
    const [, verdict] = verdictsOf([call(0), call(1, said)])
    assert.deepEqual(
      [verdict?.miss?.cause, verdict?.miss?.part, verdict?.miss?.tokens],
      ['settings-changed', 'text.format', 2_000],
    )
  })

  it('is less exact than a changing text that we see', () => {
    const miss = misses({ missReason: 'input_changed', missedTokens: 9_000 })
    assert.deepEqual([miss?.cause, miss?.tokens], ['volatile-prefix', 9_000])
    assert.equal(miss?.details.missReason, 'input_changed')
  })
})

describe('the minimum of a model', () => {
  const calls = (tokens: number, of: (index: number) => Pick<Said, 'read' | 'written'>): Said[] =>
    [0, 1, 2, 3].map((index) => ({
      ...{ at: index * 10, ...of(index) },
      prompt: [system(MANUAL, tokens, '5m'), user(prose(`q${index}`), 300)],
    }))

  it('is not above a prefix that was cached', () => {
    // 700 tokens: less than is documented, and the provider wrote them all the same; later it read nothing.
    const seen = calls(700, () => ({ written: 700 }))
    assert.deepEqual(causesOf(seen).slice(1), ['evicted', 'evicted', 'evicted'])
  })

  it('is above a prefix with a mark of which nothing was written', () => {
    assert.deepEqual(causesOf(calls(1_500, () => ({}))).slice(1), [
      'below-minimum',
      'below-minimum',
      'below-minimum',
    ])
  })

  it('is told from 70 % of it on, as a hint without a promise', () => {
    const dear = (tokens: number) =>
      Array.from({ length: 12 }, (_, index) => ({
        ...{ ...OPENAI, at: index * 5 },
        prompt: [system(MANUAL, tokens), user(prose(`q${index}`), 100)],
      }))
    const [finding] = findingsIn(dear(900))
    assert.deepEqual(
      [finding?.rule, finding?.severity, finding?.saving],
      ['cache/below-minimum', 'hint', undefined],
    )
    assert.deepEqual(findingsIn(dear(600)), [])
  })
})

describe('calls of which not enough is known', () => {
  it('are neither judged nor compared with', () => {
    const calls = [0, 1, 2].map((index) => ({
      ...{ at: index * 10, isPromptWhole: index === 1 },
      prompt: [system(MANUAL, 9_000), user(`q${index}`, 50)],
    }))
    assert.deepEqual(causesOf(calls), [undefined])
  })

  it('are not late, early or forgotten where nobody knows when they were made', () => {
    const prompt = (index: number) => [system(MANUAL, 9_000), user(`q${index}`, 50)]
    const book = new CallBook(contextOf())
    for (const index of [0, 1, 2]) {
      const call = callOf({ ...OPENAI, at: index, prompt: prompt(index), settings: { key: 'desk' } })
      // A recording without dates.
      book.add({ ...call, cost: { ...call.cost, pricedAtBasis: 'import' } })
    }
    assert.deepEqual(
      book.judged().flatMap((judged) => judged.map(({ verdict }) => verdict.miss?.cause)),
      [undefined, undefined, undefined],
    )
  })

  it('did not read nothing where the provider does not say', () => {
    const calls = [0, 1, 2].map((index) => ({
      ...{ ...OPENAI, at: index * 10, read: null },
      prompt: [system(MANUAL, 9_000), user(`q${index}`, 50)],
    }))
    assert.deepEqual(causesOf(calls), [undefined, undefined, undefined])
  })
})

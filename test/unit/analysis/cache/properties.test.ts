// What holds for all runs: nothing is found where a cache did all it could, and the order in which calls end tells nothing.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { CallBook } from '../../../../profiler-agent/analysis/cache/call-book'
import { RunAnalysis } from '../../../../profiler-agent/analysis/findings'
import {
  assistant,
  callOf,
  contextOf,
  findingsIn,
  type Piece,
  prose,
  type Said,
  system,
  tool,
  toolResult,
  user,
} from '../../../support/cache-calls'

/** One agent: its conversations begin alike and go on by a turn of the model and of its tools. */
interface Agent {
  readonly name: string
  readonly head: readonly Piece[]
}

const AGENTS: readonly Agent[] = [
  { name: 'planner', head: [tool('search', 900), tool('plan', 700), system(prose('planner'), 1_700)] },
  { name: 'writer', head: [tool('write', 2_300), system(prose('writer'), 900)] },
]

interface Step {
  readonly agent: number
  readonly conversation: number
  readonly turnTokens: number
  readonly gap: number
}

const steps = fc.array(
  fc.record({
    agent: fc.nat(1),
    conversation: fc.nat(2),
    turnTokens: fc.integer({ min: 20, max: 3_000 }),
    // All of it within the lifetime of the caches.
    gap: fc.integer({ min: 2, max: 7 }),
  }),
  { maxLength: 40 },
)

/** The calls of a run without what the cache made of them: conversations that only grow. */
function growing(run: readonly Step[], mark?: '5m'): Said[] {
  const conversations = new Map<string, Piece[]>()
  let at = 0
  return run.map(({ agent, conversation, turnTokens, gap }) => {
    const { name, head } = AGENTS[agent] ?? { name: '', head: [] }
    const key = `${name} ${conversation}`
    const turns = conversations.get(key) ?? [user(prose(`task of ${key}`), turnTokens)]
    const prompt = [...head, ...turns]
    const step = turns.length
    conversations.set(key, [
      ...turns,
      assistant(prose(`${key} says ${step}`), turnTokens),
      toolResult(prose(`${key} got ${step}`), turnTokens),
    ])
    at += gap
    const marked = (piece: Piece, index: number) =>
      mark && (index === prompt.length - 1 || index === head.length - 1) ? { ...piece, mark } : piece
    return { at, agent: name, prompt: prompt.map(marked) }
  })
}

const tokensOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { tokens }) => sum + tokens, 0)

/** Leading tokens that the prompt has in common with one that was sent in the last five minutes. */
function sharedWith(earlier: readonly Said[], { at, prompt }: Said): number {
  const live = earlier.filter((other) => at - other.at <= 300 && at - other.at >= 1)
  return Math.max(
    0,
    ...live.map((other) => {
      const end = prompt.findIndex((piece, index) => piece.text !== other.prompt[index]?.text)
      return tokensOf(prompt.slice(0, end < 0 ? prompt.length : end))
    }),
  )
}

/** A cache that reads all that was sent before, in steps of 128 tokens. */
function servedAutomatically(calls: readonly Said[]): Said[] {
  return calls.map((call, index) => {
    const whole = Math.floor(sharedWith(calls.slice(0, index), call) / 128) * 128
    return { ...call, provider: 'openai', model: 'gpt-5.1', read: whole >= 1_024 ? whole : 0 }
  })
}

/** A cache that keeps what ends at a mark for five minutes after its last use. */
function servedByMarks(calls: readonly Said[]): Said[] {
  const entries = new Map<string, number>()
  return calls.map((call) => {
    const ends = call.prompt.flatMap(({ mark }, index) => (mark ? [index + 1] : []))
    const keyOf = (end: number) =>
      call.prompt
        .slice(0, end)
        .map(({ text }) => text)
        .join('\n')
    const isHeld = (end: number) => call.at - (entries.get(keyOf(end)) ?? -1_000) <= 300
    const held = call.prompt.map((_, index) => index + 1).filter(isHeld)
    const read = tokensOf(call.prompt.slice(0, held.at(-1) ?? 0))
    const written = tokensOf(call.prompt.slice(0, ends.at(-1) ?? 0)) - read
    for (const end of [...ends, ...held]) entries.set(keyOf(end), call.at)
    return { ...call, read, written }
  })
}

const judged = (calls: readonly Said[]) => {
  const book = new CallBook(contextOf())
  for (const call of calls) book.add(callOf(call))
  return book.judged().flat()
}

describe('conversations that only grow', () => {
  for (const [name, served] of [
    ['by themselves', (run: readonly Step[]) => servedAutomatically(growing(run))],
    ['at marks that move along', (run: readonly Step[]) => servedByMarks(growing(run, '5m'))],
  ] as const)
    it(`give no finding where they are cached ${name}, and no call read more than it could`, () => {
      fc.assert(
        fc.property(steps, (run) => {
          const calls = served(run)
          assert.deepEqual(findingsIn(calls), [])
          for (const { verdict } of judged(calls)) assert.ok(verdict.read <= verdict.reachable)
        }),
      )
    })
})

const kinds = fc.constantFrom('stable', 'clock', 'tools', 'other model', 'edited')

/** Calls of all kinds, some at once, some long. */
const mixed = fc.array(
  fc.record({
    start: fc.nat(60),
    lasts: fc.nat(90),
    kind: kinds,
    question: fc.nat(3),
    read: fc.constantFrom(0, 0, 0, 7_936),
    isMarked: fc.boolean(),
  }),
  { maxLength: 60 },
)

function callsOfKinds(run: typeof mixed extends fc.Arbitrary<infer T> ? T : never): Said[] {
  return run.map(({ start, lasts, kind, question, read, isMarked }, index) => ({
    id: `c${String(index).padStart(3, '0')}`,
    at: start * 4,
    lasts,
    read,
    provider: index % 3 === 0 ? 'anthropic' : 'openai',
    model: index % 3 === 0 ? 'claude-sonnet-4-5' : kind === 'other model' ? 'gpt-4.1-mini' : 'gpt-4.1',
    prompt: [
      tool('search', 3_000, kind === 'tools' ? `search ${index % 4}` : 'search'),
      system(`${kind === 'clock' ? `It is 10:0${index % 10}. ` : ''}${prose('manual')}`, 5_000),
      user(prose(`q${question}`), 300, isMarked ? '5m' : undefined),
      ...(kind === 'edited' ? [assistant(prose('reply'), 2_000), user(prose(`q${index % 2}`), 100)] : []),
    ],
  }))
}

describe('a run', () => {
  it('has the same findings in whatever order its calls end', () => {
    fc.assert(
      fc.property(mixed, (run) => {
        const calls = callsOfKinds(run)
        const whole = findingsIn(calls.toSorted((left, right) => left.at - right.at))
        const analysis = new RunAnalysis(contextOf())
        const byEnd = calls.toSorted(
          (left, right) => left.at + (left.lasts ?? 1) - right.at - (right.lasts ?? 1),
        )
        for (const [index, call] of byEnd.entries()) {
          analysis.add(callOf(call))
          // Looked at while it goes on.
          if (index % 7 === 0) analysis.findings()
        }
        assert.deepEqual(analysis.findings(), whole)
      }),
      { numRuns: 60 },
    )
  })

  it('never has a call that read more than it could', () => {
    fc.assert(
      fc.property(mixed, (run) => {
        for (const { verdict } of judged(callsOfKinds(run))) {
          assert.ok(verdict.read <= verdict.reachable)
          assert.ok(verdict.miss === undefined || verdict.miss.tokens > 0)
        }
      }),
    )
  })
})

// The whole analysis on what it cannot know: fewer findings, each still true, and what could not be analysed is said.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import type { Finding } from '../../profiler-agent/model/finding'
import type { TracedExchange } from '../../profiler-agent/pipeline'
import { RunFindings } from '../../profiler-agent/run-findings'
import { readContent } from '../../profiler-agent/store/reader'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const AT = Date.parse('2026-11-22T10:00:00.000Z')
const MINUTE = 60_000
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

/** About 20,000 tokens. */
const RULES = 'You answer questions about the ferries to the islands, briefly and by the timetable. '.repeat(
  940,
)
const system = (text = RULES) => [{ type: 'text', text }]
const mark = { cache_control: { type: 'ephemeral' } }

interface Call extends Partial<HttpExchange> {
  readonly request: object
  readonly model?: string
  readonly input?: number
  readonly read?: number
  readonly written?: number
}

function exchangeOf(
  index: number,
  { request, model = 'claude-opus-5', input = 20_000, read = 0, written = 0, ...more }: Call,
): HttpExchange {
  const usage = {
    input_tokens: input - read - written,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    output_tokens: 20,
  }
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    runId: 'r',
    provider: 'anthropic',
    method: 'POST',
    url: 'https://api.anthropic.com/v1/messages',
    requestHeaders: {},
    requestBody: bytes({ model, ...request }),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: bytes({
      ...{ id: `msg_${index}`, type: 'message', role: 'assistant', model, usage },
      ...{ content: [{ type: 'text', text: `Ferry ${index}` }], stop_reason: 'end_turn' },
    }),
    startTime: AT + index * 10_000,
    durationMs: 1000,
    end: 'complete',
    copyTruncated: false,
    attribution: { agent: 'harbour' },
    ...more,
  }
}

const asked = (text: string, more: object = {}) => ({
  role: 'user',
  content: [{ type: 'text', text, ...more }],
})
const said = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }] })

/** A conversation in which a mark wanders along and every call reads what the one before wrote. */
function conversation(steps: number): Call[] {
  return Array.from({ length: steps }, (_, step) => {
    const before = Array.from({ length: step }, (_, index) => [
      asked(`Question ${index}`),
      said(`Ferry ${index}`),
    ])
    const tokens = (upTo: number) => 20_000 + upTo * 40
    return {
      request: { system: system(), messages: [...before.flat(), asked(`Question ${step}`, mark)] },
      input: tokens(step) + 10,
      read: step === 0 ? 0 : tokens(step - 1) + 7,
      written: step === 0 ? tokens(0) + 7 : 40,
    }
  })
}

describe('findings on bad input', () => {
  let folder: TestFolder
  let store: Store
  beforeEach(() => {
    folder = temporaryFolder('bad-input')
    store = openStore(folder.path)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  interface Findings {
    readonly findings: readonly Finding[]
    /** Rules of the findings, sorted. */
    readonly rules: readonly string[]
    readonly notAnalysed: unknown
  }

  function analyse(calls: readonly Call[], textOf = (id: string) => readContent(store, id)): Findings {
    const told: TracedExchange[] = []
    const pipeline = pipelineOver(store, (exchange) => told.push(exchange))
    for (const [index, call] of calls.entries()) pipeline.add(exchangeOf(index, call))
    const findings = RunFindings.of(
      { runId: 'r', hashOf: (text) => hash('sha256', text), textOf },
      told,
    ).findings({})
    return {
      findings,
      rules: findings.map(({ rule }) => rule).sort(),
      notAnalysed: findings.find(({ rule }) => rule === 'profiler/not-analysed')?.evidence.notAnalysed,
    }
  }

  const clockCalls = (count: number, more: Partial<Call> = {}): Call[] =>
    Array.from({ length: count }, (_, index) => ({
      request: { system: system(`It is 10:00:0${index}. ${RULES}`), messages: [asked(`Question ${index}`)] },
      ...more,
    }))
  const unmarkedCalls = (count: number, more: Partial<Call> = {}): Call[] =>
    Array.from({ length: count }, (_, index) => ({
      request: { system: system(), messages: [asked(`Question ${index}`)] },
      ...more,
    }))

  it('are there where nothing is bad', () => {
    assert.deepEqual(analyse(clockCalls(4)).rules, ['cache/volatile-prefix'])
    store.deleteRuns(['r'])
    assert.deepEqual(analyse(unmarkedCalls(4)).rules, ['cache/missing-breakpoint'])
    store.deleteRuns(['r'])
    assert.deepEqual(analyse(conversation(6)).rules, [])
  })

  describe('hashes alone', () => {
    it('tell what is equal, and nothing of texts that differ', () => {
      const nothing = () => undefined
      assert.deepEqual(analyse(unmarkedCalls(4), nothing).rules, ['cache/missing-breakpoint'])
      store.deleteRuns(['r'])
      assert.deepEqual(analyse(clockCalls(4), nothing).rules, [])
    })
  })

  describe('redacted prompts', () => {
    it('are not compared: behind one mask there may be many keys', () => {
      const calls = unmarkedCalls(4).map((call) => ({
        ...call,
        request: { ...call.request, system: system(`Your key: ‹redacted›. ${RULES}`) },
      }))
      const { rules, notAnalysed } = analyse(calls)
      assert.deepEqual([rules, notAnalysed], [['profiler/not-analysed'], { redacted: 4 }])
    })
  })

  describe('requests that were not recorded', () => {
    it('blame nobody: what a call read, somebody wrote', () => {
      const all = conversation(8)
      assert.deepEqual(analyse(all.filter((_, index) => index < 2 || index > 4)).rules, [])
      store.deleteRuns(['r'])
      assert.deepEqual(analyse(all.slice(3)).rules, [])
    })

    it('are counted where their bodies are missing', () => {
      const { rules, notAnalysed, findings } = analyse([
        ...unmarkedCalls(4),
        ...[5, 6].map(
          (): Call => ({ request: {}, requestBody: bytes({ a: 1 }).slice(0, 4), copyTruncated: true }),
        ),
      ])
      assert.deepEqual(rules, ['cache/missing-breakpoint', 'profiler/not-analysed'])
      assert.deepEqual(notAnalysed, { cut: 2 })
      assert.equal(
        findings.find(({ rule }) => rule === 'profiler/not-analysed')?.message,
        'The cache findings say nothing of 2 of 6 calls: 2 were not recorded whole. Usage and cost are complete.',
      )
    })
  })

  describe('prompts that the provider holds', () => {
    it('are left out and counted, and the others are analysed', () => {
      const held = Array.from(
        { length: 5 },
        (_, index): Call => ({
          request: { thread: { previous_message_id: `msg_${index}` }, messages: [asked('Go on')] },
          input: 30_000 + index * 500,
        }),
      )
      const { rules, notAnalysed } = analyse([...held, ...unmarkedCalls(4)])
      assert.deepEqual(rules, ['cache/missing-breakpoint', 'profiler/not-analysed'])
      assert.deepEqual(notAnalysed, { held: 5 })
    })

    it('go without a word where they are too short to be cached', () => {
      const { rules } = analyse([
        { request: { thread: { previous_message_id: 'm' }, messages: [asked('Hi')] }, input: 900 },
      ])
      assert.deepEqual(rules, [])
    })
  })

  describe('models without a price', () => {
    it('are counted: what a cache would save of them is not known', () => {
      const { rules, notAnalysed, findings } = analyse(clockCalls(3, { model: 'claude-opus-5-of-next-year' }))
      assert.deepEqual([rules, notAnalysed], [['profiler/not-analysed'], { unpriced: 3 }])
      assert.equal(
        findings[0]?.message,
        'The cache findings say nothing of 3 of 3 calls: 3 have no price. Their usage is complete.',
      )
    })
  })

  describe('clocks', () => {
    const timed = (calls: readonly Call[], startOf: (index: number) => number): Call[] =>
      calls.map((call, index) => ({ ...call, startTime: startOf(index) }))

    it('that are put back or forward make a healthy conversation no less so', () => {
      const back = timed(conversation(8), (index) => AT + index * 10_000 - (index > 3 ? 60 * MINUTE : 0))
      assert.deepEqual(analyse(back).rules, [])
      store.deleteRuns(['r'])
      const forward = timed(conversation(8), (index) => AT + index * 10_000 + (index > 3 ? 600 * MINUTE : 0))
      assert.deepEqual(analyse(forward).rules, [])
      store.deleteRuns(['r'])
      const standing = timed(conversation(8), () => AT)
      assert.deepEqual(analyse(standing).rules, [])
    })

    it('that run backwards leave what is true all the same', () => {
      const { rules } = analyse(timed(unmarkedCalls(6), (index) => AT - index * 10_000))
      assert.deepEqual(rules, ['cache/missing-breakpoint'])
    })
  })

  describe('size', () => {
    it('of ten thousand tools: one of them moves', function () {
      this.timeout(120_000)
      const tools = Array.from({ length: 10_000 }, (_, index) => ({
        name: `tool_${index}`,
        input_schema: { type: 'object', properties: { [`field_${index % 7}`]: { type: 'string' } } },
      }))
      const calls = Array.from({ length: 5 }, (_, index): Call => {
        const moved = [...tools.slice(1, 2 + index), ...tools.slice(0, 1), ...tools.slice(2 + index)]
        const last = moved.length - 1
        return {
          request: {
            tools: moved.with(last, { ...tools[last], ...mark } as (typeof tools)[0]),
            messages: [asked('Hi')],
          },
          input: 300_000,
          written: 299_990,
        }
      })
      const { rules, findings } = analyse(calls)
      assert.deepEqual(rules, ['cache/tools-reordered'])
      assert.ok(Number(findings[0]?.saving?.picoUsd) > 0)
    })

    it('of one block: ten million characters behind a clock', function () {
      this.timeout(120_000)
      const giant = 'The ferry leaves at noon from the third pier. '.repeat(217_392)
      const calls = Array.from(
        { length: 3 },
        (_, index): Call => ({
          request: { system: system(`It is 10:00:0${index}. ${giant}`), messages: [asked('Hi')] },
          input: 2_000_000,
        }),
      )
      const { rules, findings } = analyse(calls)
      assert.deepEqual(rules, ['cache/volatile-prefix'])
      assert.ok(JSON.stringify(findings).length < 10_000, 'texts are shown in part only')
    })

    it('of one block that has nothing in common with the one before', function () {
      this.timeout(120_000)
      const giant = (word: string) => `${word} leaves at noon. `.repeat(400_000)
      const calls = ['ferry', 'train', 'coach'].map(
        (word): Call => ({
          request: { system: system(giant(word)), messages: [asked('Hi')] },
          input: 2_000_000,
        }),
      )
      assert.deepEqual(analyse(calls).rules, [])
    })
  })
})

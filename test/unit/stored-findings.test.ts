// What the analysis is told of a run that is read from the store is what it was told of it live, and so are the findings.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { AnalysedCalls } from '../../profiler-agent/analysed-calls'
import type { AnalysedCall } from '../../profiler-agent/analysis/finding-input'
import { earlierExchanges } from '../../profiler-agent/earlier-exchanges'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import type { TracedExchange } from '../../profiler-agent/pipeline'
import { RunFindings } from '../../profiler-agent/run-findings'
import { readContent } from '../../profiler-agent/store/reader'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const AT = Date.parse('2026-11-22T10:00:00.000Z')
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const idOf = (call: number) => `00000000-0000-4000-8000-${String(call).padStart(12, '0')}`

const RULES = 'You answer questions about the ferries to the islands, briefly and by the timetable. '.repeat(
  600,
)

type Facts = Partial<HttpExchange> & {
  readonly request: object
  readonly usage: object
  readonly reply?: object
}

function exchangeOf(call: number, { request, usage, reply, ...more }: Facts): HttpExchange {
  return {
    id: idOf(call),
    runId: 'r',
    provider: 'anthropic',
    method: 'POST',
    url: 'https://api.anthropic.com/v1/messages',
    requestHeaders: {},
    requestBody: bytes({ model: 'claude-opus-5', max_tokens: 100, ...request }),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: bytes({
      ...{ id: `msg_${call}`, type: 'message', role: 'assistant', model: 'claude-opus-5' },
      ...{ content: [{ type: 'text', text: `Ferry ${call}` }], stop_reason: 'end_turn', usage },
      ...reply,
    }),
    startTime: AT + call * 2000,
    firstByteMs: 400.5,
    durationMs: 1000.5,
    end: 'complete',
    copyTruncated: false,
    attribution: { agent: 'harbour' },
    ...more,
  }
}

const usage = (input: number, read = 0, written = 0) => ({
  input_tokens: input,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: written,
  output_tokens: 20,
})

const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } }
const system = (time: string) => [{ type: 'text', text: `It is ${time}. ${RULES}` }]
const asked = (question: string, more: object = {}) => ({
  role: 'user',
  content: [{ type: 'text', text: question, ...more }],
})
const said = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }] })
const tool = { name: 'tide', input_schema: { type: 'object', properties: { port: {}, day: {} } } }

/** A clock in the system text, a conversation with a mark that wanders, changed parameters, and prompts that are not all there. */
const EXCHANGES: readonly HttpExchange[] = [
  ...[1, 2, 3].map((call) =>
    exchangeOf(call, {
      request: { system: system(`10:00:0${call}`), messages: [asked(`Question ${call}`)] },
      usage: usage(20_000 + call),
    }),
  ),
  exchangeOf(4, {
    request: { tools: [tool], system: system('noon'), messages: [asked('When?', mark)] },
    usage: usage(3, 0, 20_100),
  }),
  exchangeOf(5, {
    request: {
      tools: [tool],
      system: system('noon'),
      tool_choice: { type: 'any' },
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [asked('When?'), said('Ferry 4'), asked('And then?', mark)],
    },
    usage: usage(3, 0, 20_160),
    reply: {
      diagnostics: { cache_miss_reason: { type: 'messages_changed', cache_missed_input_tokens: 99 } },
    },
  }),
  // It began before the call before it ended.
  exchangeOf(6, {
    request: { system: system('noon'), thread: { previous_message_id: 'msg_5' }, messages: [asked('Why?')] },
    usage: usage(41_000),
    startTime: AT + 10_100,
    durationMs: 4000,
  }),
  exchangeOf(7, {
    request: {},
    usage: usage(30_000),
    requestBody: bytes({}).slice(0, 1),
    copyTruncated: true,
  }),
  exchangeOf(8, {
    request: { messages: [] },
    usage: {},
    provider: 'openai',
    url: 'https://api.openai.com/v1/responses',
    requestBody: bytes({
      model: 'gpt-6-sol',
      input: [
        {
          role: 'user',
          content: [{ type: 'input_text', text: RULES, prompt_cache_breakpoint: { mode: 'explicit' } }],
        },
      ],
      prompt_cache_key: 'k-17',
      prompt_cache_options: { ttl: '12h' },
      reasoning: { effort: 'low' },
    }),
    responseBody: bytes({
      id: 'resp_8',
      object: 'response',
      status: 'completed',
      model: 'gpt-6-sol',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Ferry' }] }],
      usage: {
        input_tokens: 12_000,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 11_990 },
        output_tokens: 5,
      },
    }),
  }),
]

describe('findings of a stored run', () => {
  let folder: TestFolder
  let store: Store
  beforeEach(() => {
    folder = temporaryFolder('stored-findings')
    store = openStore(folder.path)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  const byStart = (exchanges: readonly TracedExchange[]): AnalysedCall[] => {
    const calls = new AnalysedCalls()
    return exchanges
      .toSorted((left, right) => left.exchange.startTime - right.exchange.startTime)
      .flatMap((exchange) => calls.of(exchange) ?? [])
      .map(withoutUnknownReasoning)
  }

  function record(): TracedExchange[] {
    const told: TracedExchange[] = []
    const pipeline = pipelineOver(store, (exchange) => told.push(exchange))
    for (const exchange of EXCHANGES.toSorted((left, right) => endOf(left) - endOf(right)))
      pipeline.add(exchange)
    return told
  }

  it('are reckoned from the same calls', () => {
    const live = byStart(record())
    assert.deepEqual(byStart(earlierExchanges(store, 'r')), live)
    assert.deepEqual(
      live.map(({ settings }) => settings),
      [
        {},
        {},
        {},
        {},
        {
          parameters: { tool_choice: '{"type":"any"}', thinking: '{"type":"enabled","budget_tokens":1024}' },
          missReason: 'messages_changed',
          missedTokens: 99,
        },
        { unseen: 'held' },
        { unseen: 'cut' },
        { lifetime: '12h', key: 'k-17', parameters: { 'reasoning.effort': '"low"' } },
      ],
    )
    assert.deepEqual(
      live.map(({ agent, isPromptWhole }) => [agent, isPromptWhole]),
      live.map((_, index) => ['harbour', index !== 5 && index !== 6]),
    )
  })

  it('are those of the live one', () => {
    const told = record()
    const context = {
      runId: 'r',
      hashOf: (text: string) => hash('sha256', text),
      textOf: (contentHash: string) => readContent(store, contentHash),
    }
    const live = new RunFindings(context)
    for (const exchange of told) live.add(exchange)
    const stored = RunFindings.of(context, earlierExchanges(store, 'r')).findings({})
    assert.deepEqual(stored, live.findings({}))
    assert.ok(stored.some(({ rule }) => rule === 'cache/volatile-prefix'))
  })
})

function endOf({ startTime, durationMs }: HttpExchange): number {
  return startTime + durationMs
}

/** The store tells reasoning that nobody counted by leaving it out. */
function withoutUnknownReasoning(call: AnalysedCall): AnalysedCall {
  const { reasoningTokens, ...usage } = call.usage
  return reasoningTokens === null ? { ...call, usage } : call
}

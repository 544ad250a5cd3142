// The prompt of a stored call: what each block was billed as, and where and why it parts from the request before.

import assert from 'node:assert/strict'
import { callPrompt } from '../../../profiler-agent/call-prompt/call-prompt'
import { why } from '../../../profiler-agent/cli/why'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import type { CallPrompt } from '../../../profiler-agent/model/run-questions'
import { RunView } from '../../../profiler-agent/run-view'
import { readFindings, readSpans } from '../../../profiler-agent/store/reader'
import { openStore, type Store } from '../../../profiler-agent/store/store'
import { ranIn } from '../../support/command-io'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'
import { pipelineOver } from '../../support/test-pipeline'

const AT = Date.parse('2026-11-22T10:00:00.000Z')
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const idOf = (call: number) => `00000000-0000-4000-8000-${String(call).padStart(12, '0')}`
const RULES = 'You look after the moorings of a small harbour and answer by the list of boats. '.repeat(300)

const usage = (input: number, read = 0, written = 0) => ({
  input_tokens: input,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: written,
  output_tokens: 20,
})
const mark = { cache_control: { type: 'ephemeral' } }
const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] })
const model = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }] })
const rules = { type: 'text', text: RULES, ...mark }
const tool = (name: string) => ({
  name,
  description: `Looks up the ${name}`,
  input_schema: { type: 'object' },
})

function exchangeOf(
  call: number,
  request: object,
  used: object,
  more: Partial<HttpExchange> = {},
): HttpExchange {
  return {
    id: idOf(call),
    runId: 'r',
    provider: 'anthropic',
    method: 'POST',
    url: 'https://api.anthropic.com/v1/messages',
    requestHeaders: {},
    requestBody: bytes({ model: 'claude-opus-4-5', max_tokens: 100, ...request }),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: bytes({
      ...{ id: `msg_${call}`, type: 'message', role: 'assistant', model: 'claude-opus-4-5' },
      ...{ content: [{ type: 'text', text: `Berth ${call}` }], stop_reason: 'end_turn', usage: used },
    }),
    startTime: AT + call * 2000,
    firstByteMs: 400,
    durationMs: 1000,
    end: 'complete',
    copyTruncated: false,
    attribution: { agent: 'harbour' },
    ...more,
  }
}

const picture = (prompt: CallPrompt | null) =>
  prompt?.blocks.map(({ path, cache, change, breakpoint }) =>
    [path, cache, change, breakpoint && `mark ${breakpoint}`].filter(Boolean).join(' '),
  )

describe('the prompt of a call', () => {
  let folder: TestFolder
  let store: Store
  let view: RunView
  beforeEach(() => {
    folder = temporaryFolder('call-prompt')
    store = openStore(folder.path)
    view = new RunView(store, async () => ({ count: (text) => Math.ceil(text.length / 4) }))
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  function record(exchanges: readonly HttpExchange[]): void {
    const pipeline = pipelineOver(store)
    for (const exchange of exchanges) pipeline.add(exchange)
    store.writeFindings('r', pipeline.findingsOf('r'))
  }

  it('says block by block what was read, written and fresh, and what is new in it', async () => {
    record([
      exchangeOf(
        1,
        { tools: [tool('berths')], system: [rules], messages: [user('Is A3 free?')] },
        usage(20, 0, 7_000),
      ),
      exchangeOf(
        2,
        {
          tools: [tool('berths')],
          system: [rules],
          messages: [user('Is A3 free?'), model('Berth 1'), user('And B1?')],
        },
        usage(60, 7_000),
      ),
    ])
    assert.deepEqual(picture(await callPrompt(view, 'r', idOf(1))), [
      'tools[0] write',
      'system[0] write mark 5m',
      'messages[0].content[0] fresh',
      'overhead fresh',
    ])
    const second = await callPrompt(view, 'r', idOf(2))
    assert.deepEqual(picture(second), [
      'tools[0] read same',
      'system[0] read same mark 5m',
      'messages[0].content[0] fresh same',
      'messages[1].content[0] fresh new',
      'messages[2].content[0] fresh new',
      'overhead fresh',
    ])
    assert.deepEqual(second?.before, {
      spanId: idOf(1),
      basis: 'conversation',
      firstDivergence: null,
      gone: [],
    })
    assert.deepEqual(
      second?.reply.map(({ kind, text, characters, tokens }) => [kind, text, characters, tokens]),
      [['output', 'Berth 2', 7, 20]],
    )
    assert.equal(second?.blocks[1]?.text?.length, 300)
    assert.equal(second?.blocks[1]?.characters, RULES.length)
  })

  it('gives shares that sum to the exact totals of every call', async () => {
    record([
      exchangeOf(1, { system: [rules], messages: [user('One?')] }, usage(31, 0, 7_013)),
      exchangeOf(2, { system: [rules], messages: [user('Two?')] }, usage(17, 6_999, 3)),
      exchangeOf(3, { messages: [user('Three?')] }, usage(9)),
    ])
    for (const { id, modelCall } of readSpans(store, 'r').filter((span) => span.modelCall)) {
      const prompt = await callPrompt(view, 'r', id)
      const all = [...(prompt?.blocks ?? []), ...(prompt?.reply ?? [])]
      const { inputTokens, outputTokens } = modelCall?.usage ?? {}
      assert.equal(
        all.reduce((sum, { picoUsd }) => sum + (picoUsd ?? 0), 0),
        modelCall?.cost?.picoUsd,
      )
      assert.equal(
        all.reduce((sum, { tokens }) => sum + tokens, 0),
        (inputTokens ?? 0) + (outputTokens ?? 0),
      )
    }
  })

  it('parts from the request before where `costflame why` says, for its reason', async () => {
    const at = (time: string) => [{ type: 'text', text: `It is ${time}. ${RULES}`, ...mark }]
    record(
      [1, 2, 3, 4].map((call) =>
        exchangeOf(
          call,
          { tools: [tool('berths')], system: at(`10:00:0${call}`), messages: [user(`Question ${call}`)] },
          usage(20, 0, 7_000),
        ),
      ),
    )
    const [finding] = readFindings(store, 'r')
    assert.equal(finding?.rule, 'cache/volatile-prefix')
    const said = await ranIn(folder.path, (io) =>
      why(io, finding?.id ?? '', { run: 'all', format: 'json', data: folder.path }),
    )
    const { compared, block } = JSON.parse(said.stdout)
    const prompt = await callPrompt(view, 'r', compared.later.spanId)
    const { before } = prompt ?? {}
    const parting = prompt?.blocks[before?.firstDivergence ?? -1]
    assert.equal(before?.spanId, compared.earlier.spanId)
    assert.equal(parting?.path, block.path)
    assert.deepEqual([parting?.hashBefore, parting?.hash], [block.beforeHash, block.afterHash])
    assert.equal(parting?.change, 'changed')
    assert.deepEqual(before?.cause, {
      rule: finding?.rule,
      message: finding?.message,
      findingId: finding?.id,
      path: 'system[0]',
    })
    // Another call of the same finding is held against the last one of its agent, and has the same cause.
    const last = await callPrompt(view, 'r', idOf(4))
    assert.deepEqual(
      [last?.before?.spanId, last?.before?.basis, last?.before?.cause?.findingId],
      [idOf(3), 'agent', finding?.id],
    )
  })

  it('names the cause too where it is too small a matter for a finding', async () => {
    const asked = (call: number, tools: readonly string[]) =>
      exchangeOf(
        call,
        { tools: tools.map(tool), system: [rules], messages: [user('Is A3 free?'), ...turns(call)] },
        usage(20, 0, 7_000),
      )
    const turns = (call: number) => (call === 1 ? [] : [model('Berth 1'), user('And B1?')])
    record([asked(1, ['berths', 'tides', 'boats']), asked(2, ['tides', 'berths', 'boats'])])
    assert.deepEqual(readFindings(store, 'r'), [])
    const prompt = await callPrompt(view, 'r', idOf(2))
    assert.equal(prompt?.before?.firstDivergence, 0)
    assert.deepEqual(
      prompt?.blocks.slice(0, 3).map(({ name, change }) => [name, change]),
      [
        ['tides', 'moved'],
        ['berths', 'same'],
        ['boats', 'same'],
      ],
    )
    const { cause } = prompt?.before ?? {}
    assert.equal(cause?.rule, 'cache/tools-reordered')
    assert.equal(cause?.findingId, undefined)
    assert.match(cause?.message ?? '', /^About [\d,]+ tokens .*because the tools stand in another order/)
  })

  it('of an agent that takes over from another one is held against its own', async () => {
    const by = (call: number, agent: string, question: string) =>
      exchangeOf(
        call,
        { system: [{ type: 'text', text: `You are ${agent}. ${RULES}` }], messages: [user(question)] },
        usage(7_000),
        { attribution: { agent } },
      )
    record([by(1, 'pilot', 'In?'), by(2, 'clerk', 'Paid?'), by(3, 'pilot', 'Out?')])
    const prompt = await callPrompt(view, 'r', idOf(3))
    assert.deepEqual([prompt?.before?.spanId, prompt?.before?.basis], [idOf(1), 'agent'])
  })

  it('tells texts that are gone, and where they stood', async () => {
    const turns = [user('Is A3 free?'), model('Berth 1'), user('And B1?'), model('Berth 2'), user('And C?')]
    record([
      exchangeOf(1, { system: [rules], messages: turns }, usage(7_100)),
      exchangeOf(
        2,
        { system: [rules], messages: [...turns.slice(2), model('Berth 3'), user('And D?')] },
        usage(7_100),
      ),
    ])
    const prompt = await callPrompt(view, 'r', idOf(2))
    assert.deepEqual(
      prompt?.before?.gone.map(({ text, at }) => [text, at]),
      [
        ['Is A3 free?', 1],
        ['Berth 1', 1],
      ],
    )
    assert.equal(prompt?.before?.firstDivergence, 1)
  })

  it('of a call that failed counts tokens itself and names no cache', async () => {
    record([
      exchangeOf(
        1,
        { system: [rules], messages: [user('One?')] },
        {},
        {
          status: 529,
          responseBody: bytes({ type: 'error', error: { type: 'overloaded_error', message: 'Later' } }),
        },
      ),
    ])
    const prompt = await callPrompt(view, 'r', idOf(1))
    assert.equal(prompt?.isBilled, false)
    assert.deepEqual(
      prompt?.blocks.map(({ cache, picoUsd }) => [cache, picoUsd]),
      [
        ['none', null],
        ['none', null],
      ],
    )
    assert.deepEqual(prompt?.reply, [])
  })

  it('whose beginning the provider holds is held against nothing', async () => {
    const openai = (call: number, body: object): HttpExchange =>
      exchangeOf(
        call,
        {},
        {},
        {
          provider: 'openai',
          url: 'https://api.openai.com/v1/responses',
          requestBody: bytes({ model: 'gpt-5.4', ...body }),
          responseBody: bytes({
            ...{ id: `resp_${call}`, object: 'response', status: 'completed', model: 'gpt-5.4' },
            output: [{ type: 'message', content: [{ type: 'output_text', text: `Berth ${call}` }] }],
            usage: { input_tokens: 7_000, input_tokens_details: { cached_tokens: 0 }, output_tokens: 5 },
          }),
        },
      )
    record([openai(1, { input: RULES }), openai(2, { input: 'And B1?', previous_response_id: 'resp_1' })])
    const prompt = await callPrompt(view, 'r', idOf(2))
    assert.equal(prompt?.unseen, 'held')
    assert.deepEqual(
      [prompt?.before?.spanId, prompt?.before?.firstDivergence, prompt?.before?.gone],
      [idOf(1), null, []],
    )
    assert.deepEqual(
      prompt?.blocks.map(({ path, change }) => [path, change]),
      [
        ['input', undefined],
        ['overhead', undefined],
        ['hidden', undefined],
      ],
    )
  })

  it('of which no texts are kept is told by hashes, lengths and shares', async () => {
    const turns = [user('Is A3 free?'), model('Berth 1'), user('And B1?')]
    record([
      exchangeOf(1, { system: [rules], messages: turns.slice(0, 1) }, usage(20, 0, 7_000)),
      exchangeOf(2, { system: [{ type: 'text', text: 'Be kind.' }], messages: turns }, usage(100)),
    ])
    store.prepare('UPDATE contents SET text = NULL').run()
    const prompt = await callPrompt(view, 'r', idOf(2))
    assert.deepEqual(
      prompt?.blocks.slice(0, 2).map(({ text, characters, change }) => [text, characters, change]),
      [
        [null, 8, 'changed'],
        [null, 11, 'same'],
      ],
    )
    assert.equal(prompt?.before?.firstDivergence, 0)
    assert.equal(
      prompt?.blocks.reduce((sum, { tokens }) => sum + tokens, 0),
      100,
    )
  })

  it('that nobody stored is null', async () => {
    record([exchangeOf(1, { messages: [user('One?')] }, usage(9))])
    assert.equal(await callPrompt(view, 'r', idOf(7)), null)
    assert.equal(await callPrompt(view, 'other', idOf(1)), null)
    const agent = readSpans(store, 'r').find(({ kind }) => kind === 'agent')
    assert.equal(await callPrompt(view, 'r', agent?.id ?? ''), null)
  })
})

// Interactions beyond the fixture: background and polls, agents, older events, broken streams, searches, errors.
import assert from 'node:assert/strict'
import { sseOf } from './exchange'
import { readGoogle, studio, tokensOf, vertex } from './gemini-exchange'

const INTERACTIONS = studio('v1beta/interactions')
const USAGE = {
  total_input_tokens: 50,
  total_cached_tokens: 20,
  total_output_tokens: 10,
  total_thought_tokens: 5,
  total_tool_use_tokens: 7,
  total_tokens: 72,
}
const done = {
  id: 'int-1',
  object: 'interaction',
  status: 'completed',
  model: 'gemini-3-flash-preview',
  steps: [{ type: 'model_output', content: [{ type: 'text', text: 'hi' }] }],
  usage: USAGE,
}
const read = (response: unknown, more: Parameters<typeof readGoogle>[0] = {}) =>
  readGoogle({
    url: INTERACTIONS,
    request: { model: 'gemini-3-flash-preview', input: 'x' },
    response,
    ...more,
  })

describe('providers/gemini-interactions', () => {
  it('adds thoughts to the output and tool use to the input, cached inside', () => {
    const { usage, inference, wireFormat, reply } = read(done)
    assert.deepEqual(tokensOf(usage), [57, 20, 15, 5])
    assert.deepEqual(
      [wireFormat, inference.responseId, usage.origin],
      ['gemini-interactions', 'int-1', 'reported'],
    )
    assert.deepEqual(reply, [{ path: 'output[0]', kind: 'output', content: 'hi' }])
  })

  it('reads the names that Vertex gives', () => {
    const { usage, inference } = read(
      {
        ...done,
        usage: { totalInputTokens: 50, totalOutputTokens: 10, totalThoughtTokens: 5, totalTokens: 65 },
        serviceTier: 'flex',
      },
      { url: vertex('interactions') },
    )
    assert.deepEqual(tokensOf(usage), [50, null, 15, 5])
    assert.deepEqual([inference.tier, inference.geo], ['flex', 'regional'])
  })

  it('trap 22: bills a background interaction when its usage comes, under one id', () => {
    const started = {
      id: 'int-1',
      status: 'in_progress',
      agent: 'deep-research',
      usage: { total_input_tokens: 9 },
    }
    const request = { agent: 'deep-research', input: 'x', background: true }
    const created = read({ ...started, usage: undefined }, { request })
    assert.deepEqual([created.inference.billed, created.inference.requestModel], [false, 'deep-research'])
    const url = `${INTERACTIONS}/int-1`
    const poll = read(started, { method: 'GET', url, request: undefined })
    assert.deepEqual([poll.inference.billed, poll.usage.inputTokens], [false, null])
    const finished = read(
      { ...done, agent: 'deep-research', model: undefined },
      { method: 'GET', url, request: undefined },
    )
    assert.deepEqual(
      [
        finished.inference.billed,
        finished.inference.responseId,
        finished.inference.requestModel,
        finished.usage.inputTokens,
      ],
      [true, 'int-1', 'deep-research', 57],
    )
  })

  it('does not bill cancelling, deleting or failing', () => {
    const cancelled = read({ id: 'int-1', status: 'cancelled' }, { url: `${INTERACTIONS}/int-1/cancel` })
    const deleted = read({}, { method: 'DELETE', url: `${INTERACTIONS}/int-1` })
    const failed = read({ id: 'int-1', status: 'failed', errors: [{ code: 'internal', message: 'oh' }] })
    const refused = read({ error: { message: 'no key', code: 'unauthenticated' } }, { status: 401 })
    for (const { inference, usage } of [cancelled, deleted, failed, refused])
      assert.deepEqual([inference.billed, usage.inputTokens, usage.origin], [false, null, 'unknown'])
    assert.deepEqual([failed.error?.message, refused.error?.status], ['oh', 401])
  })

  it('reads the events of the first version', () => {
    const { usage, reply, inference } = read(
      sseOf([
        { event_type: 'interaction.start', interaction: { id: 'int-2', status: 'in_progress' } },
        { event_type: 'content.start', index: 0, content: { type: 'text' } },
        { event_type: 'content.delta', index: 0, delta: { type: 'text', text: 'Hel' } },
        { event_type: 'content.delta', index: 0, delta: { type: 'text', text: 'lo' } },
        { event_type: 'content.stop', index: 0 },
        {
          event_type: 'interaction.complete',
          interaction: { id: 'int-2', status: 'completed', usage: USAGE },
        },
      ]),
    )
    assert.deepEqual([usage.inputTokens, usage.origin, inference.responseId], [57, 'reported', 'int-2'])
    assert.deepEqual(reply, [{ path: 'output[0]', kind: 'output', content: 'Hello' }])
    const outputs = read({ ...done, steps: undefined, outputs: [{ type: 'text', text: 'Hello' }] })
    assert.equal(outputs.reply[0]?.content, 'Hello')
  })

  it('knows of a broken stream what its running total said', () => {
    const events = [
      { event_type: 'interaction.created', interaction: { id: 'int-1', status: 'in_progress' } },
      { event_type: 'step.start', index: 0, step: { type: 'model_output' } },
      {
        event_type: 'step.delta',
        index: 0,
        delta: { type: 'text', text: 'hi' },
        metadata: { total_usage: { total_input_tokens: 50, total_output_tokens: 1 } },
      },
    ]
    const cut = read(sseOf(events))
    assert.deepEqual(tokensOf(cut.usage), [50, null, null, null])
    assert.deepEqual([cut.usage.origin, cut.unfinished, cut.inference.billed], ['partial', true, true])
    const earlier = read(sseOf(events.slice(0, 2)))
    assert.deepEqual([earlier.usage.origin, earlier.inference.billed], ['unknown', true])
    const failed = read(
      sseOf([...events, { event_type: 'error', error: { code: 'internal', message: 'oh' } }]),
    )
    assert.deepEqual([failed.error?.message, failed.unfinished], ['oh', false])
  })

  it('trap 28: counts searches by the provider, else by the steps', () => {
    const counted = {
      ...USAGE,
      grounding_tool_count: [
        { type: 'google_search', count: 3 },
        { type: 'retrieval', count: 9 },
        { type: 'google_maps', count: 2 },
      ],
    }
    assert.deepEqual(read({ ...done, usage: counted }).usage.units, { grounding: 3, mapsGrounding: 2 })
    const call = { type: 'google_search_call', id: '1', arguments: { queries: ['a', 'b'] } }
    assert.deepEqual(read({ ...done, steps: [call, ...done.steps] }).usage.units, { grounding: 2 })
    assert.deepEqual(read(done, { request: { tools: [{ type: 'google_search' }] } }).usage.units, {})
  })

  it('reads turns, steps and tool results of the input', () => {
    const { prompt } = read(done, {
      request: {
        input: [
          { role: 'user', content: 'hello' },
          { role: 'model', content: [{ type: 'text', text: 'hi' }] },
          { type: 'function_call', id: 'c1', name: 'f', arguments: {} },
          { type: 'function_result', call_id: 'c1', name: 'f', result: 'r' },
        ],
      },
    })
    assert.deepEqual(
      prompt.map(({ path, kind, name, toolCallId }) => [path, kind, name, toolCallId]),
      [
        ['input[0]', 'user', undefined, undefined],
        ['input[1]', 'assistant', undefined, undefined],
        ['input[2]', 'tool_call', 'f', 'c1'],
        ['input[3]', 'tool_result', 'f', 'c1'],
      ],
    )
  })
})

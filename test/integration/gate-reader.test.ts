// The thread that reads prompts before they go up, as it is built: real tokenizer, calls that go on from held responses, and what happens when it cannot.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GateReader } from '../../profiler-agent/gate-reader/gate-reader'
import type { GateThreadHostOptions } from '../../profiler-agent/gate-reader/thread-host'
import type { GatedCall } from '../../profiler-agent/model/call-gate'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { inRepository } from '../support/repository'
import { temporaryFolder } from '../support/test-folders'

const assets = inRepository('dist')

describe('the reader of prompts before they go up', () => {
  let readers: GateReader[] = []
  afterEach(async () => {
    await Promise.all(readers.map((reader) => reader.close()))
    readers = []
  })

  function reader(options: Partial<GateThreadHostOptions> = {}): GateReader {
    const made = new GateReader({
      ...{ assets, log: assert.fail, timeoutMs: 60_000 },
      ...options,
    })
    readers.push(made)
    return made
  }

  it('counts retrieved text with the tokenizer of the analysis', async () => {
    const text = 'Parcels to the islands leave on Tuesdays. '.repeat(200)
    const folder = temporaryFolder('retrieval')
    const configFile = join(folder.path, 'config.jsonc')
    writeFileSync(configFile, '{ "version": 1, "retrievalTools": ["find"] }')
    const reading = await reader({ configFile }).readGated(toolCall('find', text))
    folder.remove()
    const tokens = (await loadTokenizer(assets)).count(text)
    assert.ok(tokens > 1_000)
    assert.equal(reading?.retrievalTokens, tokens)
    assert.equal(reading?.toolCalls, 1)
  })

  it('takes what the program declares for retrieval, by name and by id', async () => {
    const made = reader()
    const call = toolCall('find', 'some text')
    assert.equal((await made.readGated(call))?.retrievalTokens, 0)
    made.declared('another-run', 'find', undefined)
    assert.equal((await made.readGated(call))?.retrievalTokens, 0)
    made.declared('r1', 'policies', 'c1')
    assert.equal((await made.readGated(call))?.retrievalTokens, 2)
    made.declared('r2', 'find', undefined)
    assert.equal((await made.readGated({ ...call, runId: 'r2' }))?.retrievalTokens, 2)
  })

  it('does not count tokens of what is too small to exceed anything', async () => {
    const call = toolCall('find', 'some text')
    const made = reader()
    assert.equal((await made.readGated(call, { room: call.body.length * 2 }))?.toolResultTokens, 0)
    assert.equal((await made.readGated(call, { tokens: false }))?.toolCalls, 1)
    assert.equal((await made.readGated(call, { room: call.body.length }))?.toolResultTokens, 2)
  })

  it('starts no thread for a request that brings nothing', async () => {
    const missing = temporaryFolder('no-thread')
    const messages = [{ role: 'user', content: 'hello' }]
    const reading = await reader({ assets: missing.path }).readGated(callOf({ messages }))
    missing.remove()
    assert.deepEqual([reading?.toolCalls, reading?.pieces], [0, []])
  })

  it('counts on where the provider holds the history', async () => {
    const made = reader()
    const goOn = async (id: string, before: string | undefined, calls: number, runId = 'r1') => {
      const input = Array.from({ length: calls }, (_, index) => ({
        ...{ type: 'function_call_output', call_id: `${id}${index}`, output: 'found' },
      }))
      const asks = input.length === 0 ? [{ role: 'user', content: 'where is it?' }] : input
      const body = { model: 'm', input: asks, ...(before ? { previous_response_id: before } : {}) }
      const reading = await made.readGated({ ...callOf(body, '/v1/responses'), id, runId })
      return reading?.toolCalls
    }
    assert.equal(await goOn('first', undefined, 0), 0)
    made.answered('first', 'r1', ['resp_1'])
    assert.equal(await goOn('second', 'resp_1', 1), 1)
    made.answered('second', 'r1', ['resp_2'])
    assert.equal(await goOn('third', 'resp_2', 2), 3)
    // Its answer is read a moment after the next request comes.
    const next = goOn('fourth', 'resp_3', 1)
    made.answered('third', 'r1', ['resp_3'])
    assert.equal(await next, 4)
    assert.equal(await goOn('other-run', 'resp_3', 1, 'r2'), 1)
    made.answered('fourth', 'r1', ['resp_4'])
    // The answer to the fourth asked for no tool: the user goes on.
    assert.equal(await goOn('fifth', 'resp_4', 0), 0)
    made.answered('fifth', 'r1', ['resp_5'])
    assert.equal(await goOn('sixth', 'resp_5', 1), 1)
  })

  it('counts the whole prompt', async () => {
    const text = 'Parcels to the islands leave on Tuesdays. '.repeat(200)
    const count = await reader().countPrompt(callOf({ messages: [{ role: 'user', content: text }] }))
    assert.deepEqual(count, { tokens: (await loadTokenizer(assets)).count(text) + 7, isExact: true })
  })

  it('says who calls by the rules of the configuration and the body, over what the headers say', async () => {
    const folder = temporaryFolder('rules')
    const configFile = join(folder.path, 'config.jsonc')
    const rule = { match: { system: 'You are the refund desk' }, agent: 'refunds', intent: 'refund' }
    writeFileSync(configFile, JSON.stringify({ version: 1, rules: [rule] }))
    const messages = [{ role: 'system', content: 'You are the refund desk of a shop.' }]
    const made = reader({ configFile })
    const call = callOf({ messages, metadata: { session: 's1' } })
    const labels = await made.labelsOf(call)
    assert.deepEqual([labels?.agent, labels?.intent, labels?.session], ['refunds', 'refund', 's1'])
    const said = await made.labelsOf({ ...call, attribution: { agent: 'desk' } })
    assert.deepEqual([said?.agent, said?.intent], ['desk', 'refund'])
    const other = await made.labelsOf(callOf({ messages: [{ role: 'user', content: 'x' }] }))
    assert.equal(other?.agent, undefined)
    folder.remove()
  })

  it('lets calls pass that it cannot read in time, and says so once', async () => {
    const said: string[] = []
    const made = reader({ timeoutMs: 0, log: (text) => said.push(text) })
    for (let times = 0; times < 3; times++)
      assert.equal(await made.readGated(toolCall('find', 'text')), undefined)
    assert.deepEqual(said, ['a prompt could not be read within 0 s: its call passes unchecked'])
  })

  it('lets calls pass where it cannot start, and gives up', async () => {
    const empty = temporaryFolder('no-thread')
    const said: string[] = []
    const made = reader({ assets: empty.path, log: (text) => said.push(text) })
    for (let times = 0; times < 8; times++)
      assert.equal(await made.readGated(toolCall('find', 'text')), undefined)
    empty.remove()
    assert.equal(said.length, 5)
    assert.ok(said.every((text) => text.startsWith('the thread that reads prompts failed: ')))
  })

  it('reads many at once, each for itself', async () => {
    const made = reader()
    const readings = await Promise.all(
      Array.from({ length: 200 }, (_, index) => made.readGated(toolCall('find', 'word '.repeat(index)))),
    )
    assert.deepEqual(
      readings.map((reading) => reading?.toolCalls),
      readings.map(() => 1),
    )
    assert.ok((readings[199]?.toolResultTokens ?? 0) > (readings[100]?.toolResultTokens ?? 0))
  })
})

function toolCall(name: string, content: string): GatedCall {
  return callOf({
    model: 'gpt-5-mini',
    messages: [
      { role: 'user', content: 'where is it?' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', type: 'function', function: { name, arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content },
    ],
  })
}

function callOf(body: object, path = '/v1/chat/completions'): GatedCall {
  return {
    ...{ id: 'c', runId: 'r1', provider: 'openai', method: 'POST', path, headers: {}, attribution: {} },
    ...{ model: 'gpt-5-mini', outputCap: undefined, startTime: 0, body: Buffer.from(JSON.stringify(body)) },
  }
}

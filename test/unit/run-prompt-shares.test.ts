// What each text in the prompts of a stored run cost, over all its calls.

import assert from 'node:assert/strict'
import type { PromptShare } from '../../profiler-agent/model/run-questions'
import { promptSharesOf } from '../../profiler-agent/run-prompt-shares'
import { RunView } from '../../profiler-agent/run-view'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const AT = Date.parse('2026-11-22T10:00:00.000Z')
const SYSTEM = `\n  You look after\ta harbour. ${'Berths are counted from the pier. '.repeat(8)}`
const TOOL = { name: 'find_berth', description: 'Finds a free berth.', input_schema: { type: 'object' } }
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

/** One token a word is near enough: shares are calibrated to what was reported. */
async function tokenizer() {
  return { count: (text: string) => text.split(/\s+/).length }
}

describe('what texts cost over a stored run', () => {
  let folder: TestFolder
  let store: Store
  let shares: readonly PromptShare[]
  before(async () => {
    folder = temporaryFolder('prompt-shares')
    store = openStore(folder.path)
    const pipeline = pipelineOver(store)
    pipeline.announce({ id: 'a', name: 'moor', startedAt: AT, tags: {}, defaults: {} })
    const messages: object[] = []
    for (let call = 1; call <= 3; call++) {
      messages.push({ role: 'user', content: `Which berth for boat ${call}?` })
      pipeline.add({
        ...{
          id: `00000000-0000-4000-8000-00000000000${call}`,
          runId: 'a',
          provider: 'anthropic',
          method: 'POST',
        },
        ...{ url: 'https://api.anthropic.com/v1/messages', requestHeaders: {}, status: 200 },
        requestBody: bytes({
          model: 'claude-opus-4-5',
          max_tokens: 99,
          system: SYSTEM,
          tools: [TOOL],
          messages,
        }),
        responseHeaders: { 'content-type': 'application/json' },
        responseBody: bytes({
          ...{ id: `msg_${call}`, type: 'message', role: 'assistant', model: 'claude-opus-4-5' },
          ...{ content: [{ type: 'text', text: `Berth ${call}` }], stop_reason: 'end_turn' },
          usage: { input_tokens: 100 + 20 * call, output_tokens: 10 },
        }),
        ...{ startTime: AT + call * 2000, firstByteMs: 400, durationMs: 1000, end: 'complete' },
        ...{ copyTruncated: false, attribution: { agent: 'harbour' } },
      })
      messages.push({ role: 'assistant', content: `Berth ${call}` })
    }
    shares = await promptSharesOf(new RunView(store, tokenizer), 'a')
  })
  after(() => {
    store.close()
    folder.remove()
  })

  it('sums to the tokens and the cost of the run', async () => {
    const run = await new RunView(store, tokenizer).run('a', { segments: 'none' })
    assert.equal(
      shares.reduce((sum, { tokens }) => sum + tokens, 0),
      120 + 140 + 160 + 30,
    )
    assert.equal(
      shares.reduce((sum, { picoUsd }) => sum + (picoUsd ?? 0), 0),
      run?.totals.cost?.picoUsd,
    )
  })

  it('names tools by their name and texts by their first words, in one line', () => {
    const named = (kind: string) =>
      shares.filter((share) => share.kind === kind).map(({ name, calls }) => [name, calls])
    assert.deepEqual(named('tool_def'), [['find_berth', 3]])
    const [system] = shares.filter(({ kind }) => kind === 'system')
    assert.match(system?.name ?? '', /^You look after a harbour\. Berths are .{60,}…$/)
    assert.deepEqual(named('user').toSorted(), [
      ['Which berth for boat 1?', 3],
      ['Which berth for boat 2?', 2],
      ['Which berth for boat 3?', 1],
    ])
    assert.deepEqual(named('assistant').toSorted(), [
      ['Berth 1', 2],
      ['Berth 2', 1],
    ])
  })

  it('is nothing for a run that is not there', async () => {
    assert.deepEqual(await promptSharesOf(new RunView(store, tokenizer), 'gone'), [])
  })
})

// What the gate measures in runs of the store: to the limit of a day, every day that a run reached.

import assert from 'node:assert/strict'
import { withRecordedRuns } from '../../../profiler-agent/cli/recorded-runs'
import { openStore } from '../../../profiler-agent/store/store'
import { ranIn } from '../../support/command-io'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'
import { pipelineOver } from '../../support/test-pipeline'

/** Of the local calendar: 22 November 2026 at this second, counted from its midnight. */
const atSecond = (second: number) => new Date(2026, 10, 22, 0, 0, second).getTime()
const DAY = 86_400
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

describe('days of stored runs', () => {
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('recorded-runs')
  })
  afterEach(() => folder.remove())

  /** Calls of 10 + 5 tokens, each with its run and second. */
  const record = (...calls: readonly (readonly [runId: string, second: number])[]) => {
    const store = openStore(folder.path)
    const pipeline = pipelineOver(store)
    calls.forEach(([runId, second], index) => {
      pipeline.add({
        id: `00000000-0000-4000-8000-00000000000${index}`,
        ...{ runId, provider: 'openai', method: 'POST' },
        url: 'https://api.openai.com/v1/chat/completions',
        ...{ requestHeaders: {}, status: 200 },
        requestBody: json({ model: 'gpt-5-mini', messages: [{ role: 'user', content: `parcel ${index}` }] }),
        responseHeaders: { 'content-type': 'application/json' },
        responseBody: json({
          id: `chatcmpl-${index}`,
          model: 'gpt-5-mini',
          choices: [{ index: 0, message: { role: 'assistant', content: 'sent' } }],
          usage: { prompt_tokens: 10, completion_tokens: 5 },
        }),
        ...{ startTime: atSecond(second), durationMs: 500, end: 'complete' },
        ...{ copyTruncated: false, attribution: {} },
      })
    })
    store.close()
  }
  /** Tokens of each day that the run `r` is measured with. */
  const days = async () => {
    const found: (readonly [string, number | null | undefined])[] = []
    const selection = { selector: 'r', data: folder.path }
    await ranIn(folder.path, (io) =>
      withRecordedRuns(io, selection, { days: true }, ({ measured }) => {
        for (const { kind, id, values } of measured)
          if (kind === 'day') found.push([id, values.totalTokens?.value])
        return 0
      }),
    )
    return found.sort()
  }

  it('are also those that a run reached after midnight', async () => {
    record(['r', DAY - 6], ['r', DAY + 1], ['r', DAY + 2], ['r', DAY + 3])
    assert.deepEqual(await days(), [
      ['2026-11-22', 15],
      ['2026-11-23', 45],
    ])
  })

  it('count what all runs of the folder used on them, and are no others', async () => {
    record(['early', -1], ['early', 5], ['r', 40], ['r', 2 * DAY], ['late', 3 * DAY - 1], ['late', 3 * DAY])
    // Nothing of the run was called on the 23rd, on which another one was.
    record(['between', DAY + 60])
    assert.deepEqual(await days(), [
      ['2026-11-22', 30],
      ['2026-11-24', 30],
    ])
  })
})

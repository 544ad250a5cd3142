// What `POST /ingest` makes of a request: lines to whom they are for, and the first wrong one named.

import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { type IngestSink, readIngest } from '../../profiler-agent/ingest'

function sink(problem?: string): IngestSink & { readonly taken: string[] } {
  const taken: string[] = []
  const take = (message: Readonly<Record<string, unknown>>) => {
    if (problem === undefined) taken.push(`${message.type}`)
    return problem
  }
  return {
    taken,
    addRun: () => void taken.push('run'),
    endRun: () => void taken.push('runEnd'),
    addObserved: async (message) => take(message) === undefined,
    addSpan: take,
    addOutcome: take,
    addHookReport: take,
  }
}

const read = (text: string, into: IngestSink) => readIngest(Readable.from([Buffer.from(text)]), into)
const RUN = '{"type":"run","id":"r","name":"n","startedAt":1,"tags":{},"defaults":{}}'

describe('ingest', () => {
  it('hands each line to whom it is for, in order', async () => {
    const into = sink()
    const lines = [
      RUN,
      ...['span', 'outcome', 'hook', 'exchange'].map((type) => `{"type":"${type}"}`),
      '{"type":"runEnd","runId":"r","endedAt":2}',
    ]
    assert.deepEqual(await read(`${lines.join('\n\n')}\n`, into), { accepted: 6, endsRun: true })
    assert.deepEqual(into.taken, ['run', 'span', 'outcome', 'hook', 'exchange', 'runEnd'])
  })

  for (const [line, problem] of [
    ['[]', 'this is no JSON object'],
    ['{"type":', 'this is no JSON object'],
    ['{"type":"spam"}', 'type is none of run, runEnd, exchange, span, outcome, hook'],
    ['{"type":"runEnd","runId":"a b","endedAt":1}', 'runId is no run id'],
    ['{"type":"runEnd","runId":"r"}', 'endedAt is no time in ms since the epoch'],
    ['{"type":"run","id":"r"}', 'a field of the run is missing or wrong'],
  ] as const)
    it(`refuses ${line}, and reads nothing after it`, async () => {
      const into = sink()
      assert.deepEqual(await read(`${RUN}\n${line}\n${RUN}`, into), {
        ...{ accepted: 1, endsRun: false, problem: `line 2: ${problem}` },
      })
      assert.deepEqual(into.taken, ['run'])
    })

  it('names the field that a reader refuses', async () => {
    const into = sink('startedAt is no time in ms since the epoch')
    const { problem } = await read('{"type":"span"}', into)
    assert.equal(problem, 'line 1: startedAt is no time in ms since the epoch')
  })
})

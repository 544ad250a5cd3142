import assert from 'node:assert/strict'
import { csvExport } from '../../../profiler-agent/formats/csv'
import { decodeRunFile, encodeRunFile } from '../../../profiler-agent/formats/json'
import { otlpExport } from '../../../profiler-agent/formats/otlp'
import { redactRuns } from '../../../profiler-agent/formats/redact'
import type { Run } from '../../../profiler-agent/model/span'
import { runOf } from '../profile/run-of'

const RUN = runOf(`
  agent desk 0..100
    call gpt-5 5..38 900+20 $1234567890123 system:600/18 output:20/5
    tool =HYPERLINK("x") 38..40
    call gpt-5 45..60 failed
`)

describe('a run as CSV', () => {
  const [head = '', ...lines] = csvExport([RUN]).trimEnd().split('\n')
  const rows = lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, at) => [head.split(',')[at], cell])),
  )

  it('has one line a span, tokens and cost only at calls, dollars to the pico-dollar', () => {
    assert.deepEqual(
      rows.map(({ kind, inputTokens, outputTokens, picoUsd, usd, billed }) => [
        kind,
        inputTokens,
        outputTokens,
        picoUsd,
        usd,
        billed,
      ]),
      [
        ['agent', '', '', '', '', ''],
        ['chat', '900', '20', '1234567890123', '1.234567890123', 'true'],
        ['tool', '', '', '', '', ''],
        ['chat', '', '', '', '', 'false'],
      ],
    )
  })

  it('makes text of what a spreadsheet would run', () => {
    assert.match(lines[2] ?? '', /,"'=HYPERLINK\(""x""\)",/)
  })
})

describe('a run as OTLP', () => {
  const text = otlpExport([RUN], '1.2.3')
  const { scope, spans } = JSON.parse(text).resourceSpans[0].scopeSpans[0]
  const attributes = (index: number) =>
    Object.fromEntries(
      spans[index].attributes.map(({ key, value }: { key: string; value: object }) => [
        key,
        Object.values(value)[0],
      ]),
    )

  it('has a trace for the run, ids of the right length, and each span under its parent', () => {
    assert.deepEqual(scope, { name: 'costflame', version: '1.2.3' })
    for (const { traceId, spanId } of spans) {
      assert.match(traceId, /^[0-9a-f]{32}$/)
      assert.match(spanId, /^[0-9a-f]{16}$/)
    }
    assert.deepEqual(
      spans.map((span: { parentSpanId?: string }) => span.parentSpanId),
      [undefined, spans[0].spanId, spans[0].spanId, spans[0].spanId],
    )
  })

  it('names operations as the conventions do, with times in nanoseconds', () => {
    assert.deepEqual(
      spans.map(({ name, kind }: { name: string; kind: number }) => [name, kind]),
      [
        ['invoke_agent desk', 1],
        ['chat gpt-5', 3],
        ['execute_tool =HYPERLINK("x")', 1],
        ['chat gpt-5', 3],
      ],
    )
    assert.equal(spans[1].startTimeUnixNano, `${Date.parse('2026-11-20T09:00:00.005Z')}000000`)
    assert.equal(spans[1].endTimeUnixNano, `${Date.parse('2026-11-20T09:00:00.038Z')}000000`)
  })

  it('gives usage and cost at the calls, whole numbers as OTLP writes them, and leaves out what is unknown', () => {
    const call = attributes(1)
    assert.equal(call['gen_ai.usage.input_tokens'], '900')
    assert.equal(call['costflame.cost.pico_usd'], '1234567890123')
    assert.equal(call['gen_ai.operation.name'], 'chat')
    assert.ok(!('gen_ai.usage.input_tokens' in attributes(0)))
    assert.ok(!('gen_ai.usage.input_tokens' in attributes(3)))
    assert.equal(spans[3].status.code, 2)
  })
})

describe('a redacted run', () => {
  const CANARY = 'Canary'
  const KEPT = ['id', 'startTime', 'endTime']

  /** Every text of a user's becomes the canary; what a schema or a provider decides stays. */
  function sung(run: Run): Run {
    return {
      ...run,
      name: CANARY,
      command: CANARY,
      root: CANARY,
      gitCommit: CANARY,
      tags: { [CANARY]: CANARY },
      spans: run.spans.map((span) => ({
        ...span,
        name: CANARY,
        agent: CANARY,
        step: CANARY,
        intent: CANARY,
        tenant: CANARY,
        session: CANARY,
        agentVersion: CANARY,
        tags: { [CANARY]: CANARY },
        outcome: { status: CANARY, [CANARY]: CANARY },
        attributes: {
          'costflame.billing': CANARY,
          [CANARY]: CANARY,
          'costflame.tool.result_tokens': 12,
        },
        callSite: {
          file: CANARY,
          line: 3,
          function: CANARY,
          stack: [{ file: CANARY, line: 3, function: CANARY }],
        },
        ...(span.modelCall && {
          modelCall: {
            ...span.modelCall,
            provider: `custom:${CANARY}`,
            endpoint: `/${CANARY}`,
            responseId: CANARY,
            error: { status: 400, message: CANARY },
            usage: { ...span.modelCall.usage, raw: { total: 5, note: CANARY } },
            segments: span.modelCall.segments.map((segment) => ({ ...segment, name: CANARY, hash: CANARY })),
          },
        }),
      })),
      findings: [
        {
          id: CANARY,
          rule: 'cache/changed-prefix',
          severity: 'warning',
          message: CANARY,
          runId: run.id,
          spanIds: [run.spans[1]?.id ?? ''],
          location: { file: CANARY, line: 3, column: 1 },
          relatedLocations: [{ file: CANARY, line: 1, column: 1, message: CANARY }],
          evidence: { [CANARY]: CANARY },
          saving: { picoUsd: 7, perRun: true, assumption: CANARY, certainty: 'expected' },
          fix: { title: CANARY, safety: 'review' },
        },
      ],
    }
  }

  it('says nothing that its user wrote, and keeps every number', () => {
    const [redacted] = redactRuns([sung(RUN)])
    assert.ok(redacted)
    assert.doesNotMatch(JSON.stringify(redacted), new RegExp(CANARY, 'i'))
    assert.equal(redacted.totals.cost?.picoUsd, 1_234_567_890_123)
    assert.equal(redacted.spans[1]?.modelCall?.requestModel, 'gpt-5')
    assert.equal(redacted.spans[0]?.attributes['costflame.tool.result_tokens'], 12)
    assert.deepEqual(
      redacted.spans.map(({ parentId }) => parentId),
      [undefined, redacted.spans[0]?.id, redacted.spans[0]?.id, redacted.spans[0]?.id],
    )
    assert.deepEqual(redacted.findings[0]?.spanIds, [redacted.spans[1]?.id])
    assert.deepEqual(redacted.findings[0]?.saving?.picoUsd, 7)
    assert.ok(KEPT.every((field) => field in redacted))
  })

  it('is a run file like any other, and different each time', () => {
    const [first] = redactRuns([RUN])
    const [second] = redactRuns([RUN])
    assert.ok(first && second)
    assert.equal(decodeRunFile(encodeRunFile([first])).runs.length, 1)
    assert.notEqual(first.name, second.name)
  })
})

// Run files: written, checked and read back; what is wrong with a file is said with its place.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { decodeRunFile, encodeRunFile, RunFileError } from '../../../profiler-agent/formats/json'
import { runFileJsonSchema, runFileSchema } from '../../../profiler-agent/formats/run-schema'
import type { Finding } from '../../../profiler-agent/model/finding'
import { inRepository } from '../../support/repository'
import { callSpan, runOf, spanOf } from '../../support/spans'

const finding: Finding = {
  id: 'f',
  rule: 'cache/volatile-prefix',
  severity: 'warning',
  message: 'm',
  runId: 'run',
  spanIds: ['a'],
  location: { file: 'a.mjs', line: 1, column: 1 },
  relatedLocations: [{ file: 'b.mjs', line: 2, column: 3, message: 'here too' }],
  evidence: { calls: 2 },
  saving: { picoUsd: 5, perRun: true, assumption: 'so', certainty: 'upTo' },
  fix: { title: 'Move it', safety: 'review' },
}
const run = runOf(
  [
    spanOf({ id: 'run', kind: 'run' }),
    callSpan(
      'a',
      {
        segments: [
          {
            path: 'system',
            kind: 'system',
            tokens: 10,
            picoUsd: 10_000,
            cache: 'fresh',
            hash: 'ab',
            estimate: true,
          },
          {
            path: 'output',
            kind: 'output',
            tokens: 5,
            picoUsd: 10_000,
            cache: 'none',
            hash: '',
            estimate: true,
          },
        ],
      },
      {
        callSite: { file: 'a.mjs', line: 1, column: 1, stack: [{ file: 'a.mjs', line: 1 }] },
        tags: { a: 'b' },
      },
    ),
    callSpan('b', { cost: null, unpricedReason: 'no price' }),
  ],
  { command: 'node a.mjs', root: '/work', findings: [finding] },
)

const problemOf = (text: string): string => {
  try {
    decodeRunFile(text)
  } catch (error) {
    assert.ok(error instanceof RunFileError)
    return error.message
  }
  return 'none'
}

describe('run files', () => {
  it('are read back as they were written, and written again the same', () => {
    const text = encodeRunFile([run])
    const file = decodeRunFile(text)
    assert.deepEqual(file, { schema: 'costflame.run/1', runs: [run] })
    assert.equal(encodeRunFile(file.runs), text)
  })

  it('keep what a later version added', () => {
    const text = encodeRunFile([{ ...run, mood: 'good' } as typeof run])
    assert.equal((decodeRunFile(text).runs[0] as { mood?: string }).mood, 'good')
  })

  const broken = (change: (run: Record<string, unknown>) => void): string => {
    const file = JSON.parse(encodeRunFile([run])) as { runs: [Record<string, unknown>] }
    change(file.runs[0])
    return JSON.stringify(file)
  }
  const files: readonly [what: string, text: string, problem: RegExp][] = [
    ['is no JSON', '{"schema": ', /^not JSON: .*Was the file cut short\?$/],
    ['is empty', '', /^not JSON: /],
    [
      'is something else',
      '{"name": "x"}',
      /^1:1: not a Costflame run: "schema" should be "costflame.run\/1"$/,
    ],
    ['is a list', '[]', /^1:1: not a Costflame run/],
    [
      'is of a later version',
      '{\n  "schema": "costflame.run/2"\n}',
      /^2:13: this file is costflame.run\/2, and this Costflame reads costflame.run\/1. Update Costflame/,
    ],
    ['lacks a part', '{"schema": "costflame.run/1"}', /^1:1: not a whole costflame.run\/1 file: runs: /],
    [
      'holds a wrong type',
      broken((wrong) => {
        wrong.startTime = 5
      }),
      /: runs\[0\]\.startTime: /,
    ],
    [
      'holds a negative cost',
      broken((wrong) => {
        wrong.totals = { ...run.totals, cost: { picoUsd: -1, usd: 0 } }
      }),
      /: runs\[0\]\.totals\.cost\.picoUsd: /,
    ],
  ]
  for (const [what, text, problem] of files)
    it(`say what is wrong when one ${what}`, () => {
      assert.match(problemOf(text), problem)
    })

  it('in the fixtures are all readable, and add up', () => {
    const folder = inRepository('test', 'fixtures', 'runs')
    const names = readdirSync(folder).filter((name) => name.endsWith('.costflame.json'))
    assert.ok(names.length > 0)
    for (const name of names) {
      const { runs } = decodeRunFile(readFileSync(inRepository('test', 'fixtures', 'runs', name), 'utf8'))
      for (const { spans, totals } of runs) {
        const costs = spans.flatMap((span) => span.modelCall?.cost?.picoUsd ?? [])
        assert.equal(
          costs.reduce((sum, cost) => sum + cost, 0),
          totals.cost?.picoUsd,
          name,
        )
      }
    }
  })
})

describe('the published JSON Schema of costflame.run/1', () => {
  it('is the one that files are checked with', () => {
    const published = inRepository('docs', 'costflame.run-1.schema.json')
    if (process.env.COSTFLAME_WRITE_SCHEMA)
      writeFileSync(published, `${JSON.stringify(runFileJsonSchema(), null, 2)}\n`)
    assert.deepEqual(
      JSON.parse(readFileSync(published, 'utf8')),
      JSON.parse(JSON.stringify(runFileJsonSchema())),
      'docs/costflame.run-1.schema.json is not the shape in profiler-agent/formats/run-schema.ts. If the change is meant: ' +
        'COSTFLAME_WRITE_SCHEMA=1 npm test -- unit --grep "published JSON Schema"',
    )
  })

  it('takes a whole run', () => {
    assert.equal(runFileSchema.safeParse({ schema: 'costflame.run/1', runs: [run] }).success, true)
  })
})

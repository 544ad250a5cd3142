// Findings as SARIF: every property that code scanning needs, and none that the standard does not know.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { CACHE_CAUSES } from '../../../profiler-agent/analysis/cache-causes'
import { ruleText } from '../../../profiler-agent/formats/rule-texts'
import { sarifExport } from '../../../profiler-agent/formats/sarif'
import type { Finding } from '../../../profiler-agent/model/finding'
import { inRepository } from '../../support/repository'
import { sarifLog } from '../../support/sarif-log'
import { skip } from '../../support/skip'

const FINDING: Finding = {
  id: 'a1b2c3',
  rule: 'cache/volatile-prefix',
  severity: 'warning',
  message: 'Text changes with every call.',
  runId: 'r1',
  spanIds: ['s1'],
  location: { file: 'src/my agent.ts', line: 4, column: 17, endLine: 4, endColumn: 41 },
  relatedLocations: [{ file: 'src/call.ts', line: 9, column: 1, message: 'The call that sends it' }],
  evidence: {},
  saving: { picoUsd: 120_000_000_000, perRun: true, assumption: 'it stayed the same', certainty: 'upTo' },
  fix: {
    title: 'Move it',
    safety: 'review',
    edits: [
      {
        ...{ file: 'src/my agent.ts', line: 4, column: 1, endLine: 5, endColumn: 1 },
        ...{ newText: '', fileHash: 'h' },
      },
    ],
  },
}

function exported(...findings: Finding[]) {
  const [run] = sarifLog.parse(JSON.parse(JSON.stringify(sarifExport(findings, '0.1.0')))).runs
  return run
}

/** Nothing is known of its saving or its fix. */
function bare(more: Partial<Finding>): Finding {
  const { saving: _, fix: __, ...rest } = FINDING
  return { ...rest, relatedLocations: [], ...more }
}

describe('findings as SARIF', () => {
  it('carry region, rule, message, related places and a fingerprint', () => {
    assert.deepEqual(exported(FINDING).results, [
      {
        ruleId: 'cache/volatile-prefix',
        ruleIndex: 0,
        level: 'warning',
        message: {
          text: 'Text changes with every call. Fix: Move it. Saves up to $0.12 a run, if it stayed the same.',
        },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'src/my%20agent.ts', uriBaseId: '%SRCROOT%' },
              region: { startLine: 4, startColumn: 17, endLine: 4, endColumn: 41 },
            },
          },
        ],
        relatedLocations: [
          {
            id: 1,
            physicalLocation: {
              artifactLocation: { uri: 'src/call.ts', uriBaseId: '%SRCROOT%' },
              region: { startLine: 9, startColumn: 1 },
            },
            message: { text: 'The call that sends it' },
          },
        ],
        partialFingerprints: { 'costflameFinding/v1': 'a1b2c3' },
        fixes: [
          {
            description: { text: 'Move it (look at it before)' },
            artifactChanges: [
              {
                artifactLocation: { uri: 'src/my%20agent.ts', uriBaseId: '%SRCROOT%' },
                replacements: [
                  {
                    deletedRegion: { startLine: 4, startColumn: 1, endLine: 5, endColumn: 1 },
                    insertedContent: { text: '' },
                  },
                ],
              },
            ],
          },
        ],
        properties: {
          runId: 'r1',
          savingUsd: 0.12,
          savingCertainty: 'upTo',
          assumption: 'it stayed the same',
        },
      },
    ])
  })

  it('map all severities', () => {
    const findings = (['error', 'warning', 'info', 'hint'] as const).map((severity) =>
      bare({ id: severity, severity }),
    )
    assert.deepEqual(
      exported(...findings).results.map(({ level }) => level),
      ['error', 'warning', 'note', 'note'],
    )
  })

  it('name a file outside of the root as a URI', () => {
    const location = { file: '/opt/a b.ts', line: 1, column: 1 }
    assert.deepEqual(
      exported(bare({ location })).results[0]?.locations[0]?.physicalLocation.artifactLocation,
      {
        uri: 'file:///opt/a%20b.ts',
      },
    )
  })

  it('say what has no place beside the results, for GitHub takes no file with such a result', () => {
    const { location: _, ...placeless } = bare({ id: 'b', rule: 'profiler/content-hashes', severity: 'info' })
    const { results, invocations } = exported(FINDING, placeless)
    assert.deepEqual(
      results.map(({ ruleId }) => ruleId),
      ['cache/volatile-prefix'],
    )
    assert.deepEqual(invocations[0].toolExecutionNotifications, [
      {
        level: 'note',
        message: { text: 'Text changes with every call.' },
        associatedRule: { id: 'profiler/content-hashes', index: 1 },
        properties: { runId: 'r1', findingId: 'b' },
      },
    ])
  })

  it('stand where the limit is set, where nobody knows the line that exceeds it', () => {
    const limit = { file: '.costflame/budgets.jsonc', line: 6, column: 21, message: 'The limit is set here' }
    const { location: _, ...placeless } = bare({ rule: 'budget/totalTokens', relatedLocations: [limit] })
    const { results, invocations } = exported(placeless)
    assert.deepEqual(
      results.map(({ locations, relatedLocations }) => [locations, relatedLocations]),
      [
        [
          [
            {
              physicalLocation: {
                artifactLocation: { uri: '.costflame/budgets.jsonc', uriBaseId: '%SRCROOT%' },
                region: { startLine: 6, startColumn: 21 },
              },
            },
          ],
          undefined,
        ],
      ],
    )
    assert.deepEqual(invocations[0].toolExecutionNotifications, [])
    const known = { file: 'src/desk.ts', line: 4, column: 1 }
    const [atLine] = exported({ ...placeless, location: known }).results
    assert.equal(atLine?.locations[0]?.physicalLocation.artifactLocation.uri, 'src/desk.ts')
    assert.equal(atLine?.relatedLocations?.length, 1)
  })

  it('say a finding of several runs once, as the first of them does', () => {
    const { results } = exported(FINDING, { ...FINDING, runId: 'r0' }, bare({ id: 'other' }))
    assert.deepEqual(
      results.map(({ properties }) => properties.runId),
      ['r1', 'r1'],
    )
  })

  it('have a rule for each, with its help', () => {
    const { tool, results } = exported(FINDING, bare({ id: 'b', rule: 'budget/costUsdPerRun' }))
    assert.deepEqual(
      tool.driver.rules.map(({ id, name }) => [id, name]),
      [
        ['budget/costUsdPerRun', 'BudgetCostUsdPerRun'],
        ['cache/volatile-prefix', 'CacheVolatilePrefix'],
      ],
    )
    assert.deepEqual(
      results.map(({ ruleIndex }) => ruleIndex),
      [1, 0],
    )
  })

  it('are a whole log without any finding', () => {
    assert.deepEqual(exported().results, [])
  })

  it('are what the published schema asks for', function () {
    const path = process.env.COSTFLAME_SARIF_SCHEMA
    if (path === undefined) return skip(this, 'COSTFLAME_SARIF_SCHEMA names no sarif-schema-2.1.0.json')
    // Zod takes a reference for a whole URL; what our references may hold is checked above.
    const withoutReferences = (key: string, value: unknown) =>
      key === 'format' && value === 'uri-reference' ? undefined : value
    const schema = z.fromJSONSchema(JSON.parse(readFileSync(path, 'utf8'), withoutReferences))
    const { location: _, ...placeless } = bare({ id: 'b' })
    schema.parse(JSON.parse(JSON.stringify(sarifExport([FINDING, placeless], '0.1.0'))))
    assert.throws(() => schema.parse({ version: '2.1.0', runs: [{ results: [{ mesage: 1 }] }] }))
  })
})

describe('texts of rules', () => {
  it('are there for every cause, and every rule that the docs explain', () => {
    const documented = readFileSync(inRepository('docs', 'rules.md'), 'utf8').match(/^## \S+$/gm) ?? []
    const rules = [
      ...CACHE_CAUSES.map((cause) => `cache/${cause}`),
      ...documented.map((heading) => heading.slice(3)),
    ]
    assert.deepEqual(
      rules.filter((name) => ruleText(name).title === name),
      [],
    )
  })
})

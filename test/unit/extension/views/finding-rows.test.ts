import assert from 'node:assert/strict'
import {
  countOfWarnings,
  type FindingGroup,
  type FindingSort,
  findingTexts,
  groupedFindings,
  ruleLabel,
  savingText,
} from '../../../../extension/views/finding-rows'
import type { Finding } from '../../../../profiler-agent/model/finding'
import { plainWords } from '../../../support/plain-words'

function finding(id: string, changes: Partial<Finding> = {}): Finding {
  return {
    id,
    rule: 'cache/volatile-prefix',
    severity: 'warning',
    message: `What ${id} is about. And more of it.`,
    runId: 'r',
    spanIds: [],
    relatedLocations: [],
    evidence: {},
    ...changes,
  }
}

const saving = (picoUsd: number) =>
  ({ picoUsd, perRun: true, assumption: 'as before', certainty: 'upTo' }) as const
const at = (file: string, line: number) => ({ file, line, column: 1 })

const FINDINGS = [
  finding('small', { saving: saving(1_000_000_000), location: at('src/b.ts', 9) }),
  finding('large', { saving: saving(5_000_000_000), location: at('src/a.ts', 30) }),
  finding('limit', { rule: 'budget/totalTokens', severity: 'error', location: at('src/a.ts', 4) }),
  finding('loose', { rule: 'profiler/not-analysed', severity: 'hint' }),
]
const AGENTS = { small: ['mail'], large: ['desk', 'mail'], limit: ['desk'], loose: [] }

function picture(group: FindingGroup, sort: FindingSort = 'saving', filter = ''): string[] {
  const run = { findings: FINDINGS, agentsOfFindings: AGENTS }
  return groupedFindings(run, { group, sort, filter }, plainWords).map(
    ({ label, findings }) => `${label}: ${findings.map(({ id }) => id).join(' ')}`,
  )
}

describe('the list of findings', () => {
  it('is grouped by rule, the largest saving first', () => {
    assert.deepEqual(picture('rule'), [
      'Volatile prefix: large small',
      'Budget totalTokens: limit',
      'Not analysed: loose',
    ])
  })

  it('is grouped by severity, the worst first whatever it is sorted by', () => {
    assert.deepEqual(picture('severity', 'place'), ['Errors: limit', 'Warnings: large small', 'Hints: loose'])
  })

  it('is grouped by file, what has no place in the code last', () => {
    assert.deepEqual(picture('file', 'place'), [
      'src/a.ts: limit large',
      'src/b.ts: small',
      'No place in the code is known: loose',
    ])
  })

  it('has a finding under each agent that it is about', () => {
    assert.deepEqual(picture('agent', 'place'), [
      'desk: limit large',
      'mail: large small',
      'No agent is known: loose',
    ])
  })

  it('is filtered by rule, text, file and agent', () => {
    assert.deepEqual(picture('none', 'saving', 'volatile a.ts'), [': large'])
    assert.deepEqual(picture('none', 'severity', 'DESK'), [': limit large'])
    assert.deepEqual(picture('none', 'saving', 'nobody'), [])
  })

  it('counts what is meant to be acted on', () => {
    assert.equal(countOfWarnings(FINDINGS), 3)
  })
})

describe('a finding in the list', () => {
  const [small] = FINDINGS
  assert.ok(small)

  it('says what the group does not', () => {
    assert.deepEqual(findingTexts(small, 'rule', plainWords), {
      label: 'b.ts:9',
      description: '≤ $0.001 saved a run',
    })
    assert.deepEqual(findingTexts(small, 'file', plainWords), {
      label: 'Volatile prefix',
      description: '≤ $0.001 saved a run · b.ts:9',
    })
  })

  it('says what it is about where there is nothing to save', () => {
    assert.deepEqual(findingTexts(finding('x'), 'rule', plainWords), {
      label: 'Volatile prefix',
      description: 'What x is about.',
    })
  })

  it('says how sure a saving is', () => {
    const expected = { ...saving(2_500_000_000), perRun: false, certainty: 'expected' } as const
    assert.equal(savingText(finding('x', { saving: expected }), plainWords), 'saves $0.0025 a call')
    assert.equal(savingText(finding('x'), plainWords), undefined)
  })

  it('names rules in words', () => {
    assert.equal(ruleLabel('waste/unused-tools'), 'Unused tools')
    assert.equal(ruleLabel('budget/costUsd'), 'Budget costUsd')
  })
})

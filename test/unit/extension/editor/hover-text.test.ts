// What a hover says, as Markdown.

import assert from 'node:assert/strict'
import { findingHoverText, relatedFindingText } from '../../../../extension/editor/finding-hover-text'
import { hoverText } from '../../../../extension/editor/hover-text'
import type { LimitUse } from '../../../../profiler-agent/model/budget'
import type { Finding } from '../../../../profiler-agent/model/finding'
import type { LineCost, LineDetail, PastLine } from '../../../../profiler-agent/model/line-cost'
import { usdOf } from '../../../../profiler-agent/model/money'
import type { Totals } from '../../../../profiler-agent/model/span'
import { usageOf } from '../../../../profiler-agent/model/usage'
import { plainWords } from '../../../support/plain-words'

const TOTALS: Totals = {
  ...{ calls: 12, attempts: 12, errors: 0, unpricedCalls: 0 },
  usage: usageOf({ uncachedInputTokens: 3000, cacheReadTokens: 5000, outputTokens: 900 }, 'reported', null),
  cost: { picoUsd: 12_300_000_000, usd: usdOf(12_300_000_000) },
}

function pastLine(said: Partial<PastLine>): PastLine {
  const run = { runId: 'r', startTime: '2026-11-20T10:00:00.000Z', calls: 12, cacheShare: null }
  return { ...run, picoUsd: 12_300_000_000, atLeast: false, ...said }
}

function lineCost(said: Partial<LineCost> = {}): LineCost {
  return {
    callSite: { file: 'desk.ts', line: 12 },
    ...{ runId: 'r', startTime: '2026-11-20T10:00:00.000Z', active: false, totals: TOTALS, share: 0.34 },
    ...{ spanId: 's', agents: ['desk'], steps: ['plan'], models: ['large'], past: [pastLine({})] },
    ...said,
  }
}

const DETAIL: LineDetail = {
  byKind: [
    { kind: 'system', tokens: 6000, picoUsd: 4_000_000_000 },
    { kind: 'output', tokens: 900, picoUsd: 8_300_000_000 },
  ],
  byCache: [
    { kind: 'read', tokens: 5000, picoUsd: 1_000_000_000 },
    { kind: 'fresh', tokens: 3000, picoUsd: 3_000_000_000 },
    { kind: 'none', tokens: 900, picoUsd: 8_300_000_000 },
  ],
  byModel: [{ kind: 'large', tokens: 8900, picoUsd: 12_300_000_000, calls: 12 }],
  limits: [],
}

const when = (time: string) => time.slice(5, 16)
const text = (cost: LineCost, detail?: LineDetail, isChanged = false) =>
  hoverText({
    cost,
    isChanged,
    when,
    folder: '/desk',
    words: plainWords,
    ...(detail === undefined ? {} : { detail }),
  })
/** Without links and escapes, as it is read. */
const read = (markdown: string) =>
  markdown
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/\\/g, '')
    .replace(/&#58;/g, ':')
    .replaceAll('&ensp;', '')

describe('the hover of a line', () => {
  it('says at once what is known of it', () => {
    assert.equal(
      read(text(lineCost())),
      `**$0.0123** in the newest run that reached it  
12 calls · 8,000 tokens in · 63 % cached · 900 tokens out · 34 % of the run  
agent desk · step plan · large

[$(flame) Flame graph]`,
    )
  })

  it('says what its calls are billed for when that has come', () => {
    assert.equal(
      read(text(lineCost({ agents: [], steps: [] }), DETAIL)),
      `**$0.0123** in the newest run that reached it  
12 calls · 8,000 tokens in · 63 % cached · 900 tokens out · 34 % of the run  
large

[$(flame) Flame graph] · [$(law) Set a budget]

| Billed as | Tokens | Cost |
|:--|--:|--:|
| input, read from the cache | 5,000 | $0.001 |
| input, not cached | 3,000 | $0.003 |
| output | 900 | $0.0083 |

| Text (shares are estimates) | Tokens | Cost |
|:--|--:|--:|
| system prompt | 6,000 | $0.004 |
| output | 900 | $0.0083 |`,
    )
  })

  it('shows the runs before with their commits, and where the commit changed', () => {
    const past = [
      pastLine({
        runId: 'r',
        startTime: '2026-11-20T12:00:00.000Z',
        gitCommit: 'bbbbbbb222',
        picoUsd: 8_000_000,
      }),
      pastLine({
        runId: 'q',
        startTime: '2026-11-20T11:00:00.000Z',
        gitCommit: 'aaaaaaa111',
        picoUsd: 4_000_000,
      }),
      pastLine({
        runId: 'p',
        startTime: '2026-11-20T10:00:00.000Z',
        gitCommit: 'aaaaaaa111',
        picoUsd: null,
        atLeast: true,
      }),
      pastLine({ runId: 'o', startTime: '2026-11-20T09:00:00.000Z', picoUsd: 1_000_000, atLeast: true }),
    ]
    const shown = read(text(lineCost({ past })))
    assert.ok(
      shown.startsWith('**$0.0123** in the newest run that reached it · `▂│·▅│█` over 4 runs  \n'),
      shown,
    )
    assert.equal(
      shown.slice(shown.indexOf('| Run')),
      `| Run | Commit | Calls | Cost |  |
|:--|:--|--:|--:|--:|
| [11-20T12:00] | bbbbbbb | 12 | $0.000008 | +100 % |
| [11-20T11:00] | aaaaaaa | 12 | $0.000004 |  |
| [11-20T10:00] | aaaaaaa | 12 | no price |  |
| [11-20T09:00] |  | 12 | ≥ $0.000001 |  |`,
    )
    const link = /\[\$\(diff\)[^\]]*\]\(command:costflame\.compareRuns\?([^ )]*)/.exec(
      text(lineCost({ past })),
    )
    assert.deepEqual(JSON.parse(decodeURIComponent(link?.[1] ?? '')), ['q', 'r'])
  })

  it('says which limits hold and how the run stands to them', () => {
    const use = (said: Partial<LimitUse>): LimitUse => ({
      ...{
        scope: { kind: 'agent', agent: 'desk' },
        limit: 'costUsd',
        allowed: 0.05,
        n: 1,
        percentiles: null,
      },
      ...{ verdict: 'fine', worst: 0.0123, last: [] },
      ...said,
    })
    const last = [{ runId: 'r', spanId: 'a', startTime: '', value: 12, isOver: true }]
    const limits = [
      use({}),
      use({
        scope: { kind: 'step', agent: 'desk', step: 'plan' },
        limit: 'modelCalls',
        allowed: 10,
        worst: 12,
        verdict: 'over',
        last,
      }),
      use({ scope: { kind: 'run' }, limit: 'cacheHitRatio', allowed: 0.5, worst: 0.52, verdict: 'near' }),
      use({ scope: { kind: 'day' }, limit: 'costUsdPerDay', allowed: 10 }),
    ]
    const shown = read(text(lineCost(), { ...DETAIL, limits }))
    assert.ok(
      shown.includes(`[Budget]:  
$(pass) desk: costUsd $0.0123 of $0.05  
$(error) step plan of desk: modelCalls 12 of 10 **over the limit**  
$(warning) this run: cacheHitRatio 52 %, at least 50 %  
$(pass) today: costUsdPerDay $0.0123 of $10.00`),
      shown,
    )
  })

  it('says what is not known, and that the code is another one', () => {
    const usage = usageOf(
      { uncachedInputTokens: null, cacheReadTokens: null, outputTokens: null },
      'unknown',
      null,
    )
    const totals = { ...TOTALS, usage, errors: 2, unpricedCalls: 12, cost: null }
    const shown = read(
      text(lineCost({ totals, share: null, agents: [], steps: [], active: true }), undefined, true),
    )
    assert.equal(
      shown,
      `**no price** in the run that goes on  
12 calls · 2 failed · changed since measured  
large

[$(flame) Flame graph]`,
    )
  })

  it('puts the cheapest texts into one row, so that the rows are the whole', () => {
    const kinds = ['system', 'tool_def', 'user', 'assistant', 'output', 'hidden', 'overhead'] as const
    const byKind = kinds.map((kind, index) => ({
      kind,
      tokens: 10 - index,
      picoUsd: index === 6 ? null : 7000 - index,
    }))
    const shown = read(text(lineCost(), { ...DETAIL, byKind }))
    assert.ok(shown.includes('| all else | 9 | $0.000000006995 |'), shown)
    assert.ok(!shown.includes('hidden'))
  })

  it('takes nothing for markup that others named', () => {
    const cost = lineCost({
      agents: ['[x](command:evil.run) <img src=x> $(error) `c` https://evil.example www.evil.example'],
      models: ['a|b\n\n# head'],
    })
    const shown = text(cost)
    assert.ok(
      !/\[x\]\(|<img|(?<!\\)\$\\?\(error|https:|www\\?\.evil|\n#/.test(
        shown.replace(/^.*Flame graph.*$/m, ''),
      ),
      shown,
    )
  })
})

describe('the hover of a finding', () => {
  const finding: Finding = {
    ...{
      id: 'f1',
      rule: 'cache/volatile-prefix',
      severity: 'warning',
      message: 'not said again',
      runId: 'r',
    },
    ...{
      spanIds: ['s1', 's2'],
      location: { file: 'src/prompts.ts', line: 4, column: 12 },
      evidence: { lossPicoUsd: 90_000_000_000 },
    },
    relatedLocations: [{ file: 'src/desk.ts', line: 7, column: 9, message: 'not said again' }],
    saving: { picoUsd: 80_600_000_000, perRun: true, assumption: 'all calls went on', certainty: 'upTo' },
  }
  const linksIn = (markdown: string) =>
    [...markdown.matchAll(/command:costflame\.(\w+)\?([^ )]*)/g)].map(([, name, args]) => [
      name,
      JSON.parse(decodeURIComponent(args ?? '')),
    ])

  it('says what the change saves and where to look, and not what VS Code says of it itself', () => {
    const shown = findingHoverText({ finding, root: '/shop' }, plainWords)
    assert.equal(
      read(shown),
      `2 calls · $0.09 too much in that run · saves up to $0.0806 a run, if all calls went on

[$(flame) Flame graph] · [Explain cache/volatile-prefix]`,
    )
    assert.deepEqual(linksIn(shown), [
      ['openFlameGraph', ['r', 's1']],
      ['explainFinding', ['r', 'f1']],
    ])
  })

  it('on the line of its calls is one line with the way to its place', () => {
    const shown = relatedFindingText({ finding, root: undefined }, plainWords)
    assert.equal(
      read(shown),
      '$(lightbulb) cache/volatile-prefix · [prompts.ts:4] · saves up to $0.0806 a run · [Explain]',
    )
  })
})

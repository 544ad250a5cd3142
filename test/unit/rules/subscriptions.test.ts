// Which calls a subscription pays for, and how totals and texts say so.
import assert from 'node:assert/strict'
import { buildReport, reportedRun } from '../../../profiler-agent/formats/report'
import { reportMarkdown, reportText } from '../../../profiler-agent/formats/report-text'
import { isApiEquivalent, SUBSCRIPTION_ATTRIBUTES } from '../../../profiler-agent/model/billing'
import type { Span } from '../../../profiler-agent/model/span'
import { addTotals, totalCostText, totalsOf } from '../../../profiler-agent/model/totals'
import { usageOf } from '../../../profiler-agent/model/usage'
import { isSubscription } from '../../../profiler-agent/rules/subscriptions'

describe('a subscription', () => {
  it('is known by what only its logins send', () => {
    const oauth = { 'anthropic-beta': 'claude-code-20250219,oauth-2025-04-20' }
    const rows: [string, Record<string, string>, boolean][] = [
      ['https://api.anthropic.com/v1/messages', oauth, true],
      ['https://api.anthropic.com/v1/messages', { 'anthropic-beta': 'files-api-2025-04-14' }, false],
      ['https://api.anthropic.com/v1/messages', {}, false],
      ['https://chatgpt.com/backend-api/codex/responses', {}, true],
      ['https://chatgpt.com/backend-api/codexes', {}, false],
      ['https://api.githubcopilot.com/chat/completions', {}, true],
      ['https://api.business.githubcopilot.com/responses', {}, true],
      ['https://cloudcode-pa.googleapis.com/v1internal:generateContent', {}, true],
      ['https://generativelanguage.googleapis.com/v1beta/models/m:generateContent', {}, false],
      ['https://api.z.ai/api/coding/paas/v4/chat/completions', {}, true],
      ['https://api.z.ai/api/paas/v4/chat/completions', {}, false],
      ['https://api.openai.com/v1/responses', oauth, false],
    ]
    assert.deepEqual(
      rows.map(([url, requestHeaders]) => isSubscription({ url, requestHeaders })),
      rows.map(([, , expected]) => expected),
    )
  })
})

describe('the cost of calls that a subscription pays for', () => {
  const call = (id: string, picoUsd: number, attributes: Span['attributes'] = {}): Span => ({
    ...{ id, parentBasis: 'none', kind: 'chat', name: 'chat', status: 'ok', durationMs: 0, attributes },
    ...{ startTime: '2026-11-22T00:00:00.000Z', endTime: '2026-11-22T00:00:00.000Z' },
    modelCall: {
      ...{
        provider: 'anthropic',
        wireFormat: 'anthropic-messages',
        endpoint: '/v1/messages',
        requestModel: 'm',
      },
      ...{
        stream: false,
        billed: true,
        httpStatus: 200,
        segments: [],
        attempt: { logicalId: id, number: 1 },
      },
      usage: usageOf({ uncachedInputTokens: 1, cacheReadTokens: 0, outputTokens: 1 }, 'reported', null),
      cost: {
        ...{ picoUsd, usd: picoUsd / 1e12, source: 'catalog', book: 'b', pricedAtBasis: 'call' },
        byBucket: { uncachedInput: picoUsd, cacheRead: 0, cacheWrite: 0, output: 0, units: 0 },
        prices: {
          ...{ uncachedInput: 1, cacheRead: 1, output: 1, units: {} },
          cacheWrite: { '5m': 1, '30m': 1, '1h': 1, '12h': 1, unknown: 1 },
        },
        pricedAt: '2026-11-22T00:00:00.000Z',
      },
    },
  })
  const paid = call('a', 250_000_000_000)
  const subscribed = call('b', 500_000_000_000, SUBSCRIPTION_ATTRIBUTES)

  it('is told apart in totals and in words', () => {
    assert.deepEqual([isApiEquivalent(paid), isApiEquivalent(subscribed)], [false, true])
    const both = totalsOf([paid, subscribed])
    assert.deepEqual(both.cost, {
      picoUsd: 750_000_000_000,
      usd: 0.75,
      apiEquivalentPicoUsd: 500_000_000_000,
    })
    assert.equal(totalCostText(both), '$0.75 ($0.50 API-equivalent)')
    assert.equal(totalCostText(totalsOf([subscribed])), '$0.50 API-equivalent')
    assert.equal(totalCostText(totalsOf([paid])), '$0.25')
  })

  it('is told by the report', () => {
    const run = {
      ...{ id: 'r', name: 'r', startTime: '2026-11-22T00:00:00.000Z', tags: {}, findings: [] },
      ...{ spans: [paid, subscribed], totals: totalsOf([paid, subscribed]) },
    }
    const report = buildReport([reportedRun(run)], ['model'])
    const note =
      '$0.50 of the cost is API-equivalent: what the API would charge for calls that a subscription pays for.'
    assert.ok(reportText(report).endsWith(note))
    assert.ok(reportMarkdown(report).endsWith(note))
    assert.equal(report.totals.cost?.apiEquivalentPicoUsd, 500_000_000_000)
  })

  it('adds up over sets of calls', () => {
    const sum = addTotals([totalsOf([paid]), totalsOf([subscribed])])
    assert.equal(sum.cost?.apiEquivalentPicoUsd, 500_000_000_000)
  })
})

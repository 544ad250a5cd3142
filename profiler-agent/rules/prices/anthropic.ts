// Prices of Claude that the catalogue lacks or takes from a neighbour: at Anthropic, and at Vertex under another name. Data only.

import { rowsOf } from '../price-row'

const PAGE = { source: 'platform.claude.com/docs/en/about-claude/pricing', read: '2026-11-21' }

const SONNET_5_5 = { input: 2, cacheWrite: { unknown: 2.5, '5m': 2.5, '1h': 4, '12h': 4 }, output: 10 }
const FABLE = { input: 10, cacheWrite: { unknown: 12.5, '5m': 12.5, '1h': 20, '12h': 20 }, output: 50 }
const HAIKU_5_5 = {
  input: 0.1,
  cacheRead: 0.01,
  cacheWrite: { unknown: 0.125, '5m': 0.125, '1h': 0.2, '12h': 0.2 },
  output: 0.5,
}
const LONG_HAIKU_5_5 = {
  input: 0.5,
  cacheRead: 0.05,
  cacheWrite: { unknown: 0.625, '5m': 0.625, '1h': 1, '12h': 1 },
  output: 2.5,
}
const SONNET_3_5 = {
  input: 3,
  cacheRead: 0.3,
  cacheWrite: { unknown: 3.75, '5m': 3.75, '1h': 6, '12h': 6 },
  output: 15,
}

export const ANTHROPIC_PRICES = [
  ...rowsOf('anthropic', PAGE, [
    // The catalogue answers for Sonnet 5 when it is asked for Sonnet 5.5.
    [['claude-sonnet-5-5', 'claude-sonnet-5.5'], { ...SONNET_5_5, cacheRead: 0.2 }, { to: '2026-10-07' }],
    [['claude-sonnet-5-5', 'claude-sonnet-5.5'], { ...SONNET_5_5, cacheRead: 0.1 }, { from: '2026-10-07' }],
    [
      ['claude-haiku-5-5', 'claude-haiku-5.5'],
      HAIKU_5_5,
      { over: { tokens: 100_000, rates: LONG_HAIKU_5_5 } },
    ],
    [['claude-mythos-5'], { ...FABLE, cacheRead: 1 }],
    [['claude-mythos-5-1'], { ...FABLE, cacheRead: 0.25 }],
  ]),
  ...rowsOf('anthropic', { source: 'LiteLLM price list of 2024-09', read: '2026-11-22' }, [
    [['claude-2.1', 'claude-2.0'], { input: 8, output: 24 }],
  ]),
  // What Bedrock charged for the same model.
  ...rowsOf('anthropic', { source: 'LiteLLM price list of 2026-08-01, Bedrock', read: '2026-11-22' }, [
    [['claude-instant-1.2'], { input: 0.8, output: 2.4 }],
  ]),
  ...rowsOf('vertex', PAGE, [[['claude-3-5-sonnet-v2'], SONNET_3_5]]),
]

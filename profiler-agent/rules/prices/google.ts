// Prices of Gemini that the catalogue lacks. Data only.

import { LITELLM, rowsOf, TWO_LISTS } from '../price-row'

const PAGE = { source: 'ai.google.dev/gemini-api/docs/pricing', read: '2026-11-21' }

const COMPUTER_USE = [
  ['gemini-2.5-computer-use-preview-10-2025'],
  { input: 1.25, output: 10 },
  { over: { tokens: 200_000, rates: { input: 2.5, output: 15 } } },
] as const

export const GOOGLE_PRICES = [
  ...rowsOf('google', PAGE, [
    [['gemini-4-argon'], { input: 2, cacheRead: 0.1, output: 10 }, { to: '2026-12-01' }],
    [['gemini-4-argon'], { input: 4, cacheRead: 0.2, output: 20 }, { from: '2026-12-01' }],
  ]),
  // Retired: the lists of today no longer have it.
  ...rowsOf('google', { source: 'what Google charged when it was sold' }, [
    [
      ['gemini-1.5-flash-8b'],
      { input: 0.0375, cacheRead: 0.01, output: 0.15 },
      { over: { tokens: 128_000, rates: { input: 0.075, cacheRead: 0.02, output: 0.3 } } },
    ],
  ]),
  ...rowsOf('google', TWO_LISTS, [
    [
      ['gemini-3.1-pro-preview-customtools'],
      { input: 2, cacheRead: 0.2, output: 12 },
      { over: { tokens: 200_000, rates: { input: 4, cacheRead: 0.4, output: 18 } } },
    ],
  ]),
  ...rowsOf('google', LITELLM, [COMPUTER_USE]),
]

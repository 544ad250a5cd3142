// Prices of OpenAI that the catalogue lacks. Data only.

import { LITELLM, rowsOf } from '../price-row'

const PAGE = { source: 'developers.openai.com/api/docs/pricing', read: '2026-11-21' }

export const OPENAI_PRICES = [
  ...rowsOf('openai', PAGE, [
    [
      ['gpt-6.1-sol'],
      { input: 2, cacheRead: 0.1, cacheWrite: { unknown: 2.5, '12h': 5 }, output: 10 },
      {
        over: {
          tokens: 272_000,
          rates: { input: 4, cacheRead: 0.2, cacheWrite: { unknown: 5, '12h': 10 }, output: 15 },
        },
      },
    ],
    [
      ['gpt-6.1-terra'],
      { input: 1, cacheRead: 0.05, cacheWrite: { unknown: 1.25, '12h': 2.5 }, output: 5 },
      {
        over: {
          tokens: 272_000,
          rates: { input: 2, cacheRead: 0.1, cacheWrite: { unknown: 2.5, '12h': 5 }, output: 7.5 },
        },
      },
    ],
  ]),
  ...rowsOf('openai', LITELLM, [
    // The catalogue knows these two by text only; audio tokens cost many times as much.
    [['gpt-4o-audio-preview'], { input: 2.5, output: 10, audioInput: 40, audioOutput: 80 }],
    [
      ['gpt-4o-mini-audio-preview', 'gpt-4o-mini-audio'],
      { input: 0.15, output: 0.6, audioInput: 10, audioOutput: 20 },
    ],
    // For the catalogue it is gpt-4o-mini, whose searches cost less.
    [['gpt-4o-mini-search-preview'], { input: 0.15, output: 0.6 }],
    [['gpt-5-search-api'], { input: 1.25, cacheRead: 0.125, output: 10 }],
    [['davinci-002'], { input: 2, output: 2 }],
    [['babbage-002'], { input: 0.4, output: 0.4 }],
  ]),
]

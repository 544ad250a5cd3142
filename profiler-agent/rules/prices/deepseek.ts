// Prices of DeepSeek by date and hour of the week, which the catalogue cannot say. Data only.

import { MODELS_DEV, rowsOf, TWO_LISTS } from '../price-row'

const SITE = 'api-docs.deepseek.com/quick_start/pricing'
const PAGE = { source: SITE, read: '2026-11-21' }

/** The peak: 01–04 and 06–10 UTC from Monday to Friday; public holidays of China are not modelled. */
const PEAK = {
  days: [1, 2, 3, 4, 5],
  hours: [
    [1, 4],
    [6, 10],
  ],
} as const

const ALIASES = ['deepseek-chat', 'deepseek-reasoner'] as const

export const DEEPSEEK_PRICES = [
  // The catalogue has the peak on all days, and before it was introduced.
  ...rowsOf('deepseek', PAGE, [
    [['deepseek-v4-pro'], { input: 0.435, cacheRead: 0.003625, output: 0.87 }, { to: '2026-08-17' }],
    [['deepseek-v4-pro'], { input: 1.32, cacheRead: 0.044, output: 3.96 }, { when: PEAK }],
    [['deepseek-v4-pro'], { input: 0.66, cacheRead: 0.022, output: 1.98 }],
    [['deepseek-v4-flash'], { input: 0.14, cacheRead: 0.0028, output: 0.28 }, { to: '2026-08-17' }],
    [['deepseek-v4-flash'], { input: 0.44, cacheRead: 0.014, output: 1.32 }, { when: PEAK }],
    [['deepseek-v4-flash'], { input: 0.22, cacheRead: 0.007, output: 0.66 }],
    [['deepseek-v4.1-flash'], { input: 0.3, cacheRead: 0.006, output: 1.2 }, { when: PEAK }],
    [['deepseek-v4.1-flash'], { input: 0.15, cacheRead: 0.003, output: 0.6 }],
  ]),
  // Two names for whatever is newest; the catalogue has them as they were until September 2025.
  ...rowsOf('deepseek', { source: `${SITE}, as of August 2024`, read: '2026-11-22' }, [
    [['deepseek-chat'], { input: 0.14, cacheRead: 0.014, output: 0.28 }, { to: '2025-02-08T16:00:00Z' }],
  ]),
  ...rowsOf('deepseek', { source: `${SITE}, as of August 2025`, read: '2026-11-22' }, [
    [
      ALIASES,
      { input: 0.56, cacheRead: 0.07, output: 1.68 },
      { from: '2025-09-05T16:00:00Z', to: '2025-09-29' },
    ],
  ]),
  ...rowsOf('deepseek', { source: 'LiteLLM price list; V3.2, announced 2025-09-29', read: '2026-11-22' }, [
    [ALIASES, { input: 0.28, cacheRead: 0.028, output: 0.42 }, { from: '2025-09-29', to: '2026-04-24' }],
  ]),
  // V4 Flash from then on.
  ...rowsOf('deepseek', MODELS_DEV, [
    [ALIASES, { input: 0.14, cacheRead: 0.0028, output: 0.28 }, { from: '2026-04-24' }],
  ]),
  // Azure has prices of its own for what DeepSeek makes.
  ...rowsOf('azure', TWO_LISTS, [
    [['deepseek-r1'], { input: 1.35, output: 5.4 }],
    [['deepseek-v3-0324'], { input: 1.14, output: 4.56 }],
    [['deepseek-v3.2', 'deepseek-v3.2-speciale'], { input: 0.58, output: 1.68 }],
    [['deepseek-v4-flash'], { input: 0.19, output: 0.51 }],
    [['deepseek-v4-pro'], { input: 1.74, output: 3.48 }],
  ]),
]

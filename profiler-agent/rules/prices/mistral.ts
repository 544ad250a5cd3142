// Prices of Mistral: its aliases move to newer models, and the catalogue lacks some versions. Data only.

import { LITELLM, MODELS_DEV, rowsOf, TWO_LISTS } from '../price-row'

const PAGE = { source: 'mistral.ai/pricing', read: '2026-11-21' }

export const MISTRAL_PRICES = [
  // The aliases moved to Ministral 3, Small 4 and Large 3; the catalogue still has what they were before.
  ...rowsOf('mistral', LITELLM, [
    [['ministral-3b-latest'], { input: 0.1, cacheRead: 0.01, output: 0.1 }, { from: '2025-12-02' }],
  ]),
  ...rowsOf('mistral', MODELS_DEV, [
    [['mistral-small-latest'], { input: 0.15, cacheRead: 0.015, output: 0.6 }, { from: '2026-03-16' }],
  ]),
  ...rowsOf('mistral', PAGE, [
    [['mistral-large-latest'], { input: 0.5, cacheRead: 0.05, output: 1.5 }, { from: '2025-12-02' }],
  ]),
  ...rowsOf('mistral', LITELLM, [
    [['magistral-medium-2506', 'magistral-medium-2507', 'magistral-medium-2509'], { input: 2, output: 5 }],
    [['magistral-small-2506', 'magistral-small-2507', 'magistral-small-2509'], { input: 0.5, output: 1.5 }],
    [['mistral-large-2402'], { input: 4, output: 12 }],
    [['codestral-2405'], { input: 1, output: 3 }],
    [['codestral-embed', 'codestral-embed-2505'], { input: 0.15 }],
    [['open-codestral-mamba', 'codestral-mamba'], { input: 0.25, output: 0.25 }],
    [['pixtral-12b-2409'], { input: 0.15, output: 0.15 }],
  ]),
  ...rowsOf('mistral', MODELS_DEV, [[['mistral-small-2506'], { input: 0.1, output: 0.3 }]]),
  ...rowsOf('mistral', TWO_LISTS, [
    [['devstral-medium-2507', 'devstral-medium-latest', 'devstral-latest'], { input: 0.4, output: 2 }],
    [['mistral-medium-2604'], { input: 1.5, output: 7.5 }],
    [['open-mixtral-8x22b'], { input: 2, output: 6 }],
  ]),
]

// Prices of Cohere, at Cohere and where others sell its rerankers. Data only.

import { LITELLM, MODELS_DEV, rowsOf } from '../price-row'

const RERANKERS = [
  'rerank-v3.5',
  'cohere/rerank-v3.5',
  'cohere.rerank-v3-5',
  'rerank-english-v3.0',
  'rerank-multilingual-v3.0',
  'rerank-english-v2.0',
  'rerank-multilingual-v2.0',
] as const

const NOTHING = { input: 0, output: 0 }

export const COHERE_PRICES = [
  ...rowsOf('cohere', { source: 'LiteLLM price list of 2024-09', read: '2026-11-22' }, [
    [['command-r-03-2024'], { input: 0.5, output: 1.5 }],
    [['command-r-plus-04-2024'], { input: 3, output: 15 }],
  ]),
  ...rowsOf('cohere', MODELS_DEV, [
    [['command-a-reasoning-08-2025'], { input: 2.5, output: 10 }],
    [['command-a-vision-07-2025'], { input: 2.5, output: 10 }],
    [['command-a-translate-08-2025'], { input: 2.5, output: 10 }],
    [['command-r7b-arabic-02-2025'], { input: 0.0375, output: 0.15 }],
  ]),
  ...rowsOf('cohere', LITELLM, [
    [['embed-english-v3.0', 'embed-english-light-v3.0', 'embed-multilingual-v3.0'], { input: 0.1 }],
    [['embed-english-v2.0', 'embed-english-light-v2.0', 'embed-multilingual-v2.0'], { input: 0.1 }],
  ]),
  // LiteLLM has a thousand times as much for it, which is a slip.
  ...rowsOf('cohere', { source: 'the price of its English and multilingual siblings' }, [
    [['embed-multilingual-light-v3.0'], { input: 0.1 }],
  ]),
  // Reranking is billed by the search unit (piece-prices.ts), its tokens cost nothing.
  ...['cohere', 'openrouter', 'azure', 'bedrock'].flatMap((provider) =>
    rowsOf(provider, LITELLM, [[RERANKERS, NOTHING]]),
  ),
  ...['cohere', 'openrouter'].flatMap((provider) =>
    rowsOf(provider, { source: 'openrouter.ai/cohere/rerank-4-pro', read: '2026-11-22' }, [
      [['rerank-v4.0-pro', 'cohere/rerank-4-pro', 'rerank-4-pro'], NOTHING],
      [['rerank-v4.0-fast', 'cohere/rerank-4-fast', 'rerank-4-fast'], NOTHING],
    ]),
  ),
]

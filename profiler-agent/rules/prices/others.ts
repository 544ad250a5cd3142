// Prices at xAI, OpenRouter, Groq, Z.ai, Together and Azure that the catalogue lacks or takes for a neighbour's. Data only.

import { LITELLM, rowsOf, TWO_LISTS } from '../price-row'

export const OTHER_PRICES = [
  // xAI words its threshold as "200K and more".
  ...rowsOf('xai', { source: 'docs.x.ai/docs/models', read: '2026-11-21' }, [
    [
      ['grok-4.7'],
      { input: 2, cacheRead: 0.5, output: 6 },
      { over: { tokens: 199_999, rates: { input: 4, cacheRead: 1, output: 12 } } },
    ],
  ]),
  ...rowsOf('xai', { source: 'docs.x.ai/developers/pricing', read: '2026-11-22' }, [
    [
      ['grok-4.20-0309-reasoning', 'grok-4.20-0309-non-reasoning'],
      { input: 1.25, cacheRead: 0.2, output: 2.5 },
      { over: { tokens: 199_999, rates: { input: 2.5, cacheRead: 0.4, output: 5 } } },
    ],
  ]),
  ...rowsOf('xai', LITELLM, [[['grok-beta', 'grok-vision-beta'], { input: 5, output: 15 }]]),
  ...rowsOf(
    'openrouter',
    { source: 'LiteLLM price list of 2026-08-01; long requests unconfirmed', read: '2026-11-22' },
    [
      [
        ['x-ai/grok-4'],
        { input: 3, cacheRead: 0.75, output: 15 },
        { over: { tokens: 128_000, rates: { input: 6, cacheRead: 0.75, output: 30 } } },
      ],
    ],
  ),
  // The catalogue takes it for gpt-oss-120b.
  ...rowsOf('groq', TWO_LISTS, [
    [['openai/gpt-oss-safeguard-20b'], { input: 0.075, cacheRead: 0.037, output: 0.3 }],
  ]),
  ...rowsOf('custom:api.z.ai', { source: 'docs.z.ai/guides/overview/pricing', read: '2026-11-22' }, [
    [['glm-4.7', 'glm-4.6', 'glm-4.5'], { input: 0.6, cacheRead: 0.11, output: 2.2 }],
  ]),
  ...rowsOf('together', TWO_LISTS, [
    [['deepseek-ai/deepseek-r1'], { input: 3, output: 7 }],
    [['deepseek-ai/deepseek-v3'], { input: 1.25, output: 1.25 }],
    [['moonshotai/kimi-k2.5'], { input: 0.5, output: 2.8 }],
    [['openai/gpt-oss-120b'], { input: 0.15, output: 0.6 }],
    [['openai/gpt-oss-20b'], { input: 0.05, output: 0.2 }],
    [['qwen/qwen3.5-397b-a17b'], { input: 0.6, output: 3.6 }],
    [['qwen/qwen3-coder-480b-a35b-instruct-fp8'], { input: 2, output: 2 }],
  ]),
  // What Azure answers for text-embedding-ada-002; the catalogue takes it for a completion model of 2022.
  ...rowsOf('azure', LITELLM, [[['ada'], { input: 0.1 }]]),
  ...rowsOf('azure', TWO_LISTS, [
    [['cohere-embed-v3-english', 'cohere-embed-v3-multilingual'], { input: 0.1 }],
    // The catalogue rounds its cache price up.
    [['o4-mini'], { input: 1.1, cacheRead: 0.275, output: 4.4 }],
    [['llama-3.3-70b-instruct'], { input: 0.71, output: 0.71 }],
    [['llama-4-scout-17b-16e-instruct'], { input: 0.2, output: 0.78 }],
    [['meta-llama-3.1-405b-instruct'], { input: 5.33, output: 16 }],
    [['meta-llama-3.1-70b-instruct'], { input: 2.68, output: 3.54 }],
    [['meta-llama-3.1-8b-instruct'], { input: 0.3, output: 0.61 }],
    [['mistral-medium-2505'], { input: 0.4, output: 2 }],
    [['mistral-small-2503'], { input: 0.1, output: 0.3 }],
    [['mistral-nemo'], { input: 0.15, output: 0.15 }],
    [['ministral-3b'], { input: 0.04, output: 0.04 }],
    [['phi-4', 'phi-4-reasoning'], { input: 0.125, output: 0.5 }],
    [['phi-3.5-moe-instruct'], { input: 0.16, output: 0.64 }],
    [
      ['phi-3.5-mini-instruct', 'phi-3-mini-4k-instruct', 'phi-3-mini-128k-instruct'],
      { input: 0.13, output: 0.52 },
    ],
    [['phi-3-small-8k-instruct', 'phi-3-small-128k-instruct'], { input: 0.15, output: 0.6 }],
    [['phi-3-medium-4k-instruct', 'phi-3-medium-128k-instruct'], { input: 0.17, output: 0.68 }],
  ]),
]

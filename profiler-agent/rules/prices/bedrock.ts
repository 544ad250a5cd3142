// Prices of models at Bedrock that the catalogue does not have or takes for a neighbour, many of them retired. Data only.

import { LITELLM, rowsOf, TWO_LISTS } from '../price-row'

export const BEDROCK_PRICES = [
  ...rowsOf('bedrock', LITELLM, [
    // The catalogue takes it for the first version.
    [['amazon.titan-embed-text-v2:0', 'amazon.titan-embed-text-v2'], { input: 0.02 }],
    [['amazon.titan-text-premier-v1:0'], { input: 0.5, output: 1.5 }],
    [['anthropic.claude-v2', 'anthropic.claude-v2:1'], { input: 8, output: 24 }],
    [['anthropic.claude-instant-v1'], { input: 0.8, output: 2.4 }],
    [['ai21.j2-mid-v1'], { input: 12.5, output: 12.5 }],
    [['ai21.j2-ultra-v1'], { input: 18.8, output: 18.8 }],
    [['ai21.jamba-1-5-mini'], { input: 0.2, output: 0.4 }],
    [['ai21.jamba-1-5-large'], { input: 2, output: 8 }],
    [['cohere.command-text-v14'], { input: 1.5, output: 2 }],
    [['cohere.command-light-text-v14'], { input: 0.3, output: 0.6 }],
    [['cohere.command-r-v1:0'], { input: 0.5, output: 1.5 }],
    [['cohere.command-r-plus-v1:0'], { input: 3, output: 15 }],
    [['cohere.embed-english-v3', 'cohere.embed-multilingual-v3'], { input: 0.1 }],
    [['meta.llama2-13b-chat-v1'], { input: 0.75, output: 1 }],
    [['meta.llama2-70b-chat-v1'], { input: 1.95, output: 2.56 }],
  ]),
  ...rowsOf('bedrock', TWO_LISTS, [
    [['deepseek.v3-v1:0'], { input: 0.58, output: 1.68 }],
    [['deepseek.v3.2'], { input: 0.62, output: 1.85 }],
    [['minimax.minimax-m2', 'minimax.minimax-m2.1', 'minimax.minimax-m2.5'], { input: 0.3, output: 1.2 }],
    [['moonshot.kimi-k2-thinking'], { input: 0.6, output: 2.5 }],
    [['moonshotai.kimi-k2.5'], { input: 0.6, output: 3 }],
    [['nvidia.nemotron-nano-12b-v2'], { input: 0.2, output: 0.6 }],
    [['openai.gpt-oss-safeguard-120b'], { input: 0.15, output: 0.6 }],
    [['openai.gpt-oss-safeguard-20b'], { input: 0.07, output: 0.2 }],
    [['qwen.qwen3-235b-a22b-2507-v1:0'], { input: 0.22, output: 0.88 }],
    [['qwen.qwen3-coder-480b-a35b-v1:0'], { input: 0.22, output: 1.8 }],
    [['zai.glm-4.7'], { input: 0.6, output: 2.2 }],
    [['zai.glm-4.7-flash'], { input: 0.07, output: 0.4 }],
    [['zai.glm-5'], { input: 1, output: 3.2 }],
  ]),
]

// Which SDKs are profiled, by which program of test/agents/sdks, and the tree that is expected of it: what test/integration/sdks.test.ts
// holds and docs/sdks.md shows.

export interface SdkCase {
  /** As people call it. */
  readonly name: string
  /** Packages whose versions are told, as npm names them. */
  readonly packages: readonly string[]
  readonly agent: string
  readonly args?: readonly string[]
  readonly provider: string
  /**
   * How its calls come to be known: `variable`, a base URL that the SDK reads from the environment; `hook`, which leads a call that
   * names its host to the proxy; `copy`, which the hook makes of a call that is signed for its host.
   */
  readonly means: 'variable' | 'hook' | 'copy'
  /** Spans below the run, as `treeOf` draws them. The mark behind an arrow stands at the end of the line that makes the call. */
  readonly tree: string
}

/** A loop of two steps and a tool, then a stream; without a name of its own an agent is called by its model. */
const weather = (agent: string, model: string, [first, second] = ['ask', 'answer']): string => `
agent ${agent}
  step 1
    chat ${model} <- ${first}
    tool get_weather
  step 2
    chat ${model} <- ${second}
agent ${model}
  step 1
    chat ${model} streamed <- stream
`

const vercel = (name: string, model: string, means: SdkCase['means']): SdkCase => ({
  name: `ai with ${name}`,
  packages: ['ai', `@ai-sdk/${name}`],
  agent: 'vercel-ai.mjs',
  args: [name],
  provider: name,
  means,
  tree: weather('vercel-ai', model, ['ask', 'ask']),
})

const CLAUDE_AT_BEDROCK = 'global.anthropic.claude-haiku-4-5-20251001-v1:0'

export const SDK_CASES: readonly SdkCase[] = [
  {
    name: 'openai',
    packages: ['openai'],
    agent: 'openai.mjs',
    provider: 'openai',
    means: 'variable',
    tree: `${weather('openai', 'gpt-5-mini')}
agent openai
  step 1
    chat gpt-5-mini <- plan
    tool get_weather
  step 2
    chat gpt-5-mini streamed <- finish
`,
  },
  {
    name: '@anthropic-ai/sdk',
    packages: ['@anthropic-ai/sdk'],
    agent: 'anthropic.mjs',
    provider: 'anthropic',
    means: 'variable',
    tree: weather('anthropic', 'claude-haiku-4-5'),
  },
  {
    name: '@google/genai',
    packages: ['@google/genai'],
    agent: 'google-genai.mjs',
    provider: 'google',
    means: 'variable',
    tree: weather('google-genai', 'gemini-2.5-flash'),
  },
  vercel('openai', 'gpt-5-mini', 'variable'),
  vercel('anthropic', 'claude-haiku-4-5', 'variable'),
  vercel('google', 'gemini-2.5-flash', 'hook'),
  vercel('mistral', 'mistral-large-latest', 'hook'),
  vercel('cohere', 'command-a-03-2025', 'hook'),
  {
    name: 'LangChain',
    packages: ['langchain', '@langchain/core', '@langchain/openai'],
    agent: 'langchain.mjs',
    provider: 'openai',
    means: 'variable',
    tree: weather('langchain', 'gpt-5-mini', ['ask', 'ask']),
  },
  {
    name: 'LangGraph',
    packages: ['@langchain/langgraph', '@langchain/core', '@langchain/openai'],
    agent: 'langgraph.ts',
    provider: 'openai',
    means: 'variable',
    tree: ['invoke', 'stream']
      .map(
        () => `
agent langgraph
  step 1
    chat gpt-5-mini <- model
    tool get_weather
  step 2
    chat gpt-5-mini <- model`,
      )
      .join(''),
  },
  {
    name: 'OpenAI Agents',
    packages: ['@openai/agents'],
    agent: 'openai-agents.ts',
    provider: 'openai',
    means: 'variable',
    tree: `
agent openai-agents
  step 1
    chat gpt-5-mini <- run
    tool transfer_to_Stylist
      agent stylist
        step 1
          chat gpt-5-mini <- run
          tool get_weather
        step 2
          chat gpt-5-mini <- run
          tool ask_packer
            agent packer
              step 1
                chat gpt-5-mini <- run
        step 3
          chat gpt-5-mini <- run
agent packer
  step 1
    chat gpt-5-mini streamed <- stream
`,
  },
  {
    name: 'Mistral',
    packages: ['@mistralai/mistralai'],
    agent: 'mistral.mjs',
    provider: 'mistral',
    means: 'hook',
    tree: weather('mistral', 'mistral-large-latest'),
  },
  {
    name: 'Cohere',
    packages: ['cohere-ai'],
    agent: 'cohere.mjs',
    provider: 'cohere',
    means: 'hook',
    tree: weather('cohere', 'command-a-03-2025'),
  },
  {
    name: 'Ollama',
    packages: ['ollama'],
    agent: 'ollama.mjs',
    provider: 'ollama',
    means: 'hook',
    tree: weather('ollama', 'qwen3'),
  },
  {
    name: 'AWS Bedrock, signed',
    packages: ['@aws-sdk/client-bedrock-runtime'],
    agent: 'bedrock.mjs',
    provider: 'bedrock',
    means: 'copy',
    tree: weather('bedrock', CLAUDE_AT_BEDROCK),
  },
  {
    name: 'AWS Bedrock, API key',
    packages: ['@aws-sdk/client-bedrock-runtime'],
    agent: 'bedrock.mjs',
    provider: 'bedrock',
    means: 'variable',
    tree: weather('bedrock', CLAUDE_AT_BEDROCK),
  },
]

// Programs on real SDKs whose calls a budget stops: one call at once and one that streams, each telling what it caught. For
// test/integration/stopped-sdks.test.ts and docs/blocked-calls.md.

import OpenAI from 'openai'
import { loadAgentSdk } from './agent-sdks'
import { KEY } from './proxy-harness'

/** An SDK pointed at a proxy. Each call is made as the SDK's own documentation shows, with its defaults. */
export interface StoppedSdk {
  /** As people call it. */
  readonly name: string
  /** As npm names it. */
  readonly package: string
  /** The format of its replies. */
  readonly format: string
  /** True where the SDK's own error for a stream does not give our reason; the event before it does. */
  readonly isReasonLost?: true
  call(base: string): Promise<unknown>
  /** Adds what arrives to `texts`, and ends as the stream does. */
  stream(base: string, texts: string[]): Promise<unknown>
}

const QUESTION = 'Where is my parcel?'
const MESSAGES = [{ role: 'user' as const, content: QUESTION }]

interface Streamed<T> extends AsyncIterable<T> {}

async function gather<T>(
  stream: Streamed<T>,
  texts: string[],
  textOf: (part: T) => string | undefined | null,
) {
  for await (const part of stream) texts.push(textOf(part) ?? '')
}

const openai = (base: string) => new OpenAI({ apiKey: KEY, baseURL: `${base}/openai/v1` })

interface AnthropicMessages {
  create(request: object): Promise<unknown>
  stream(request: object): AnthropicHelper
}
interface AnthropicHelper {
  on(event: 'text', listener: (text: string) => void): AnthropicHelper
  finalMessage(): Promise<unknown>
}
interface AnthropicEvent {
  readonly delta?: { readonly text?: string }
}

function anthropic(base: string): AnthropicMessages {
  const { Anthropic } = loadAgentSdk<{
    Anthropic: new (options: object) => { messages: AnthropicMessages }
  }>('@anthropic-ai/sdk')
  return new Anthropic({ apiKey: KEY, baseURL: `${base}/anthropic` }).messages
}
const CLAUDE = { model: 'claude-haiku-4-5', max_tokens: 900, messages: MESSAGES }

const OPENAI_CASES: readonly StoppedSdk[] = [
  {
    name: 'openai, Chat Completions',
    package: 'openai',
    format: 'openai-chat',
    call: (base) => openai(base).chat.completions.create({ model: 'gpt-5-mini', messages: MESSAGES }),
    stream: async (base, texts) =>
      gather(
        await openai(base).chat.completions.create({ model: 'gpt-5-mini', messages: MESSAGES, stream: true }),
        texts,
        (chunk) => chunk.choices[0]?.delta.content,
      ),
  },
  {
    name: 'openai, Responses',
    package: 'openai',
    format: 'openai-responses',
    call: (base) => openai(base).responses.create({ model: 'gpt-5-mini', input: QUESTION }),
    stream: async (base, texts) =>
      gather(
        await openai(base).responses.create({ model: 'gpt-5-mini', input: QUESTION, stream: true }),
        texts,
        (event) => (event.type === 'response.output_text.delta' ? event.delta : ''),
      ),
  },
]

const ANTHROPIC_CASES: readonly StoppedSdk[] = [
  {
    name: '@anthropic-ai/sdk',
    package: '@anthropic-ai/sdk',
    format: 'anthropic',
    call: (base) => anthropic(base).create(CLAUDE),
    stream: async (base, texts) =>
      gather(
        (await anthropic(base).create({ ...CLAUDE, stream: true })) as Streamed<AnthropicEvent>,
        texts,
        ({ delta }) => delta?.text,
      ),
  },
  {
    name: '@anthropic-ai/sdk, stream helper',
    package: '@anthropic-ai/sdk',
    format: 'anthropic',
    call: (base) => anthropic(base).create(CLAUDE),
    stream: (base, texts) =>
      anthropic(base)
        .stream(CLAUDE)
        .on('text', (text) => texts.push(text))
        .finalMessage(),
  },
]

interface GoogleClient {
  readonly models: GoogleModels
  readonly interactions: { create(request: object): Promise<unknown> }
}
interface InteractionEvent {
  readonly delta?: { readonly text?: string }
}
interface GoogleModels {
  generateContent(request: object): Promise<unknown>
  generateContentStream(request: object): Promise<Streamed<{ text?: string }>>
}

function google(base: string): GoogleClient {
  const { GoogleGenAI } = loadAgentSdk<{ GoogleGenAI: new (options: object) => GoogleClient }>(
    '@google/genai',
  )
  return new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: `${base}/google` } })
}
const INTERACTION = { model: 'gemini-2.5-flash', input: QUESTION }
const GEMINI = { model: 'gemini-2.5-flash', contents: QUESTION }

const GOOGLE_CASES: readonly StoppedSdk[] = [
  {
    name: '@google/genai',
    package: '@google/genai',
    format: 'gemini',
    call: (base) => google(base).models.generateContent(GEMINI),
    stream: async (base, texts) =>
      gather(await google(base).models.generateContentStream(GEMINI), texts, ({ text }) => text),
  },
  {
    name: '@google/genai, Interactions',
    package: '@google/genai',
    isReasonLost: true,
    format: 'interactions',
    call: (base) => google(base).interactions.create(INTERACTION),
    stream: async (base, texts) =>
      gather(
        (await google(base).interactions.create({
          ...INTERACTION,
          stream: true,
        })) as Streamed<InteractionEvent>,
        texts,
        ({ delta }) => delta?.text,
      ),
  },
]

interface MistralClient {
  readonly chat: MistralChat
  readonly beta: { readonly conversations: MistralConversations }
}
interface MistralConversations {
  start(request: object): Promise<unknown>
  startStream(request: object): Promise<Streamed<{ data: { content?: string } }>>
}
interface MistralChat {
  complete(request: object): Promise<unknown>
  stream(request: object): Promise<Streamed<{ data: { choices: { delta: { content?: string } }[] } }>>
}

function mistral(base: string): MistralClient {
  const { Mistral } = loadAgentSdk<{ Mistral: new (options: object) => MistralClient }>(
    '@mistralai/mistralai',
  )
  return new Mistral({ apiKey: KEY, serverURL: `${base}/mistral` })
}
const CONVERSATION = { model: 'mistral-large-latest', inputs: QUESTION }
const MISTRAL = { model: 'mistral-large-latest', messages: MESSAGES }

interface CohereClient {
  chat(request: object): Promise<unknown>
  chatStream(
    request: object,
  ): Promise<Streamed<{ type?: string; delta?: { message?: { content?: { text?: string } } } }>>
}

function cohere(base: string): CohereClient {
  const { CohereClientV2 } = loadAgentSdk<{ CohereClientV2: new (options: object) => CohereClient }>(
    'cohere-ai',
  )
  return new CohereClientV2({ token: KEY, environment: `${base}/cohere` })
}
const COHERE = { model: 'command-a-03-2025', messages: MESSAGES }

interface OllamaClient {
  chat(request: object): Promise<unknown>
}

function ollama(base: string): OllamaClient {
  const { Ollama } = loadAgentSdk<{ Ollama: new (options: object) => OllamaClient }>('ollama')
  return new Ollama({ host: `${base}/ollama` })
}
const OLLAMA = { model: 'qwen3', messages: MESSAGES }

const OTHER_CASES: readonly StoppedSdk[] = [
  {
    name: 'Mistral',
    package: '@mistralai/mistralai',
    isReasonLost: true,
    format: 'mistral',
    call: (base) => mistral(base).chat.complete(MISTRAL),
    stream: async (base, texts) =>
      gather(await mistral(base).chat.stream(MISTRAL), texts, ({ data }) => data.choices[0]?.delta.content),
  },
  {
    name: 'Mistral, Conversations',
    package: '@mistralai/mistralai',
    isReasonLost: true,
    format: 'mistral-conversations',
    call: (base) => mistral(base).beta.conversations.start(CONVERSATION),
    stream: async (base, texts) =>
      gather(
        await mistral(base).beta.conversations.startStream(CONVERSATION),
        texts,
        ({ data }) => data.content,
      ),
  },
  {
    name: 'Cohere',
    package: 'cohere-ai',
    isReasonLost: true,
    format: 'cohere',
    call: (base) => cohere(base).chat(COHERE),
    stream: async (base, texts) =>
      gather(await cohere(base).chatStream(COHERE), texts, ({ delta }) => delta?.message?.content?.text),
  },
  {
    name: 'Ollama',
    package: 'ollama',
    format: 'ollama',
    call: (base) => ollama(base).chat(OLLAMA),
    stream: async (base, texts) =>
      gather(
        (await ollama(base).chat({ ...OLLAMA, stream: true })) as Streamed<{ message: { content: string } }>,
        texts,
        ({ message }) => message.content,
      ),
  },
]

interface BedrockSdk {
  readonly BedrockRuntimeClient: new (
    options: object,
  ) => { send(command: object): Promise<{ stream?: Streamed<BedrockEvent>; body?: Streamed<BedrockEvent> }> }
  readonly ConverseCommand: new (input: object) => object
  readonly ConverseStreamCommand: new (input: object) => object
  readonly InvokeModelCommand: new (input: object) => object
  readonly InvokeModelWithResponseStreamCommand: new (input: object) => object
}

interface BedrockEvent {
  readonly contentBlockDelta?: { readonly delta: { readonly text?: string } }
  readonly chunk?: { readonly bytes: Uint8Array }
}

function bedrock(base: string) {
  const sdk = loadAgentSdk<BedrockSdk>('@aws-sdk/client-bedrock-runtime')
  const client = new sdk.BedrockRuntimeClient({
    region: 'eu-central-1',
    endpoint: `${base}/bedrock`,
    token: { token: KEY },
    authSchemePreference: ['httpBearerAuth'],
  })
  return { sdk, client }
}
const CONVERSE = {
  modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
  messages: [{ role: 'user', content: [{ text: QUESTION }] }],
}
const INVOKE = {
  modelId: CONVERSE.modelId,
  contentType: 'application/json',
  body: JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 900, messages: MESSAGES }),
}

const BEDROCK_CASES: readonly StoppedSdk[] = [
  {
    name: 'AWS Bedrock, Converse with an API key',
    package: '@aws-sdk/client-bedrock-runtime',
    format: 'converse',
    call: (base) => {
      const { sdk, client } = bedrock(base)
      return client.send(new sdk.ConverseCommand(CONVERSE))
    },
    stream: async (base, texts) => {
      const { sdk, client } = bedrock(base)
      const { stream } = await client.send(new sdk.ConverseStreamCommand(CONVERSE))
      if (stream) await gather(stream, texts, ({ contentBlockDelta }) => contentBlockDelta?.delta.text)
    },
  },
  {
    name: 'AWS Bedrock, InvokeModel with an API key',
    package: '@aws-sdk/client-bedrock-runtime',
    format: 'invoke',
    call: (base) => {
      const { sdk, client } = bedrock(base)
      return client.send(new sdk.InvokeModelCommand(INVOKE))
    },
    stream: async (base, texts) => {
      const { sdk, client } = bedrock(base)
      const { body } = await client.send(new sdk.InvokeModelWithResponseStreamCommand(INVOKE))
      if (body) await gather(body, texts, ({ chunk }) => Buffer.from(chunk?.bytes ?? []).toString())
    },
  },
]

interface VercelAi {
  generateText(request: object): Promise<unknown>
  streamText(request: object): { readonly fullStream: Streamed<VercelPart> }
}
interface VercelPart {
  readonly type: string
  readonly text?: string
  readonly error?: unknown
}

const VERCEL_PROVIDERS: readonly (readonly [
  name: string,
  factory: string,
  model: string,
  format: string,
  prefix: string,
])[] = [
  ['openai', 'createOpenAI', 'gpt-5-mini', 'openai-responses', '/openai/v1'],
  ['anthropic', 'createAnthropic', 'claude-haiku-4-5', 'anthropic', '/anthropic/v1'],
  ['google', 'createGoogleGenerativeAI', 'gemini-2.5-flash', 'gemini', '/google/v1beta'],
  ['mistral', 'createMistral', 'mistral-large-latest', 'mistral', '/mistral/v1'],
  ['amazon-bedrock', 'createAmazonBedrock', CONVERSE.modelId, 'converse', '/bedrock'],
  ['cohere', 'createCohere', 'command-a-03-2025', 'cohere', '/cohere/v2'],
]

const VERCEL_CASES: readonly StoppedSdk[] = VERCEL_PROVIDERS.map(([name, factory, id, format, prefix]) => {
  const modelAt = (base: string) => {
    const made = loadAgentSdk<Record<string, (options: object) => (model: string) => object>>(
      `@ai-sdk/${name}`,
    )
    const provider = made[factory]
    if (!provider) throw new Error(`@ai-sdk/${name} has no ${factory}`)
    return provider({ apiKey: KEY, baseURL: base + prefix })(id)
  }
  const ai = () => loadAgentSdk<VercelAi>('ai')
  return {
    name: `ai with ${name}`,
    package: `@ai-sdk/${name}`,
    format,
    call: (base) => ai().generateText({ model: modelAt(base), prompt: QUESTION }),
    stream: async (base, texts) => {
      const { fullStream } = ai().streamText({
        model: modelAt(base),
        prompt: QUESTION,
        onError: () => undefined,
      })
      for await (const part of fullStream) {
        if (part.type === 'error') throw part.error
        if (part.type === 'text-delta') texts.push(part.text ?? '')
      }
    },
  }
})

interface LangChainModel {
  invoke(prompt: string): Promise<unknown>
  stream(prompt: string): Promise<Streamed<{ text: string }>>
}

function langchain(base: string): LangChainModel {
  const { ChatOpenAI } = loadAgentSdk<{ ChatOpenAI: new (options: object) => LangChainModel }>(
    '@langchain/openai',
  )
  const configuration = { baseURL: `${base}/openai/v1` }
  return new ChatOpenAI({ model: 'gpt-5-mini', apiKey: KEY, configuration })
}

const LANGCHAIN_CASES: readonly StoppedSdk[] = [
  {
    name: 'LangChain, ChatOpenAI',
    package: '@langchain/openai',
    format: 'openai-chat',
    call: (base) => langchain(base).invoke(QUESTION),
    stream: async (base, texts) => gather(await langchain(base).stream(QUESTION), texts, ({ text }) => text),
  },
]

interface AgentsSdk {
  readonly Agent: new (options: object) => object
  readonly Runner: new (
    options: object,
  ) => {
    run(agent: object, input: string, options?: object): Promise<AgentsRun>
  }
  readonly OpenAIProvider: new (options: object) => object
}
interface AgentsRun {
  toTextStream(): Streamed<string>
  readonly completed: Promise<void>
}

function openaiAgents(base: string, options: object = {}): Promise<AgentsRun> {
  const { Agent, Runner, OpenAIProvider } = loadAgentSdk<AgentsSdk>('@openai/agents')
  const modelProvider = new OpenAIProvider({ apiKey: KEY, baseURL: `${base}/openai/v1` })
  const runner = new Runner({ modelProvider, tracingDisabled: true })
  return runner.run(new Agent({ name: 'desk', model: 'gpt-5-mini' }), QUESTION, options)
}

const AGENT_CASES: readonly StoppedSdk[] = [
  {
    name: 'OpenAI Agents',
    package: '@openai/agents',
    format: 'openai-responses',
    call: (base) => openaiAgents(base),
    stream: async (base, texts) => {
      const run = await openaiAgents(base, { stream: true })
      await gather(run.toTextStream(), texts, (text) => text)
      await run.completed
    },
  },
]

export const STOPPED_SDKS: readonly StoppedSdk[] = [
  ...OPENAI_CASES,
  ...ANTHROPIC_CASES,
  ...GOOGLE_CASES,
  ...OTHER_CASES,
  ...BEDROCK_CASES,
  ...VERCEL_CASES,
  ...LANGCHAIN_CASES,
  ...AGENT_CASES,
]

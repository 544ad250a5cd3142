// The embedded model server against the Vercel `ai` package, whose parsers are stricter than the providers' own SDKs.
import assert from 'node:assert/strict'
import { loadAgentSdk } from '../support/agent-sdks'
import { simulatorForTests } from '../support/simulator-clients'

interface AiResult {
  readonly text: Promise<string>
  readonly toolCalls: Promise<{ toolName: string; input: unknown }[]>
  readonly finishReason: Promise<string>
  readonly totalUsage: Promise<{ inputTokens?: number; outputTokens?: number }>
}
interface AiPackage {
  streamText(options: object): AiResult
  tool(definition: object): object
  jsonSchema(schema: object): object
  stepCountIs(steps: number): object
}
interface Provider {
  (model: string): object
  chat(model: string): object
}

const { streamText, tool, jsonSchema, stepCountIs } = loadAgentSdk<AiPackage>('ai')
const { createOpenAI } = loadAgentSdk<{ createOpenAI(options: object): Provider }>('@ai-sdk/openai')
const { createAnthropic } = loadAgentSdk<{ createAnthropic(options: object): Provider }>('@ai-sdk/anthropic')

describe('embedded model server and the ai package', () => {
  const { start } = simulatorForTests()
  const script = {
    replies: [
      { when: { lastToolResult: 'weather' }, text: 'It is sunny in Oslo.', outputTokens: 6 },
      {
        when: {},
        toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }],
        reasoningTokens: 8,
        outputTokens: 30,
      },
    ],
  }
  const tools = {
    weather: tool({
      description: 'The weather in a city.',
      inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } } }),
      execute: async ({ city }: { city: string }) => `${city}: sunny`,
    }),
  }

  for (const [name, modelOf] of [
    ['Responses', (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' })('gpt-5.4')],
    [
      'Chat Completions',
      (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).chat('gpt-5.4'),
    ],
    ['Messages', (url: string) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'k' })('claude-sonnet-5')],
  ] as const)
    it(`streams an agent’s two steps over ${name}`, async () => {
      const { simulator } = await start(script)
      const result = streamText({
        model: modelOf(simulator.url),
        prompt: 'weather in Oslo?',
        tools,
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      })
      assert.equal(await result.text, 'It is sunny in Oslo.')
      assert.equal(await result.finishReason, 'stop')
      const usage = await result.totalUsage
      assert.ok((usage.inputTokens ?? 0) > 0)
      assert.equal(usage.outputTokens, 36)
    })
})

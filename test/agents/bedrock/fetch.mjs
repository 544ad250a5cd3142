// An unchanged program with the AI SDK, which signs for Bedrock and sends by the global fetch.
import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'
import { generateText, streamText } from 'ai'

const bedrock = createAmazonBedrock({
  baseURL: process.env.TEST_BEDROCK,
  region: 'us-east-1',
  accessKeyId: 'AKIATESTTESTTESTTEST',
  secretAccessKey: 'test-secret-0123456789',
  sessionToken: 'canary-session-token-0123',
})
const model = bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0')

const whole = await generateText({ model, prompt: 'whole' }) // <- whole
console.log(whole.text)

const streamed = streamText({ model, prompt: 'streamed' }) // <- streamed
let text = ''
for await (const part of streamed.textStream) text += part
console.log(text)

await generateText({ model, prompt: 'fail', maxRetries: 0 }) // <- fail
  .catch((error) => console.log(error.name, error.statusCode))

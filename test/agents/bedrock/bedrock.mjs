// An unchanged program with the AWS SDK: every way to ask a model, one call that fails and one that is given up.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const client = new BedrockRuntimeClient({
  endpoint: process.env.TEST_BEDROCK,
  region: 'us-east-1',
  credentials: {
    accessKeyId: 'AKIATESTTESTTESTTEST',
    secretAccessKey: 'test-secret-0123456789',
    sessionToken: 'canary-session-token-0123',
  },
  ...(process.env.TEST_HTTP1 ? { requestHandler: new NodeHttpHandler() } : {}),
})
const modelId = 'global.anthropic.claude-haiku-4-5-20251001-v1:0'
const messages = (text) => ({ modelId, messages: [{ role: 'user', content: [{ text }] }] })
const native = (text) => ({
  modelId,
  contentType: 'application/json',
  body: JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 99,
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
  }),
})

async function readStream(stream) {
  let text = ''
  for await (const event of stream) text += event.contentBlockDelta?.delta.text ?? ''
  return text
}

const whole = await client.send(new ConverseCommand(messages('whole'))) // <- whole
console.log(whole.output.message.content[0].text, whole.usage.totalTokens)

const streamed = await client.send(new ConverseStreamCommand(messages('streamed'))) // <- streamed
console.log(await readStream(streamed.stream))

const invoked = await client.send(new InvokeModelCommand(native('invoked'))) // <- invoked
console.log(JSON.parse(new TextDecoder().decode(invoked.body)).content[0].text)

const chunks = await client.send(new InvokeModelWithResponseStreamCommand(native('chunks'))) // <- chunks
const types = []
for await (const { chunk } of chunks.body) types.push(JSON.parse(new TextDecoder().decode(chunk.bytes)).type)
console.log(types.join(' '))

await client
  .send(new ConverseCommand(messages('fail'))) // <- fail
  .catch((error) => console.log(error.name, error.$metadata.httpStatusCode))

const controller = new AbortController()
const canAbort = { abortSignal: controller.signal }
const given = await client.send(new ConverseStreamCommand(messages('abort')), canAbort) // <- abort
try {
  for await (const event of given.stream) if (event.contentBlockDelta) controller.abort()
  console.log('ended')
} catch (error) {
  console.log(error.name)
}
const cut = await client.send(new ConverseStreamCommand(messages('cut'))) // <- cut
await readStream(cut.stream).then(
  (text) => console.log(text),
  (error) => console.log(error.name),
)
if (process.env.TEST_EXIT) process.exit(0)
client.destroy()

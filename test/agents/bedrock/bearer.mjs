// An unchanged program with the AWS SDK and a Bedrock API key, which is not bound to a host.
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'

const client = new BedrockRuntimeClient()
const modelId = 'global.anthropic.claude-haiku-4-5-20251001-v1:0'
const messages = [{ role: 'user', content: [{ text: 'whole' }] }]

const whole = await client.send(new ConverseCommand({ modelId, messages })) // <- whole
console.log(whole.output.message.content[0].text)
client.destroy()

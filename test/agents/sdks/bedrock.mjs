// What to wear, with the AWS SDK: Converse with a tool, then ConverseStream. Keys and region come from the environment.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'

const client = new BedrockRuntimeClient()
const modelId = 'global.anthropic.claude-haiku-4-5-20251001-v1:0'

const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'get_weather',
        description: 'The weather in a city now.',
        inputSchema: {
          json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    },
  ],
}

function getWeather({ city }) {
  return { city, degrees: 7, rain: true }
}

const system = [{ text: 'You say what to wear. Ask for the weather first.' }]
const messages = [{ role: 'user', content: [{ text: 'What should I wear in Bergen today?' }] }]

const first = await client.send(new ConverseCommand({ modelId, system, messages, toolConfig })) // <- ask
const { message } = first.output
messages.push(message, {
  role: 'user',
  content: message.content
    .filter(({ toolUse }) => toolUse !== undefined)
    .map(({ toolUse: { toolUseId, input } }) => ({
      toolResult: { toolUseId, content: [{ json: getWeather(input) }] },
    })),
})
const second = await client.send(new ConverseCommand({ modelId, system, messages, toolConfig })) // <- answer
console.log(second.output.message.content[0].text)

const question = [{ role: 'user', content: [{ text: 'Name one thing to wear in rain.' }] }]
const reply = await client.send(new ConverseStreamCommand({ modelId, messages: question })) // <- stream
for await (const event of reply.stream) process.stdout.write(event.contentBlockDelta?.delta?.text ?? '')
console.log()
client.destroy()

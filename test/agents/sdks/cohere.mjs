// What to wear, with cohere-ai: tool use by hand, then a stream.
import { CohereClientV2 } from 'cohere-ai'

const cohere = new CohereClientV2({ token: process.env.CO_API_KEY })
const model = 'command-a-03-2025'

const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather in a city now.',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

function getWeather({ city }) {
  return { city, degrees: 7, rain: true }
}

const messages = [
  { role: 'system', content: 'You say what to wear. Ask for the weather first.' },
  { role: 'user', content: 'What should I wear in Bergen today?' },
]

const first = await cohere.chat({ model, messages, tools }) // <- ask
messages.push(first.message)
for (const call of first.message.toolCalls) {
  const weather = getWeather(JSON.parse(call.function.arguments))
  messages.push({
    role: 'tool',
    toolCallId: call.id,
    content: [{ type: 'document', document: { data: weather } }],
  })
}
const second = await cohere.chat({ model, messages, tools }) // <- answer
console.log(second.message.content[0].text)

const question = [{ role: 'user', content: 'Name one thing to wear in rain.' }]
const stream = await cohere.chatStream({ model, messages: question }) // <- stream
for await (const event of stream) {
  if (event.type === 'content-delta') process.stdout.write(event.delta?.message?.content?.text ?? '')
}
console.log()

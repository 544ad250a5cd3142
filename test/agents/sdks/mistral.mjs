// What to wear, with @mistralai/mistralai: function calling by hand, then a stream.
import { Mistral } from '@mistralai/mistralai'

const mistral = new Mistral({ apiKey: process.env.MISTRAL_API_KEY })
const model = 'mistral-large-latest'

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

const first = await mistral.chat.complete({ model, messages, tools }) // <- ask
const { message } = first.choices[0]
messages.push(message)
for (const call of message.toolCalls) {
  const weather = getWeather(JSON.parse(call.function.arguments))
  messages.push({
    role: 'tool',
    name: call.function.name,
    toolCallId: call.id,
    content: JSON.stringify(weather),
  })
}
const second = await mistral.chat.complete({ model, messages, tools }) // <- answer
console.log(second.choices[0].message.content)

const question = [{ role: 'user', content: 'Name one thing to wear in rain.' }]
const stream = await mistral.chat.stream({ model, messages: question }) // <- stream
for await (const { data } of stream) process.stdout.write(data.choices[0].delta.content ?? '')
console.log()

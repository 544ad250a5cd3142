// What to wear, with ollama: a tool call, then a stream.
import ollama from 'ollama'

const model = 'qwen3'

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

const first = await ollama.chat({ model, messages, tools }) // <- ask
messages.push(first.message)
for (const call of first.message.tool_calls) {
  const weather = getWeather(call.function.arguments)
  messages.push({ role: 'tool', tool_name: call.function.name, content: JSON.stringify(weather) })
}
const second = await ollama.chat({ model, messages, tools }) // <- answer
console.log(second.message.content)

const question = [{ role: 'user', content: 'Name one thing to wear in rain.' }]
const stream = await ollama.chat({ model, messages: question, stream: true }) // <- stream
for await (const part of stream) process.stdout.write(part.message.content)
console.log()

// What to wear, with @anthropic-ai/sdk: the tool loop by hand, then a stream.
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic()

const tools = [
  {
    name: 'get_weather',
    description: 'The weather in a city now.',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]

function getWeather({ city }) {
  return { city, degrees: 7, rain: true }
}

const messages = [{ role: 'user', content: 'What should I wear in Bergen today?' }]
const request = {
  model: 'claude-haiku-4-5',
  max_tokens: 500,
  system: 'You say what to wear. Ask for the weather first.',
  tools,
  messages,
}

const first = await client.messages.create(request) // <- ask
messages.push({ role: 'assistant', content: first.content })
messages.push({
  role: 'user',
  content: first.content
    .filter((block) => block.type === 'tool_use')
    .map(({ id, input }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: JSON.stringify(getWeather(input)),
    })),
})
const second = await client.messages.create(request) // <- answer
console.log(second.content[0].text)

const question = [{ role: 'user', content: 'Name one thing to wear in rain.' }]
const stream = client.messages.stream({ model: request.model, max_tokens: 100, messages: question }) // <- stream
for await (const event of stream) {
  if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
    process.stdout.write(event.delta.text)
}
console.log()

// What to wear, with the openai package: Chat Completions with a tool, Responses with a tool, and a stream of each.
import OpenAI from 'openai'

const client = new OpenAI()
const model = 'gpt-5-mini'

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

function getWeather({ city }) {
  return { city, degrees: 7, rain: true }
}

async function chat() {
  const messages = [
    { role: 'system', content: 'You say what to wear. Ask for the weather first.' },
    { role: 'user', content: 'What should I wear in Bergen today?' },
  ]
  const tools = [
    {
      type: 'function',
      function: { name: 'get_weather', description: 'The weather in a city now.', parameters, strict: true },
    },
  ]
  const first = await client.chat.completions.create({ model, messages, tools }) // <- ask
  const { message } = first.choices[0]
  messages.push(message)
  for (const call of message.tool_calls) {
    const weather = getWeather(JSON.parse(call.function.arguments))
    messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(weather) })
  }
  const second = await client.chat.completions.create({ model, messages, tools }) // <- answer
  console.log(second.choices[0].message.content)
}

async function chatStream() {
  const messages = [{ role: 'user', content: 'Name one thing to wear in rain.' }]
  const stream = await client.chat.completions.create({ model, messages, stream: true }) // <- stream
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? ''
  console.log(text)
}

async function responses() {
  const instructions = 'You say what to wear and where to eat. Ask for the weather first.'
  const tools = [
    {
      type: 'function',
      name: 'get_weather',
      description: 'The weather in a city now.',
      parameters,
      strict: true,
    },
  ]
  const input = [{ role: 'user', content: 'What should I wear for dinner in Bergen?' }]
  const first = await client.responses.create({ model, instructions, tools, input }) // <- plan
  input.push(...first.output)
  for (const item of first.output) {
    if (item.type !== 'function_call') continue
    const output = JSON.stringify(getWeather(JSON.parse(item.arguments)))
    input.push({ type: 'function_call_output', call_id: item.call_id, output })
  }
  const stream = client.responses.stream({ model, instructions, tools, input }) // <- finish
  const final = await stream.finalResponse()
  console.log(final.output_text)
}

await chat()
await chatStream()
await responses()

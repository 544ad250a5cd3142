// What to wear, with LangChain: an agent with a tool at OpenAI, and a model that streams.
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, tool } from 'langchain'
import { z } from 'zod'

const getWeather = tool(({ city }) => JSON.stringify({ city, degrees: 7, rain: true }), {
  name: 'get_weather',
  description: 'The weather in a city now.',
  schema: z.object({ city: z.string() }),
})

const agent = createAgent({
  model: 'openai:gpt-5-mini',
  tools: [getWeather],
  systemPrompt: 'You say what to wear. Ask for the weather first.',
})

const messages = [{ role: 'user', content: 'What should I wear in Bergen today?' }]
const result = await agent.invoke({ messages }) // <- ask
console.log(result.messages.at(-1).text)

const model = new ChatOpenAI({ model: 'gpt-5-mini' })
const stream = await model.stream('Name one thing to wear in rain.') // <- stream
for await (const chunk of stream) process.stdout.write(chunk.text)
console.log()

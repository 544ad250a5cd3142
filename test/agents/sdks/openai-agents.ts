// What to wear, with OpenAI Agents: a triage agent hands over to one with a tool; another agent is used as a tool.
import { Agent, run, tool } from '@openai/agents'
import { z } from 'zod'

const getWeather = tool({
  name: 'get_weather',
  description: 'The weather in a city now.',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => JSON.stringify({ city, degrees: 7, rain: true }),
})

const packer = new Agent({
  name: 'Packer',
  instructions: 'You are the packer. You name one thing to put into the bag.',
  model: 'gpt-5-mini',
})

const stylist = new Agent({
  name: 'Stylist',
  instructions: 'You are a stylist. Ask for the weather first, then the packer.',
  model: 'gpt-5-mini',
  tools: [
    getWeather,
    packer.asTool({ toolName: 'ask_packer', toolDescription: 'Names one thing to put into the bag.' }),
  ],
})

const triage = Agent.create({
  name: 'Triage',
  instructions: 'You are the front desk. You hand every question to the agent that knows best.',
  model: 'gpt-5-mini',
  handoffs: [stylist],
})

async function main() {
  const result = await run(triage, 'What should I wear in Bergen today?') // <- run
  console.log(result.finalOutput)

  const stream = await run(packer, 'Name one thing to wear in rain.', { stream: true }) // <- stream
  for await (const text of stream.toTextStream()) process.stdout.write(text)
  await stream.completed
  console.log()
}

await main()

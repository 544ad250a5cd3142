// What to wear, with LangGraph: the graph of a ReAct agent, run to its end and then as a stream.
import { SystemMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph'
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const getWeather = tool(
  async ({ city }: { city: string }) => JSON.stringify({ city, degrees: 7, rain: true }),
  {
    name: 'get_weather',
    description: 'The weather in a city now.',
    schema: z.object({ city: z.string() }),
  },
)
const tools = [getWeather]
const model = new ChatOpenAI({ model: 'gpt-5-mini' }).bindTools(tools)
const system = new SystemMessage('You say what to wear. Ask for the weather first.')

async function callModel(state: typeof MessagesAnnotation.State) {
  const reply = await model.invoke([system, ...state.messages]) // <- model
  return { messages: [reply] }
}

const graph = new StateGraph(MessagesAnnotation)
  .addNode('agent', callModel)
  .addNode('tools', new ToolNode(tools))
  .addEdge(START, 'agent')
  .addConditionalEdges('agent', toolsCondition, ['tools', END])
  .addEdge('tools', 'agent')
  .compile()

const question = (city: string) => ({
  messages: [{ role: 'user', content: `What should I wear in ${city} today?` }],
})

const state = await graph.invoke(question('Bergen'))
console.log(state.messages.at(-1)?.content)

for await (const update of await graph.stream(question('Oslo'), { streamMode: 'updates' }))
  console.log(Object.keys(update).join())

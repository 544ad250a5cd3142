// Two specialists, each an agent of its own: billing on Chat Completions, shipping on Responses, both streamed.
import { readFileSync } from 'node:fs'
import { agent, retrieval, step, tool } from 'costflame/api'
import OpenAI from 'openai'
import { findArticles, quoted } from './knowledge.mjs'
import { ask } from './records.mjs'
import { billingTools, shippingTools } from './tools.mjs'

const client = new OpenAI()
const model = 'gpt-5.4'
const MOST_TURNS = 6
const instructionsOf = (name) => readFileSync(new URL(`${name}.md`, import.meta.url), 'utf8')

const asked = (ticket) => `Ticket ${ticket.id} of ${ticket.tenant}:\n${ticket.text}`

const SEARCH = 'search_help_centre'

/** What a tool says, for the model; a system that does not answer is said, too. */
async function use(ticket, name, toolCallId, json) {
  const args = JSON.parse(json)
  if (name === SEARCH) {
    const search = () => findArticles(args.question, ticket.tenant)
    return quoted(await retrieval(SEARCH, { documents: (found) => found.length }, search))
  }
  const said = tool(name, { toolCallId }, () => ask(name, args))
  return JSON.stringify(await said.catch(({ message }) => ({ error: message })))
}

const stepName = (turn) => (turn === 1 ? 'look-up' : 'act')

const billingInstructions = instructionsOf('billing')
const chatTools = billingTools.map((each) => ({ type: 'function', function: each }))

function askBilling(messages) {
  return client.chat.completions.stream({ model, messages, tools: chatTools }).finalChatCompletion()
}

/** What billing found out and did, as a report to the lead. */
export function billing(ticket) {
  return agent('billing', { version: '3' }, async () => {
    const messages = [
      { role: 'system', content: billingInstructions },
      { role: 'user', content: asked(ticket) },
    ]
    for (let turn = 1; turn <= MOST_TURNS; turn++) {
      const { choices } = await step(stepName(turn), () => askBilling(messages))
      const [{ message }] = choices
      messages.push(message)
      if (!message.tool_calls?.length) return { from: 'billing', messages: messages.slice(1) }
      const results = message.tool_calls.map(async ({ id, function: { name, arguments: json } }) => ({
        role: 'tool',
        tool_call_id: id,
        content: await use(ticket, name, id, json),
      }))
      messages.push(...(await Promise.all(results)))
    }
    throw new Error('billing came to no end')
  })
}

const shippingInstructions = instructionsOf('shipping')
const responseTools = shippingTools.map((each) => ({ type: 'function', strict: true, ...each }))

// Which day is a working day depends on now.
function askShipping(input) {
  const instructions = `It is ${new Date().toISOString()}.\n\n${shippingInstructions}`
  return client.responses
    .stream({ model, instructions, input, tools: responseTools, store: false })
    .finalResponse()
}

/** What shipping found out and did, as a report to the lead. */
export function shipping(ticket) {
  return agent('shipping', { version: '2' }, async () => {
    const input = [{ role: 'user', content: asked(ticket) }]
    for (let turn = 1; turn <= MOST_TURNS; turn++) {
      const { output } = await step(stepName(turn), () => askShipping(input))
      input.push(...output)
      const calls = output.filter(({ type }) => type === 'function_call')
      if (calls.length === 0) return { from: 'shipping', messages: input }
      const results = calls.map(async ({ call_id, name, arguments: json }) => ({
        type: 'function_call_output',
        call_id,
        output: await use(ticket, name, call_id, json),
      }))
      input.push(...(await Promise.all(results)))
    }
    throw new Error('shipping came to no end')
  })
}

// Works through today's support tickets: looks things up with tools, then writes the reply.
import { readFileSync } from 'node:fs'
import OpenAI from 'openai'
import { runTool, tools } from './support-tools.mjs'

const client = new OpenAI()
const model = process.env.SUPPORT_MODEL ?? 'gpt-5.4'
const handbook = readFileSync(new URL('policies.md', import.meta.url), 'utf8')

const tickets = [
  {
    id: 'T-5101',
    email: 'ingrid@example.com',
    question: 'Where is my order A-1042? It should have been here on Friday.',
  },
  {
    id: 'T-5102',
    email: 'jonas@example.com',
    question: 'The blender from order A-1077 came with a cracked jug. I would like my money back.',
  },
  {
    id: 'T-5103',
    email: 'freja@example.com',
    question: 'Can I still send back the boots from order A-0988? I wore them in the flat for one evening.',
  },
  {
    id: 'T-5104',
    email: 'lars@example.com',
    question: 'Please send order A-1103 to Storgata 12, 7030 Trondheim instead. We have moved.',
  },
]

// The model needs today's date for return periods, and the ticket helps us find the conversation in the logs.
function systemPrompt(ticket) {
  return `Current time: ${new Date().toISOString()}
Ticket: ${ticket.id} from ${ticket.email}

${handbook}`
}

async function investigate(ticket) {
  const history = [{ role: 'user', content: ticket.question }]
  for (;;) {
    const completion = await client.chat.completions.create({
      model,
      tools,
      messages: [{ role: 'system', content: systemPrompt(ticket) }, ...history],
    })
    const { message } = completion.choices[0]
    history.push(message)
    if (!message.tool_calls) return history

    for (const call of message.tool_calls) {
      const result = await runTool(call.function.name, JSON.parse(call.function.arguments))
      history.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) })
    }
  }
}

async function writeReply(ticket, history) {
  const stream = await client.chat.completions.create({
    model,
    stream: true,
    messages: [
      { role: 'system', content: systemPrompt(ticket) },
      ...history,
      { role: 'developer', content: 'Now write the reply to the customer.' },
    ],
  })
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
}

for (const ticket of tickets) {
  console.log(`\n── ${ticket.id}  ${ticket.question}\n`)
  const history = await investigate(ticket)
  await writeReply(ticket, history)
  console.log()
}

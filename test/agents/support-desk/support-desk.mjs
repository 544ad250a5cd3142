// Answers the tickets of three shops: an orchestrator reads each one, asks one specialist or two at once, and writes the answer.
import { readFileSync } from 'node:fs'
import { agent, outcome, step } from 'costflame/api'
import OpenAI from 'openai'
import { billing, shipping } from './specialists.mjs'
import { tickets } from './tickets.mjs'

const client = new OpenAI()
const instructions = readFileSync(new URL('orchestrator.md', import.meta.url), 'utf8')
const specialists = { billing, shipping }

const plan = {
  type: 'json_schema',
  name: 'plan',
  strict: true,
  schema: {
    type: 'object',
    properties: {
      intent: { type: 'string' },
      order: { type: ['string', 'null'] },
      specialists: { type: 'array', items: { type: 'string', enum: ['billing', 'shipping'] } },
    },
    required: ['intent', 'order', 'specialists'],
    additionalProperties: false,
  },
}

async function triage(ticket) {
  const { output_text } = await client.responses.create({
    model: 'gpt-5.4-mini',
    instructions,
    input: `Ticket ${ticket.id} of ${ticket.tenant} has come in:\n${ticket.text}`,
    text: { format: plan },
    store: false,
  })
  return JSON.parse(output_text)
}

// The lead should know all that the specialists know, so that nothing is lost on the way.
async function answer(ticket, findings) {
  const known = findings.map(
    ({ from, messages }) => `# What ${from} saw and did\n${JSON.stringify(messages, null, 1)}`,
  )
  const stream = await client.chat.completions.create({
    model: 'gpt-5.4',
    stream: true,
    messages: [
      { role: 'system', content: instructions },
      {
        role: 'user',
        content: [
          ...known,
          `Ticket ${ticket.id} of ${ticket.tenant}: write the answer.\n${ticket.text}`,
        ].join('\n\n'),
      },
    ],
  })
  let text = ''
  for await (const { choices } of stream) {
    const part = choices[0]?.delta.content ?? ''
    process.stdout.write(part)
    text += part
  }
  return text
}

/** How a ticket ended, by what the specialists said in the end; the most serious counts. */
function ending(findings) {
  const reports = findings.map(({ messages }) => JSON.stringify(messages.at(-1)))
  const isSaid = (word) => reports.some((report) => report.includes(word))
  if (isSaid('HAND OVER')) return 'escalated'
  return findings.length === 0 || isSaid('WAIT') ? 'waiting' : 'resolved'
}

async function work(ticket) {
  const said = { tenant: ticket.tenant, session: ticket.id }
  const { intent, specialists: wanted } = await agent('triage', { version: '2', ...said }, () =>
    step('classify', () => triage(ticket)),
  )
  await agent('orchestrator', { version: '5', intent, ...said }, async () => {
    const findings = await Promise.all(wanted.map((name) => specialists[name](ticket)))
    await step('answer', () => answer(ticket, findings))
    outcome(ending(findings), { specialists: wanted.length })
  })
}

for (const ticket of tickets) {
  console.log(`\n── ${ticket.id} · ${ticket.tenant}\n${ticket.text}\n`)
  await work(ticket)
  console.log()
}

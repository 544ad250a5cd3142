// Answers a shop's mail: reads what a customer wants, then writes the reply. Two model calls a mail, in plain `fetch`.
import { readFileSync } from 'node:fs'

const api = process.env.OPENAI_BASE_URL
// The embedded model server takes any key.
const headers = { 'content-type': 'application/json', authorization: 'Bearer demo' }
const handbook = readFileSync(new URL('handbook.md', import.meta.url), 'utf8')

const mails = [
  'Where is my order A-1042? It should have been here on Friday.',
  'The blender from order A-1077 came with a cracked jug. I would like my money back.',
  'Can I still send back the boots from order A-0988? I wore them indoors for one evening.',
  'Please send order A-1103 to Storgata 12, 7030 Trondheim instead. We have moved.',
  'The zip of my tent, order A-0871, broke on the first trip. What now?',
  'How long is a gift card valid, and can I use it in Denmark?',
]

// The model needs today's date for return periods.
function instructions() {
  return `Current time: ${new Date().toISOString()}

${handbook}`
}

function understand(mail) {
  return complete([
    { role: 'system', content: instructions() },
    { role: 'user', content: `${mail}\n\nSay in one line what this customer wants and which rule applies.` },
  ])
}

function reply(mail, wish) {
  return complete([
    { role: 'system', content: instructions() },
    { role: 'user', content: mail },
    { role: 'assistant', content: wish },
    { role: 'user', content: 'Now write the reply to the customer.' },
  ])
}

async function complete(messages) {
  const response = await fetch(`${api}/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ model: 'gpt-5.4', messages }),
  })
  if (!response.ok) throw new Error(`The model answered ${response.status}: ${await response.text()}`)
  const { choices } = await response.json()
  return choices[0].message.content
}

for (const mail of mails) {
  console.log(`\n── ${mail}\n`)
  const wish = await understand(mail)
  console.log(await reply(mail, wish))
}

// A model server for the proxy's figures: it answers at once, as JSON or as a stream of events. Prints its port.

import http from 'node:http'

const ID = 'chatcmpl-00000000'
const TEXT = 'The wind backs and freshens. '.repeat(20)
const USAGE = { prompt_tokens: 400, completion_tokens: 120, total_tokens: 520 }
const JSON_REPLY = JSON.stringify({
  id: ID,
  object: 'chat.completion',
  model: 'gpt-5.4',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }],
  usage: USAGE,
})
const EVENTS = [
  ...TEXT.split(' ').map((word) => ({ choices: [{ index: 0, delta: { content: `${word} ` } }] })),
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { choices: [], usage: USAGE },
].map((event) => `data: ${JSON.stringify({ id: ID, model: 'gpt-5.4', ...event })}\n\n`)
let replies = 0

const server = http.createServer((req, res) => {
  let isStream = false
  req.on('data', (chunk) => {
    isStream ||= chunk.includes('"stream":true')
  })
  req.once('end', () => (isStream ? stream(res) : reply(res)))
})

function reply(res) {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': JSON_REPLY.length })
  res.end(JSON_REPLY.replace(ID, nextId()))
}

/** Of the same length: every call has an id of its own, as those of a provider have. */
function nextId() {
  return ID.slice(0, -8) + String(replies++).padStart(8, '0')
}

/** The first event at once, the others a turn later, so that there is a first chunk to wait for. */
function stream(res) {
  const id = nextId()
  const [first, ...others] = EVENTS.map((event) => event.replace(ID, id))
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.write(first)
  setImmediate(() => {
    for (const event of others) res.write(event)
    res.end('data: [DONE]\n\n')
  })
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))

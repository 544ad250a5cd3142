// A server that asks a model twice for each of its requests, and a client of it that sends two at a time.
import { createServer } from 'node:http'

const url = `${process.env.OPENAI_BASE_URL}/chat/completions`
const ask = (prompt) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: prompt }] }),
  }).then((reply) => reply.json())

await ask('before')
const server = createServer(async (request, response) => {
  const name = request.url.slice(1)
  await ask(`${name} 1`)
  await new Promise((resolve) => setTimeout(resolve, 1))
  await ask(`${name} 2`)
  response.end(name)
})
server.listen(0, '127.0.0.1', async () => {
  const origin = `http://127.0.0.1:${server.address().port}`
  for (const pair of [
    ['a', 'b'],
    ['c', 'd'],
  ])
    await Promise.all(pair.map((name) => fetch(`${origin}/${name}`).then((reply) => reply.text())))
  server.close()
  server.closeAllConnections()
})

// A program that asks a model over WebSockets: `sockets.mjs URL client…`, one line of output for each.
import { WebSocket as Ws } from 'ws'

const [url, ...names] = process.argv.slice(2)

const clients = {
  global: () => new WebSocket(url), // <- global
  ws: () => new Ws(url, { headers: { authorization: 'Bearer key' } }), // <- ws
}

function ask(socket, input) {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5-mini', input }))
    })
    socket.addEventListener('error', (event) => reject(event.error ?? new Error(event.message)))
    socket.addEventListener('message', ({ data }) => {
      const { type, delta } = JSON.parse(String(data))
      if (type === 'response.output_text.delta') resolve(delta)
      if (type === 'response.completed') socket.close()
    })
  })
}

for (const name of names) console.log(`${name}: ${await ask(clients[name](), name)}`)

// A program with a mock behind all sockets, as msw 3 and nock 15 put it there: what connects to a provider comes to a server of its own.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Socket } from 'node:net'

const server = createServer((_request, response) => response.end('{"mocked":true}')).listen(0, '127.0.0.1')
await once(server, 'listening')

globalThis.__MSW_INTERNAL_CONNECTION_CONTEXT = {}
const { connect } = Socket.prototype
Socket.prototype.connect = function (...args) {
  const [options] = [args[0]].flat()
  const isProvider = options.host === 'api.mistral.ai'
  return connect.call(this, isProvider ? { port: server.address().port, host: '127.0.0.1' } : options)
}

const reply = await fetch('http://api.mistral.ai/v1/chat/completions', {
  method: 'POST',
  body: '{"model":"m"}',
})
console.log(await reply.text())
server.close()

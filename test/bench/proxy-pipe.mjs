// The baseline of the proxy's figures: what a bare pipe of Node costs. Argument: the upstream's port. Prints its own.
import http from 'node:http'

const agent = new http.Agent({ keepAlive: true })
const server = http.createServer((req, res) => {
  const { method, url: path, headers } = req
  const up = http.request({ agent, host: '127.0.0.1', port: process.argv[2], method, path, headers })
  up.on('response', (reply) => reply.pipe(res.writeHead(reply.statusCode, reply.headers)))
  req.pipe(up)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))

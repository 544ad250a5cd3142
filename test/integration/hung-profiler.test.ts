// A profiler that takes connections and reads nothing must not keep a program that has ended.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { HOOK, NODE } from '../support/hooked-program'

/** One call that is signed for Bedrock, with a prompt that no socket takes at once; then how often it was told that it ends, and how late. */
const PROGRAM = `
let endings = 0, over
process.on('beforeExit', () => endings++)
process.on('exit', () => console.log(JSON.stringify({ endings, lateMs: Date.now() - over })))
const server = require('node:http').createServer((request, response) => request.resume().on('end', () => response.end('{}')))
server.listen(0, '127.0.0.1', () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/bedrock/aws4_request, Signature=00'
  const { port } = server.address()
  const options = { port, host: '127.0.0.1', method: 'POST', path: '/model/some/converse', agent: false, headers: { authorization } }
  const request = require('node:http').request(options, (response) => response.resume().on('end', () => {
    server.close()
    over = Date.now()
  }))
  request.end(Buffer.alloc(8 * 1024 * 1024, 'x'))
})`

async function endOf(proxy: net.Server): Promise<{ endings: number; lateMs: number }> {
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as net.AddressInfo
  const environment = { COSTFLAME_PROXY: `http://127.0.0.1:${port}`, COSTFLAME_TOKEN: 'test-token' }
  const child = spawn(NODE, ['--require', HOOK, '-e', PROGRAM], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
  return JSON.parse(said) as { endings: number; lateMs: number }
}

describe('a program that ends', () => {
  const open = new Set<net.Socket>()
  let proxy: net.Server
  afterEach(() => {
    for (const socket of open) socket.destroy()
    open.clear()
    proxy.close()
  })

  it('is let go soon by a profiler that hangs', async () => {
    proxy = net.createServer({ pauseOnConnect: true }, (socket) => {
      open.add(socket.on('error', () => socket.destroy()))
    })
    const { endings, lateMs } = await endOf(proxy)
    assert.equal(endings, 1)
    // 200 ms, and what a busy machine adds to them; who waits for the other end waits for ever.
    assert.ok(lateMs < 100_000, `${lateMs} ms`)
  })

  it('hands over all of a large call to one that reads', async () => {
    const bodies: string[] = []
    proxy = http.createServer((request, response) => {
      request.setEncoding('utf8')
      let body = ''
      request
        .on('data', (text: string) => {
          body += text
        })
        .on('end', () => {
          bodies.push(body)
          response.end()
        })
    })
    assert.equal((await endOf(proxy)).endings, 1)
    const [line] = bodies
      .flatMap((body) => body.split('\n').filter((line) => line !== ''))
      .map((line) => JSON.parse(line) as { requestBody?: string; copyTruncated?: boolean })
      .filter(({ requestBody }) => requestBody !== undefined)
    assert.equal(Buffer.from(line?.requestBody ?? '', 'base64').length, 8 * 1024 * 1024)
    assert.equal(line?.copyTruncated, false)
  })
})

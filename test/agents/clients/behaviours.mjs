// A program that looks closely at how its connections behave: `behaviours.mjs URL`, one line of output for each look.
import http from 'node:http'
import https from 'node:https'

const url = `${process.argv[2]}/v1/chat/completions`
const client = url.startsWith('https:') ? https : http
const at = (name) => `${url}?case=${name}`
const MEGABYTES = 8
const large = Buffer.alloc(MEGABYTES * 1024 * 1024, 'x')

/** What a request comes to, told by its events in turn. */
function events(name, { body, method = 'POST', agent, act, ...options } = {}) {
  return new Promise((resolve) => {
    const seen = []
    const request = client.request(at(name), { method, agent, ...options })
    request.on('socket', (socket) => seen.push(socket.encrypted ? 'encrypted' : 'plain'))
    request.on('continue', () => seen.push('continue'))
    request.on('timeout', () => {
      seen.push('timeout')
      request.destroy()
    })
    request.on('error', (error) => seen.push(`${error.code} ${error.message}`))
    const open = new Set([request])
    const closed = (stream) => {
      open.delete(stream)
      if (open.size === 0) resolve([...seen, request.reusedSocket].join(' '))
    }
    request.on('response', (response) => {
      open.add(response)
      response.on('close', () => closed(response))
      seen.push(response.statusCode)
      let size = 0
      response.on('data', (chunk) => {
        size += chunk.length
        act?.(request, response, chunk)
      })
      response.on('aborted', () => seen.push('aborted'))
      response.on('error', (error) => seen.push(`response ${error.code}`))
      response.on('end', () => seen.push(`end ${size} ${response.complete}`))
    })
    request.on('close', () => closed(request))
    request.end(body)
  })
}

const looks = {
  'an answer': () => events('echo', { body: 'hello' }),
  'a large request': () => events('echo', { body: large }),
  'a large answer to a slow reader': () =>
    events('large', {
      act: (_request, response) => {
        response.pause()
        setImmediate(() => response.resume())
      },
    }),
  'an answer without a body': () => events('empty'),
  'a head alone': () => events('echo', { method: 'HEAD' }),
  'an answer to continue': () => events('echo', { body: 'hello', headers: { expect: '100-continue' } }),
  'a connection that is kept': async () => {
    const agent = new client.Agent({ keepAlive: true, maxSockets: 1 })
    const seen = [await events('echo', { agent, body: 'a' }), await events('echo', { agent, body: 'b' })]
    agent.destroy()
    return seen.join(', ')
  },
  'a connection that is not': () => events('echo', { agent: false, body: 'hello' }),
  'a timeout': () => events('silent', { timeout: 30 }),
  'giving up in the middle': () => events('endless', { act: (request) => request.destroy() }),
  'an answer that breaks off': () => events('broken'),
  'fetch given up': async () => {
    const controller = new AbortController()
    const reply = await fetch(at('endless'), { method: 'POST', body: 'x', signal: controller.signal })
    const reader = reply.body.getReader()
    await reader.read()
    controller.abort()
    return reader.read().catch((error) => `${error.name} ${error.message}`)
  },
  'fetch of a stream': async () => {
    const body = new Blob([large]).stream()
    const reply = await fetch(at('echo'), { method: 'POST', body, duplex: 'half' })
    return `${reply.status} ${(await reply.arrayBuffer()).byteLength}`
  },
  'fetch that breaks off': () =>
    fetch(at('broken'), { method: 'POST', body: 'x' })
      .then((reply) => reply.text())
      .catch((error) => `${error.name} ${error.message} ${error.cause?.code}`),
  'fetch by many': async () => {
    const ask = (body) => fetch(at('echo'), { method: 'POST', body }).then((reply) => reply.text())
    return (await Promise.all(Array.from({ length: 30 }, (_, index) => ask(String(index))))).join('')
  },
}

for (const [name, look] of Object.entries(looks)) console.log(`${name}: ${await look()}`)

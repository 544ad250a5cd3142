// A program that asks a model by every HTTP client that Node programs use: `clients.mjs URL client…`, one line of output for each.
import http from 'node:http'
import http2 from 'node:http2'
import https, { request as httpsRequest } from 'node:https'
import { createRequire } from 'node:module'

const [url, ...names] = process.argv.slice(2)
const require = createRequire(import.meta.url)
// Its copy here does not run on the oldest Node.
const undici = names.some((name) => name.startsWith('undici')) ? await import('undici') : undefined
const content = (prompt) =>
  JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: prompt }] })
const post = (prompt) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'X-Case': 'Kept' },
  body: content(prompt),
})

function ended(request, body) {
  return new Promise((resolve, reject) => {
    request.on('error', reject).on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject).on('end', () => resolve(text))
    })
    for (const part of [body].flat()) request.write(part)
    request.end()
  })
}

const options = { method: 'POST', headers: { 'content-type': 'application/json' } }
const h1 = url.startsWith('https:') ? https : http
const agent = new h1.Agent({ keepAlive: true, maxSockets: 1 })
const half = (prompt) => [content(prompt).slice(0, 9), Buffer.from(content(prompt).slice(9))]

const clients = {
  fetch: async () => {
    const reply = await fetch(url, post('fetch')) // <- fetch
    return { text: await reply.text(), more: reply.url === url ? '' : reply.url }
  },
  'fetch stream': async () => {
    const { body, ...rest } = post('fetch stream')
    const reply = await fetch(url, { ...rest, body: new Blob([body]).stream(), duplex: 'half' }) // <- fetch stream
    return { text: await reply.text() }
  },
  'undici fetch': async () => {
    const reply = await undici.fetch(url, post('undici fetch')) // <- undici fetch
    return { text: await reply.text() }
  },
  'undici request': async () => {
    const { body } = await undici.request(url, post('undici request')) // <- undici request
    return { text: await body.text() }
  },
  'undici stream': async () => {
    const chunks = []
    const { Writable } = await import('node:stream')
    const sink = () => new Writable({ write: (chunk, _, done) => done(null, chunks.push(chunk)) })
    await undici.stream(url, post('undici stream'), sink) // <- undici stream
    return { text: Buffer.concat(chunks).toString() }
  },
  'undici pool': async () => {
    const { origin, pathname } = new URL(url)
    const pool = new undici.Pool(origin)
    const { body } = await pool.request({ ...post('undici pool'), path: pathname }) // <- undici pool
    const text = await body.text()
    await pool.close()
    return { text }
  },
  request: async () => ({ text: await ended(h1.request(url, options), content('request')) }), // <- request
  named: async () => {
    const request = url.startsWith('https:') ? httpsRequest : http.request
    return { text: await ended(request(new URL(url), options), half('named')) } // <- named
  },
  required: async () => {
    const module = require(url.startsWith('https:') ? 'https' : 'http')
    return { text: await ended(module.request(url, options), content('required')) } // <- required
  },
  agent: async () => {
    const first = await ended(h1.request(url, { ...options, agent }), content('agent')) // <- agent
    const again = await ended(h1.request(url, { ...options, agent }), content('agent again')) // <- agent again
    agent.destroy()
    return { text: first, more: again.includes('agent again') ? '' : again }
  },
  // got names Node's own defaults.
  defaults: async () => {
    const given = { ...options, checkServerIdentity: require('node:tls').checkServerIdentity }
    return { text: await ended(h1.request(url, given), content('defaults')) } // <- defaults
  },
  // What the program configured for itself cannot go through the proxy.
  'own certificates': async () => {
    const ca = require('node:fs').readFileSync(process.env.NODE_EXTRA_CA_CERTS)
    return { text: await ended(https.request(url, { ...options, ca }), content('own certificates')) } // <- own certificates
  },
  'own lookup': async () => {
    const lookup = (_host, { all }, done) =>
      all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
    return { text: await ended(h1.request(url, { ...options, lookup }), content('own lookup')) } // <- own lookup
  },
  http2: async () => {
    const { origin, pathname } = new URL(url)
    const session = http2.connect(origin)
    const headers = { ':method': 'POST', ':path': pathname, 'content-type': 'application/json' }
    const stream = session.request(headers) // <- http2
    stream.end(content('http2'))
    let text = ''
    for await (const chunk of stream) text += chunk
    session.close()
    return { text }
  },
}

const messageOf = (text) => {
  try {
    return JSON.parse(text).choices[0].message.content
  } catch {
    return text
  }
}

for (const name of names)
  await clients[name]()
    .then(({ text, more }) => console.log(`${name}: ${messageOf(text)}${more ? ` ${more}` : ''}`))
    .catch((error) => console.log(`${name}: ${error.name} ${error.cause?.code ?? error.code}`))

// Makes one call over TLS, by the way named: the first that the program has to do with TLS.
const url = 'https://api.mistral.ai/v1/chat/completions'
const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] })

const send = ({ request }) =>
  new Promise((resolve, reject) => {
    const sent = request(url, init, (reply) => {
      reply.resume().once('end', () => resolve(reply.statusCode))
    })
    sent.once('error', reject).end(body)
  })

const ways = {
  fetch: async () => (await fetch(url, { ...init, body })).status,
  import: async () => send(await import('node:https')),
  require: async () => send((await import('node:module')).createRequire(import.meta.url)('https')),
  builtin: async () => send(process.getBuiltinModule('https')),
}

const isLoaded = process.moduleLoadList.includes('NativeModule tls')
console.log(isLoaded, await ways[process.argv[2]]())

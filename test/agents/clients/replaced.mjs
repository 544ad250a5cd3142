// A program that puts its own fetch in place: one around the one that it found, then one that has nothing of it.
import { request } from 'node:http'

const url = `${process.env.OPENAI_BASE_URL}/chat/completions`
const init = (prompt) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: prompt }] }),
})

const original = globalThis.fetch
globalThis.fetch = (input, options) => original(input, { ...options, cache: 'no-store' }) // <- around
console.log((await fetch(url, init('around'))).status)

globalThis.fetch = (input, { body, ...options }) =>
  new Promise((resolve, reject) => {
    const started = request(input, options) // <- instead
    started.on('error', reject).end(body)
    started.on('response', (response) => resolve({ status: response.statusCode, body: response.resume() }))
  })
console.log((await fetch(url, init('instead'))).status)

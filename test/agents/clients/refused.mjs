// Asks once by each HTTP client of Node and prints the status, whether to try again, and the body: `refused.mjs URL`.
import { once } from 'node:events'
import http from 'node:http'
import OpenAI from 'openai'

const url = process.argv[2]
const headers = { authorization: 'Bearer sk-test-0123456789', 'content-type': 'application/json' }
const messages = [{ role: 'user', content: 'Where is my parcel?' }]
const body = JSON.stringify({ model: 'gpt-5-mini', messages })

function say(client, status, retry, text) {
  console.log(client, status, retry, JSON.parse(text).error.code)
}

const fetched = await fetch(url, { method: 'POST', headers, body })
say('fetch', fetched.status, fetched.headers.get('x-should-retry'), await fetched.text())

const request = http.request(url, { method: 'POST', headers, agent: new http.Agent({ keepAlive: true }) })
request.end(body)
const [response] = await once(request, 'response')
const chunks = await response.toArray()
say('http', response.statusCode, response.headers['x-should-retry'], Buffer.concat(chunks).toString())
request.agent?.destroy()
request.destroy()

const client = new OpenAI({ apiKey: 'sk-test-0123456789', baseURL: url.replace('/chat/completions', '') })
try {
  await client.chat.completions.create({ model: 'gpt-5-mini', messages })
} catch (error) {
  console.log('openai', error.status, error.headers.get('x-should-retry'), error.code)
}

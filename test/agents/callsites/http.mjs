// A program that speaks to a provider by node:http itself, as axios and older SDKs do.
import http, { request } from 'node:http'
import { createRequire } from 'node:module'

const url = `${process.env.OPENAI_BASE_URL}/chat/completions`
const options = { method: 'POST', headers: { 'content-type': 'application/json' } }

function ask(started, content) {
  return new Promise((resolve, reject) => {
    started.on('error', reject).on('response', async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      console.log(JSON.parse(text).choices[0].message.content)
      resolve()
    })
    started.end(JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] }))
  })
}

await ask(request(url, options), 'named') // <- named
await ask(http.request(new URL(url), options), 'module') // <- module
await ask(createRequire(import.meta.url)('http').request(url, options), 'required') // <- required

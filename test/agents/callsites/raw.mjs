// A program without an SDK: the global fetch by text, URL and Request, and the npm package undici.
import { request } from 'undici'

const url = `${process.env.OPENAI_BASE_URL}/chat/completions`
const post = (content) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-costflame-agent': 'raw' },
  body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] }),
})
const show = (reply) => console.log(reply.choices[0].message.content)

show(await (await fetch(url, post('text'))).json()) // <- text
show(await (await fetch(new URL(url), post('url'))).json()) // <- url
show(await (await fetch(new Request(url, post('request')))).json()) // <- request
const streamed = post('stream')
streamed.body = new Blob([streamed.body]).stream()
await fetch(url, { ...streamed, duplex: 'half' }) // <- stream
  .then(async (response) => show(await response.json()))
  .catch((error) => console.log(error.name))
await request(url, post('undici')) // <- undici
  .then(async ({ body }) => show(await body.json()))
  .catch((error) => console.log(error.code))

// Calls for the proxy's figures, as a client with kept connections makes them.

import http from 'node:http'

const PROMPT = [{ role: 'user', content: 'hello '.repeat(400) }]
const BODIES = {
  json: JSON.stringify({ model: 'gpt-5.4', messages: PROMPT }),
  stream: JSON.stringify({
    model: 'gpt-5.4',
    messages: PROMPT,
    stream: true,
    stream_options: { include_usage: true },
  }),
}
/** 20 MB of short messages, as a long conversation with many tool calls has them; whether it asks for a stream stands behind them. */
const LONG = JSON.stringify({
  model: 'gpt-5.4',
  messages: Array.from({ length: 270_000 }, (_, index) => ({
    role: 'user',
    content: `the wind at ${index} backs and freshens`,
  })),
  stream: true,
})
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })

/** Milliseconds of `calls` calls, one after the other: to the first byte of the body, and to its end. */
export async function callsInTurn(url, calls, kind = 'json') {
  const times = []
  for (let call = 0; call < calls; call++) times.push(await post(url, BODIES[kind]))
  return times
}

/** Calls per second of `calls` calls over so many connections. */
export async function throughput(url, calls, connections) {
  let left = calls
  const start = performance.now()
  const one = async () => {
    while (left-- > 0) await post(url, BODIES.json)
  }
  await Promise.all(Array.from({ length: connections }, one))
  return calls / ((performance.now() - start) / 1000)
}

/** So many calls with 20 MB each, one after the other. */
export async function longCalls(url, calls) {
  for (let call = 0; call < calls; call++) await post(url, LONG)
}

function post(url, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: 'Bearer sk-bench-0123456789abcdef',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const start = performance.now()
    const req = http.request(`${url}/v1/chat/completions`, { method: 'POST', headers, agent }, (res) => {
      let first
      res.on('data', () => {
        first ??= performance.now() - start
      })
      res.once('end', () => {
        if (res.statusCode !== 200) reject(new Error(`status ${res.statusCode}`))
        else resolve({ first, whole: performance.now() - start })
      })
    })
    req.once('error', reject).end(body)
  })
}

// The program that the bench of the hook runs with and without it: `hook-program.mjs load|calls|awaits [fetch|openai]`, its calls go to
// OPENAI_BASE_URL. Prints milliseconds.

const [kind, client = 'fetch'] = process.argv.slice(2)
const BATCHES = 12
const CALLS = 40
const AWAITS = 200_000

const question = { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hello' }] }

const clients = {
  async fetch() {
    const url = `${process.env.OPENAI_BASE_URL}/chat/completions`
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(question)
    return async () => (await fetch(url, { method: 'POST', headers, body })).json()
  },
  async openai() {
    const { default: OpenAI } = await import('openai')
    const openai = new OpenAI({ apiKey: 'bench' })
    return () => openai.chat.completions.create(question)
  },
}
const began = performance.now()
const ask = await clients[client]()
const loadMs = performance.now() - began

/** An agent of some depth: each call is made within its loop, a step and a tool. */
const tool = async () => (await ask()).id
const step = async () => [await tool()]
async function agent(calls) {
  for (let call = 0; call < calls; call++) await step()
}

/** The quickest batch: what is slower is other work of the machine. */
async function best(batches, work) {
  let least = Number.POSITIVE_INFINITY
  for (let batch = 0; batch < batches; batch++) {
    const start = performance.now()
    await work()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

async function count(left) {
  if (left % 50 !== 0) return left
  await null
  return left
}

async function awaits() {
  let sum = 0
  for (let left = AWAITS; left > 0; left--) sum += await count(left)
  return sum
}

async function milliseconds() {
  if (kind === 'load') return loadMs
  // What a call sets up stays while the program awaits.
  await ask()
  return kind === 'calls' ? (await best(BATCHES, () => agent(CALLS))) / CALLS : best(5, awaits)
}
console.log(await milliseconds())

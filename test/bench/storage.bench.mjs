// A conversation that grows to 1,000 steps and 200,000 tokens: what a step costs the worker beside parsing and hashing its own
// request, and what the run takes on disk beside its distinct content.

import { createHash, hash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { figure, percentile } from './statistics.mjs'

const STEPS = 1000
/** Steps that are told, each with as many before it as the median is taken over. */
const MEASURED = [100, 300, 1000]
const WINDOW = 21
/** Two messages a step, together 200 tokens at 4 characters each. */
const MESSAGE_CHARACTERS = 400
const SYSTEM_CHARACTERS = 4000

/** What the names of its figures begin with. */
export const figures = ['storage']

export async function* measure(dist) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const worker = new Worker(join(dist, 'worker.js'), { workerData: { data: folder, assets: dist } })
  try {
    await said(worker, 'ready')
    const conversation = new Conversation()
    const costs = []
    for (let step = 1; step <= STEPS; step++) {
      const exchange = conversation.next()
      costs.push(await costOfStep(worker, exchange))
    }
    const medians = MEASURED.map((step) => medianOf(costs.slice(Math.max(0, step - WINDOW), step)))
    const what = 'JSON.parse and SHA-256 of the same request'
    for (const [index, { step, baseline }] of medians.entries())
      yield figure(`storage.step${MEASURED[index]}`, 'ms', step, baseline, what)
    // What a longer history adds: the ratio without what every call costs, however short.
    const [shortest, longest] = [medians[0], medians.at(-1)]
    const growth = (name) => longest[name] - shortest[name]
    yield figure(
      'storage.slope',
      'ms',
      growth('step'),
      growth('baseline'),
      `${what}, both from step 100 to 1000`,
    )
    await ended(worker)
    const bytes = statSync(join(folder, 'costflame.db')).size
    yield figure('storage.size', 'MB', bytes / 1e6, conversation.distinctBytes / 1e6, 'the distinct content')
  } finally {
    await worker.terminate()
    rmSync(folder, { recursive: true, force: true })
  }
}

function medianOf(costs) {
  const median = (name) =>
    percentile(
      costs.map((cost) => cost[name]),
      0.5,
    )
  return { step: median('step'), baseline: median('baseline') }
}

/** Processor time of the worker for one exchange beside the time of this thread: others want the cores too, and the worker gives way. */
async function costOfStep(worker, exchange) {
  const started = performance.now()
  hash('sha256', exchange.requestBody)
  JSON.parse(new TextDecoder().decode(exchange.requestBody))
  const baseline = performance.now() - started
  const before = await worker.cpuUsage()
  worker.postMessage({ type: 'calls', started: [], exchanges: [exchange] })
  await said(worker, 'stored', exchange.id)
  return { step: milliseconds(await worker.cpuUsage(before)), baseline }
}

function milliseconds({ user, system }) {
  return (user + system) / 1000
}

function said(worker, type, exchangeId) {
  return new Promise((resolve, reject) => {
    const listen = (message) => {
      if (message.type === 'log') reject(new Error(message.message))
      const isWanted = exchangeId === undefined || message.exchangeIds?.includes(exchangeId)
      if (message.type !== type || !isWanted) return
      worker.off('message', listen)
      resolve()
    }
    worker.on('message', listen)
  })
}

async function ended(worker) {
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  worker.postMessage({ type: 'close' })
  await exited
}

class Conversation {
  #random = randomFrom(7)
  #step = 0
  #messages = [{ role: 'system', content: this.#text(SYSTEM_CHARACTERS) }]
  #contents = new Set([this.#messages[0].content])

  /** Its request holds everything said so far and one more result of a tool; the reply asks for the next. */
  next() {
    this.#step++
    const question = this.#text(MESSAGE_CHARACTERS)
    const reply = this.#text(MESSAGE_CHARACTERS)
    const calls = [
      {
        id: toolCallId(this.#step),
        type: 'function',
        function: { name: 'search', arguments: '{"query":"ferry"}' },
      },
    ]
    const asked =
      this.#step === 1
        ? { role: 'user', content: question }
        : { role: 'tool', tool_call_id: toolCallId(this.#step - 1), content: question }
    this.#messages.push(asked)
    this.#contents.add(question).add(reply).add(calls[0].function.arguments)
    const request = JSON.stringify({ model: 'gpt-5-mini', messages: this.#messages })
    const message = { role: 'assistant', content: reply, tool_calls: calls }
    this.#messages.push(message)
    return this.#exchange(request, message)
  }

  /** UTF-8 bytes of all that was ever said, each once. */
  get distinctBytes() {
    return [...this.#contents].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  }

  #exchange(request, message) {
    const prompt = Math.round(request.length / 4)
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: 110,
      total_tokens: prompt + 110,
      prompt_tokens_details: { cached_tokens: Math.max(0, prompt - 400), audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    }
    const id = createHash('sha256').update(`${this.#step}`).digest('hex')
    const reply = JSON.stringify({
      id: `chatcmpl-${id.slice(0, 29)}`,
      object: 'chat.completion',
      model: 'gpt-5-mini-2025-08-07',
      choices: [{ index: 0, finish_reason: 'tool_calls', message }],
      usage,
    })
    return {
      id: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
      runId: 'bench-1b2e6a0e-6f0c-4b0e-8a53',
      provider: 'openai',
      method: 'POST',
      url: 'https://api.openai.com/v1/chat/completions',
      requestHeaders: { 'content-type': 'application/json' },
      requestBody: new TextEncoder().encode(request),
      status: 200,
      responseHeaders: { 'content-type': 'application/json' },
      responseBody: new TextEncoder().encode(reply),
      startTime: 1_795_341_600_000 + this.#step * 1500,
      firstByteMs: 812.25,
      durationMs: 1102.5,
      end: 'complete',
      copyTruncated: false,
      attribution: {},
    }
  }

  #text(characters) {
    let text = ''
    while (text.length < characters) text += `${WORDS[Math.floor(this.#random() * WORDS.length)]} `
    return text.slice(0, characters)
  }
}

/** As long as those of OpenAI. */
function toolCallId(step) {
  return `call_${createHash('sha256').update(`tool ${step}`).digest('base64url').slice(0, 24)}`
}

/** Syllables, so that the texts are neither all alike nor noise. */
const WORDS = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti'].flatMap((first) =>
  ['den', 'fer', 'gal', 'hom', 'kin', 'lor', 'mun', 'pes'].flatMap((second) =>
    ['', 'ed', 'ing', 's', 'ly', 'er', 'ment', 'al'].map((third) => first + second + third),
  ),
)

/** The same numbers on every machine. */
function randomFrom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

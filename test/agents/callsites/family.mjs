// A program that makes its calls from three places: itself, a child process and a worker thread.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic()
const file = fileURLToPath(import.meta.url)
const content = process.argv[2] ?? workerData ?? 'parent'

const messages = [{ role: 'user', content }]
await client.messages.create({ model: 'claude-haiku-4-5', max_tokens: 50, messages }) // <- ask

if (isMainThread && content === 'parent') {
  await once(fork(file, ['child']), 'exit')
  await once(new Worker(file, { workerData: 'thread' }), 'exit')
}

// The thread that reads prompts before they go up: adapters and tokenizer, off the thread that moves the bytes of the calls.

import { parentPort, workerData } from 'node:worker_threads'
import type { FromGateThread, GateThreadOptions, ToGateThread } from './gate-reader'
import { readContent } from './gate-reading'
import { RecentMap } from './model/recent-map'
import { loadTokenizer } from './tokens/tokenizer'
import { JsonMemory } from './wire/json-memory'

/** Characters of texts whose count is remembered: each comes again with every request of its conversation. */
const REMEMBERED_CHARACTERS = 16_000_000

const { assets } = workerData as GateThreadOptions
/** Requests of late: the next ones begin like them. */
const bodies = new JsonMemory()
const counts = new RecentMap<string, number>(REMEMBERED_CHARACTERS, (_, text) => text.length)

parentPort?.on('message', (message: ToGateThread) => void answer(message))

async function answer({ id, question }: ToGateThread): Promise<void> {
  try {
    const tokenizer = question.countsTokens ? await loadTokenizer(assets) : { count: () => 0 }
    const count = (text: string) => {
      const tokens = counts.get(text) ?? tokenizer.count(text)
      counts.set(text, tokens)
      return tokens
    }
    send({ id, answer: readContent(question, count, bodies) })
  } catch (error) {
    send({ id, problem: error instanceof Error ? error.message : String(error) })
  }
}

function send(message: FromGateThread): void {
  parentPort?.postMessage(message)
}

// The thread that reads prompts before they go up: adapters and tokenizer, off the thread that moves the bytes of the calls.

import { parentPort, workerData } from 'node:worker_threads'
import { attributionOfCall } from '../call-attribution'
import { SecretMemory } from '../capture/redact'
import { RecentMap } from '../model/recent-map'
import { loadTokenizer } from '../tokens/tokenizer'
import { watchedConfig } from '../watched-config'
import { JsonMemory } from '../wire/json-memory'
import type { FromGateThread, GateAnswer, GateThreadOptions, ToGateThread } from './asking'
import { countPrompt } from './prompt-count'
import { contentIn } from './reading'
import { exchangeOf, readRequest } from './request'

/** Characters of texts whose count is remembered: each comes again with every request of its conversation. */
const REMEMBERED_CHARACTERS = 16_000_000

const { assets, configFile, root } = workerData as GateThreadOptions
const config = watchedConfig(configFile, root)
/** Requests of late: the next ones begin like them. */
const bodies = new JsonMemory()
const counts = new RecentMap<string, number>(REMEMBERED_CHARACTERS, (_, text) => text.length)
/** Labels are masked where they are written. */
const secrets = new SecretMemory()

parentPort?.on('message', (message: ToGateThread) => void reply(message))

async function reply(message: ToGateThread): Promise<void> {
  const { id } = message
  try {
    send({ id, answer: await answerTo(message) })
  } catch (error) {
    send({ id, problem: error instanceof Error ? error.message : String(error) })
  }
}

async function answerTo({ asked, request }: ToGateThread): Promise<GateAnswer> {
  const { model } = request
  const file = config.current()?.file
  switch (asked.ask) {
    case 'content': {
      const { countsTokens } = asked
      const count = countsTokens ? await counter() : () => 0
      const retrievalTools = file?.retrievalTools ?? []
      return contentIn(readRequest(request, bodies), { countsTokens, retrievalTools, model, count })
    }
    case 'tokens': {
      const count = await counter()
      return { to: 'tokens', count: countPrompt(readRequest(request, bodies), model, count) }
    }
    case 'labels': {
      const sources = { rules: file?.rules ?? [], secrets }
      const reading = readRequest(request, bodies)
      return { to: 'labels', labels: attributionOfCall(exchangeOf(request), reading, {}, sources) }
    }
    default:
      return asked satisfies never
  }
}

/** Of a text that was counted before, its count. */
async function counter(): Promise<(text: string) => number> {
  const tokenizer = await loadTokenizer(assets)
  return (text) => {
    const tokens = counts.get(text) ?? tokenizer.count(text)
    counts.set(text, tokens)
    return tokens
  }
}

function send(message: FromGateThread): void {
  parentPort?.postMessage(message)
}

// A process of its own for each figure of analysis.bench.mjs: goes through a long run and says as JSON what that took.
//   parse STEPS SHAPE     JSON.parse of every request and reply
//   live STEPS SHAPE      reads them as the worker does, and brings the findings up to date after each
//   whole STEPS SHAPE     reads them all, then reckons the findings of the run

import { hash } from 'node:crypto'
import { HashedBlocks } from '../../profiler-agent/hashed-blocks'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import type { TracedExchange } from '../../profiler-agent/pipeline'
import { openPriceBook, priceInference } from '../../profiler-agent/pricing/price'
import { readExchange } from '../../profiler-agent/providers'
import { RunFindings } from '../../profiler-agent/run-findings'
import { JsonMemory } from '../../profiler-agent/wire/json-memory'
import { costOf } from '../support/spans'
import { longRun, SHAPES } from './long-run'

const [mode = 'live', steps = '100', wanted = 'cached'] = process.argv.slice(2)
const shape = SHAPES.find((each) => each === wanted) ?? 'cached'
const exchanges = longRun(Number(steps), shape)

function parse() {
  let ms = 0
  for (const { requestBody, responseBody } of exchanges) {
    const startedAt = process.cpuUsage()
    for (const body of [requestBody, responseBody]) JSON.parse(new TextDecoder().decode(body))
    ms += since(startedAt)
  }
  return { ms }
}

const texts = new Map<string, string>()
const context = {
  runId: 'bench',
  hashOf: (text: string) => hash('sha256', text),
  textOf: (contentHash: string) => texts.get(contentHash),
}

function live() {
  const reader = new Reader(texts)
  const findings = new RunFindings(context)
  const took: number[] = []
  for (const exchange of exchanges) {
    const read = reader.read(exchange)
    const startedAt = process.cpuUsage()
    findings.add(read)
    findings.findings({})
    took.push(since(startedAt))
  }
  return { ms: took.reduce((sum, each) => sum + each, 0), slowestMs: Math.max(...took) }
}

function whole() {
  const reader = new Reader(texts)
  const traced: TracedExchange[] = []
  for (const exchange of exchanges) traced.push(reader.read(exchange))
  const startedAt = process.cpuUsage()
  RunFindings.of(context, traced).findings({})
  return { ms: since(startedAt) }
}

/** Processor time in ms: others want the cores, too. */
function since(startedAt: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(startedAt)
  return (user + system) / 1000
}

/** From the bytes to what the analysis is told. */
class Reader {
  readonly #bodies = new JsonMemory()
  readonly #blocks = new HashedBlocks((text) => hash('sha256', text))
  readonly #book = openPriceBook()

  constructor(readonly texts: Map<string, string>) {}

  read(exchange: HttpExchange): TracedExchange {
    const { id, provider, startTime, durationMs } = exchange
    const reading = readExchange(exchange, this.#bodies)
    const inferences = reading.inferences.map((inference) => {
      const priced = priceInference(this.#book, exchange, inference)
      return { ...inference, cost: 'cost' in priced ? priced.cost : costOf() }
    })
    const prompt = this.#blocks.prompt(reading.prompt)
    for (const content of this.#blocks.takeNewContents())
      if (content.text !== null) this.texts.set(content.hash, content.text)
    return {
      exchange: { id, provider, startTime },
      endTime: startTime + durationMs,
      callSite: { file: 'agent.mjs', line: 7, column: 3, stack: [] },
      inferences,
      prompt,
      ...(reading.cacheSettings ? { settings: reading.cacheSettings } : {}),
    }
  }
}

const figures = mode === 'parse' ? parse() : mode === 'live' ? live() : whole()
process.stdout.write(JSON.stringify({ ...figures, rssMb: process.resourceUsage().maxRSS / 1024 }))

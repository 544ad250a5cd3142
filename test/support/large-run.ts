// A run of as many spans as wanted, as columns: agents one after the other and side by side, steps, calls, tools. The same number of
// spans gives the same run every time. What has a price has the price of its tokens, so that every sum can be reckoned by hand.

import type {
  Segment,
  SegmentCache,
  SegmentKind,
  SpanKind,
  SpanStatus,
} from '../../profiler-agent/model/span'
import { totalsOf } from '../../profiler-agent/model/totals'
import {
  at,
  Flag,
  hasFlag,
  type RunColumns,
  SPAN_KINDS,
  SPAN_STATUSES,
} from '../../profiler-agent/profile/columns'
import { emptyColumns, partsOf } from '../../profiler-agent/profile/columns-builder'
import { FrameTable, packTexts, StringTable } from '../../profiler-agent/profile/text-tables'

const AGENTS = ['orchestrator', 'orders', 'policy', 'refunds', 'search', 'writer']
const STEPS = ['plan', 'look up', 'compare', 'answer']
const TOOLS = ['get_order', 'search_docs', 'read_file', 'run_tests']
const MODELS = ['big-model-2', 'small-model-2', 'swift-model-1']
/** Pico-dollars per token. */
const PRICE = { fresh: 3_000_000, read: 300_000, write: 3_750_000, output: 15_000_000 }
const START = '2026-11-20T09:00:00.000Z'

/** Columns of a run of exactly `count` spans, the run among them; about half of them are calls, of five parts each. */
export function largeRun(count: number): RunColumns {
  return new Growing(count).finish()
}

/** The parts of one call of such a run, which has them itself up to 200,000 spans and has them asked for beyond. */
export function partsOfCall(columns: RunColumns, span: number): Segment[] {
  if (!hasFlag(columns, span, Flag.billed)) return []
  const [read, written, fresh, output] = [
    at(columns.cacheReadTokens, span),
    at(columns.cacheWriteTokens, span),
    at(columns.uncachedTokens, span),
    at(columns.outputTokens, span),
  ]
  const isPriced = !hasFlag(columns, span, Flag.unpriced)
  const tools = Math.floor(read / 3)
  const found = Math.floor(fresh / 2)
  const part = (path: string, kind: SegmentKind, cache: SegmentCache, tokens: number, name?: string) => {
    const price = kind === 'output' ? PRICE.output : cache === 'none' ? 0 : PRICE[cache]
    const named = name === undefined ? {} : { name }
    const picoUsd = isPriced ? tokens * price : null
    return {
      path,
      kind,
      ...named,
      tokens,
      picoUsd,
      cache,
      hash: `${kind}${span % 97}`,
      estimate: true as const,
    }
  }
  return [
    part('tools[0..3]', 'tool_def', 'read', tools),
    part('system', 'system', 'read', read - tools),
    part('messages[0..5]', 'user', 'write', written),
    part('messages[6]', 'tool_result', 'fresh', found, TOOLS[span % TOOLS.length]),
    part('messages[7]', 'user', 'fresh', fresh - found),
    part('output', 'output', 'none', output),
  ]
}

interface Place {
  readonly kind: SpanKind
  readonly name: string
  readonly parent: number
  readonly start: number
  readonly agent?: string
  readonly step?: string
}

/** Most parts that are sent along are a million. */
const MOST_WITH_PARTS = 200_000

class Growing {
  readonly #strings = new StringTable()
  readonly #frames = new FrameTable(this.#strings)
  readonly #random = randomNumbers(20_261_120)
  readonly #columns: ReturnType<typeof emptyColumns>
  readonly #ids: string[] = []
  #calls = 0

  constructor(readonly count: number) {
    this.#columns = emptyColumns(count)
    this.#add({ kind: 'run', name: 'node desk.mjs', parent: -1, start: 0 })
    let start = 0
    while (this.#ids.length < count) {
      const end = this.#addAgent(0, start)
      // Every third agent starts while the one before is at work.
      start = this.#random(3) === 0 ? (start + end) / 2 : end + this.#random(400)
    }
    this.#close(0, start)
  }

  finish(): RunColumns {
    const { count } = this
    const columns = {
      head: headOf(count),
      count,
      ...this.#columns,
      id: packTexts(this.#ids),
      strings: [],
      frames: this.#frames.finish(),
      parts: undefined,
    }
    const parts =
      count > MOST_WITH_PARTS
        ? undefined
        : partsOf(count, (span) => partsOfCall(columns, span), this.#strings)
    return { ...columns, parts, strings: this.#strings.finish() }
  }

  /** Gives the time when it ended. */
  #addAgent(parent: number, start: number): number {
    const agent = AGENTS[this.#random(AGENTS.length)] ?? ''
    const place = { kind: 'agent', name: agent, parent, start, agent } as const
    const span = this.#add(place)
    let now = start + this.#random(20)
    for (let step = 2 + this.#random(5); step > 0 && this.#ids.length < this.count; step--)
      now = this.#addStep(span, agent, now) + this.#random(30)
    return this.#close(span, now)
  }

  #addStep(parent: number, agent: string, start: number): number {
    const name = STEPS[this.#random(STEPS.length)] ?? ''
    const span = this.#add({ kind: 'step', name, parent, start, agent, step: name })
    let now = start + this.#random(5)
    for (let turn = 1 + this.#random(6); turn > 0 && this.#ids.length < this.count; turn--) {
      now = this.#addCall(span, agent, name, now)
      if (this.#random(4) === 0 || this.#ids.length >= this.count) continue
      const tool = this.#add({
        kind: 'tool',
        name: TOOLS[this.#random(TOOLS.length)] ?? '',
        parent: span,
        start: now,
        agent,
        step: name,
      })
      now = this.#close(tool, now + 1 + this.#random(900))
    }
    return this.#close(span, now)
  }

  #addCall(parent: number, agent: string, step: string, start: number): number {
    const model = MODELS[this.#random(MODELS.length)] ?? ''
    const span = this.#add({ kind: 'chat', name: model, parent, start, agent, step })
    const { flags, logical, stack } = this.#columns
    this.#columns.model[span] = this.#strings.index(model)
    this.#columns.provider[span] = this.#strings.index('anthropic')
    logical[span] = this.#calls++
    stack[span] = this.#frames.add([
      { file: 'src/main.ts', line: 12, function: 'main' },
      { file: `src/agents/${agent}.ts`, line: 40 + this.#random(4), function: 'answer' },
      { file: 'src/model.ts', line: 7, function: 'ask' },
    ])
    const fate = this.#random(200)
    flags[span] = Flag.call | Flag.counted | (fate === 0 ? 0 : Flag.billed) | (fate < 100 ? Flag.streamed : 0)
    if (fate === 0) this.#columns.status[span] = SPAN_STATUSES.indexOf('error' satisfies SpanStatus)
    else this.#bill(span, fate)
    return this.#close(span, start + 200 + this.#random(4_000))
  }

  #bill(span: number, fate: number) {
    const columns = this.#columns
    const [read, write, fresh, output] = [20_000, 3_000, 1_500, 700].map((most) => this.#random(most))
    columns.cacheReadTokens[span] = read ?? 0
    columns.cacheWriteTokens[span] = write ?? 0
    columns.uncachedTokens[span] = fresh ?? 0
    columns.outputTokens[span] = output ?? 0
    if (fate === 1) columns.flags[span] = at(columns.flags, span) | Flag.unpriced
    else {
      columns.picoUsd[span] =
        (read ?? 0) * PRICE.read +
        (write ?? 0) * PRICE.write +
        (fresh ?? 0) * PRICE.fresh +
        (output ?? 0) * PRICE.output
      if (fate < 20) columns.avoidablePicoUsd[span] = (write ?? 0) * PRICE.write
    }
    if (fate === 2) columns.flags[span] = at(columns.flags, span) | Flag.estimated
    if (fate === 3) columns.status[span] = SPAN_STATUSES.indexOf('truncated')
  }

  #add({ kind, name, parent, start, agent, step }: Place): number {
    const span = this.#ids.push(`span-${this.#ids.length}`) - 1
    const columns = this.#columns
    columns.parent[span] = parent
    columns.kind[span] = SPAN_KINDS.indexOf(kind)
    columns.name[span] = this.#strings.index(name)
    columns.agent[span] = this.#strings.index(agent)
    columns.step[span] = this.#strings.index(step)
    columns.start[span] = start
    return span
  }

  #close(span: number, end: number): number {
    this.#columns.duration[span] = end - at(this.#columns.start, span)
    return end
  }
}

function headOf(count: number): RunColumns['head'] {
  return {
    id: `run-of-${count}`,
    name: 'node desk.mjs',
    command: 'node desk.mjs',
    root: '/shop',
    startTime: START,
    tags: {},
    totals: totalsOf([]),
    findings: [],
  }
}

/** Whole numbers from 0 to below `below`, the same ones for a seed every time (a linear congruential generator). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

// Runs whose calls come from lines that the test names, put into a store as the pipeline would, with costs of the test's own.

import { hash } from 'node:crypto'
import { usdOf } from '../../profiler-agent/model/money'
import type { HashedBlock, SpanRecord } from '../../profiler-agent/model/record'
import type { CallSite, Cost, ModelCall, Span, SpanStatus } from '../../profiler-agent/model/span'
import { type Usage, usageOf } from '../../profiler-agent/model/usage'
import type { Store } from '../../profiler-agent/store/store'
import { costOf as costOfSpan } from './spans'

/** Noon, wherever the test runs, so that no day ends in between. */
export const NOON = new Date(2026, 10, 20, 12).getTime()

export interface RecordedRun {
  readonly id: string
  /** Ms since the epoch; noon, and an hour later with each run. */
  readonly startedAt?: number
  readonly root?: string
  readonly gitCommit?: string
}

export interface RecordedCall {
  /** `desk.ts:12`, `desk.ts:12:9` or `desk.ts:12 plan` with its function; absent where nobody knows it. */
  readonly at?: string
  /** `null` where it has no price. */
  readonly picoUsd?: number | null
  readonly atLeast?: boolean
  /** Tokens: fresh, read from a cache, written to one, put out. */
  readonly fresh?: number | null
  readonly read?: number | null
  readonly written?: number | null
  readonly output?: number | null
  readonly origin?: Usage['origin']
  readonly model?: string
  readonly status?: SpanStatus
  /** In the provider's own word. */
  readonly finishReason?: string
  readonly billed?: boolean
  readonly agent?: string
  readonly step?: string
  readonly intent?: string
  readonly parentId?: string
  /** Id of the first attempt, for one that is not the first. */
  readonly retryOf?: string
  readonly attempt?: number
  /** Texts of its prompt by kind, and of its reply. */
  readonly system?: string
  readonly user?: string
  readonly reply?: string
  /** Ms after the call before, or after the run began; a second. */
  readonly after?: number
}

export class RecordedLines {
  #runs = 0
  #calls = 0
  readonly #clock = new Map<string, number>()

  constructor(readonly store: Store) {}

  run({ id, startedAt = NOON + this.#runs * 3_600_000, root = '/desk', gitCommit }: RecordedRun): string {
    this.#runs++
    this.#clock.set(id, startedAt)
    const commit = gitCommit === undefined ? {} : { gitCommit }
    this.store.addRun({ id, name: id, root, startedAt, ...commit, tags: {}, defaults: {} })
    this.store.write(id, { spans: [this.#span(id, { id, kind: 'run', name: id })], contents: [] }, startedAt)
    return id
  }

  /** An agent or a step around calls. */
  scope(runId: string, span: Pick<Span, 'id' | 'kind' | 'name'> & Partial<SpanRecord>): string {
    this.store.write(runId, { spans: [this.#span(runId, span)], contents: [] }, this.#now(runId))
    return span.id
  }

  /** Gives the id of its span. */
  call(runId: string, said: RecordedCall = {}): string {
    const id = `call-${++this.#calls}`
    this.#clock.set(runId, this.#now(runId) + (said.after ?? 1000))
    const { at, agent, step, intent, parentId = runId, status = 'ok' } = said
    const prompt = [
      ...blocks('system', 'system', said.system),
      ...blocks(
        'messages[0]',
        'user',
        said.user ?? (said.system === undefined ? `question ${id}` : undefined),
      ),
    ]
    const reply = blocks('output', 'output', said.reply ?? `answer ${id}`)
    const span = this.#span(runId, {
      ...{ id, kind: 'chat', name: `chat ${said.model ?? 'm'}`, parentId, status },
      ...(at === undefined ? {} : { callSite: siteOf(at) }),
      ...(agent === undefined ? {} : { agent }),
      ...(step === undefined ? {} : { step }),
      ...(intent === undefined ? {} : { intent }),
      call: { modelCall: modelCallOf(id, said), prompt: prompt.map(blockOf), reply: reply.map(blockOf) },
    })
    const contents = [...prompt, ...reply].map(({ text }) => ({ hash: hashOf(text), text }))
    this.store.write(runId, { spans: [span], contents }, this.#now(runId))
    return id
  }

  #now(runId: string): number {
    return this.#clock.get(runId) ?? NOON
  }

  #span(runId: string, span: Pick<Span, 'id' | 'kind' | 'name'> & Partial<SpanRecord>): SpanRecord {
    const now = this.#now(runId)
    const place = { runId, parentBasis: 'hook', status: 'ok', startedAt: now, endedAt: now } as const
    return { ...place, attributes: {}, ...(span.id === runId ? {} : { parentId: runId }), ...span }
  }
}

function siteOf(at: string): CallSite {
  const [, file = '', line, column, name] = /^(.+?):(\d+)(?::(\d+))?(?: (.+))?$/.exec(at) ?? []
  const frame = {
    ...{ file, line: Number(line) },
    ...(column === undefined ? {} : { column: Number(column) }),
    ...(name === undefined ? {} : { function: name }),
  }
  return { ...frame, stack: [frame] }
}

/** A call whose provider says nothing of caches has 100 tokens of input and 10 of output. */
function modelCallOf(id: string, said: RecordedCall): Omit<ModelCall, 'segments'> {
  const { model = 'm', billed = true, fresh = 100, read = null, written = null, output = 10 } = said
  const tokens = (count: number | null) => (billed ? count : null)
  const buckets = {
    uncachedInputTokens: tokens(fresh),
    cacheReadTokens: tokens(read),
    cacheWriteTokens: { '5m': tokens(written) },
    outputTokens: tokens(output),
  }
  return {
    ...{ provider: 'anthropic', wireFormat: 'anthropic.messages', endpoint: '/v1/messages' },
    ...{ requestModel: model, responseModel: model, stream: false, billed, httpStatus: billed ? 200 : 500 },
    attempt: { logicalId: said.retryOf ?? id, number: said.attempt ?? 1 },
    ...(said.finishReason === undefined ? {} : { finishReason: said.finishReason }),
    usage: usageOf(buckets, billed ? (said.origin ?? 'reported') : 'unknown', null),
    cost: billed ? costOf(said) : null,
  }
}

/** A tenth is output, the rest input: read from a cache, written to one, fresh, in that order of what there is. */
function costOf({ picoUsd = 1000, atLeast, read, written }: RecordedCall): Cost | null {
  if (picoUsd === null) return null
  const output = Math.floor(picoUsd / 10)
  const cacheRead = read ? Math.floor(picoUsd / 5) : 0
  const cacheWrite = written ? Math.floor(picoUsd / 5) : 0
  const uncachedInput = picoUsd - output - cacheRead - cacheWrite
  return {
    ...costOfSpan(),
    ...{ picoUsd, usd: usdOf(picoUsd) },
    ...(atLeast ? { atLeast: true } : {}),
    byBucket: { uncachedInput, cacheRead, cacheWrite, output, units: 0 },
  }
}

interface TextBlock extends Pick<HashedBlock, 'path' | 'kind'> {
  readonly text: string
}

function blocks(path: string, kind: HashedBlock['kind'], text: string | undefined): TextBlock[] {
  return text === undefined ? [] : [{ path, kind, text }]
}

function blockOf({ path, kind, text }: TextBlock): HashedBlock {
  return { path, kind, hash: hashOf(text) }
}

function hashOf(text: string): string {
  return hash('sha256', text)
}

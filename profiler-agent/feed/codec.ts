// Decodes and checks what comes in over the feed, once; after that it is trusted. Throws nothing: what is wrong is said in words.

import { splitFrame } from './binary-frame'
import { type ClientMessage, FEED_VERSION, type ReadyLine, type ServerMessage } from './protocol'
import {
  anything,
  type Check,
  count,
  exactly,
  flag,
  isObject,
  list,
  nothing,
  nullable,
  object,
  optional,
  record,
  text,
  variant,
} from './shape'

export type Decoded<Message> =
  | { readonly ok: true; readonly value: Message }
  | { readonly ok: false; readonly message: string }

const usage = object({
  inputTokens: nullable(count),
  uncachedInputTokens: nullable(count),
  cacheReadTokens: nullable(count),
  cacheWriteTokens: object({}),
  outputTokens: nullable(count),
  units: object({}),
  origin: exactly('reported', 'partial', 'estimated', 'unknown'),
})

const totals = object({
  calls: count,
  attempts: count,
  errors: count,
  unpricedCalls: count,
  usage,
  cost: nullable(object({ picoUsd: count })),
})

const frame = { file: text, line: count, column: optional(count), function: optional(text) }
const callSite = object({ ...frame, stack: list(object(frame)) })
const sameCode = object({ index: count, count, inFunction: count, rival: count })
const codeRegion = object({ line: count, column: count, endLine: count, endColumn: count })
const anchor = object({
  ...{
    code: text,
    before: list(text),
    after: list(text),
    function: optional(text),
    parts: optional(list(text)),
  },
  ...{ callee: optional(text), above: optional(text), below: optional(text) },
  ...{
    among: optional(sameCode),
    rival: optional(count),
    text: optional(text),
    region: optional(codeRegion),
  },
})
const location = {
  anchor: optional(anchor),
  file: text,
  line: count,
  column: count,
  endLine: optional(count),
  endColumn: optional(count),
}

const finding = object({
  id: text,
  rule: text,
  severity: exactly('error', 'warning', 'info', 'hint'),
  message: text,
  runId: text,
  spanIds: list(text),
  location: optional(object(location)),
  relatedLocations: list(object({ ...location, message: text })),
})

const summary = object({
  id: text,
  name: text,
  command: optional(text),
  root: optional(text),
  startTime: text,
  endTime: optional(text),
  gitCommit: optional(text),
  active: flag,
  totals,
  findings: count,
  revision: count,
})

const segment = object({ path: text, kind: text, tokens: count, picoUsd: nullable(count) })

const span = object({
  id: text,
  parentId: optional(text),
  kind: text,
  name: text,
  startTime: text,
  endTime: text,
  durationMs: count,
  status: text,
  callSite: optional(callSite),
  modelCall: optional(
    object({
      provider: text,
      requestModel: text,
      attempt: object({ logicalId: text, number: count }),
      usage,
      cost: nullable(object({ picoUsd: count, byBucket: record(count), prices: object({}) })),
      segments: list(segment),
    }),
  ),
})

const run = object({
  id: text,
  name: text,
  startTime: text,
  tags: object({}),
  totals,
  spans: list(span),
  findings: list(finding),
})

const detail = object({
  summary,
  callSites: list(object({ callSite, totals, spanId: text })),
  findings: list(finding),
  agentsOfFindings: optional(record(list(text))),
})

const percentiles = object({ p50: count, p95: count, p99: count })

const limitUse = object({
  scope: variant('kind', {
    agent: object({ agent: text, intent: optional(text) }),
    step: object({ agent: text, intent: optional(text), step: text }),
    workflow: object({ workflow: text, rootAgent: text }),
    run: object({}),
    day: object({}),
  }),
  limit: text,
  allowed: count,
  n: count,
  percentiles: nullable(percentiles),
  worst: optional(count),
  verdict: exactly('over', 'near', 'fine', 'indeterminate', 'stale'),
  last: list(object({ runId: text, spanId: text, startTime: text, value: nullable(count), isOver: flag })),
})

const measuredAgent = object({ agent: text, intents: list(text), steps: list(text) })

const lineCost = object({
  callSite: object(frame),
  root: optional(text),
  anchor: optional(anchor),
  runId: text,
  startTime: text,
  active: flag,
  totals,
  share: nullable(count),
  spanId: text,
  agents: list(text),
  steps: list(text),
  models: list(text),
  past: list(
    object({
      ...{ runId: text, startTime: text, gitCommit: optional(text), calls: count },
      ...{ picoUsd: nullable(count), atLeast: flag, cacheShare: nullable(count) },
    }),
  ),
})
const linePart = { kind: text, tokens: nullable(count), picoUsd: nullable(count) }
const lineDetail = object({
  byKind: nullable(list(object(linePart))),
  byCache: list(object(linePart)),
  byModel: list(object({ ...linePart, calls: count })),
  limits: list(limitUse),
  outputPerCall: optional(object({ calls: count, p50: count, p95: count, p99: count, max: count })),
})
const costPercentiles = nullable(object({ p50: count, p95: count }))
const namedCost = {
  invocations: count,
  picoUsd: costPercentiles,
  last: object({ runId: text, spanId: text, startTime: text }),
}
const agentCost = object({
  ...{ agent: text, version: optional(text), totals, ...namedCost },
  intents: list(object({ name: text, ...namedCost })),
  steps: list(object({ name: text, ...namedCost })),
})

const promptText = { path: text, kind: text, hash: text, text: nullable(text), characters: nullable(count) }
const block = object({ ...promptText, tokens: count, picoUsd: nullable(count), cache: text })

const runAnswers = {
  // Those that are there come in a binary frame.
  columns: object({ columns: nothing }),
  span: object({
    found: nullable(
      object({
        span,
        totals,
        byBucket: nullable(record(count)),
        before: optional(text),
        after: optional(text),
        runBefore: optional(object({ runId: text, spanId: text, picoUsd: nullable(count) })),
        attempts: list(text),
      }),
    ),
  }),
  parts: object({ segments: list(list(segment)) }),
  prompt: object({
    prompt: nullable(
      object({
        isBilled: flag,
        blocks: list(block),
        reply: list(block),
        before: optional(
          object({
            ...{ spanId: text, basis: text, firstDivergence: nullable(count) },
            gone: list(object({ ...promptText, at: count })),
            cause: optional(object({ rule: text, message: text })),
          }),
        ),
      }),
    ),
  }),
  text: object({ text: nullable(text) }),
  promptShares: object({
    shares: list(
      object({ kind: text, name: text, hash: text, calls: count, tokens: count, picoUsd: nullable(count) }),
    ),
  }),
  invocations: object({
    invocations: list(
      object({ agent: text, runId: text, spanId: text, startTime: text, picoUsd: nullable(count) }),
    ),
  }),
  limits: object({ limits: list(limitUse) }),
  otherRuns: object({
    runs: list(
      object({ id: text, name: text, startTime: text, picoUsd: nullable(count), calls: optional(count) }),
    ),
  }),
}

const answerBody = variant('to', {
  ...runAnswers,
  run: object({ run: nullable(run) }),
  runDetail: object({ detail: nullable(detail) }),
  environment: object({ variables: record(text), upstreams: optional(record(text)) }),
  olderRuns: object({ runs: list(summary) }),
  deleteRuns: object({ deleted: count }),
  html: object({ html: nullable(text) }),
  budgets: object({ limits: list(limitUse), agents: list(measuredAgent) }),
  lines: object({ lines: list(lineCost) }),
  line: object({ detail: nullable(lineDetail) }),
  spentToday: object({
    spent: object({
      ...{ day: text, picoUsd: nullable(count), atLeast: flag, calls: count },
      ...{ allowedUsdPerDay: optional(count), allowedUsdPerRun: optional(count) },
    }),
  }),
  agents: object({ agents: list(agentCost) }),
  stopRun: object({ stopped: flag }),
})

const serverMessage = variant('type', {
  hello: object({ feed: count, version: text, pid: count, data: text }),
  state: object({ revision: count, runs: list(summary) }),
  answer: object({ id: count, body: answerBody }),
  failure: object({ id: count, message: text }),
})

const question = variant('ask', {
  columns: object({ runIds: list(text) }),
  span: object({ runId: text, spanId: text }),
  parts: object({ runId: text, spanIds: list(text) }),
  prompt: object({ runId: text, spanId: text }),
  text: object({ hash: text }),
  promptShares: object({ runId: text }),
  invocations: object({ runId: text }),
  limits: object({ runId: text }),
  otherRuns: object({ runId: text }),
  run: object({ runId: text }),
  runDetail: object({ runId: text }),
  environment: object({ environment: record(text), runId: optional(text) }),
  olderRuns: object({ runId: text, limit: count }),
  deleteRuns: object({ runIds: list(text) }),
  html: object({ runId: text }),
  budgets: object({ text: optional(text) }),
  lines: object({}),
  line: object({ runId: text, file: text, line: count }),
  spentToday: object({}),
  agents: object({}),
  stopRun: object({ runId: text }),
})

const clientMessage = variant('type', { question: object({ id: count, question }) })

const readyLine = object({
  event: exactly('ready'),
  version: text,
  pid: count,
  proxy: text,
  feed: text,
  token: text,
  otlp: anything,
  data: text,
})

/** A message of the profiler. A profiler that speaks another version of the feed is told from a broken message. */
export function decodeServerMessage(json: string): Decoded<ServerMessage> {
  const parsed = parse(json)
  if (!parsed.ok) return parsed
  const other = otherVersion(parsed.value)
  return other === undefined
    ? checked<ServerMessage>(parsed.value, serverMessage)
    : { ok: false, message: other }
}

/** A message whose last part is columns of a run: what of it is JSON, then the columns as they are. */
export function decodeServerFrame(frame: Uint8Array): Decoded<ServerMessage> {
  const split = splitFrame(frame)
  if (split === undefined) return { ok: false, message: 'a binary frame that is cut short' }
  const decoded = decodeServerMessage(split.json)
  if (!decoded.ok || decoded.value.type !== 'answer' || decoded.value.body.to !== 'columns') return decoded
  return { ok: true, value: { ...decoded.value, body: { to: 'columns', columns: split.bytes } } }
}

/** A message of a reader of the feed. */
export function decodeClientMessage(json: string): Decoded<ClientMessage> {
  const parsed = parse(json)
  return parsed.ok ? checked<ClientMessage>(parsed.value, clientMessage) : parsed
}

/** The line that a profiler prints when it listens, or the content of its file in `data/live/`. */
export function decodeReadyLine(json: string): Decoded<ReadyLine> {
  const parsed = parse(json)
  return parsed.ok ? checked<ReadyLine>(parsed.value, readyLine) : parsed
}

/** Checked before the shape, because another version may have another shape. */
function otherVersion(value: unknown): string | undefined {
  if (!isObject(value) || value.type !== 'hello' || typeof value.feed !== 'number') return undefined
  if (value.feed === FEED_VERSION) return undefined
  const older = value.feed < FEED_VERSION ? 'profiler' : 'extension'
  return `The profiler speaks feed version ${value.feed}, this extension version ${FEED_VERSION}. Update the ${older}, or stop that profiler.`
}

function parse(json: string): Decoded<unknown> {
  try {
    return { ok: true, value: JSON.parse(json) }
  } catch (error) {
    return { ok: false, message: `not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** The one place where a checked value gets its type. */
function checked<Message>(value: unknown, check: Check): Decoded<Message> {
  const wrong = check(value, '')
  return wrong === undefined ? { ok: true, value: value as Message } : { ok: false, message: wrong }
}

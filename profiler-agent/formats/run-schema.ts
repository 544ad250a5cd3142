// The shape of `costflame.run/1` for programs: checks files that come from elsewhere, and is where the published JSON Schema is made from.

import * as z from 'zod'
import { RUN_SCHEMA } from '../model/span'

const tokens = z.int().min(0).nullable()
const picoUsd = z.int().min(0)
const time = z.iso.datetime()
const labels = z.record(z.string(), z.string())

const usage = z.looseObject({
  inputTokens: tokens,
  uncachedInputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: z.object({ '5m': tokens, '30m': tokens, '1h': tokens, '12h': tokens, unknown: tokens }),
  outputTokens: tokens,
  reasoningTokens: tokens.optional(),
  units: z.record(z.string(), z.number()),
  origin: z.enum(['reported', 'partial', 'estimated', 'unknown']),
  raw: z.unknown(),
})

const totals = z.looseObject({
  calls: z.int().min(0),
  attempts: z.int().min(0),
  errors: z.int().min(0),
  unpricedCalls: z.int().min(0),
  usage,
  cost: z.looseObject({ picoUsd, usd: z.number(), atLeast: z.boolean().optional() }).nullable(),
})

const frame = z.looseObject({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1).optional(),
  function: z.string().optional(),
})

const cost = z.looseObject({
  picoUsd,
  usd: z.number(),
  source: z.enum(['override', 'provider', 'catalog']),
  atLeast: z.boolean().optional(),
  byBucket: z.object({
    uncachedInput: picoUsd,
    cacheRead: picoUsd,
    cacheWrite: picoUsd,
    output: picoUsd,
    units: picoUsd,
  }),
  prices: z.looseObject({}),
  book: z.string(),
  pricedAt: time,
  pricedAtBasis: z.enum(['call', 'recorded', 'import']),
})

const segment = z.looseObject({
  path: z.string(),
  kind: z.string(),
  name: z.string().optional(),
  tokens: z.int().min(0),
  picoUsd: picoUsd.nullable(),
  cache: z.enum(['read', 'write', 'fresh', 'none']),
  hash: z.string(),
  estimate: z.literal(true),
})

const cacheSettings = z.looseObject({
  lifetime: z.string().optional(),
  mode: z.enum(['automatic', 'explicit']).optional(),
  key: z.string().optional(),
  cachedContent: z.string().optional(),
  parameters: labels.optional(),
  unseen: z.enum(['held', 'edited', 'cut', 'redacted']).optional(),
  missReason: z.string().optional(),
  missedTokens: z.int().min(0).optional(),
})

const modelCall = z.looseObject({
  provider: z.string(),
  wireFormat: z.string(),
  endpoint: z.string(),
  requestModel: z.string(),
  responseModel: z.string().optional(),
  responseId: z.string().optional(),
  finishReason: z.string().optional(),
  stream: z.boolean(),
  billed: z.boolean(),
  timeToFirstTokenMs: z.number().optional(),
  attempt: z.looseObject({ logicalId: z.string(), number: z.int().min(1) }),
  httpStatus: z.int(),
  error: z.looseObject({ status: z.int(), code: z.string().optional(), message: z.string() }).optional(),
  usage,
  cost: cost.nullable(),
  unpricedReason: z.string().optional(),
  tier: z.string().optional(),
  cacheSettings: cacheSettings.optional(),
  segments: z.array(segment),
})

const span = z.looseObject({
  id: z.string(),
  parentId: z.string().optional(),
  parentBasis: z.enum(['header', 'hook', 'otel', 'traffic', 'none']),
  kind: z.enum(['run', 'agent', 'step', 'chat', 'embeddings', 'rerank', 'tool', 'retrieval', 'other']),
  name: z.string(),
  startTime: time,
  endTime: time,
  durationMs: z.number().min(0),
  status: z.enum(['ok', 'error', 'aborted', 'blocked', 'truncated']),
  tags: labels.optional(),
  outcome: z
    .looseObject({ status: z.string(), value: z.number().optional() })
    .catchall(z.union([z.string(), z.number(), z.boolean()]))
    .optional(),
  callSite: frame.extend({ stack: z.array(frame) }).optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  modelCall: modelCall.optional(),
})

const location = z.looseObject({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  endLine: z.int().min(1).optional(),
  endColumn: z.int().min(1).optional(),
})

const textEdit = location
  .required({ endLine: true, endColumn: true })
  .extend({ newText: z.string(), fileHash: z.string() })

const finding = z.looseObject({
  id: z.string(),
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info', 'hint']),
  message: z.string(),
  runId: z.string(),
  spanIds: z.array(z.string()),
  location: location.optional(),
  relatedLocations: z.array(location),
  evidence: z.record(z.string(), z.unknown()),
  saving: z
    .looseObject({
      picoUsd,
      perRun: z.boolean(),
      assumption: z.string(),
      certainty: z.enum(['expected', 'upTo']),
    })
    .optional(),
  fix: z
    .looseObject({
      title: z.string(),
      safety: z.enum(['safe', 'review']),
      edits: z.array(textEdit).optional(),
    })
    .optional(),
})

const run = z.looseObject({
  id: z.string(),
  name: z.string(),
  command: z.string().optional(),
  root: z.string().optional(),
  startTime: time,
  endTime: time.optional(),
  gitCommit: z.string().optional(),
  tags: labels,
  totals,
  spans: z.array(span),
  findings: z.array(finding),
})

/** Unknown keys are let through, so that a file of a later minor version can still be read. */
export const runFileSchema = z.looseObject({ schema: z.literal(RUN_SCHEMA), runs: z.array(run) })

/** JSON Schema (draft 2020-12) of `costflame.run/1`. */
export function runFileJsonSchema(): object {
  return z.toJSONSchema(runFileSchema, { io: 'input' })
}

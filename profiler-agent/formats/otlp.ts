// Runs as OpenTelemetry traces in OTLP's JSON encoding, with the names of the GenAI semantic conventions (as of 2026-11; none is stable).
// Only spans that bill carry usage, so that whoever sums the spans counts nothing twice. What the conventions have no name for is `costflame.*`.

import { createHash } from 'node:crypto'
import { present } from '../model/present'
import type { ModelCall, Run, Span } from '../model/span'
import { cacheWriteTotal } from '../model/usage'

interface KeyValue {
  readonly key: string
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
    | { readonly boolValue: boolean }
    | { readonly arrayValue: { readonly values: readonly { readonly stringValue: string }[] } }
}

type Attribute = string | number | boolean | readonly string[] | null | undefined

/** Providers that the conventions name otherwise. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  vertex: 'gcp.vertex_ai',
  xai: 'x_ai',
}

const OPERATIONS: Readonly<Partial<Record<Span['kind'], string>>> = {
  agent: 'invoke_agent',
  chat: 'chat',
  embeddings: 'embeddings',
  tool: 'execute_tool',
  retrieval: 'retrieval',
}

const [INTERNAL, CLIENT] = [1, 3]
const [UNSET, ERROR] = [0, 2]

/** One `ExportTraceServiceRequest`, as a collector takes it at `/v1/traces`; a trace for each run. */
export function otlpExport(runs: readonly Run[], version: string): string {
  const resourceSpans = runs.map((run) => ({
    resource: {
      attributes: attributesOf({
        'service.name': run.name,
        'vcs.ref.head.revision': run.gitCommit,
        'costflame.run.id': run.id,
      }),
    },
    scopeSpans: [
      { scope: { name: 'costflame', version }, spans: run.spans.map((span) => otlpSpan(run, span)) },
    ],
  }))
  return `${JSON.stringify({ resourceSpans }, null, 1)}\n`
}

function otlpSpan(run: Run, span: Span) {
  const start = Date.parse(span.startTime)
  const isProblem = span.status === 'error' || span.status === 'truncated' || span.status === 'blocked'
  return {
    traceId: hexId(run.id, 32),
    spanId: hexId(span.id, 16),
    ...present({ parentSpanId: span.parentId === undefined ? undefined : hexId(span.parentId, 16) }),
    name: otlpName(span),
    kind: span.modelCall ? CLIENT : INTERNAL,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(start + Math.max(0, span.durationMs)),
    attributes: attributesOf({ ...spanAttributes(span), ...callAttributes(span.modelCall) }),
    status: isProblem
      ? { code: ERROR, message: span.modelCall?.error?.message ?? span.status }
      : { code: UNSET },
  }
}

/** `chat gpt-5`, `execute_tool search`, `invoke_agent desk`; what is no operation of the conventions keeps its name. */
function otlpName(span: Span): string {
  const operation = OPERATIONS[span.kind]
  if (operation === undefined) return span.name
  return `${operation} ${span.modelCall?.requestModel ?? span.name}`
}

function spanAttributes(span: Span): Record<string, Attribute> {
  const site = span.callSite
  return {
    'gen_ai.operation.name': OPERATIONS[span.kind],
    'gen_ai.agent.name': span.agent,
    'gen_ai.agent.version': span.agentVersion,
    'gen_ai.conversation.id': span.session,
    'gen_ai.tool.name': span.kind === 'tool' ? span.name : undefined,
    'code.file.path': site?.file,
    'code.line.number': site?.line,
    'code.column.number': site?.column,
    'code.function.name': site?.function,
    'costflame.kind': span.kind,
    'costflame.status': span.status,
    'costflame.step': span.step,
    'costflame.intent': span.intent,
    'costflame.tenant': span.tenant,
    'costflame.outcome': span.outcome?.status,
    ...span.attributes,
  }
}

function callAttributes(call: ModelCall | undefined): Record<string, Attribute> {
  if (call === undefined) return {}
  const { usage, cost } = call
  return {
    'gen_ai.provider.name': PROVIDER_NAMES[call.provider] ?? call.provider,
    'gen_ai.request.model': call.requestModel,
    'gen_ai.response.model': call.responseModel,
    'gen_ai.response.id': call.responseId,
    'gen_ai.response.finish_reasons': call.finishReason === undefined ? undefined : [call.finishReason],
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
    'gen_ai.usage.cache_write.input_tokens': cacheWriteTotal(usage),
    'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens,
    'http.response.status_code': call.httpStatus > 0 ? call.httpStatus : undefined,
    'error.type': call.error?.code ?? (call.error ? String(call.error.status) : undefined),
    'costflame.usage.origin': usage.origin,
    'costflame.billed': call.billed,
    'costflame.attempt': call.attempt.number,
    'costflame.logical_id': call.attempt.logicalId,
    'costflame.cost.pico_usd': cost?.picoUsd,
    'costflame.cost.source': cost?.source,
    'costflame.cost.at_least': cost?.atLeast,
    'costflame.unpriced_reason': call.unpricedReason,
  }
}

/** Unknown values are left out, never 0. */
function attributesOf(values: Readonly<Record<string, Attribute>>): KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: anyValue(value) }],
  )
}

function anyValue(value: NonNullable<Attribute>): KeyValue['value'] {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number')
    return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Ids that are of OTel's form already stay what they are, so that our spans join those of the program; others are hashed to it. */
function hexId(id: string, digits: 16 | 32): string {
  const isHex = id.length === digits && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id)
  return isHex ? id : createHash('sha256').update(id).digest('hex').slice(0, digits)
}

function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms * 1000))}000`
}

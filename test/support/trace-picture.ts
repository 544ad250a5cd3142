// Traces as pictures: a line of text is an exchange on the way in, a line of an indented tree is a span on the way out.

import type { Block } from '../../profiler-agent/model/call'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { present } from '../../profiler-agent/model/present'
import type { HashedBlock, SpanRecord } from '../../profiler-agent/model/record'
import type { CallSite, Cost } from '../../profiler-agent/model/span'
import { usageOf } from '../../profiler-agent/model/usage'
import type { PricedInference, TraceInput } from '../../profiler-agent/trace/exchange-facts'
import { RunTrace } from '../../profiler-agent/trace/trace'

const KINDS = {
  S: 'system',
  T: 'tool_def',
  U: 'user',
  A: 'assistant',
  C: 'tool_call',
  R: 'tool_result',
  D: 'retrieval',
} as const satisfies Record<string, HashedBlock['kind']>

/**
 * Blocks from text: `S1 Uhello Csearch#t1 Rsearch#t1`. The first letter is the kind (System, Tool definition, User, Assistant,
 * tool Call, tool Result, Document), `#` brings the id of a tool call (`#?`: it has none); equal texts have equal hashes.
 */
export function blocksOf(text: string): HashedBlock[] {
  return text.split(/\s+/).filter(Boolean).map(blockOf)
}

function blockOf(word: string, index: number): HashedBlock {
  const kind = KINDS[word.charAt(0) as keyof typeof KINDS]
  if (kind === undefined)
    throw new Error(`a block begins with one of ${Object.keys(KINDS).join('')}: ${word}`)
  const [name = '', toolCallId] = word.slice(1).split('#')
  const isTool = toolCallId !== undefined || kind === 'tool_def'
  const id = toolCallId === undefined || toolCallId.startsWith('?') ? {} : { toolCallId }
  return { path: `messages[${index}]`, kind, hash: word, ...(isTool ? { name } : {}), ...id }
}

/** What words stand for; a word that is not here is its own text. */
export type Texts = Readonly<Record<string, string>>

/**
 * An exchange from a line: `id start..end prompt blocks > reply blocks | key=value …`. Keys: `agent step parent context trace session` as the
 * headers say them, `rule=1` where a rule names the agent, `stack=function@file:line,…` innermost first, `status end model retry previous conversation body kind inferences` (0: not a
 * model call). Times are ms after the start of the run.
 */
export function traceInput(line: string, texts: Texts = {}): TraceInput {
  const [call = '', facts = ''] = line.split('|')
  const [asked = '', replied = ''] = call.split('>')
  const [id = '', times = '', ...words] = asked.trim().split(/\s+/)
  const [start = 0, end = 0] = times.split('..').map(Number)
  const said = Object.fromEntries(
    facts
      .split(' ')
      .filter(Boolean)
      .map((fact) => fact.split('=')),
  )
  const prompt = blocksOf(words.join(' '))
  const reply = blocksOf(replied).map((block) =>
    block.kind === 'assistant' ? { ...block, kind: 'output' as const } : block,
  )
  const count = Number(said.inferences ?? 1)
  const textsOf = (blocks: readonly HashedBlock[]): Block[] =>
    blocks.map((block) => ({ ...block, content: texts[block.hash] ?? block.hash.slice(1) }))
  return {
    exchange: exchangeOf(id, start, end, said),
    reading: {
      wireFormat: 'openai-chat',
      stream: false,
      inferences: [],
      prompt: textsOf(prompt),
      reply: textsOf(reply),
      malformed: 0,
      unfinished: said.end === 'unfinished',
      ...(said.previous === undefined ? {} : { previousResponseId: `response-${said.previous}` }),
      ...present({ conversationId: said.conversation }),
    },
    inferences: Array.from({ length: count }, () => inferenceOf(id, said)),
    prompt,
    reply,
    bodyHash: said.body ?? `${said.model ?? ''} ${words.join(' ')}`,
    ...(said.stack === undefined ? {} : { callSite: callSiteOf(said.stack) }),
  }
}

function callSiteOf(stack: string): CallSite {
  const frames = stack.split(',').map((frame) => {
    const [name = '', file = '', line] = frame.split(/[@:]/)
    return { file, line: Number(line), ...(name === '' ? {} : { function: name }) }
  })
  return { file: '', line: 1, ...frames[0], stack: frames }
}

function exchangeOf(
  id: string,
  start: number,
  end: number,
  said: Readonly<Record<string, string | undefined>>,
): HttpExchange {
  const named = (key: 'agent' | 'step') => {
    const [name, nameId] = (said[key] ?? '').split(';')
    return name ? { [key]: name, ...(nameId ? { [`${key}Id`]: nameId } : {}) } : {}
  }
  return {
    id,
    runId: 'r',
    provider: 'openai',
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    requestHeaders: said.retry === undefined ? {} : { 'x-stainless-retry-count': said.retry },
    requestBody: new Uint8Array(),
    status: Number(said.status ?? 200),
    responseHeaders: {},
    responseBody: new Uint8Array(),
    startTime: start,
    durationMs: end - start,
    end:
      said.end === 'aborted' || said.end === 'truncated' || said.end === 'unreachable'
        ? said.end
        : 'complete',
    copyTruncated: false,
    attribution: {
      ...named('agent'),
      ...named('step'),
      ...present({
        parent: said.parent,
        context: said.context,
        agentByRule: said.rule === undefined ? undefined : (true as const),
        traceId: said.trace,
        session: said.session,
      }),
    },
  }
}

function inferenceOf(
  id: string,
  { model = 'm', kind = 'chat' }: Readonly<Record<string, string>>,
): PricedInference {
  const usage = usageOf({ uncachedInputTokens: 10, cacheReadTokens: null, outputTokens: 1 }, 'reported', null)
  const cost: Cost | null = null
  const read = kind === 'embeddings' || kind === 'rerank' ? kind : 'chat'
  return { kind: read, requestModel: model, responseId: `response-${id}`, usage, billed: true, cost }
}

/** Spans of a run `r` that these exchanges, one a line and by their end, make; a later word on a span wins, as in the store. */
export function traceOf(picture: string): SpanRecord[] {
  const trace = new RunTrace({ id: 'r', name: 'r', startedAt: 0, tags: {}, defaults: {} })
  return merged(
    picture
      .split('\n')
      .filter((line) => line.trim() !== '')
      .flatMap((line) => trace.add(traceInput(line))),
  )
}

/** Spans as the store has them after all these words of them. */
export function merged(records: readonly SpanRecord[]): SpanRecord[] {
  const spans = new Map<string, SpanRecord>()
  for (const record of records) {
    if (record.isGone) {
      spans.delete(record.id)
      continue
    }
    const { startedAt, endedAt, agent: _, step: __, ...before } = spans.get(record.id) ?? record
    spans.set(record.id, {
      ...before,
      ...record,
      startedAt: Math.min(startedAt, record.startedAt),
      endedAt: Math.max(endedAt, record.endedAt),
    })
  }
  return [...spans.values()]
}

/** The tree of these spans, children by start: `kind name start..end`, the status where it is not ok, the basis where asked for. */
export function pictureOf(spans: readonly SpanRecord[], show: { readonly basis?: true } = {}): string {
  const ids = new Set(spans.map((span) => span.id))
  const childrenOf = (id: string | undefined) =>
    spans
      .filter((span) => (id === undefined ? !ids.has(span.parentId ?? '') : span.parentId === id))
      .sort((left, right) => left.startedAt - right.startedAt)
  const draw = (span: SpanRecord, depth: number): string[] => [
    `${'  '.repeat(depth)}${titleOf(span)} ${span.startedAt}..${span.endedAt}${
      span.status === 'ok' ? '' : ` ${span.status}`
    }${show.basis ? ` by ${span.parentBasis}` : ''}`,
    ...childrenOf(span.id).flatMap((child) => draw(child, depth + 1)),
  ]
  return childrenOf(undefined)
    .flatMap((root) => draw(root, 0))
    .join('\n')
}

function titleOf({ kind, name }: SpanRecord): string {
  return name.startsWith(kind) ? name : `${kind} ${name}`
}

/** A picture in a test as the functions here write one: without the indentation of the code around it. */
export function picture(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length))
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n')
}

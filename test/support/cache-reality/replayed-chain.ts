// A recorded chain sent to the embedded server, turn by turn, at the times at which it was recorded.
import { anthropicMessages } from '../../../profiler-agent/simulator/formats/anthropic-messages'
import { bedrockConverse } from '../../../profiler-agent/simulator/formats/bedrock-converse'
import { gemini } from '../../../profiler-agent/simulator/formats/gemini'
import { openAiChat } from '../../../profiler-agent/simulator/formats/openai-chat'
import { openAiResponses } from '../../../profiler-agent/simulator/formats/openai-responses'
import type { ModelRequest, WireFormat } from '../../../profiler-agent/simulator/formats/wire-format'
import type { Script } from '../../../profiler-agent/simulator/script'
import { ADVANCE_HEADER, startSimulator } from '../../../profiler-agent/simulator/server'
import type { Json } from '../recorded-corpus'
import { bucketsOf } from '../recorded-usage'
import type { Chain, Turn } from './recorded-chains'

/** What the server says of a turn, in its own tokens. */
export interface Replayed {
  readonly total: number
  readonly read: number
  readonly written: number
  /** Tokens up to each breakpoint that the request sets, ascending. */
  readonly marks: readonly number[]
  readonly rule: ModelRequest['cache']['rule']
  /** Said when the same call was made once before: the recording may begin with a warm cache. */
  readonly again?: { readonly read: number; readonly written: number }
}

/** How a recorded exchange is asked of the server; `undefined` where it does not serve such calls. */
interface Asked {
  readonly format: WireFormat
  readonly path: string
  readonly model?: string
}

const responsesFormat = openAiResponses(() => undefined)
const geminiFormat = gemini(() => ({}))

function askedAs({ row }: Turn): Asked | undefined {
  const { pathname } = new URL(row.recorded.url)
  switch (row.endpoint) {
    case 'chat.completions':
      return { format: openAiChat, path: `/${row.provider}/v1/chat/completions` }
    case 'responses':
      return { format: responsesFormat, path: `/${row.provider}/v1/responses` }
    case 'messages':
      return { format: anthropicMessages, path: '/v1/messages' }
    case 'generateContent':
      return { format: geminiFormat, path: pathname, ...modelIn(/\/models\/([^/:]+)/, pathname) }
    case 'converse':
    case 'converse-stream':
      return {
        format: bedrockConverse,
        path: pathname.replace(/-stream$/, ''),
        ...modelIn(/\/model\/([^/]+)/, pathname),
      }
    default:
      return undefined
  }
}

function modelIn(pattern: RegExp, pathname: string): { model?: string } {
  const model = pattern.exec(pathname)?.[1]
  return model === undefined ? {} : { model: decodeURIComponent(model) }
}

export function isServed(turn: Turn): boolean {
  return askedAs(turn) !== undefined
}

/**
 * Sends the chain to a server of its own that counts `factor` tokens for each of the tokenizer's. The turns in `warm` are sent twice
 * in a row: the recording began after such a call had been made.
 */
export async function replay(
  chain: Chain,
  countTokens: (text: string) => number,
  factor: number,
  warm: ReadonlySet<Turn>,
): Promise<Replayed[]> {
  const count = (text: string) => Math.round(countTokens(text) * factor)
  const script: Script = {
    // Used up in order, whatever is asked.
    replies: chain.turns.flatMap((turn) =>
      warm.has(turn) ? [replyOf(turn), replyOf(turn)] : [replyOf(turn)],
    ),
    pace: { latencyMs: 1, firstTokenMs: 0, chunks: 1 },
    otherwise: 'error',
  }
  const simulator = await startSimulator({ port: 0, countTokens: count, script, now: () => 0 })
  try {
    const replayed: Replayed[] = []
    let before: number | undefined
    for (const turn of chain.turns) {
      const passedMs = Math.max(0, (turn.at ?? 0) - (before ?? turn.at ?? 0))
      const { request, asked } = read(turn, count)
      const first = await send(simulator.url, asked, turn, passedMs)
      const again = warm.has(turn) ? await send(simulator.url, asked, turn, 0) : undefined
      const { rule } = request.cache
      replayed.push({ ...first, rule, marks: marksOf(request), ...(again ? { again } : {}) })
      before = turn.at ?? before
    }
    return replayed
  } finally {
    await simulator.close()
  }
}

/** The request as the server reads it. */
function read(turn: Turn, count: (text: string) => number): { asked: Asked; request: ModelRequest } {
  const asked = askedAs(turn)
  if (!asked) throw new Error(`${turn.row.endpoint} is not served`)
  const { format, model } = asked
  const speaksForOthers = format === openAiChat || format === responsesFormat
  const request = format.read(turn.body, {
    count,
    provider: speaksForOthers ? turn.row.provider : format.usualProvider,
    ...(model === undefined ? {} : { path: { model, stream: false } }),
  })
  return { asked, request }
}

function marksOf({ prompt, cache }: ModelRequest): number[] {
  let tokens = 0
  const marks = prompt.units.flatMap((unit) => {
    tokens += unit.tokens
    return unit.mark === undefined ? [] : [tokens]
  })
  const isImplicit = cache.rule?.implicitBreakpoint === true && cache.implicitBreakpoint
  return isImplicit ? [...marks, tokens] : marks
}

async function send(url: string, asked: Asked, { row, body }: Turn, passedMs: number) {
  const response = await fetch(`${url}${asked.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [ADVANCE_HEADER]: String(passedMs) },
    body: JSON.stringify({ ...canonical(body), stream: false }),
  })
  const answer: Json = Object(await response.json())
  if (!response.ok) throw new Error(`${row.file}#${row.index}: ${JSON.stringify(answer)}`)
  const path = 'usage' in answer ? 'usage' : 'usageMetadata'
  const usage = { path, event: null, first: answer[path], last: answer[path] }
  const [bucket] = bucketsOf({ ...row, usage: [usage] })
  const [read, written] = [bucket?.read ?? 0, bucket?.written ?? 0]
  return { read, written, total: (bucket?.uncached ?? 0) + read + written }
}

/** Arguments of calls as the server writes them, so that what it holds of an answer is what comes back. */
function canonical(body: Json): Json {
  if (!Array.isArray(body.input)) return body
  const input = body.input.map((item): Json => {
    const { type, arguments: args } = Object(item)
    return type === 'function_call' ? { ...item, arguments: JSON.stringify(JSON.parse(String(args))) } : item
  })
  return { ...body, input }
}

/** What the model said, so that caches that hold answers hold the recorded ones. */
function replyOf({ row }: Turn): Script['replies'][number] {
  const output = outputOf(row.recorded.response_body ?? '')
  const items = Array.isArray(output) ? output.map((item): Json => Object(item)) : []
  const toolCalls = items
    .filter(({ type }) => type === 'function_call')
    .map(({ name, arguments: args }) => ({ name: String(name), arguments: JSON.parse(String(args)) }))
  const text = items
    .filter(({ type }) => type === 'message')
    .flatMap(({ content }) => (Array.isArray(content) ? content.map((part): Json => Object(part)) : []))
    .map((part) => String(part.text ?? ''))
    .join('')
  return {
    times: 1,
    when: {},
    ...(text !== '' || toolCalls.length === 0 ? { text: text || 'OK' } : {}),
    toolCalls,
  }
}

function outputOf(body: string): unknown {
  for (const text of [body, ...body.split('\n').reverse()]) {
    try {
      const value: Json = Object(JSON.parse(text.replace(/^data: /, '')))
      const response: Json = Object(value.response ?? value)
      if (response.output) return response.output
    } catch {
      // Another line of the stream, or another format.
    }
  }
  return undefined
}

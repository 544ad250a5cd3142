// Reads a script for the embedded model server out of JSON text; every complaint says where and what. No matching, no serving.

import { pathText, positionOf } from './json-position'
import { type FailAt, JsonReader } from './json-reader'
import type { Fault, Pace, Script, ScriptedReply, When } from './script'

/** A script that cannot be used. The message begins with `file:line:column`. */
export class ScriptError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly column: number,
    detail: string,
  ) {
    super(`${file}:${line}:${column}: ${detail}`)
  }
}

/** Reads a script (format: docs/simulator.md). Throws `ScriptError` at the first thing wrong; `file` is for the message. */
export function decodeScript(text: string, file: string): Script {
  const value = parse(text, file)
  const fail: FailAt = (path, detail) => {
    const { line, column } = positionOf(text, path)
    throw new ScriptError(file, line, column, `${pathText(path)}: ${detail}`)
  }
  const root = new JsonReader(value, [], fail)
  root.allow([
    '$schema',
    'version',
    'replies',
    'latencyMs',
    'firstTokenMs',
    'chunks',
    'otherwise',
    'requestsPerMinute',
  ])
  if (root.whole('version', 1) !== 1) fail(['version'], 'expected 1, the only version there is')
  return {
    replies: root.list('replies').map(readReply),
    pace: readPace(root),
    otherwise: root.oneOf('otherwise', ['echo', 'error']) ?? 'echo',
    requestsPerMinute: root.whole('requestsPerMinute', 1),
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const at = /line (\d+) column (\d+)/.exec(message)
    const detail = `not valid JSON: ${message.replace(/ in JSON at position.*| \(line.*/, '')}`
    const end = text.split('\n')
    throw new ScriptError(
      file,
      Number(at?.[1] ?? end.length),
      Number(at?.[2] ?? (end.at(-1)?.length ?? 0) + 1),
      detail,
    )
  }
}

function readReply(reply: JsonReader): ScriptedReply {
  reply.allow([
    ...['when', 'times', 'text', 'reasoning', 'toolCalls', 'reasoningTokens', 'outputTokens'],
    ...['latencyMs', 'firstTokenMs', 'chunks', 'fault', 'afterMs', 'comment'],
  ])
  const when = reply.object('when')
  const fault = reply.object('fault')
  return {
    ...(when ? { when: readWhen(when) } : {}),
    times: reply.whole('times', 1) ?? (when ? Number.POSITIVE_INFINITY : 1),
    text: reply.text('text'),
    reasoning: reply.text('reasoning'),
    reasoningTokens: reply.whole('reasoningTokens', 0),
    outputTokens: reply.whole('outputTokens', 0),
    toolCalls: reply.list('toolCalls').map(readToolCall),
    ...readPace(reply),
    ...(fault ? { fault: readFault(fault) } : {}),
    afterMs: reply.whole('afterMs', 0),
  }
}

function readPace(reader: JsonReader): Partial<Pace> {
  return {
    latencyMs: reader.whole('latencyMs', 0),
    firstTokenMs: reader.whole('firstTokenMs', 0),
    chunks: reader.whole('chunks', 1),
  }
}

function readToolCall(call: JsonReader): { name: string; arguments: unknown } {
  call.allow(['name', 'arguments'])
  return { name: call.requiredText('name'), arguments: call.object('arguments')?.value ?? {} }
}

function readWhen(when: JsonReader): When {
  when.allow([
    ...['api', 'model', 'systemContains', 'lastUserContains'],
    ...['lastToolResult', 'lastToolResultContains', 'step', 'call'],
  ])
  return {
    api: when.oneOf('api', ['chat', 'responses', 'messages', 'generate', 'converse']),
    model: when.text('model'),
    systemContains: when.text('systemContains'),
    lastUserContains: when.text('lastUserContains'),
    lastToolResult: when.isNull('lastToolResult') ? null : when.text('lastToolResult'),
    lastToolResultContains: when.text('lastToolResultContains'),
    step: when.whole('step', 1),
    call: when.whole('call', 1),
  }
}

function readFault(fault: JsonReader): Fault {
  const kind = fault.oneOf('kind', ['status', 'reset', 'end', 'malformed', 'error', 'stall', 'no-usage'])
  const afterEvents = fault.whole('afterEvents', 0) ?? 0
  switch (kind) {
    case undefined:
      return fault.fail('kind', 'is missing')
    case 'status':
      return readStatusFault(fault)
    case 'reset':
    case 'end':
    case 'malformed':
      fault.allow(['kind', 'afterEvents'])
      return { kind, afterEvents }
    case 'error':
      fault.allow(['kind', 'afterEvents', 'message'])
      return { kind, afterEvents, message: fault.text('message') }
    case 'stall':
      fault.allow(['kind', 'afterEvents', 'ms'])
      return { kind, afterEvents, ms: fault.whole('ms', 0) }
    case 'no-usage':
      fault.allow(['kind'])
      return { kind }
    default:
      return kind satisfies never
  }
}

function readStatusFault(fault: JsonReader): Fault {
  fault.allow(['kind', 'status', 'message', 'code', 'headers'])
  const status = fault.whole('status', 400) ?? fault.fail('status', 'is missing')
  if (status > 599) fault.fail('status', 'expected an HTTP error status from 400 to 599')
  const headers = fault.object('headers')
  const names = Object.keys(headers?.value ?? {})
  return {
    kind: 'status',
    status,
    message: fault.text('message'),
    code: fault.text('code'),
    ...(headers
      ? { headers: Object.fromEntries(names.map((name) => [name, headers.requiredText(name)])) }
      : {}),
  }
}

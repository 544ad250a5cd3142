// Reads what programs of this machine tell the profiler besides their calls: one JSON object a line (`POST /ingest`, with the token).

import type { Readable } from 'node:stream'
import { RUN_ID } from './model/headers'
import type { RunRecord } from './model/record'

export interface IngestSink {
  readonly addRun: (run: RunRecord) => void
  readonly endRun: (runId: string, endedAt: number) => void
  /** Takes an exchange that a hook observed in its process; false where a field is missing or wrong. */
  readonly addObserved: (message: Message) => Promise<boolean>
  /** These take what a program declared, or its hook saw; a text says which field is missing or wrong. */
  readonly addSpan: (message: Message) => string | undefined
  readonly addOutcome: (message: Message) => string | undefined
  readonly addHookReport: (message: Message) => string | undefined
}

type Message = Readonly<Record<string, unknown>>

/** `accepted` lines were taken; `problem` names the first line that was not, and nothing after it was read. */
export interface IngestResult {
  readonly accepted: number
  /** Whether one of them ended a run: somebody waits for what is found in it. */
  readonly endsRun: boolean
  readonly problem?: string
}

/** Before the first line. */
export const NOTHING_TAKEN: IngestResult = { accepted: 0, endsRun: false }

/** Copies of one exchange are 24 MB at most where they are made, and base64 makes a third more of them. */
const MAX_BYTES = 48 * 1024 * 1024

/**
 * A line is `{"type":"run", …RunRecord}`, `{"type":"runEnd","runId","endedAt"}`, `{"type":"exchange", …}`,
 * `{"type":"span", …DeclaredSpan}`, `{"type":"outcome", …DeclaredOutcome}` or `{"type":"hook", …HookReport}`;
 * times are ms since the epoch.
 */
export async function readIngest(req: Readable, sink: IngestSink): Promise<IngestResult> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES)
      return {
        ...NOTHING_TAKEN,
        problem: `more than ${MAX_BYTES} bytes in one request; send smaller batches`,
      }
    chunks.push(chunk)
  }
  const lines = Buffer.concat(chunks).toString('utf8').split('\n')
  let { accepted, endsRun } = NOTHING_TAKEN
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const message = parsed(line)
    const problem = message ? await take(message, sink) : 'this is no JSON object'
    if (problem !== undefined) return { accepted, endsRun, problem: `line ${index + 1}: ${problem}` }
    accepted++
    endsRun ||= message?.type === 'runEnd'
  }
  return { accepted, endsRun }
}

/** What is wrong with a line, or nothing once it is taken. */
async function take(message: Message, sink: IngestSink): Promise<string | undefined> {
  switch (message.type) {
    case 'span':
      return sink.addSpan(message)
    case 'outcome':
      return sink.addOutcome(message)
    case 'hook':
      return sink.addHookReport(message)
    case 'exchange':
      return (await sink.addObserved(message)) ? undefined : 'a field of the exchange is missing or wrong'
    case 'run':
      return takeRun(message, sink) ? undefined : 'a field of the run is missing or wrong'
    case 'runEnd':
      return takeRunEnd(message, sink)
    default:
      return 'type is none of run, runEnd, exchange, span, outcome, hook'
  }
}

function takeRunEnd({ runId, endedAt }: Message, sink: IngestSink): string | undefined {
  if (!isRunId(runId)) return 'runId is no run id'
  if (!isMoment(endedAt)) return 'endedAt is no time in ms since the epoch'
  sink.endRun(runId, endedAt)
  return undefined
}

function takeRun({ type: _, ...fields }: Record<string, unknown>, sink: IngestSink): boolean {
  const run = runRecordOf(fields)
  if (run) sink.addRun(run)
  return run !== undefined
}

/** The run of these fields; undefined where it is none. */
export function runRecordOf(run: Readonly<Record<string, unknown>>): RunRecord | undefined {
  const complete = isRunId(run.id) && typeof run.name === 'string' && isMoment(run.startedAt)
  if (!complete || !isObject(run.tags) || !isObject(run.defaults)) return undefined
  // Only `costflame run` of this version writes these; the fields without which nothing works were just checked.
  return run as unknown as RunRecord
}

function isMoment(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRunId(value: unknown): value is string {
  return typeof value === 'string' && RUN_ID.test(value)
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    // The caller names the line.
    return undefined
  }
}

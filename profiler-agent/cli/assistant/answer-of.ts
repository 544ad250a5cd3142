// What a command of ours prints as JSON, for an assistant: one engine for the terminal, CI and whoever asks.

import { PassThrough } from 'node:stream'
import { EXIT, type Io, UsageError } from '../io'

/** Verdicts are answers, too. */
const ANSWERS: readonly number[] = [EXIT.fine, EXIT.failed, EXIT.indeterminate]

/** Throws UsageError with what the command says where it has no answer. */
export async function answerOf(io: Io, command: (io: Io) => Promise<number>): Promise<unknown> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const printed = textOf(stdout)
  const said = textOf(stderr)
  const code = await command({ ...io, stdout, stderr })
  stdout.end()
  stderr.end()
  if (!ANSWERS.includes(code)) throw new UsageError((await said).trim() || `the command ended with ${code}`)
  return JSON.parse(await printed)
}

async function textOf(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

// A command of ours called as a function in a folder of its own, and what it printed.

import { PassThrough } from 'node:stream'
import type { Io } from '../../profiler-agent/cli/io'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Errors of usage are thrown as the command throws them. */
export async function ranIn(cwd: string, command: (io: Io) => Promise<number>): Promise<CommandResult> {
  const [stdout, stderr] = [new PassThrough().setEncoding('utf8'), new PassThrough().setEncoding('utf8')]
  const io: Io = {
    ...{ cwd, stdout, stderr },
    env: {},
    stdin: new PassThrough(),
    assets: '',
    version: '0.1.0',
    onSignal: () => () => undefined,
  }
  const code = await command(io)
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
}

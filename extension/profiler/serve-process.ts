// The profiler as a child process of the extension host: started, listened to, and ended. Knows no VS Code.

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { decodeReadyLine } from '../../profiler-agent/feed/codec'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'

/** Where a profiler listens, what programs show it, and where it sends their calls. */
export interface ServePlace {
  readonly port: number
  readonly token: string
  /** By provider: of all programs, and of those of runs that have an environment of their own. */
  readonly upstreams: {
    readonly common: Readonly<Record<string, string>>
    readonly runs: Readonly<Record<string, Readonly<Record<string, string>>>>
  }
}

/** Read by `costflame serve`; in the environment, as arguments can be seen by everybody on the machine. */
const TOKEN_VARIABLE = 'COSTFLAME_SERVE_TOKEN'
const UPSTREAMS_VARIABLE = 'COSTFLAME_SERVE_UPSTREAMS'

export interface ServeOptions {
  /** Absolute path of the built CLI. */
  readonly script: string
  readonly folder: string
  readonly data: string
  /** More flags: what the user's settings say. */
  readonly flags: readonly string[]
  readonly log: (line: string) => void
  /** Any free port and a new token unless given. */
  readonly place?: ServePlace
}

export interface ServeProcess {
  readonly ready: ReadyLine
  /** Resolves with a sentence when the process has ended, wanted or not. */
  readonly ended: Promise<string>
  /** Asks it to finish open calls and leave; resolves when it is gone. */
  stop(): Promise<void>
}

const START_LIMIT_MS = 20_000
/** A process that does not leave when asked, and says nothing meanwhile, is ended by force after this. */
const STOP_LIMIT_MS = 4_000
const LAST_LINES = 6

/** Starts `costflame serve`; resolves when it listens. Rejects with what it said last when it ends or stays silent instead. */
export async function startServe(options: ServeOptions): Promise<ServeProcess> {
  const child = spawn(process.execPath, argumentsOf(options), {
    cwd: options.folder,
    // In desktop VS Code the executable is Electron, which runs scripts only when told so.
    env: {
      ...process.env,
      ELECTRON_RUN_AS_NODE: '1',
      ...(options.place && {
        [TOKEN_VARIABLE]: options.place.token,
        [UPSTREAMS_VARIABLE]: JSON.stringify(options.place.upstreams),
      }),
    },
    // An open standard input ties it to us: when this host dies without a word, the profiler ends too.
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said = keepLastLines(child, options.log)
  const ended = endOf(child, said)
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS)
  try {
    const ready = await Promise.race([readyLine(child), ended.then((why) => Promise.reject(new Error(why)))])
    return { ready, ended, stop: () => stop(child, ended) }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function argumentsOf({ script, data, flags, place }: ServeOptions): string[] {
  return [script, 'serve', '--port', String(place?.port ?? 0), '--data', data, '--until-stdin-ends', ...flags]
}

async function readyLine(child: ChildProcess): Promise<ReadyLine> {
  if (child.stdout === null) throw new Error('The profiler has no output.')
  for await (const line of createInterface({ input: child.stdout })) {
    const decoded = decodeReadyLine(line)
    if (!decoded.ok) throw new Error(`The profiler's first line is not understood: ${decoded.message}`)
    return decoded.value
  }
  // The output has ended, so the process is about to; its end says more.
  return new Promise(() => undefined)
}

function keepLastLines(child: ChildProcess, log: (line: string) => void): readonly string[] {
  const last: string[] = []
  if (child.stderr === null) return last
  createInterface({ input: child.stderr }).on('line', (line) => {
    log(line)
    last.push(line)
    if (last.length > LAST_LINES) last.shift()
  })
  return last
}

function endOf(child: ChildProcess, said: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`The profiler could not be started: ${error.message}`))
    // Unlike `exit`, `close` comes after the last line of output.
    child.once('close', (code, signal) => {
      const how = signal === null ? `with code ${code}` : `by ${signal}`
      resolve(`The profiler ended ${how}.${said.length === 0 ? '' : ` It said: ${said.join(' ')}`}`)
    })
  })
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  // Telling somebody of violations may take it longer: it says that it does.
  child.stderr?.on('data', () => timer.refresh())
  await ended
  clearTimeout(timer)
}

// The profiler as a child process of `costflame run`: started, restarted on the same port when it dies, and stopped.

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { decodeReadyLine } from '../feed/codec'
import type { ReadyLine } from '../feed/protocol'
import { HEADERS } from '../model/headers'
import type { RunRecord } from '../model/record'
import type { Io } from './io'
import type { ServeOptions } from './serve'
import { SERVE_OPTIONS, SERVE_RUN, SERVE_TOKEN } from './serve-environment'

/** A profiler that takes longer than this to start is given up. */
const START_MS = 15_000
/** A profiler that takes longer than this to stop, and says nothing meanwhile, is killed; what it stored is in the store. */
const STOP_MS = 10_000
/** A profiler that takes longer than this to take in a message is not waited for: the user's command is over. */
const INGEST_MS = 3_000
const MAX_RESTARTS = 5

export interface ProfilerProcessOptions {
  /** The `costflame` command. */
  readonly script: string
  readonly serve: ServeOptions
  readonly run: RunRecord
  readonly log: (message: string) => void
}

export class ProfilerProcess {
  #child: ChildProcess
  #stopping = false
  #restarts = 0

  private constructor(
    readonly io: Io,
    readonly options: ProfilerProcessOptions,
    child: ChildProcess,
    readonly ready: ReadyLine,
  ) {
    this.#child = child
    this.#watch(child)
  }

  /** Resolves when the profiler listens. Rejects with what it said when it did not. */
  static async start(io: Io, options: ProfilerProcessOptions): Promise<ProfilerProcess> {
    const child = spawnServe(io, options, options.serve, {})
    const ready = await readyLineOf(child)
    return new ProfilerProcess(io, options, child, ready)
  }

  /** Tells the profiler something (`POST /ingest`); resolves when it is in the store. Throws when the profiler is not there or does not answer. */
  async ingest(line: object): Promise<void> {
    const response = await fetch(`${this.ready.proxy}/ingest`, {
      method: 'POST',
      headers: { [HEADERS.token]: this.ready.token, 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify(line)}\n`,
      signal: AbortSignal.timeout(INGEST_MS),
    })
    if (!response.ok) throw new Error(await response.text())
  }

  /** Lets it finish open calls and store everything. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    // Telling somebody of violations may take it longer: it says that it does.
    child.stderr?.on('data', () => timer.refresh())
    await exited
    clearTimeout(timer)
  }

  #watch(child: ChildProcess): void {
    // From here on what the profiler says is for the user; before, it is the reason why it did not start.
    child.stderr?.removeAllListeners('data').on('data', (text: string) => this.io.stderr.write(text))
    child.once('exit', (code, signal) => {
      if (this.#stopping) return
      this.options.log(
        `the profiler stopped (${signal ?? `exit code ${code}`}); calls meanwhile may be missing`,
      )
      if (++this.#restarts <= MAX_RESTARTS) this.#restart()
      else this.options.log('it keeps stopping and is not started again; your program goes on without it')
    })
  }

  /** On the same port and with the same token, so that programs that know them find it again. */
  #restart(): void {
    const port = Number(new URL(this.ready.proxy).port)
    const serve = { ...this.options.serve, port }
    const child = spawnServe(this.io, this.options, serve, { [SERVE_TOKEN]: this.ready.token })
    this.#child = child
    this.#watch(child)
    readyLineOf(child).catch((error: Error) =>
      this.options.log(`the profiler did not start again: ${error.message}`),
    )
  }
}

/** Own process group: Ctrl-C is for the user's program, the profiler stops when we say so or are gone (its stdin ends). */
function spawnServe(
  io: Io,
  { script, run }: ProfilerProcessOptions,
  serve: ServeOptions,
  extra: Readonly<Record<string, string>>,
): ChildProcess {
  const { NODE_OPTIONS: _, ...env } = io.env
  // The arguments are for people who look at the list of processes.
  return spawn(process.execPath, [script, 'serve', '--data', serve.data ?? ''], {
    cwd: io.cwd,
    env: { ...env, [SERVE_OPTIONS]: JSON.stringify(serve), [SERVE_RUN]: JSON.stringify(run), ...extra },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  })
}

function readyLineOf(child: ChildProcess): Promise<ReadyLine> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) return Promise.reject(new Error('the profiler has no output'))
  let said = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000)
  })
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer)
      reject(new Error(said.trim().replace(/^costflame: /, '') || reason))
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`the profiler did not start within ${START_MS / 1000} s`)
    }, START_MS)
    child.once('error', (error) => fail(error.message))
    // `close` comes after the last of stderr, `exit` may come before it.
    child.once('close', (code) => fail(`the profiler ended with exit code ${code}`))
    createInterface({ input: stdout }).once('line', (line) => {
      const decoded = decodeReadyLine(line)
      if (!decoded.ok) return fail(`the profiler's first line is not understood: ${decoded.message}`)
      clearTimeout(timer)
      resolve(decoded.value)
    })
  })
}

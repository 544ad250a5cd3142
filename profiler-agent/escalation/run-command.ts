// Starts the command of an escalation: no shell, the summary on its standard input, and an end to it and to all that it started when it takes too long.

import { type ChildProcess, spawn } from 'node:child_process'
import type { EscalationResult } from '../model/escalation'

export interface CommandOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly timeoutMs: number
  /** Ends it earlier. */
  readonly signal: AbortSignal
}

/** Of what it says on stderr, the end is kept. */
const MAX_STDERR = 2_000
/** What a command that is over has left behind may hold its stderr open. */
const LAST_WORDS_MS = 250

/** Rejects never; stdout is nobody's. */
export function runCommand(
  command: readonly string[],
  input: string,
  options: CommandOptions,
): Promise<EscalationResult> {
  const [program = '', ...args] = command
  let child: ChildProcess
  try {
    child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['pipe', 'ignore', 'pipe'],
      windowsHide: true,
      // A process group of its own, so that it can be ended with all that it started.
      detached: process.platform !== 'win32',
    })
  } catch (error) {
    return Promise.resolve({ ok: false, error: `${program} cannot be started: ${String(error)}` })
  }
  return new Promise((resolve) => new RunningCommand(child, options, resolve).begin(program, input))
}

/** One command from its start to its result. */
class RunningCommand {
  #said = ''
  readonly #timer: NodeJS.Timeout
  readonly #stop = () => this.#kill('the profiler ended before it did')

  constructor(
    readonly child: ChildProcess,
    readonly options: CommandOptions,
    readonly resolve: (result: EscalationResult) => void,
  ) {
    const { timeoutMs, signal } = options
    const late = `it took longer than ${timeoutMs / 1000} s and was ended, with all that it had started`
    this.#timer = setTimeout(() => this.#kill(late), timeoutMs)
    signal.addEventListener('abort', this.#stop, { once: true })
  }

  begin(program: string, input: string): void {
    const { child } = this
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = `${this.#said}${text}`.slice(-MAX_STDERR)
    })
    child.stdin?.on('error', () => child.stdin?.destroy()) // It need not read what it is told.
    child.stdin?.end(input)
    child.once('error', (error) => this.#settle({ ok: false, error: startProblem(program, error) }))
    child.once('exit', (code, ending) => {
      setTimeout(() => this.#settle(resultOf(code, ending)), LAST_WORDS_MS).unref()
    })
    child.once('close', (code, ending) => this.#settle(resultOf(code, ending)))
  }

  #kill(why: string): void {
    endGroup(this.child)
    this.#settle({ ok: false, error: why })
  }

  /** What comes after the first result changes nothing. */
  #settle(result: EscalationResult): void {
    clearTimeout(this.#timer)
    this.options.signal.removeEventListener('abort', this.#stop)
    this.child.stderr?.destroy()
    this.resolve(result.ok ? result : { ...result, error: withLastWords(result.error, this.#said) })
  }
}

function resultOf(code: number | null, ending: NodeJS.Signals | null): EscalationResult {
  if (code === 0) return { ok: true, exitCode: 0 }
  return code === null
    ? { ok: false, error: `it was ended by ${ending}` }
    : { ok: false, exitCode: code, error: `it ended with exit code ${code}` }
}

function startProblem(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${program} is not found`
  if (error.code === 'EACCES') return `${program} may not be executed`
  return `${program} cannot be started: ${error.message}`
}

function withLastWords(error: string, said: string): string {
  const line = said
    .trim()
    .split('\n')
    .findLast((text) => text.trim() !== '')
  return line === undefined ? error : `${error}: ${line.trim().slice(0, 300)}`
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).unref()
    return
  }
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // All of it is over already.
  }
}

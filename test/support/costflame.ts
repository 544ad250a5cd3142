// The built command `costflame` as a user runs it: real processes in a folder of their own, with a model server beside them.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { decodeRunFile } from '../../profiler-agent/formats/json'
import type { Run } from '../../profiler-agent/model/span'
import { lookInto } from './fault-store'
import { inRepository } from './repository'
import { temporaryFolder, writeFiles } from './test-folders'

export const COSTFLAME = inRepository('dist', 'costflame.js')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** The next line of stdout. */
  readonly line: () => Promise<string>
}

export type Environment = Readonly<Record<string, string>>

/** A repository of a user's (a folder with `.git/` and `.costflame/`), and the processes started in it. */
export class Playground {
  readonly #folder = temporaryFolder('cli')
  readonly #children = new Set<ChildProcess>()
  readonly path = this.#folder.path
  readonly data = join(this.path, '.costflame', 'data')

  /** `script` may be another build of the command. */
  constructor(
    files: Readonly<Record<string, string>> = {},
    readonly script = COSTFLAME,
  ) {
    mkdirSync(join(this.path, '.git'))
    mkdirSync(join(this.path, '.costflame'))
    this.write(files)
  }

  write(files: Readonly<Record<string, string>>): void {
    writeFiles(this.path, files)
  }

  /** Starts `costflame …`; nothing of the machine's own settings reaches it. */
  start(args: readonly string[], environment: Environment = {}, command = process.execPath): Started {
    const child = spawn(command, [this.script, ...args], {
      cwd: this.path,
      env: { PATH: process.env.PATH ?? '', HOME: this.path, ...environment },
      stdio: 'pipe',
    })
    this.#children.add(child)
    return { child, ended: endOf(child), line: lineReader(child) }
  }

  /** Runs `costflame …` to its end. */
  async run(args: readonly string[], environment: Environment = {}, input = ''): Promise<Ended> {
    const { child, ended } = this.start(args, environment)
    child.stdin?.end(input)
    return ended
  }

  /** `costflame serve …` and the line that it printed when it listened. */
  async serve(...args: readonly string[]): Promise<Started & { readonly ready: ReadyLine }> {
    const started = this.start(['serve', ...args])
    return { ...started, ready: JSON.parse(await started.line()) as ReadyLine }
  }

  /** Runs of this folder as `export --format json` shows them. */
  async exported(run = 'latest', ...more: readonly string[]): Promise<Run[]> {
    const { code, stdout, stderr } = await this.run(['export', '--run', run, ...more])
    if (code !== 0) throw new Error(stderr)
    return [...decodeRunFile(stdout).runs]
  }

  /** Number of model calls in the store, 0 before there is one. */
  storedCalls(): number {
    const file = join(this.data, 'costflame.db')
    if (!existsSync(file)) return 0
    return lookInto(file, (database) => {
      // A profiler that has just begun may not have come to its tables yet.
      const hasCalls =
        database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'calls'").get() !== undefined
      return hasCalls ? Number(database.prepare('SELECT count(*) AS n FROM calls').get()?.n) : 0
    })
  }

  async remove(): Promise<void> {
    for (const child of this.#children)
      if (child.exitCode === null && child.signalCode === null) {
        const exited = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGKILL')
        await exited
      }
    this.#folder.remove()
  }
}

function endOf(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, ...said }))
  })
}

/** Lines are kept until they are asked for: a reader of its own pace would hold up a program that prints much. */
function lineReader(child: ChildProcess): () => Promise<string> {
  const lines: string[] = []
  let isOver = false
  let wake: () => void = () => undefined
  createInterface({ input: child.stdout as NodeJS.ReadableStream })
    .on('line', (line) => {
      lines.push(line)
      wake()
    })
    .on('close', () => {
      isOver = true
      wake()
    })
  return async () => {
    for (;;) {
      const line = lines.shift()
      if (line !== undefined) return line
      if (isOver) throw new Error('the process ended without a line')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}

// `costflame run -- cmd args…`: profiles one command from start to end, and never stands in its way.

import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { basename, delimiter, join, resolve } from 'node:path'
import { profiledEnvironment } from '../capture/hooks/environment'
import { redactCommand } from '../capture/redact-command'
import { gitCommitOf } from '../git-commit'
import { present } from '../model/present'
import type { RunRecord } from '../model/record'
import { newRunId } from '../shared-run'
import { workTreeVersion } from '../work-tree-version'
import { type Io, note, UsageError } from './io'
import { budgetFile, dataFolder, prepareDataFolder, rootFolder } from './places'
import { ProfilerProcess } from './profiler-process'
import { profilerSettings, type SettingsFlags, settingsFlags } from './profiler-settings'
import { type LabelFlags, runLabels } from './run-labels'
import type { ServeOptions } from './serve'

export interface RunOptions extends SettingsFlags, LabelFlags {
  readonly data?: string
  readonly budget?: string
  readonly hook: boolean
  readonly callSites?: string
}

/** Less than a variable of the environment may have, in which the profiler is told of the run. */
const MAX_COMMAND_LENGTH = 32_000
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

export async function run(io: Io, command: readonly string[], options: RunOptions): Promise<number> {
  const [program] = command
  if (program === undefined)
    throw new UsageError(
      'there is no command to profile. Write it after --, for example: costflame run -- node agent.mjs',
    )
  const labels = runLabels(io, options)
  const budget = budgetFile(io, options.budget)
  const { upstreams } = await profilerSettings(io, options)
  const missing = notRunnable(io, program)
  if (missing) {
    note(io, `costflame: ${missing.message}`)
    return missing.code
  }
  const record = { ...runRecord(io, command), ...labels }
  const data = dataFolder(io, options.data)
  const profiler = await startProfiler(io, options, data, budget, record)
  const environment = profiler ? environmentFor(io, profiler, record.id, { ...options, upstreams }) : {}
  const code = await runCommand(io, command, environment, async () => {
    const known = profiler ? await withVersion(io, record) : record
    if (known !== record) await profiler?.ingest({ type: 'run', ...known }).catch(ignored)
  })
  if (profiler) await finish(io, profiler, record.id, data)
  return code
}

/** Profiling that cannot start is said, and the command runs all the same. */
async function startProfiler(
  io: Io,
  options: RunOptions,
  data: string,
  budget: string,
  run: RunRecord,
): Promise<ProfilerProcess | undefined> {
  try {
    prepareDataFolder(data)
    return await ProfilerProcess.start(io, {
      script: join(io.assets, 'costflame.js'),
      serve: serveOptions(io, options, data, budget),
      run,
      log: (message) => note(io, `costflame: ${message}`),
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    note(io, `costflame: not profiling: ${reason}`)
    note(io, 'costflame: the command runs without the profiler')
    return undefined
  }
}

function serveOptions(io: Io, options: RunOptions, data: string, budget: string): ServeOptions {
  const { upstreams } = profiledEnvironment({
    environment: io.env,
    proxy: 'http://127.0.0.1:0',
    token: '',
    hookFile: undefined,
  })
  const own = Object.entries(upstreams).map(([provider, url]) => `${provider}=${url}`)
  return {
    ...settingsFlags(options),
    // What the user names on the command line wins over what their variables say.
    upstream: [...own, ...options.upstream],
    host: '127.0.0.1',
    port: 0,
    data,
    ...(existsSync(budget) ? { budget } : {}),
    untilStdinEnds: true,
  }
}

function environmentFor(
  io: Io,
  profiler: ProfilerProcess,
  runId: string,
  options: RunOptions & { readonly upstreams: Readonly<Record<string, string>> },
): Record<string, string> {
  const { proxy, token, data } = profiler.ready
  return profiledEnvironment({
    environment: io.env,
    proxy,
    token,
    runId,
    data,
    hookFile: options.hook ? join(io.assets, 'hooks', 'node.cjs') : undefined,
    upstreams: options.upstreams,
    ...(options.callSites === undefined ? {} : { callSites: options.callSites }),
  }).variables
}

function runRecord(io: Io, command: readonly string[]): Omit<RunRecord, 'tags' | 'defaults'> {
  const startedAt = Date.now()
  const shown = redactCommand(command).map(quoted).join(' ').slice(0, MAX_COMMAND_LENGTH)
  const root = rootFolder(io)
  return {
    id: newRunId('run', startedAt),
    name: nameOf(shown),
    command: shown,
    root,
    startedAt,
    ...present({ gitCommit: gitCommitOf(root) }),
  }
}

/** The same record, with the version that git tells of where nobody else names one. It takes the command's time, not the start's. */
async function withVersion(io: Io, record: RunRecord): Promise<RunRecord> {
  const { root, gitCommit, defaults } = record
  if (defaults.agentVersion !== undefined || root === undefined || gitCommit === undefined) return record
  return { ...record, defaults: { ...defaults, agentVersion: await workTreeVersion(root, gitCommit, io) } }
}

/** An argument as one would type it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

/** The command as people call it: `node agent.mjs`, without the folders in front of the program. */
function nameOf(command: string): string {
  const [program = '', ...rest] = command.split(' ')
  const name = [basename(program), ...rest].join(' ')
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}

/** Why a program cannot be run, before anything is started for it. */
function notRunnable(
  io: Io,
  program: string,
): { readonly code: number; readonly message: string } | undefined {
  const isPath = /[\\/]/.test(program)
  if (process.platform === 'win32') return undefined
  const folders = isPath ? [] : (io.env.PATH ?? '').split(delimiter)
  const candidates = isPath ? [resolve(io.cwd, program)] : folders.map((folder) => join(folder, program))
  const found = candidates.filter((path) => existsSync(path))
  if (found.length === 0) {
    const where = isPath ? 'there is no such file' : 'it is in no folder of PATH'
    return { code: NOT_FOUND, message: `cannot run "${program}": ${where}. Nothing was profiled.` }
  }
  if (found.some(isExecutable)) return undefined
  const [path = program] = found
  const why = statSync(path).isDirectory() ? 'is a folder' : 'is not executable (chmod +x)'
  return { code: NOT_EXECUTABLE, message: `cannot run "${program}": ${path} ${why}. Nothing was profiled.` }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    // The caller says so.
    return false
  }
}

/** Runs the command with our stdio; its exit code, or 128 + n when signal n ended it. */
async function runCommand(
  io: Io,
  [program = '', ...rest]: readonly string[],
  variables: Readonly<Record<string, string>>,
  onSpawn: () => Promise<void>,
): Promise<number> {
  // Before it is there: it may run, and be told to stop through us, before `spawn` returns here.
  const stopForwarding = forwardSignals(io, (signal) => child.kill(signal))
  const child = spawn(program, rest, { cwd: io.cwd, env: { ...io.env, ...variables }, stdio: 'inherit' })
  let announced: Promise<void> = Promise.resolve()
  child.once('spawn', () => {
    announced = onSpawn()
  })
  const code = await exitCodeOf(io, child, program)
  stopForwarding()
  await announced
  return code
}

function exitCodeOf(io: Io, child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      note(io, `costflame: cannot run "${program}": ${error.message}`)
      resolve(error.code === 'EACCES' ? NOT_EXECUTABLE : NOT_FOUND)
    })
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? osConstants.signals[signal] : 0)))
  })
}

/** In a terminal Ctrl-C reaches the child by itself (it is in our process group); we only must not die of it before the child does. */
function forwardSignals(io: Io, pass: (signal: NodeJS.Signals) => void): () => void {
  const isInTerminal = [io.stdin, io.stdout, io.stderr].some((stream) => stream.isTTY)
  return io.onSignal(['SIGINT', 'SIGTERM', 'SIGHUP'], (signal) => {
    if (signal !== 'SIGINT' || !isInTerminal) pass(signal)
  })
}

async function finish(io: Io, profiler: ProfilerProcess, runId: string, data: string): Promise<void> {
  await profiler.ingest({ type: 'runEnd', runId, endedAt: Date.now() }).catch(ignored)
  await profiler.stop()
  // The command has ended, and its exit code is the answer whatever we can say about it.
  const { runSummary } = await import('./run-summary')
  note(io, await runSummary(io, data, runId).catch(noSummary))
}

function noSummary(error: Error): string {
  return `costflame: no summary: ${error.message}`
}

function ignored(): void {
  // A profiler that is gone has been reported by the process that watches it.
}

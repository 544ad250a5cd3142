// One run of the demo: its program in a task that everybody can see, with the profiled environment, calling the embedded model server.

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import type { RunSummary } from '../../profiler-agent/feed/protocol'
import { profiledVariables, terminalSettings } from '../profiler/environment'
import type { Session } from '../profiler/session'
import { type DemoLanguage, PROGRAMS, REPLIES } from './demo-project'
import { startModelServer } from './model-server'

/** What the end of a run takes to be told: findings are sought before. */
const PATIENCE_MS = 30_000

/**
 * Runs the program of the folder to its end; resolves with the run as it is told when its findings are there.
 * Rejects with a sentence when it cannot be started, or fails.
 */
export async function runDemo(
  session: Session,
  folder: vscode.WorkspaceFolder,
  language: DemoLanguage,
): Promise<RunSummary> {
  const program = PROGRAMS[language]
  const python = language === 'python' ? await pythonCommand() : undefined
  const { fsPath: root } = folder.uri
  await session.start(root)
  const models = await startModelServer(session.script, join(root, REPLIES))
  try {
    const runId = newRunId()
    const env = await demoEnvironment(session, models.openai, runId, folder.uri)
    const command = `${python ?? 'node'} ${program}`
    const run = { id: runId, name: program, command, root, startedAt: Date.now(), tags: {}, defaults: {} }
    await session.tell({ type: 'run', ...run }, root)
    const execution =
      python === undefined
        ? new vscode.ProcessExecution(process.execPath, [...withHook(session), program], { cwd: root, env })
        : new vscode.ProcessExecution(python, [program], { cwd: root, env })
    const code = await exitCodeOf(taskOf(folder, program, execution))
    await session.tell({ type: 'runEnd', runId, endedAt: Date.now() }, root)
    if (code !== 0)
      throw new Error(
        vscode.l10n.t('The demo ended with exit code {0}; the terminal says why.', code ?? 'none'),
      )
    return await recordedRun(session, runId)
  } finally {
    await models.stop()
  }
}

/** The variables of a profiled program that calls the embedded model server. */
async function demoEnvironment(
  session: Session,
  openai: string,
  runId: string,
  folder: vscode.Uri,
): Promise<Record<string, string>> {
  const environment = { ...process.env, ...terminalSettings(), OPENAI_BASE_URL: openai }
  const variables = await profiledVariables(session, { environment, runId, folder })
  // In desktop VS Code the executable is Electron, which runs scripts only when told so.
  return { ...variables, ELECTRON_RUN_AS_NODE: '1', PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8' }
}

/** Electron may not heed `NODE_OPTIONS`; a hook that is named twice is loaded once. */
function withHook({ script }: Session): string[] {
  return ['--require', join(dirname(script), 'hooks', 'node.cjs')]
}

/** The first Python on the path that the hook knows. */
async function pythonCommand(): Promise<string> {
  for (const name of process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python'])
    if (await isPython(name)) return name
  throw new Error(
    vscode.l10n.t('There is no Python 3.9 or newer on the path. The demo in JavaScript needs nothing.'),
  )
}

function isPython(name: string): Promise<boolean> {
  const check = ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']
  return new Promise((resolve) => {
    execFile(name, check, { timeout: 10_000 }, (error) => resolve(error === null))
  })
}

function taskOf(
  folder: vscode.WorkspaceFolder,
  program: string,
  execution: vscode.ProcessExecution,
): vscode.Task {
  const task = new vscode.Task({ type: 'process' }, folder, program, 'Costflame', execution, [])
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    focus: false,
    clear: true,
    showReuseMessage: false,
  }
  return task
}

/** `undefined` where it was ended from outside. */
async function exitCodeOf(task: vscode.Task): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const early = new Map<vscode.TaskExecution, number | undefined>()
  let execution: vscode.TaskExecution | undefined
  const subscriptions = [
    vscode.tasks.onDidEndTaskProcess((ended) => {
      // A short program may have ended before `executeTask` answers.
      if (execution === undefined) early.set(ended.execution, ended.exitCode)
      else if (ended.execution === execution) resolve(ended.exitCode)
    }),
    // A process that could not be started ends no process.
    vscode.tasks.onDidEndTask((ended) => {
      if (ended.execution === execution) resolve(undefined)
    }),
  ]
  try {
    execution = await vscode.tasks.executeTask(task)
    if (early.has(execution)) resolve(early.get(execution))
    return await promise
  } finally {
    for (const subscription of subscriptions) subscription.dispose()
  }
}

/** The run once it has ended and its findings are known. */
async function recordedRun(session: Session, runId: string): Promise<RunSummary> {
  const { promise, resolve, reject } = Promise.withResolvers<RunSummary>()
  const look = () => {
    const run = session.runs.find(({ id }) => id === runId)
    if (run !== undefined && !run.active && run.totals.calls > 0) resolve(run)
  }
  const subscription = session.onDidChange(look)
  const late = vscode.l10n.t('The demo ran, but nothing was recorded. Costflame: Doctor says what is wrong.')
  const timer = setTimeout(() => reject(new Error(late)), PATIENCE_MS)
  look()
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    subscription.dispose()
  }
}

function newRunId(): string {
  return `demo-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`
}

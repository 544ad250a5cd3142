// Tasks that are profiled: `{ "type": "costflame", "command": "…" }`, each execution a run, and one for each script and Python program
// of the project. They go through `costflame run`, so they need no profiler that runs already.

import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as vscode from 'vscode'
import { dataFolder } from './data-folder'
import { pythonOf } from './file-program'
import { serveFlags, withoutOwnUpstreams } from './serve-settings'
import type { Session } from './session'
import { type OfferedCommand, pythonCommands, runnerOf, scriptCommands, wordsOf } from './task-command'

const TYPE = 'costflame'
/** A folder of many programs is not one project with many tasks. */
const MOST_PROGRAMS = 20

/** As users write it in `tasks.json`. */
interface Definition extends vscode.TaskDefinition {
  /** What a shell would run. */
  readonly command: string
  /** Relative to the folder of the task; that folder unless given. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export function registerTasks(session: Session): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: async () => {
      const folders = vscode.workspace.workspaceFolders ?? []
      return (await Promise.all(folders.map((folder) => tasksOf(session, folder)))).flat()
    },
    resolveTask: (task) => {
      const { definition } = task
      if (!isDefinition(definition)) return undefined
      return taskFor(session, folderOf(task.scope), definition, task.name)
    },
  })
}

function isDefinition(definition: vscode.TaskDefinition): definition is Definition {
  return typeof definition.command === 'string' && definition.command.trim() !== ''
}

function folderOf(scope: vscode.Task['scope']): vscode.WorkspaceFolder | undefined {
  return typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0]
}

async function tasksOf(session: Session, folder: vscode.WorkspaceFolder): Promise<vscode.Task[]> {
  if (folder.uri.scheme !== 'file') return []
  return (await offeredIn(folder.uri.fsPath)).map(({ name, command }) =>
    taskFor(session, folder, { type: TYPE, command }, name),
  )
}

async function offeredIn(folder: string): Promise<OfferedCommand[]> {
  // A folder that cannot be read offers nothing.
  const names = await readdir(folder).catch(() => [])
  const packageText = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '')
  return [
    ...scriptCommands(packageText, runnerOf(names)),
    ...pythonCommands(names, pythonOf(folder)).slice(0, MOST_PROGRAMS),
  ]
}

function taskFor(
  { script }: Session,
  folder: vscode.WorkspaceFolder | undefined,
  definition: Definition,
  name: string,
): vscode.Task {
  const scope = folder ?? vscode.TaskScope.Workspace
  // No matchers, said as such: else each first execution asks which ones there should be.
  const task = new vscode.Task(definition, scope, name, TYPE, processFor(script, folder, definition), [])
  task.detail = definition.command
  return task
}

function processFor(
  script: string,
  folder: vscode.WorkspaceFolder | undefined,
  { command, cwd, env }: Definition,
): vscode.ProcessExecution {
  const root = folder?.uri.fsPath
  const settings = vscode.workspace.getConfiguration('costflame', folder)
  const callSites = settings.get<string>('callSites', 'auto')
  const own = { ...process.env, ...env }
  const flags = [
    ...serveFlags(withoutOwnUpstreams((key) => settings.inspect(key)?.globalValue, own)),
    ...(callSites === 'auto' ? [] : ['--call-sites', callSites]),
    ...(root === undefined ? [] : ['--data', dataFolder(root)]),
  ]
  const inFolder = placeIn(root, cwd)
  return new vscode.ProcessExecution(process.execPath, [script, 'run', ...flags, '--', ...wordsOf(command)], {
    ...(inFolder === undefined ? {} : { cwd: inFolder }),
    env: { ...ownEnvironment(), ...env },
  })
}

/** Variables such as `${workspaceFolder}`, which VS Code puts in later, begin an absolute path. */
function placeIn(root: string | undefined, cwd: string | undefined): string | undefined {
  if (root === undefined || cwd?.startsWith('${')) return cwd
  return resolve(root, cwd ?? '')
}

/** In desktop VS Code the executable is Electron, which runs scripts only when told so. */
function ownEnvironment(): Record<string, string> {
  return process.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }
}

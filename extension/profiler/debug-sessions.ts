// F5 and Run Without Debugging, where the user wants them profiled: a launched Node or Python program gets the profiled environment
// on top of its own, and a run of its own that ends with its debug session. What is attached to is left as it is.

import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import { registerCommand } from './commands'
import { rootFolder } from './data-folder'
import { profiledVariables, terminalSettings } from './environment'
import { plainText } from './plain-text'
import { type Environment, launchEnvironment } from './program-environment'
import type { Session } from './session'

const SETTING = 'profileDebugSessions'
const TYPES: ReadonlySet<string> = new Set(['node', 'pwa-node', 'node-terminal', 'python', 'debugpy'])
/** A launch waits for a profiler that has to start; one that takes longer is for the next launch. */
const PATIENCE_MS = 10_000

export function registerDebugSessions(session: Session): vscode.Disposable[] {
  const runs = new DebugRuns(session)
  return [
    // For every type, because such providers come last: what others put into the environment is kept, too.
    vscode.debug.registerDebugConfigurationProvider('*', {
      resolveDebugConfigurationWithSubstitutedVariables: (folder, configuration) =>
        runs.profiled(folder, configuration),
    }),
    vscode.debug.onDidStartDebugSession((started) => runs.begin(started)),
    vscode.debug.onDidTerminateDebugSession((ended) => runs.end(ended)),
    registerCommand(session, 'toggleDebugSessions', toggle),
  ]
}

/** Turns the setting over for this workspace; resolves with its new value. */
async function toggle(): Promise<boolean> {
  const settings = vscode.workspace.getConfiguration('costflame')
  const isOn = !settings.get<boolean>(SETTING, false)
  await settings.update(SETTING, isOn, vscode.ConfigurationTarget.Workspace)
  vscode.window.setStatusBarMessage(
    isOn
      ? vscode.l10n.t('Costflame: debug sessions of this workspace are profiled.')
      : vscode.l10n.t('Costflame: debug sessions are not profiled any more.'),
    5_000,
  )
  return isOn
}

interface OpenRun {
  readonly runId: string
  /** Whose profiler was told of it. */
  readonly folder: string
}

class DebugRuns {
  /** Runs that a configuration was given, and whose session has not started yet. */
  private readonly given = new Set<string>()
  /** Runs by the session that they end with. */
  private readonly open = new Map<string, OpenRun>()
  /** Runs of sessions that have ended: one that is restarted keeps its id and its environment, and so its run. */
  private readonly ended = new Map<string, string>()
  private hasComplained = false

  constructor(private readonly session: Session) {}

  /** The configuration with the profiled environment, or as it was; a launch never fails because of us. */
  async profiled(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const settings = vscode.workspace.getConfiguration('costflame', folder)
    if (!isLaunch(configuration) || !settings.get<boolean>(SETTING, false)) return configuration
    const environment = environmentOf(configuration, this.folderOf(folder))
    if (environment.COSTFLAME_DISABLE === '1' || this.isOurs(environment.COSTFLAME_RUN)) return configuration
    try {
      const runId = newRunId()
      const program = { environment, runId, folder: folder?.uri }
      const variables = await soon(profiledVariables(this.session, program))
      this.given.add(runId)
      this.hasComplained = false
      return { ...configuration, env: { ...configuration.env, ...variables } }
    } catch (error) {
      this.complain(configuration.name, error)
      return configuration
    }
  }

  /** Told before the adapter launches the program, so that the run has its name before its first call. */
  begin({ id, configuration, workspaceFolder }: vscode.DebugSession): void {
    const runId = configuration.env?.COSTFLAME_RUN
    // Sessions of child processes may inherit the environment; they belong to the run, but do not end it.
    if (!this.given.delete(runId) && (runId === undefined || this.ended.get(id) !== runId)) return
    const folder = this.folderOf(workspaceFolder)
    this.open.set(id, { runId, folder })
    const root = rootFolder(folder)
    const run = { id: runId, name: configuration.name, root, startedAt: Date.now(), tags: {}, defaults: {} }
    void this.session.tell({ type: 'run', ...run }, folder)
  }

  end({ id }: vscode.DebugSession): void {
    const run = this.open.get(id)
    if (run === undefined) return
    const { runId, folder } = run
    this.open.delete(id)
    this.ended.set(id, runId)
    void this.session.tell({ type: 'runEnd', runId, endedAt: Date.now() }, folder)
  }

  private folderOf(folder: vscode.WorkspaceFolder | undefined): string {
    return folder?.uri.fsPath ?? this.session.folder ?? process.cwd()
  }

  private isOurs(runId: string | undefined): boolean {
    return runId !== undefined && [...this.open.values()].some((open) => open.runId === runId)
  }

  /** Once, until a launch was profiled again: a profiler that is broken now is broken at the next launch, too. */
  private complain(name: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    this.session.log.warn(`"${name}" is launched without the profiler: ${why}`)
    if (this.hasComplained) return
    this.hasComplained = true
    void this.warn(vscode.l10n.t('"{0}" is not profiled. {1}', name, why))
  }

  private async warn(text: string): Promise<void> {
    const showLog = vscode.l10n.t('Show Log')
    if ((await vscode.window.showWarningMessage(plainText(text), showLog)) === showLog)
      this.session.log.show()
  }
}

/** Node's debugger gives each process that it found a session of its own, which launches nothing. */
function isLaunch({ request, type, ...more }: vscode.DebugConfiguration): boolean {
  return request === 'launch' && TYPES.has(type) && !('__pendingTargetId' in more)
}

/** Terminals start with the user's settings for them; Python programs run in one unless the configuration says otherwise. */
function environmentOf(configuration: vscode.DebugConfiguration, folder: string): Environment {
  const isPython = configuration.type === 'python' || configuration.type === 'debugpy'
  const console = configuration.console ?? (isPython ? 'integratedTerminal' : undefined)
  const isInTerminal = console === 'integratedTerminal' || configuration.type === 'node-terminal'
  const inherited = isInTerminal ? { ...process.env, ...terminalSettings() } : process.env
  return launchEnvironment(configuration, inherited, folder)
}

function newRunId(): string {
  const [time = ''] = new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').split('.')
  return `debug-${time}-${randomBytes(3).toString('hex')}`
}

function soon<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = vscode.l10n.t('The profiler takes long to start; the next launch finds it.')
    const timer = setTimeout(() => reject(new Error(late)), PATIENCE_MS)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

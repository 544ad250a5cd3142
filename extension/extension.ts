// Entry of the extension: wires the rooms together and hands out the API. Nothing here waits.

import * as vscode from 'vscode'
import type { RunSummary } from '../profiler-agent/feed/protocol'
import type { Run } from '../profiler-agent/model/span'
import { registerLanguageModelTools } from './assistant/language-model-tools'
import { registerBudgets } from './budgets/budgets'
import { registerDemo } from './demo/demo'
import { registerCodeLenses } from './editor/code-lenses'
import { registerDiagnostics } from './editor/diagnostics'
import { FindingMarks } from './editor/finding-marks'
import { registerFixes } from './editor/fixes/fixes'
import { registerHeat } from './editor/heat'
import { registerHovers } from './editor/hovers'
import { registerLiveCosts } from './editor/live-costs'
import { LineMarks } from './editor/marks/line-marks'
import { registerReveal } from './editor/reveal'
import { registerUnmarkedLines } from './editor/unmarked-lines'
import { registerLinks } from './links/links'
import { registerFlamePanel } from './panel/flame-panel'
import { registerRunFileEditor } from './panel/run-file-editor'
import { registerAttach } from './profiler/attach'
import { registerProfilerCommands } from './profiler/commands'
import { registerCopyEnvironment } from './profiler/copy-environment'
import { registerDebugSessions } from './profiler/debug-sessions'
import { registerDoctor } from './profiler/doctor'
import { registerProfileFile } from './profiler/profile-file'
import { Session } from './profiler/session'
import { registerStopRun } from './profiler/stop-run'
import { registerTasks } from './profiler/tasks'
import { registerTerminalCommands } from './profiler/terminal'
import { registerViews } from './views/views'

/** What other extensions get. A change to it is a breaking change and raises `version`. */
export interface CostflameApi {
  readonly version: 1
  /** Resolves when recorded runs are there, or when it is clear that there are none; never rejects. */
  readonly ready: Promise<void>
  /** Newest first. */
  readonly runs: readonly RunSummary[]
  readonly onDidChangeRuns: vscode.Event<readonly RunSummary[]>
  getRun(id: string): Promise<Run | undefined>
  openFlameGraph(id?: string): Promise<void>
}

let session: Session | undefined

export function activate(context: vscode.ExtensionContext): CostflameApi {
  const log = vscode.window.createOutputChannel('Costflame', { log: true })
  const script = context.asAbsolutePath('dist/costflame.js')
  const started = new Session(script, log)
  session = started
  const marks = new LineMarks(started)
  const { extensionUri } = context
  const findingMarks = new FindingMarks(started)
  const ruleUri = (rule: string) =>
    vscode.Uri.joinPath(extensionUri, 'docs', 'rules.md').with({ fragment: rule.replace('/', '') })
  context.subscriptions.push(
    log,
    ...registerProfilerCommands(started),
    registerAttach(started),
    registerTerminalCommands(started),
    registerProfileFile(started),
    ...registerDebugSessions(started),
    registerDoctor(started),
    ...registerDemo(started, context),
    ...registerLinks(started),
    registerCopyEnvironment(started),
    registerTasks(started),
    registerStopRun(started),
    ...registerBudgets(started, ruleUri),
    ...registerViews(started, context.workspaceState, ruleUri),
    ...registerReveal(started),
    marks,
    ...registerCodeLenses(marks),
    registerHeat(marks),
    registerLiveCosts(marks),
    findingMarks,
    ...registerDiagnostics(findingMarks, ruleUri),
    registerHovers(started, marks, findingMarks),
    registerUnmarkedLines(started, context.workspaceState),
    ...registerFixes(started, findingMarks, marks),
    ...registerLanguageModelTools(started, context),
    ...registerFlamePanel(started, extensionUri),
    ...registerRunFileEditor(started, extensionUri),
  )
  // With recorded runs the lines shall show their cost at once; without any, nothing is started until somebody asks.
  return apiOf(started, started.startWhereRecorded())
}

/** VS Code waits for the promise: the profiler finishes open calls and writes them before the window is gone. */
export async function deactivate(): Promise<void> {
  await session?.dispose()
  session = undefined
}

function apiOf(started: Session, ready: Promise<void>): CostflameApi {
  return {
    version: 1,
    ready,
    get runs() {
      return started.runs
    },
    onDidChangeRuns: started.onDidChangeRuns,
    getRun: (id) => started.getRun(id),
    openFlameGraph: async (id) => {
      await vscode.commands.executeCommand('costflame.openFlameGraph', id)
    },
  }
}

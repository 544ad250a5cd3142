// Profiles the embedded demo, with no key and no network: writes its project, opens it, runs it, and shows what was found and what the fix saves.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import type { RunSummary } from '../../profiler-agent/feed/protocol'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { askForDemo, type ChosenDemo } from './demo-choice'
import {
  type DemoLanguage,
  isChanged,
  isDemo,
  isLanguage,
  LANGUAGES,
  PROGRAMS,
  writeDemo,
} from './demo-project'
import { revealFinding, showResult, underlined } from './demo-result'
import { runDemo } from './demo-run'

/** A window that is asked to profile the demo does so within this time after it was asked, or not at all. */
const PENDING_MS = 10 * 60_000
const PENDING_FILE = 'demo-to-profile.json'

/** What the walkthrough waits for; each stays once it is true. */
const CONTEXT = {
  profiled: 'costflame.demoProfiled',
  fixed: 'costflame.demoFixed',
  saved: 'costflame.demoSaved',
} as const

/**
 * Registers `costflame.profileDemo({language?, folder?})`: without UI when a language is given, in a temporary folder without `folder`;
 * and `costflame.showDemoFix`, which is the walkthrough's alone.
 */
export function registerDemo(session: Session, context: vscode.ExtensionContext): vscode.Disposable[] {
  const demo = new Demo(session, context)
  // Nobody asked for it in this window, so the log is where to say that it failed.
  const resume = () => demo.resume().catch((error) => session.log.error(`the demo: ${error}`))
  void resume()
  return [
    registerCommand(session, 'profileDemo', (wanted) => demo.profile(wanted)),
    registerCommand(session, 'showDemoFix', () => demo.showFix()),
    vscode.workspace.onDidGrantWorkspaceTrust(resume),
    vscode.workspace.onDidSaveTextDocument(() => demo.noticeFix()),
  ]
}

class Demo {
  private readonly assets: string
  private readonly pendingFile: string
  private running: Promise<RunSummary> | undefined

  constructor(
    private readonly session: Session,
    context: vscode.ExtensionContext,
  ) {
    this.assets = context.asAbsolutePath(join('dist', 'demo'))
    this.pendingFile = join(context.globalStorageUri.fsPath, PENDING_FILE)
  }

  /** In a window with the demo in it: one run, and what came of it. In any other: the demo is written, opened, and run there. */
  async profile(argument: unknown): Promise<RunSummary | undefined> {
    const wanted = argumentsOf(argument)
    const folder = demoFolder()
    if (folder !== undefined) return this.run(folder, wanted?.language ?? languageHere())
    const chosen = wanted ?? (await askForDemo())
    if (chosen === undefined) return undefined
    const path = await writeDemo(this.assets, chosen.folder)
    await mkdir(dirname(this.pendingFile), { recursive: true })
    await writeFile(this.pendingFile, JSON.stringify({ path, language: chosen.language, at: Date.now() }))
    const isEmpty = (vscode.workspace.workspaceFolders ?? []).length === 0
    const where = { forceNewWindow: !isEmpty, forceReuseWindow: isEmpty }
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(path), where)
    return undefined
  }

  /** Runs the demo that another window wrote for this one; once, and only in a folder that is trusted. */
  async resume(): Promise<void> {
    const folder = demoFolder()
    if (folder === undefined) return
    this.noticeFix()
    const pending = pendingOf(await readFile(this.pendingFile, 'utf8').catch(() => ''))
    if (pending === undefined || vscode.Uri.file(pending.path).toString() !== folder.uri.toString()) return
    if (!vscode.workspace.isTrusted) return
    await rm(this.pendingFile, { force: true })
    if (Date.now() - pending.at < PENDING_MS)
      await vscode.commands.executeCommand('costflame.profileDemo', { language: pending.language })
  }

  /** The quick fix of the line that the demo is about, opened as by the keyboard. */
  async showFix(): Promise<void> {
    const folder = demoFolder()
    const run = this.session.runs.find(({ root }) => root === folder?.uri.fsPath)
    if (folder === undefined || run === undefined)
      throw new Error(vscode.l10n.t('Profile the demo first: its quick fix is in the window that it opens.'))
    const program = vscode.Uri.joinPath(folder.uri, run.name)
    if (!(await revealFinding(this.session, program, run)))
      throw new Error(vscode.l10n.t('The newest run has no such line: it is mended already.'))
    await underlined(program)
    await vscode.commands.executeCommand('editor.action.quickFix')
  }

  /** A program of the demo that is no longer what we wrote has been mended. */
  noticeFix(): void {
    const folder = demoFolder()?.uri.fsPath
    if (folder === undefined) return
    if (LANGUAGES.some((language) => isChanged(this.assets, folder, PROGRAMS[language]))) tell(CONTEXT.fixed)
  }

  /** One run at a time; who asks meanwhile gets the one that goes on. */
  private run(folder: vscode.WorkspaceFolder, language: DemoLanguage): Promise<RunSummary> {
    this.running ??= this.runAndShow(folder, language).finally(() => {
      this.running = undefined
    })
    return this.running
  }

  private async runAndShow(folder: vscode.WorkspaceFolder, language: DemoLanguage): Promise<RunSummary> {
    const program = vscode.Uri.joinPath(folder.uri, PROGRAMS[language])
    const column = { viewColumn: vscode.ViewColumn.One, preview: false }
    const { document } = await vscode.window.showTextDocument(program, column)
    // What was typed, or mended, is what runs.
    await document.save()
    const run = await runDemo(this.session, folder, language)
    const before = this.session.runs.find(({ id, name }) => id !== run.id && name === run.name)
    tell(CONTEXT.profiled)
    if (isCheaper(run, before)) tell(CONTEXT.saved)
    await showResult(this.session, program, run, before)
    return run
  }
}

function isCheaper(run: RunSummary, before: RunSummary | undefined): boolean {
  return (
    before !== undefined &&
    run.totals.cost !== null &&
    before.totals.cost !== null &&
    run.totals.cost.picoUsd < before.totals.cost.picoUsd
  )
}

function tell(key: string): void {
  void vscode.commands.executeCommand('setContext', key, true)
}

/** The demo that this window has open. */
function demoFolder(): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file' && isDemo(uri.fsPath))
}

/** That of the program in front; JavaScript needs nothing. */
function languageHere(): DemoLanguage {
  const file = vscode.window.activeTextEditor?.document.uri.path ?? ''
  return LANGUAGES.find((language) => file.endsWith(PROGRAMS[language])) ?? 'javascript'
}

function argumentsOf(argument: unknown): ChosenDemo | undefined {
  if (typeof argument !== 'object' || argument === null || !('language' in argument)) return undefined
  if (!isLanguage(argument.language)) return undefined
  const folder = 'folder' in argument && typeof argument.folder === 'string' ? argument.folder : undefined
  return { language: argument.language, folder }
}

interface Pending {
  readonly path: string
  readonly language: DemoLanguage
  readonly at: number
}

/** Written by this version or another one; what is not understood is no demo to run. */
function pendingOf(text: string): Pending | undefined {
  const value = text === '' ? undefined : parsed(text)
  if (typeof value !== 'object' || value === null) return undefined
  const { path, language, at } = value as Readonly<Record<string, unknown>>
  return typeof path === 'string' && isLanguage(language) && typeof at === 'number'
    ? { path, language, at }
    : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

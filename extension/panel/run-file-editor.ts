// Opens saved runs (`*.costflame.json`) in the flame graph page, without a profiler: from this machine or another one.

import * as vscode from 'vscode'
import type { RunAnswer, RunQuestion } from '../../profiler-agent/model/run-questions'
import type { Run } from '../../profiler-agent/model/span'
import { encodeColumns } from '../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../profiler-agent/profile/columns-of-run'
import { answerFromRun } from '../../profiler-agent/profile/run-answers'
import type { ToPage } from '../../webview/messages'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { type PageSource, startPage } from './page'
import { fileName, RunFiles } from './run-files'

const VIEW_TYPE = 'costflame.runFile'

/** Registers the editor, and `costflame.showRunOfFile`, which shows another run of the file in front. */
export function registerRunFileEditor(session: Session, extensionUri: vscode.Uri): vscode.Disposable[] {
  const editor = new RunFileEditor(session, extensionUri)
  return [
    vscode.window.registerCustomEditorProvider(VIEW_TYPE, editor, {
      supportsMultipleEditorsPerDocument: true,
    }),
    registerCommand(session, 'showRunOfFile', (index) => editor.showOther(index)),
  ]
}

class RunFileEditor implements vscode.CustomReadonlyEditorProvider {
  private readonly files: RunFiles
  private readonly open = new Map<vscode.WebviewPanel, RunFilePage>()

  constructor(
    private readonly session: Session,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.files = new RunFiles(session)
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined }
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const page = new RunFilePage(uri, this.files, this.session)
    await page.read()
    const send = startPage(panel, this.extensionUri, page)
    page.onDidChange(send)
    this.open.set(panel, page)
    panel.onDidDispose(() => {
      this.open.delete(panel)
      page.dispose()
    })
  }

  /** Asks which one, unless it is said. */
  async showOther(index: unknown): Promise<void> {
    const page = [...this.open].find(([panel]) => panel.active)?.[1]
    if (page === undefined) throw new Error(vscode.l10n.t('Open a saved run first.'))
    const wanted = typeof index === 'number' ? index : await page.choose()
    if (wanted !== undefined) page.showRun(wanted)
  }
}

/** One file in one editor. */
class RunFilePage implements PageSource, vscode.Disposable {
  private runs: readonly Run[] = []
  private index = 0
  private shown: ToPage = { type: 'empty', title: '', text: '' }
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly watcher: vscode.FileSystemWatcher
  readonly onDidChange = this.changed.event

  constructor(
    private readonly uri: vscode.Uri,
    private readonly files: RunFiles,
    private readonly session: Session,
  ) {
    const beside = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), fileName(uri))
    this.watcher = vscode.workspace.createFileSystemWatcher(beside)
    this.watcher.onDidChange(() => this.read())
    this.watcher.onDidCreate(() => this.read())
  }

  async read(): Promise<void> {
    try {
      this.runs = await this.files.read(this.uri)
      this.showRun(Math.min(this.index, this.runs.length - 1))
    } catch (error) {
      this.runs = []
      const why = error instanceof Error ? error.message : String(error)
      const title = vscode.l10n.t('This file cannot be shown')
      this.show({ type: 'empty', title, text: `${fileName(this.uri)}\n${why}`, isError: true })
    }
  }

  showRun(index: number) {
    const run = this.runs[index]
    if (run === undefined) {
      const text = vscode.l10n.t('{0} is a run file, but it holds no run.', fileName(this.uri))
      return this.show({ type: 'empty', title: vscode.l10n.t('No run in this file'), text })
    }
    this.index = index
    this.show({ type: 'show', runId: run.id, columns: encodeColumns(columnsOf(run)), live: false })
  }

  async choose(): Promise<number | undefined> {
    const items = this.runs.map((run, index) => ({
      label: run.name,
      description: new Date(run.startTime).toLocaleString(),
      index,
    }))
    const title = vscode.l10n.t('Which run of this file is to be shown?')
    return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.index
  }

  state(): ToPage {
    return this.shown
  }

  get head(): Run | undefined {
    return this.runs[this.index]
  }

  async readRun(): Promise<Run> {
    const run = this.runs[this.index]
    if (run === undefined) throw new Error(vscode.l10n.t('There is no run in this file.'))
    return run
  }

  async answer(question: RunQuestion): Promise<RunAnswer> {
    const run = await this.readRun()
    if (question.ask === 'otherRuns')
      return { to: 'otherRuns', runs: await this.files.others(this.uri, this.runs, run) }
    if (question.ask === 'columns' && !question.runIds.includes(run.id)) {
      const [other] = question.runIds
      const found = this.runs.find(({ id }) => id === other) ?? (await this.files.runOf(other ?? ''))
      if (found === undefined) return this.session.askAboutRun(question)
      return { to: 'columns', columns: encodeColumns(columnsOf(found)) }
    }
    return answerFromRun(run, question)
  }

  dispose() {
    this.watcher.dispose()
    this.changed.dispose()
  }

  private show(state: ToPage) {
    this.shown = state
    this.changed.fire()
  }
}

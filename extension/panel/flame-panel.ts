// The flame graph panel: one for the window, showing one run, live while it goes on.

import * as vscode from 'vscode'
import type { RunSummary } from '../../profiler-agent/feed/protocol'
import type { Run } from '../../profiler-agent/model/span'
import type { RunColumns } from '../../profiler-agent/profile/columns'
import { decodeColumns } from '../../profiler-agent/profile/columns-codec'
import type { PageState, ToPage } from '../../webview/messages'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { startPage } from './page'

const VIEW_TYPE = 'costflame.flameGraph'
/** A live run is read again at most this often; a slower answer slows it down by itself. */
const REFRESH_MS = 250

export function registerFlamePanel(session: Session, extensionUri: vscode.Uri): vscode.Disposable[] {
  let current: FlamePanel | undefined
  const adopt = (panel: vscode.WebviewPanel, wanted: Wanted) => {
    const made = new FlamePanel(session, extensionUri, panel, wanted)
    current = made
    panel.onDidDispose(() => {
      if (current === made) current = undefined
    })
    return made
  }
  return [
    { dispose: () => current?.dispose() },
    registerCommand(session, 'openFlameGraph', async (run, spanId, compareWith) => {
      const wanted = {
        runId: runIdOf(run),
        select: typeof spanId === 'string' ? spanId : undefined,
        compareWith: Array.isArray(compareWith) ? compareWith.map(String) : undefined,
      }
      await session.start(session.folderOfRun(wanted.runId ?? ''))
      if (current === undefined) await adopt(createPanel(), wanted).refresh()
      else await current.open(wanted)
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(panel, state: PageState | undefined) {
        current?.dispose()
        const restored = adopt(panel, {
          runId: state?.runId,
          select: undefined,
          compareWith: undefined,
        })
        // Restoring must not wait for the profiler; what it says comes with the next change.
        void session.start().then(
          () => restored.refresh(),
          () => restored.refresh(),
        )
      },
    }),
  ]
}

/** The id itself, or the node of the runs tree whose button was pressed. */
function runIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument
  if (typeof argument !== 'object' || argument === null || !('run' in argument)) return undefined
  const { run } = argument
  return typeof run === 'object' && run !== null && 'id' in run && typeof run.id === 'string'
    ? run.id
    : undefined
}

function createPanel(): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(VIEW_TYPE, vscode.l10n.t('Flame Graph'), columnBeside(), {
    enableFindWidget: true,
  })
  return panel
}

/** Beside the code that is open, else where one is. */
function columnBeside(): vscode.ViewColumn {
  return vscode.window.activeTextEditor === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside
}

interface Wanted {
  /** Absent: whichever run is the current one. */
  readonly runId: string | undefined
  readonly select: string | undefined
  /** Runs to show the difference to. */
  readonly compareWith: readonly string[] | undefined
}

class FlamePanel implements vscode.Disposable {
  private readonly subscription: vscode.Disposable
  private readonly send: () => void
  private shown: { readonly bytes: ArrayBuffer; readonly columns: RunColumns } | undefined
  private revision = -1
  private isLive = false
  private problem: string | undefined
  private isReading = false
  private nextRead: NodeJS.Timeout | undefined

  constructor(
    private readonly session: Session,
    extensionUri: vscode.Uri,
    private readonly panel: vscode.WebviewPanel,
    private wanted: Wanted,
  ) {
    panel.iconPath = new vscode.ThemeIcon('flame')
    const head = () => this.shown?.columns.head
    this.send = startPage(panel, extensionUri, {
      state: () => this.state(),
      answer: (question) => session.askAboutRun(question),
      get head() {
        return head()
      },
      readRun: () => this.readRun(),
    })
    this.subscription = session.onDidChange(() => void this.refresh())
    panel.onDidChangeViewState(() => void this.refresh())
    panel.onDidDispose(() => {
      clearTimeout(this.nextRead)
      this.subscription.dispose()
    })
  }

  async open(wanted: Wanted): Promise<void> {
    this.wanted = wanted
    this.panel.reveal(undefined, false)
    await this.refresh()
    this.send()
  }

  dispose() {
    this.panel.dispose()
  }

  /** Reads the run again if it has changed, and shows it; resolves when that is done. */
  async refresh(): Promise<void> {
    const summary = this.summary()
    if (!this.isStale(summary) || this.isReading || this.nextRead !== undefined || !this.panel.visible) return
    this.isReading = true
    try {
      await this.read(summary)
    } finally {
      this.isReading = false
    }
    this.send()
    this.nextRead = setTimeout(() => {
      this.nextRead = undefined
      void this.refresh()
    }, REFRESH_MS)
  }

  private async read(summary: RunSummary | undefined) {
    const runId = summary?.id ?? this.wanted.runId
    this.revision = summary?.revision ?? 0
    this.isLive = summary?.active === true
    try {
      this.shown = runId === undefined ? undefined : await this.columnsOf(runId)
      this.problem = undefined
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error)
    }
    const { shown } = this
    this.panel.title =
      shown === undefined
        ? vscode.l10n.t('Flame Graph')
        : vscode.l10n.t('Flame Graph: {0}', shown.columns.head.name)
  }

  private async readRun(): Promise<Run> {
    const run = await this.session.getRun(this.shown?.columns.head.id ?? '')
    if (run === undefined) throw new Error(vscode.l10n.t('This run is not there any more.'))
    return run
  }

  private async columnsOf(runId: string) {
    const answer = await this.session.askAboutRun({ ask: 'columns', runIds: [runId] })
    if (answer.to !== 'columns' || answer.columns === null) return undefined
    return { bytes: answer.columns, columns: decodeColumns(answer.columns) }
  }

  private summary(): RunSummary | undefined {
    const { runId } = this.wanted
    return runId === undefined ? this.session.currentRun : this.session.runs.find((run) => run.id === runId)
  }

  private isStale(summary: RunSummary | undefined): boolean {
    const runId = summary?.id ?? this.wanted.runId
    if (this.shown?.columns.head.id !== runId || this.revision !== (summary?.revision ?? 0)) return true
    if (this.shown?.columns.partsFollow) return true
    return this.isLive !== (summary?.active === true)
  }

  private state(): ToPage {
    const { shown, problem } = this
    if (shown !== undefined) {
      const { select, compareWith } = this.wanted
      // Once: later changes of the run must not take back what the user does.
      this.wanted = { ...this.wanted, select: undefined, compareWith: undefined }
      return {
        type: 'show',
        runId: shown.columns.head.id,
        columns: shown.bytes,
        live: this.isLive,
        ...(select === undefined ? {} : { select }),
        ...(compareWith === undefined ? {} : { compareWith }),
      }
    }
    if (problem !== undefined)
      return { type: 'empty', title: vscode.l10n.t('This run cannot be read'), text: problem, isError: true }
    if (this.wanted.runId !== undefined && this.revision >= 0)
      return {
        type: 'empty',
        title: vscode.l10n.t('This run is not there any more'),
        text: vscode.l10n.t('It was deleted. Choose another one in the Costflame view.'),
      }
    return {
      type: 'empty',
      title: vscode.l10n.t('No run yet'),
      text: vscode.l10n.t(
        'Open a profiled terminal and start your agent in it.\nIts calls appear here while it runs.',
      ),
    }
  }
}

// Which lines of an open document cost what, at the places where their code is now: everything that the editor shows on lines asks here.

import * as vscode from 'vscode'
import type { LineCost } from '../../../profiler-agent/model/line-cost'
import { isInWorkspace } from '../../locations'
import type { Session } from '../../profiler/session'
import { AtMostEvery } from './at-most'
import { CostsByFile } from './costs-by-file'
import { DocumentMarks, type Mark } from './document-marks'
import { MovedFiles } from './moved-files'
import { CELL_SCHEME, NotebookCells } from './notebook-cells'

export type { Mark } from './document-marks'

/** A run that goes on changes its costs with every call. */
const UPDATE_MS = 300
/** After the last keystroke: only then the text is looked into. */
const TYPING_MS = 250

/** What of the session is shown on lines. */
export type ShownSession = Pick<Session, 'lines' | 'allProfilers' | 'onDidChange'>

export class LineMarks implements vscode.Disposable {
  private readonly costs = new CostsByFile()
  private readonly moved = new MovedFiles()
  private readonly cells = new NotebookCells()
  /** Of documents that somebody asked about, while they are open. */
  private readonly documents = new Map<string, DocumentMarks>()
  private readonly waiting = new Map<string, NodeJS.Timeout>()
  private readonly changed = new vscode.EventEmitter<vscode.Uri | undefined>()
  /** Marks of a document changed, or of all of them; not when they only moved with the text around them, as all in an editor does. */
  readonly onDidChange = this.changed.event
  private readonly update = new AtMostEvery(UPDATE_MS, () => {
    this.show()
    this.changed.fire(undefined)
  })
  /** Lines of which a profiler tells more when there is more. */
  private live: ReadonlySet<LineCost> = new Set()
  private readonly subscriptions: readonly vscode.Disposable[]

  constructor(private readonly session: ShownSession) {
    let shown = session.lines
    let running = this.running.length
    this.show()
    this.subscriptions = [
      session.onDidChange(() => {
        if (session.lines === shown && this.running.length === running) return
        shown = session.lines
        running = this.running.length
        this.update.ask()
      }),
      vscode.workspace.onDidChangeTextDocument((event) => this.edited(event)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        this.costs.renamed(files)
        this.changed.fire(undefined)
      }),
    ]
  }

  /** In the order of the document; empty where nothing was measured. */
  of(document: vscode.TextDocument): readonly Mark[] {
    const costs = this.costsOf(document)
    const key = document.uri.toString()
    if (costs.length === 0) {
      this.documents.delete(key)
      return []
    }
    const known = this.documents.get(key) ?? new DocumentMarks(document)
    this.documents.set(key, known)
    return known.of(costs)
  }

  /** Whether the run goes on, as far as anybody is there to tell of its end. */
  isLive({ cost }: Mark): boolean {
    return cost.active && this.live.has(cost)
  }

  dispose() {
    for (const timer of this.waiting.values()) clearTimeout(timer)
    this.update.dispose()
    vscode.Disposable.from(...this.subscriptions).dispose()
    this.changed.dispose()
  }

  /** With a profiler that is gone, nothing of it is live. */
  private get running() {
    return this.session.allProfilers.filter(({ status }) => status.is === 'running')
  }

  private show(): void {
    this.costs.show(this.session.lines)
    this.live = new Set(this.running.flatMap(({ lines }) => lines))
  }

  private costsOf(document: vscode.TextDocument): readonly LineCost[] {
    const { uri } = document
    if (uri.scheme === CELL_SCHEME)
      return isInWorkspace(vscode.Uri.file(uri.path)) ? this.cells.costsOf(document, this.costs) : []
    if (!isInWorkspace(uri)) return []
    const own = this.costs.of(uri)
    if (own.length > 0) return own
    const movedFrom = this.moved.movedFrom(document, this.costs)
    return (movedFrom !== undefined && this.costs.files.get(movedFrom)) || own
  }

  /** Runs with every keystroke: it moves a few numbers, and the rest waits for a pause. */
  private edited(event: vscode.TextDocumentChangeEvent): void {
    const { uri } = event.document
    const known = this.documents.get(uri.toString())
    if (known === undefined) return
    const isTorn = known.edit(event)
    // What was torn out shows at a wrong place until it is found.
    if (known.isUnsure) this.lookSoon(uri, isTorn ? 0 : TYPING_MS)
  }

  private lookSoon(uri: vscode.Uri, milliseconds: number): void {
    const key = uri.toString()
    clearTimeout(this.waiting.get(key))
    const look = () => {
      this.waiting.delete(key)
      const isShown = vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === key)
      if (isShown && this.documents.get(key)?.look()) this.changed.fire(uri)
    }
    this.waiting.set(key, setTimeout(look, milliseconds))
  }

  private forget(uri: vscode.Uri): void {
    const key = uri.toString()
    this.documents.delete(key)
    this.moved.forget(uri)
    this.cells.forget(uri)
    clearTimeout(this.waiting.get(key))
    this.waiting.delete(key)
  }
}

// The folders of the workspace that can be profiled, and which of them is worked in.

import * as vscode from 'vscode'
import { dataFolder } from './data-folder'

export class WorkspaceFolders implements vscode.Disposable {
  private paths: readonly string[] = readFolders()
  private chosen: string | undefined
  /** Where runs lie is told by the disk, which is not to be asked at each change. */
  private readonly data = new Map<string, string>()
  private readonly activeChanged = new vscode.EventEmitter<void>()
  private readonly foldersChanged = new vscode.EventEmitter<void>()
  readonly onDidChangeActive = this.activeChanged.event
  readonly onDidChangeFolders = this.foldersChanged.event
  private readonly subscriptions: readonly vscode.Disposable[]

  constructor() {
    this.follow(vscode.window.activeTextEditor)
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.paths = readFolders()
        this.data.clear()
        this.foldersChanged.fire()
      }),
    ]
  }

  get folders(): readonly string[] {
    return this.paths
  }

  /** That of the editor which was active last, else the first. */
  get active(): string | undefined {
    return this.chosen !== undefined && this.paths.includes(this.chosen) ? this.chosen : this.paths[0]
  }

  folderOf(uri: vscode.Uri): string | undefined {
    // Cells of notebooks have the path of their file.
    const file = uri.scheme === 'vscode-notebook-cell' ? vscode.Uri.file(uri.path) : uri
    const found = vscode.workspace.getWorkspaceFolder(file)?.uri
    return found?.scheme === 'file' ? found.fsPath : undefined
  }

  /** Where the runs of a folder lie. */
  dataOf(folder: string): string {
    const known = this.data.get(folder)
    if (known !== undefined) return known
    const found = dataFolder(folder)
    this.data.set(folder, found)
    return found
  }

  dispose() {
    for (const subscription of this.subscriptions) subscription.dispose()
    this.activeChanged.dispose()
    this.foldersChanged.dispose()
  }

  /** An editor of no folder leaves the choice as it is. */
  private follow(editor: vscode.TextEditor | undefined): void {
    const folder = editor && this.folderOf(editor.document.uri)
    if (folder === undefined || folder === this.active) return
    this.chosen = folder
    this.activeChanged.fire()
  }
}

function readFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath)
}

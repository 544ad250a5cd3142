// "Explain this": the evidence of a finding, as `costflame why` says it, in a document of its own.

import * as vscode from 'vscode'
import { outputOf } from '../../profiler/command-line'
import { registerCommand } from '../../profiler/commands'
import { dataFolder } from '../../profiler/data-folder'
import type { Session } from '../../profiler/session'

const SCHEME = 'costflame-why'
/** Of an id, enough to name a finding by. */
const SHOWN_ID = 8

/** Registers `costflame.explainFinding(runId, findingId)`, which shows the evidence and resolves with it. */
export function registerExplain(session: Session): vscode.Disposable[] {
  const pages = new Explanations()
  return [
    pages,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, pages),
    registerCommand(session, 'explainFinding', async (runId, findingId) => {
      const folder = session.folderOfRun(String(runId)) ?? session.folder
      if (folder === undefined) throw new Error(vscode.l10n.t('Open a folder first.'))
      const args = ['why', String(findingId), '--run', String(runId), '--data', dataFolder(folder)]
      const text = await outputOf({ script: session.script, folder }, args)
      await pages.show(String(findingId), text)
      return text
    }),
  ]
}

/** Plain text: prompts are other people's, and nothing in them is markup. */
class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>()
  readonly onDidChange = this.changed.event
  private readonly texts = new Map<string, string>()

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? ''
  }

  async show(findingId: string, text: string): Promise<void> {
    const path = `/${vscode.l10n.t('Why {0}', findingId.slice(0, SHOWN_ID))}.txt`
    const uri = vscode.Uri.from({ scheme: SCHEME, path })
    this.texts.set(uri.toString(), text)
    this.changed.fire(uri)
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preview: true })
  }

  dispose() {
    this.changed.dispose()
  }
}

// Opens saved runs (`*.costflame.json`) in the flame graph page, without a profiler.

import * as vscode from 'vscode'
import type { ToPage } from '../../webview/messages'
import { startPage } from './page'

const VIEW_TYPE = 'costflame.runFile'

export function registerRunFileEditor(extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(VIEW_TYPE, new RunFileEditor(extensionUri), {
    supportsMultipleEditorsPerDocument: true,
  })
}

class RunFileEditor implements vscode.CustomReadonlyEditorProvider {
  constructor(private readonly extensionUri: vscode.Uri) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined }
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    let state = await readState(uri)
    const send = startPage(panel, this.extensionUri, { state: () => state })
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), fileName(uri)),
    )
    const reread = async () => {
      state = await readState(uri)
      send()
    }
    watcher.onDidChange(reread)
    watcher.onDidCreate(reread)
    panel.onDidDispose(() => watcher.dispose())
  }
}

function fileName(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) ?? ''
}

async function readState(uri: vscode.Uri): Promise<ToPage> {
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
    // Loaded when a file is opened: its schema library is larger than all the rest, and most windows open none.
    const { decodeRunFile } = await import('../../profiler-agent/formats/json')
    const [run] = decodeRunFile(text).runs
    if (run !== undefined) return { type: 'show', run, live: false }
    return {
      type: 'empty',
      title: vscode.l10n.t('No run in this file'),
      text: vscode.l10n.t('{0} is a run file, but it holds no run.', fileName(uri)),
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      type: 'empty',
      title: vscode.l10n.t('This file cannot be shown'),
      text: `${fileName(uri)}\n${why}`,
      isError: true,
    }
  }
}

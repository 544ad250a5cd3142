// Opens saved runs (`*.costflame.json`) in the flame graph page, without a profiler.

import * as vscode from 'vscode'
import type { Run } from '../../profiler-agent/model/span'
import { encodeColumns } from '../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../profiler-agent/profile/columns-of-run'
import { answerFromRun } from '../../profiler-agent/profile/run-answers'
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
    let file = await readFile(uri)
    const send = startPage(panel, this.extensionUri, {
      state: () => file.state,
      answer: async (question) => answerFromRun(runOf(file), question),
      get head() {
        return file.run
      },
      readRun: async () => runOf(file),
    })
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), fileName(uri)),
    )
    const reread = async () => {
      file = await readFile(uri)
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

interface OpenFile {
  readonly run?: Run
  readonly state: ToPage
}

function runOf({ run }: OpenFile): Run {
  if (run === undefined) throw new Error(vscode.l10n.t('There is no run in this file.'))
  return run
}

async function readFile(uri: vscode.Uri): Promise<OpenFile> {
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
    // Loaded when a file is opened: its schema library is larger than all the rest, and most windows open none.
    const { decodeRunFile } = await import('../../profiler-agent/formats/json')
    const [run] = decodeRunFile(text).runs
    if (run !== undefined) {
      const columns = encodeColumns(columnsOf(run))
      return { run, state: { type: 'show', runId: run.id, columns, live: false } }
    }
    return {
      state: {
        type: 'empty',
        title: vscode.l10n.t('No run in this file'),
        text: vscode.l10n.t('{0} is a run file, but it holds no run.', fileName(uri)),
      },
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      state: {
        type: 'empty',
        title: vscode.l10n.t('This file cannot be shown'),
        text: `${fileName(uri)}\n${why}`,
        isError: true,
      },
    }
  }
}

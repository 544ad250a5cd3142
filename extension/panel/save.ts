// Saves what the page shows: a picture or table that it made itself, or the run as a file.

import * as vscode from 'vscode'
import { RUN_SCHEMA, type Run } from '../../profiler-agent/model/span'
import type { FromPage, SaveFormat } from '../../webview/messages'
import { pageScript } from './html'

type SaveRequest = Extract<FromPage, { type: 'save' }>

const FORMATS: Readonly<Record<SaveFormat, { readonly label: string; readonly extension: string }>> = {
  svg: { label: 'SVG', extension: 'svg' },
  png: { label: 'PNG', extension: 'png' },
  csv: { label: 'CSV', extension: 'csv' },
  html: { label: 'HTML', extension: 'html' },
  json: { label: 'Costflame run', extension: 'costflame.json' },
}

export interface SavedRun {
  readonly name: string
  /** The whole run, read when it is needed. */
  read(): Promise<Run>
}

/** Asks where to; resolves with the file, `undefined` if the user gave up. */
export async function save(
  extensionUri: vscode.Uri,
  run: SavedRun,
  request: SaveRequest,
): Promise<vscode.Uri | undefined> {
  const { label, extension } = FORMATS[request.format]
  const target = await vscode.window.showSaveDialog({
    defaultUri: defaultUri(`${run.name.replace(/[^\w.-]+/g, '-')}.${extension}`),
    filters: { [label]: [extension] },
  })
  if (target === undefined) return undefined
  await vscode.workspace.fs.writeFile(target, await contentOf(extensionUri, run, request))
  vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', target.fsPath), 5000)
  return target
}

function defaultUri(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri
  return folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder, name)
}

async function contentOf(
  extensionUri: vscode.Uri,
  run: SavedRun,
  { format, content, redacted }: SaveRequest,
): Promise<Uint8Array> {
  if (content !== undefined)
    return format === 'png' ? bytesOfDataUrl(content) : new TextEncoder().encode(content)
  // Loaded when somebody saves: their libraries are larger than all the rest.
  const [{ encodeRunFile }, { redactRuns }, { htmlExport }, { csvExport }] = await Promise.all([
    import('../../profiler-agent/formats/json'),
    import('../../profiler-agent/formats/redact'),
    import('../../profiler-agent/formats/html'),
    import('../../profiler-agent/formats/csv'),
  ])
  const whole = await run.read()
  const runs = redacted === true ? redactRuns([whole]) : [whole]
  const text = async () => {
    if (format === 'csv') return csvExport(runs)
    if (format === 'html')
      return htmlExport({ schema: RUN_SCHEMA, runs }, { script: await pageScript(extensionUri) })
    return encodeRunFile(runs)
  }
  return new TextEncoder().encode(await text())
}

function bytesOfDataUrl(url: string): Uint8Array {
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}

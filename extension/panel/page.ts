// A webview with the flame graph page in it: sends the state whole whenever the page asks or can be seen again, and reveals lines.

import * as vscode from 'vscode'
import type { Run, Span } from '../../profiler-agent/model/span'
import type { FromPage, ToPage } from '../../webview/messages'
import { pageHtml, pageOptions } from './html'

export interface PageSource {
  /** The state to show now. */
  state(): ToPage
}

/** Starts the page; returns a function that sends the state again. */
export function startPage(
  panel: vscode.WebviewPanel,
  extensionUri: vscode.Uri,
  source: PageSource,
): () => void {
  let isReady = false
  const send = () => {
    // A hidden webview loses messages; it gets the state when it is seen again.
    if (isReady && panel.visible) void panel.webview.postMessage(source.state())
  }
  panel.webview.options = pageOptions(extensionUri)
  panel.webview.onDidReceiveMessage((message: FromPage) => {
    if (message.type === 'ready') {
      isReady = true
      send()
    } else void reveal(source.state(), message.spanId)
  })
  panel.onDidChangeViewState(() => send())
  panel.webview.html = pageHtml(panel.webview, extensionUri)
  return send
}

async function reveal(state: ToPage, spanId: string) {
  if (state.type !== 'show') return
  const place = placeOf(state.run, spanId)
  if (place !== undefined)
    await vscode.commands.executeCommand('costflame.revealPlace', place, state.run.root)
}

function placeOf(run: Run, spanId: string): Span['callSite'] {
  return run.spans.find((span) => span.id === spanId)?.callSite
}

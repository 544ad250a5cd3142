// A webview with the page in it: sends the state whole whenever the page asks or can be seen again, and does what the page asks for.

import * as vscode from 'vscode'
import type { RunAnswer, RunQuestion } from '../../profiler-agent/model/run-questions'
import type { Run } from '../../profiler-agent/model/span'
import type { RunHead } from '../../profiler-agent/profile/columns'
import type { FromPage, ToPage } from '../../webview/messages'
import { pageHtml, pageOptions } from './html'
import { save } from './save'

export interface PageSource {
  /** The state to show now. */
  state(): ToPage
  /** Rejects with a sentence for the user. */
  answer(question: RunQuestion): Promise<RunAnswer>
  /** What is known of the run that is shown. */
  readonly head: RunHead | undefined
  /** The whole run; rejects with a sentence for the user. */
  readRun(): Promise<Run>
}

/** Starts the page; returns a function that sends the state again. */
export function startPage(
  panel: vscode.WebviewPanel,
  extensionUri: vscode.Uri,
  source: PageSource,
): () => void {
  let isReady = false
  const post = (message: ToPage) => void panel.webview.postMessage(message)
  const send = () => {
    // A hidden webview loses messages; it gets the state when it is seen again.
    if (isReady && panel.visible) post(source.state())
  }
  panel.webview.options = pageOptions(extensionUri)
  panel.webview.onDidReceiveMessage(async (message: FromPage) => {
    if (message.type === 'ready') {
      isReady = true
      return send()
    }
    if (message.type === 'ask') return post(await answerTo(source, message))
    // A page has nobody to tell of what went wrong here.
    act(extensionUri, source, message).catch((error: unknown) => {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error))
    })
  })
  panel.onDidChangeViewState(() => send())
  panel.webview.html = pageHtml(panel.webview, extensionUri)
  return send
}

async function answerTo(
  source: PageSource,
  { id, question }: Extract<FromPage, { type: 'ask' }>,
): Promise<ToPage> {
  try {
    return { type: 'answer', id, answer: await source.answer(question) }
  } catch (error) {
    return { type: 'failure', id, message: error instanceof Error ? error.message : String(error) }
  }
}

async function act(
  extensionUri: vscode.Uri,
  source: PageSource,
  message: Exclude<FromPage, { type: 'ask' | 'ready' }>,
) {
  switch (message.type) {
    case 'reveal':
      return revealSpan(source, message.spanId, message.frame ?? 0)
    case 'revealFinding':
      return revealFinding(source, message.findingId, message.related)
    case 'openRun':
      return vscode.commands.executeCommand('costflame.openFlameGraph', message.runId, message.spanId)
    case 'copy':
      return vscode.env.clipboard.writeText(message.text)
    case 'save':
      return save(extensionUri, { name: source.head?.name ?? 'run', read: () => source.readRun() }, message)
    default:
      return message satisfies never
  }
}

async function revealSpan(source: PageSource, spanId: string, frame: number) {
  const runId = source.head?.id ?? ''
  const answer = await source.answer({ ask: 'span', runId, spanId })
  const site = answer.to === 'span' ? answer.found?.span.callSite : undefined
  const place = site?.stack[frame] ?? site
  if (place !== undefined) await revealPlace(source, place)
}

async function revealFinding(source: PageSource, findingId: string, related: number | undefined) {
  const finding = source.head?.findings.find(({ id }) => id === findingId)
  const place = related === undefined ? finding?.location : finding?.relatedLocations[related]
  if (place !== undefined) await revealPlace(source, place)
}

function revealPlace(source: PageSource, place: { readonly file: string; readonly line: number }) {
  return vscode.commands.executeCommand('costflame.revealPlace', place, source.head?.root)
}

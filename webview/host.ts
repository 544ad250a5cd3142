// The page's two surroundings behind one surface: a VS Code webview, or a saved HTML file that carries its run with it.

import type { RunQuestion } from '../profiler-agent/model/run-questions'
import type { Run } from '../profiler-agent/model/span'
import { encodeColumns } from '../profiler-agent/profile/columns-codec'
import { columnsOf } from '../profiler-agent/profile/columns-of-run'
import { answerFromRun } from '../profiler-agent/profile/run-answers'
import { copyInBrowser, saveInBrowser } from './browser-files'
import type { FromPage, PageState, ToPage } from './messages'
import { t } from './words'

export interface Host {
  /** False in a saved HTML file: nobody can open a source line there. */
  readonly canReveal: boolean
  post(message: FromPage): void
  readonly state: PageState
  keep(state: PageState): void
}

interface VsCodeApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

declare const acquireVsCodeApi: undefined | (() => VsCodeApi)

/** Connects to whichever surroundings there are; `receive` gets the current state now or later, always whole. */
export function connectHost(receive: (message: ToPage) => void): Host {
  return typeof acquireVsCodeApi === 'function'
    ? webviewHost(acquireVsCodeApi(), receive)
    : standaloneHost(receive)
}

function webviewHost(api: VsCodeApi, receive: (message: ToPage) => void): Host {
  // Only the extension can post into a webview's window.
  window.addEventListener('message', (event: MessageEvent<ToPage>) => receive(event.data))
  return {
    canReveal: true,
    post: (message) => api.postMessage(message),
    get state() {
      return (api.getState() ?? {}) as PageState
    },
    keep: (state) => api.setState(state),
  }
}

function standaloneHost(receive: (message: ToPage) => void): Host {
  let kept: PageState = {}
  const embedded = readEmbedded()
  const answer = (message: FromPage) => {
    switch (message.type) {
      case 'ready':
        return receive(embedded.message)
      case 'ask':
        return receive(answered(embedded.run, message.id, message.question))
      case 'save':
        return saveInBrowser(message, embedded.run)
      case 'copy':
        return void copyInBrowser(message.text)
      case 'reveal':
      case 'revealFinding':
      case 'openRun':
        // The page shows no way to do these where `canReveal` is false.
        return
      default:
        return message satisfies never
    }
  }
  return {
    canReveal: false,
    // Later, as from an extension: whoever asks has got its promise by then.
    post: (message) => queueMicrotask(() => answer(message)),
    get state() {
      return kept
    },
    keep: (state) => {
      kept = state
    },
  }
}

interface Embedded {
  readonly run?: Run
  readonly message: ToPage
}

function readEmbedded(): Embedded {
  const text = document.getElementById('costflame-data')?.textContent ?? ''
  try {
    // Written by our own HTML export, which validated it; a file changed by hand ends in the catch.
    const run: Run | undefined = JSON.parse(text).runs[0]
    if (run === undefined)
      return { message: { type: 'empty', title: t('No run'), text: t('This file holds no run.') } }
    const columns = encodeColumns(columnsOf(run))
    return { run, message: { type: 'show', runId: run.id, columns, live: false } }
  } catch (error) {
    const text = t('Its data cannot be read: {0}', String(error))
    return { message: { type: 'empty', title: t('This file is broken'), text, isError: true } }
  }
}

function answered(run: Run | undefined, id: number, question: RunQuestion): ToPage {
  try {
    if (run === undefined) throw new Error(t('This file holds no run.'))
    return { type: 'answer', id, answer: answerFromRun(run, question) }
  } catch (error) {
    return { type: 'failure', id, message: error instanceof Error ? error.message : String(error) }
  }
}

// The page's two surroundings behind one surface: a VS Code webview, or a saved HTML file that carries its run with it.

import type { Run } from '../profiler-agent/model/span'
import { encodeColumns } from '../profiler-agent/profile/columns-codec'
import { columnsOf } from '../profiler-agent/profile/columns-of-run'
import type { FromPage, PageState, ToPage } from './messages'

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
  return {
    canReveal: false,
    post: (message) => {
      if (message.type === 'ready') receive(embeddedRun())
      else if (message.type === 'ask')
        receive({ type: 'failure', id: message.id, message: 'A saved page cannot answer this.' })
    },
    get state() {
      return kept
    },
    keep: (state) => {
      kept = state
    },
  }
}

function embeddedRun(): ToPage {
  const text = document.getElementById('costflame-data')?.textContent ?? ''
  try {
    // Written by our own HTML export, which validated it; a file changed by hand ends in the catch.
    const run: Run | undefined = JSON.parse(text).runs[0]
    if (run === undefined) return { type: 'empty', title: 'No run', text: 'This file holds no run.' }
    return { type: 'show', runId: run.id, columns: encodeColumns(columnsOf(run)), live: false }
  } catch (error) {
    return {
      type: 'empty',
      title: 'This file is broken',
      text: `Its data cannot be read: ${error}`,
      isError: true,
    }
  }
}

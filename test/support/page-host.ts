// The built page in a real browser, with a stand-in for the editor around it: it sends the run, answers what the page asks, and notes the rest.

import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import type { RunAnswer, RunQuestion } from '../../profiler-agent/model/run-questions'
import type { Run } from '../../profiler-agent/model/span'
import { encodeColumns } from '../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../profiler-agent/profile/columns-of-run'
import { answerFromRun } from '../../profiler-agent/profile/run-answers'
import type { FromPage, ToPage } from '../../webview/messages'
import { EDITOR_THEMES, type EditorThemeName } from './editor-themes'
import { inRepository } from './repository'

export interface PageHostOptions {
  readonly theme?: EditorThemeName
  readonly width?: number
  readonly height?: number
  /** CSS pixels, as `window.zoomLevel` and the editor's font size make it. */
  readonly fontSize?: number
  /** What is asked of the run; by default what a saved run can say. */
  readonly answer?: (question: RunQuestion) => RunAnswer
}

export interface HostedPage {
  readonly page: Page
  /** What the page asked the editor to do, in order. */
  readonly messages: readonly Exclude<FromPage, { type: 'ready' | 'ask' }>[]
  /** Errors that the page did not catch. */
  readonly errors: readonly string[]
  /** Sends another state, as when the run has grown. */
  show(run: Run, more?: Partial<Pick<Extract<ToPage, { type: 'show' }>, 'live' | 'select'>>): Promise<void>
  send(message: Exclude<ToPage, { type: 'show' }>): Promise<void>
  /** Loads the page anew with the state that it kept. */
  reload(): Promise<void>
}

/** What the page sees of VS Code: its state outlives a reload, and messages go to the test. */
const EDITOR = `
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => void window.toEditor(JSON.stringify(message)),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  })
`

/** An address that nothing is behind: the browser is given the page by the test. */
const ADDRESS = 'http://page.test/'

export async function openPage(
  browser: Browser,
  run: Run,
  options: PageHostOptions = {},
): Promise<HostedPage> {
  const { theme = 'dark', width = 1200, height = 800, answer } = options
  const page = await browser.newPage({ viewport: { width, height } })
  const messages: Exclude<FromPage, { type: 'ready' | 'ask' }>[] = []
  const errors: string[] = []
  let shown = run
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  const post = (message: ToPage) => page.evaluate(receive, packed(message))
  const show: HostedPage['show'] = (next, more = {}) => {
    shown = next
    return post({
      type: 'show',
      runId: next.id,
      columns: encodeColumns(columnsOf(next)),
      live: false,
      ...more,
    })
  }
  await page.exposeFunction('toEditor', async (text: string) => {
    const message: FromPage = JSON.parse(text)
    if (message.type === 'ready') await show(shown)
    else if (message.type === 'ask') await post(answered(message, shown, answer))
    else messages.push(message)
  })
  await page.addInitScript(EDITOR)
  await page.route(ADDRESS, (route) =>
    route.fulfill({ contentType: 'text/html', body: html(theme, options.fontSize ?? 13) }),
  )
  await page.goto(ADDRESS)
  await page.locator('main').waitFor()
  const reload = async () => {
    await page.reload()
    await page.locator('main').waitFor()
  }
  return { page, messages, errors, show, send: post, reload }
}

function answered(
  { id, question }: Extract<FromPage, { type: 'ask' }>,
  run: Run,
  answer: PageHostOptions['answer'],
): ToPage {
  try {
    return { type: 'answer', id, answer: answer?.(question) ?? answerFromRun(run, question) }
  } catch (error) {
    return { type: 'failure', id, message: error instanceof Error ? error.message : String(error) }
  }
}

function html(theme: EditorThemeName, fontSize: number): string {
  const { classes, colours } = EDITOR_THEMES[theme]
  const style = Object.entries({
    ...colours,
    'font-size': `${fontSize}px`,
    'font-family': 'sans-serif',
  }).map(([name, value]) => `--vscode-${name}: ${value}`)
  const script = readFileSync(inRepository('dist', 'webview', 'flame.js'), 'utf8')
  return `<!doctype html><html lang="en" style="${style.join('; ')}"><head><meta charset="utf-8"><title>Flame graph</title></head>
<body class="${classes}"><script>${script.replaceAll('</script', '<\\/script')}</script></body></html>`
}

/** What crosses into the page is JSON: memory goes as text. */
interface Packed {
  readonly json: string
  readonly base64?: string
}

function packed(message: ToPage): Packed {
  const holder = message.type === 'answer' ? message.answer : message
  const columns = 'columns' in holder ? holder.columns : null
  const json = JSON.stringify(message)
  return columns === null ? { json } : { json, base64: Buffer.from(columns).toString('base64') }
}

/** Runs in the page. */
function receive({ json, base64 }: Packed) {
  const message = JSON.parse(json)
  if (base64 !== undefined) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    const holder = message.type === 'answer' ? message.answer : message
    holder.columns = bytes.buffer
  }
  const dispatch: (event: Event) => boolean = Reflect.get(globalThis, 'dispatchEvent')
  dispatch.call(globalThis, new MessageEvent('message', { data: message }))
}

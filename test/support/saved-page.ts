// The HTML file that users save of a run, opened from the disk in a real browser.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { htmlExport } from '../../profiler-agent/formats/html'
import { RUN_SCHEMA, type Run } from '../../profiler-agent/model/span'
import { launchChromium } from './chromium'
import { FlamePage } from './flame-page'
import { inRepository } from './repository'
import { type TestFolder, temporaryFolder, writeFiles } from './test-folders'

export interface Look {
  /** `forced`: the colours of the system's high contrast. */
  readonly colours?: 'dark' | 'light' | 'forced'
  readonly width?: number
  readonly height?: number
}

/** Generous for a page that waits for nothing but itself. */
const PATIENCE_MS = 15_000

/** Call it in a `describe`; the function that it gives opens runs in hooks and tests. A test that fails leaves a picture. */
export function useSavedPages(): (run: Run, look?: Look) => Promise<FlamePage> {
  const script = readFileSync(inRepository('dist', 'webview', 'flame.js'), 'utf8')
  let folder: TestFolder
  let browser: Browser
  let last: FlamePage | undefined

  before('open a browser', async () => {
    folder = temporaryFolder('saved-pages')
    browser = await launchChromium()
  })
  afterEach('picture a failure', async function () {
    if (this.currentTest?.state === 'failed')
      await last?.picture(`failed-${this.currentTest.fullTitle().replace(/[^\w]+/g, '-')}`)
    for (const context of browser.contexts()) await context.close()
  })
  after('close the browser', async () => {
    await browser.close()
    folder.remove()
  })

  return async (run, { colours = 'dark', width = 1200, height = 800 } = {}) => {
    writeFiles(folder.path, { 'run.html': htmlExport({ schema: RUN_SCHEMA, runs: [run] }, { script }) })
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: colours === 'light' ? 'light' : 'dark',
      forcedColors: colours === 'forced' ? 'active' : 'none',
    })
    context.setDefaultTimeout(PATIENCE_MS)
    last = new FlamePage(await context.newPage())
    await last.page.goto(pathToFileURL(join(folder.path, 'run.html')).href)
    await last.page.waitForSelector('canvas[data-view], .empty:not([hidden])')
    return last
  }
}

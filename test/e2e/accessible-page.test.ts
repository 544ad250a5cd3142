// The page held to the accessibility rules of axe: every view in each of the editor's themes, narrow, with large text, and what opens over it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { decodeRunFile } from '../../profiler-agent/formats/json'
import type { Run } from '../../profiler-agent/model/span'
import { launchChromium } from '../support/chromium'
import { EDITOR_THEMES, type EditorThemeName } from '../support/editor-themes'
import { type HostedPage, openPage, type PageHostOptions } from '../support/page-host'
import { inRepository } from '../support/repository'
import { until } from '../support/until'

const AXE = readFileSync(inRepository('node_modules', 'axe-core', 'axe.min.js'), 'utf8')
const VIEWS = ['timeline', 'icicle', 'stack', 'prompt', 'sandwich', 'table', 'diff', 'charts'] as const

interface AxeResults {
  readonly passes: readonly unknown[]
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

/** In another theme only colours are other ones. */
type Rules = 'all' | 'colours'

/** One line for each element that breaks a rule. */
async function violationsOn(page: Page, rules: Rules = 'all'): Promise<string[]> {
  const runOnly = rules === 'all' ? '' : ', runOnly: ["color-contrast"]'
  const { passes, violations } = await page.evaluate<AxeResults>(
    `axe.run(document, { resultTypes: ["violations"]${runOnly} })`,
  )
  assert.ok(passes.length >= (rules === 'all' ? 10 : 1), 'axe found next to nothing to check')
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary}`),
  )
}

function savedRun(): Run {
  const text = readFileSync(inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json'), 'utf8')
  const [run] = decodeRunFile(text).runs
  assert.ok(run)
  return run
}

describe('a page without barriers', () => {
  const run = savedRun()
  let browser: Browser
  let hosted: HostedPage | undefined
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  afterEach(() => hosted?.page.close())

  async function open(options: PageHostOptions): Promise<Page> {
    hosted = await openPage(browser, run, options)
    const { page } = hosted
    await page.evaluate(AXE)
    // A call, so that the details have much to say.
    await page.locator('[role=treeitem][data-kind=chat]').first().click()
    await page.locator('.details').getByRole('tab').first().waitFor()
    return page
  }

  async function checkViews(page: Page, rules: Rules = 'all') {
    const broken: string[] = []
    for (const view of VIEWS) {
      await page.locator(`#tab-${view}`).click()
      await until(
        `the view ${view}`,
        async () => (await page.locator(`#tab-${view}`).getAttribute('aria-selected')) === 'true',
      )
      for (const violation of await violationsOn(page, rules)) broken.push(`${view}: ${violation}`)
    }
    assert.deepEqual(broken, [])
  }

  for (const theme of Object.keys(EDITOR_THEMES) as EditorThemeName[])
    it(`in every view, ${theme}`, async () => {
      await checkViews(await open({ theme }), theme === 'dark' ? 'all' : 'colours')
    })

  it('in a narrow panel', async () => {
    await checkViews(await open({ width: 420 }))
  })

  it('with text twice as large, in 300 pixels', async () => {
    await checkViews(await open({ width: 300, fontSize: 26 }))
  })

  it('in each tab of the details', async () => {
    const page = await open({ theme: 'light' })
    const tabs = page.locator('.details').getByRole('tab')
    for (let index = 0; index < (await tabs.count()); index++) {
      await tabs.nth(index).click()
      assert.deepEqual(await violationsOn(page), [])
    }
  })

  it('in menu, help and a search that finds', async () => {
    const page = await open({ theme: 'dark' })
    await page.locator('.search input').fill('gpt')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.deepEqual(await violationsOn(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Help: keys and pointer' }).click()
    await page.getByRole('dialog').waitFor()
    assert.deepEqual(await violationsOn(page), [])
  })

  it('where there is nothing to show', async () => {
    const page = await open({ theme: 'light' })
    await hosted?.send({ type: 'empty', title: 'No run yet', text: 'Start your agent.' })
    await page.getByText('Start your agent.').waitFor()
    assert.deepEqual(await violationsOn(page), [])
  })
})

// The walkthrough as a user takes it, in a window without a folder, with nothing but the package installed: one click profiles the
// demo, the quick fix mends its line, and the second run shows what that saves. No key, no network, no Node of the user's own.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { installedExtension } from '../support/packaged-extension'
import { inRepository } from '../support/repository'
import { until } from '../support/until'
import { openWorkbench, type Workbench } from '../support/workbench'

const PROGRAM = 'support-desk.mjs'
const source = readFileSync(inRepository('extension', 'demo', 'project', PROGRAM), 'utf8')
const lineWith = (text: string) => source.split('\n').findIndex((line) => line.includes(text)) + 1

describe('the walkthrough', function () {
  this.timeout(600_000)
  let workbench: Workbench
  const costs: number[] = []

  before('install and open a window without a folder', async () => {
    workbench = await openWorkbench({
      extensionsFolder: installedExtension().extensionsFolder,
      extensionDevelopmentPath: null,
      // Whatever a user has set leads the demo to no real provider.
      env: { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_API_KEY: 'sk-not-to-be-used' },
    })
  })
  afterEach('picture a failure', async function () {
    const test = this.currentTest
    if (test?.state === 'failed')
      await workbench?.screenshot(
        `failed-${test
          .fullTitle()
          .replace(/[^\w]+/g, '-')
          .slice(0, 100)}.png`,
      )
  })
  after('close', () => workbench?.close())

  /** Opens the walkthrough at a step, whichever VS Code has opened by itself, and presses its button. */
  async function press(step: string, name: string) {
    await workbench.command('Welcome: Open Walkthrough...')
    const walkthroughs = workbench.page.locator('.quick-input-list .monaco-list-row')
    await walkthroughs.filter({ hasText: 'See What Your Agent Costs' }).first().click()
    const box = workbench.page.locator(`[data-step-id$="#${step}"]`)
    await box.waitFor()
    const button = box.getByRole('button', { name, exact: true })
    await until(`the step "${step}" to be open`, async () => {
      if (await button.isVisible()) return true
      await box.locator('.step-title').click()
      return false
    })
    await workbench.screenshot(`walkthrough-${name.split(' ').at(-1)?.toLowerCase()}.png`)
    await button.click()
  }

  const isDone = async (step: string) =>
    (await workbench.page.locator(`[data-step-id$="#${step}"]`).locator('.codicon.complete').count()) > 0

  async function costOfRun(): Promise<number> {
    // The window, the profiler and the program have to start before there is one.
    await workbench.page.locator('.tab', { hasText: 'Flame Graph' }).first().waitFor({ timeout: 180_000 })
    const frame = await workbench.webviewFrame()
    const rows = frame.locator('[role=treeitem][data-kind=run]')
    const cost = await until(
      'the cost of the run',
      async () => {
        const shown = Number(await rows.first().getAttribute('data-pico-usd'))
        return shown > 0 && !costs.includes(shown) && shown
      },
      { timeoutMs: 180_000 },
    )
    // The last that the demo does is to put the cursor into the program, which would close what is being typed into.
    await workbench.page.locator('.statusbar-item', { hasText: 'Ln ' }).waitFor()
    return cost
  }

  const squiggledLines = async () => (await workbench.squiggles()).map(({ line }) => line)

  it('profiles the demo by one click: the line that costs too much, and the flame graph', async () => {
    await press('profile', 'Profile the Demo in JavaScript')
    // The window opens the demo's folder, and is ready again.
    await workbench.page.waitForURL(/costflame-demo/)
    await workbench.ready()
    costs.push(await costOfRun())
    await until('the squiggle', async () => (await squiggledLines()).includes(lineWith('new Date()')))
    await workbench.screenshot('walkthrough-profiled.png')
    await workbench.goToLine(lineWith('await fetch('))
    const [lens] = await until('a cost lens', async () => {
      const lenses = await workbench.codeLenses()
      return lenses.some(({ text }) => text.includes('12 calls')) && lenses
    })
    assert.equal(lens?.line, lineWith('await fetch('))
    assert.match(lens.text, /^\$0\.0859/)
  })

  it('mends the line by its quick fix', async () => {
    await press('fix', 'Show the Quick Fix')
    const fix = workbench.page
      .locator('.action-widget')
      .getByText('Move the changing text behind the stable part')
    // VS Code closes the menu when something else takes the focus, as a window that still restores itself does.
    await until('the quick fix', async () => {
      const isThere = await fix
        .first()
        .waitFor({ timeout: 10_000 })
        .then(() => true)
        .catch(() => false)
      if (!isThere) await press('fix', 'Show the Quick Fix')
      return isThere
    })
    await workbench.screenshot('walkthrough-fix.png')
    await fix.first().click()
    // A change of what the model reads is reviewed first: nothing is ticked until somebody has looked.
    const preview = workbench.page.locator('.bulk-edit-panel')
    await preview
      .locator('.monaco-list-row input[type=checkbox], .monaco-list-row .monaco-checkbox')
      .first()
      .click()
    await workbench.screenshot('walkthrough-review.png')
    await preview.getByRole('button', { name: 'Apply' }).click()
    await until('the mended line', async () => {
      const lines = await workbench.page.locator('.editor-group-container .view-line').allTextContents()
      return lines.some((text) => text.startsWith('Current\u00a0time:'))
    })
    await workbench.command('File: Save All Files')
    await workbench.screenshot('walkthrough-fixed.png')
  })

  it('shows by the second run what that saves', async () => {
    await press('again', 'Profile the Demo Again')
    costs.push(await costOfRun())
    const [before = 0, after = 0] = costs
    // $0.06336 were promised.
    assert.ok(Math.abs((before - after) / 63_360_000_000 - 1) < 0.05, JSON.stringify(costs))
    await until('no squiggle', async () => (await squiggledLines()).length === 0)
    await workbench.screenshot('walkthrough-again.png')
    await workbench.command('Welcome: Open Walkthrough...')
    await workbench.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'See What Your Agent Costs' })
      .first()
      .click()
    for (const step of ['profile', 'fix', 'again']) await until(`"${step}" to be done`, () => isDone(step))
    await workbench.screenshot('walkthrough-done.png')
  })

  it('opens links to a line and to a run, and nothing else', async () => {
    const line = lineWith('await fetch(')
    await openLink(`file/${PROGRAM}?line=${line}`)
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor()
    await workbench.command('View: Close All Editors')
    await openLink('run/latest')
    const frame = await workbench.webviewFrame()
    await frame.locator('[role=treeitem][data-kind=run]').first().waitFor()
    await openLink('run/latest/delete')
    await workbench.command('Notifications: Show Notifications')
    await until('the refusal', async () =>
      (await workbench.notifications()).some((text) => text.startsWith('Costflame does not open this link')),
    )
    await workbench.command('Notifications: Clear All Notifications')
  })

  /** As the system hands it to VS Code. */
  async function openLink(path: string) {
    await workbench.command('Developer: Open URL')
    const input = workbench.page.locator('.quick-input-widget input[type=text]')
    await input.fill(`code-oss://costflame.costflame/${path}`)
    await input.press('Enter')
    // VS Code asks whether the extension may have it.
    await workbench.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Open', exact: true })
      .click()
  }
})

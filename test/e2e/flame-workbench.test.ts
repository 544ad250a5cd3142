// The flame graph in the real VS Code: every view of what the demo agents did, from a call to its line and back, hidden, reloaded, between runs.
import assert from 'node:assert/strict'
import { encodeRunFile } from '../../profiler-agent/formats/json'
import { formatUsd } from '../../profiler-agent/model/money'
import type { Run } from '../../profiler-agent/model/span'
import { DemoWorkspace } from '../support/demo-workspace'
import { FlamePage, VIEW_NAMES } from '../support/flame-page'
import { until } from '../support/until'
import { openWorkbench, type Workbench } from '../support/workbench'

describe('the flame graph in VS Code', function () {
  this.timeout(300_000)
  let workspace: DemoWorkspace
  let workbench: Workbench
  /** Newest first. */
  let supportRuns: readonly Run[]
  let codingRun: Run
  let flame: FlamePage

  before('profile the demo agents, and open the workbench', async () => {
    workspace = new DemoWorkspace()
    await Promise.all([workspace.profile('coding-agent'), workspace.profile('support-desk')])
    const instructions = 'support-desk/orchestrator.md'
    workspace.write({ [instructions]: `${workspace.read(instructions)}\nBe as brief as the customer was.\n` })
    await workspace.profile('support-desk')
    supportRuns = await workspace.runsOf('support-desk')
    const [coding] = await workspace.runsOf('coding-agent')
    assert.ok(coding)
    codingRun = coding
    workspace.write({ 'shared.costflame.json': encodeRunFile([coding]) })
    workbench = await openWorkbench({ workspaceFolder: workspace.path })
  })
  afterEach('picture a failure', async function () {
    if (this.currentTest?.state === 'failed')
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-')}.png`)
  })
  after('close', async () => {
    await workbench?.close()
    await workspace?.remove()
  })

  /** The page of the active editor. */
  const page = async () => new FlamePage(workbench.page, await workbench.webviewFrame('#tab-icicle'))
  const totalRow = () => flame.tree.locator('[data-kind=run]').first()

  it('opens the newest run from the tree, and has every view of it', async () => {
    await workbench.page.locator('.activitybar a[aria-label^="Costflame"]').click()
    const rows = workbench.page.locator('.pane-body [role=treeitem]')
    await rows.filter({ hasText: 'support-desk' }).first().click()
    flame = await page()
    await totalRow().waitFor()
    assert.equal(await totalRow().getAttribute('data-pico-usd'), String(supportRuns[0]?.totals.cost?.picoUsd))
    await flame.tree.locator('[data-kind=chat]').nth(3).click()
    await workbench.command('View: Toggle Primary Side Bar Visibility')
    await flame.canvas.focus()
    for (const view of VIEW_NAMES) {
      await flame.view(view)
      await flame.picture(`vscode-flame-${view}`)
    }
    assert.deepEqual(flame.errors, [])
  })

  it('shows the prompt of a call block by block, beside the request before', async () => {
    await flame.view('icicle')
    await flame.details.getByRole('tab', { name: 'Prompt' }).click()
    await until('the blocks', async () => /system prompt/.test(await flame.details.innerText()))
    await flame.picture('vscode-flame-details-prompt')
    await flame.details.getByRole('tab', { name: 'Call' }).click()
    await flame.details.getByText('Same call in the run before').waitFor()
  })

  it('marks where a prompt parts from the request before, and says why', async () => {
    const finding = supportRuns[0]?.findings.find(({ rule }) => rule === 'cache/volatile-prefix')
    assert.ok(finding)
    await flame.tree
      .locator(`[data-span-id="${finding.spanIds.at(-1)}"]`)
      .first()
      .click()
    await flame.details.getByRole('tab', { name: 'Prompt' }).click()
    await flame.details.getByText('Here it parts from the request before').waitFor()
    assert.match(await flame.details.innerText(), /changes with every call/)
    await flame.picture('vscode-flame-details-cause')
    await flame.details.getByRole('tab', { name: 'Call' }).click()
  })

  it('opens the line of a call beside it, and comes back', async () => {
    const span = await flame.selectedSpan()
    await flame.canvas.focus()
    await workbench.page.keyboard.press('o')
    const site = supportRuns[0]?.spans.find(({ id }) => id === span)?.callSite
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${site?.line}` }).waitFor()
    await flame.picture('vscode-flame-line')
    await workbench.command('View: Close Editor')
    await flame.canvas.waitFor()
    assert.equal(await flame.selectedSpan(), span)
  })

  it('is as it was after it was hidden, and after the window was loaded anew', async () => {
    await flame.canvas.focus()
    await flame.view('stack')
    await flame.search('gpt')
    await flame.canvas.focus()
    const shown = async () => [
      await flame.at.locator('.tabs [aria-selected=true]').innerText(),
      await flame.selectedSpan(),
      await flame.at.locator('input[type=search]').inputValue(),
    ]
    const before = await shown()
    await workbench.command('File: New Untitled Text File')
    const other = workbench.page.locator('.tab[data-resource-name="Untitled-1"]')
    await workbench.page.locator('.tab.active[data-resource-name="Untitled-1"]').waitFor()
    await workbench.command('View: Close Editor')
    await other.waitFor({ state: 'detached' })
    flame = await page()
    await flame.canvas.waitFor()
    assert.deepEqual(await shown(), before)
    await until('the window to be stored', async () => {
      const stored = await storedEditors(workbench)
      return stored.includes('gpt') && !stored.includes('Untitled-1')
    })
    await workbench.page.reload()
    await workbench.ready()
    flame = await page()
    await flame.canvas.waitFor()
    assert.deepEqual(await shown(), before)
  })

  it('tells what changed since the run before', async () => {
    await flame.canvas.focus()
    await flame.view('diff')
    const [now = 0, base = 0] = supportRuns.map(({ totals }) => totals.cost?.picoUsd)
    assert.ok(now > base)
    await until('both totals', async () => {
      const text = await flame.at.locator('.view').innerText()
      return text.includes(formatUsd(base)) && text.includes(formatUsd(now))
    })
    await flame.picture('vscode-flame-diff')
  })

  it('opens a saved run by double-click', async () => {
    await workbench.command('View: Close All Editors')
    await workbench.command('View: Show Explorer')
    await workbench.page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'shared.costflame' })
      .dblclick()
    flame = await page()
    await totalRow().waitFor()
    assert.equal(await totalRow().getAttribute('data-pico-usd'), String(codingRun.totals.cost?.picoUsd))
    await flame.picture('vscode-flame-file')
  })
})

/** What VS Code has stored of the editors of the window. In a browser it writes every few seconds, and nothing when it is reloaded. */
async function storedEditors(workbench: Workbench): Promise<string> {
  const read = `(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => /^vscode-web-state-db-/.test(name))
    const texts = []
    for (const name of names) {
      const database = await done(indexedDB.open(name))
      const items = database.transaction('ItemTable').objectStore('ItemTable')
      texts.push(await done(items.get('memento/workbench.parts.editor')))
      database.close()
    }
    return texts.filter((text) => typeof text === 'string').join('\\n')
  })()`
  return workbench.page.evaluate<string>(read)
}

// Budgets on a real screen: limits derived from a recorded agent and reviewed, shown with what was measured, and the warning when a change breaks one.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { inRepository } from '../support/repository'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'

const AGENT = inRepository('test', 'agents', 'order-status')
const agentFiles = Object.fromEntries(
  readdirSync(AGENT).map((name) => [name, readFileSync(join(AGENT, name), 'utf8')]),
)
const BUDGETS = '.costflame/budgets.jsonc'
const CUSTOMERS = 24

describe('budgets in VS Code', () => {
  const environment: NodeJS.ProcessEnv = { OPENAI_API_KEY: 'demo' }
  let models: Simulator

  before('start the model server', async () => {
    const { script } = await import(join(AGENT, 'questions.mjs'))
    const { count } = await loadTokenizer(inRepository('dist'))
    models = await startSimulator({
      port: 0,
      countTokens: count,
      script: decodeScript(JSON.stringify(script()), 'the order desk'),
    })
    environment.OPENAI_BASE_URL = `${models.url}/v1`
  })

  const inUse = useWorkbench({ files: agentFiles, env: environment })

  after('stop the model server', () => models.close())

  const read = (name: string) => readFileSync(join(inUse().workspaceFolder, name), 'utf8')

  async function serveCustomers(count: number): Promise<void> {
    const { workbench } = inUse()
    await workbench.command('Terminal: Focus Terminal')
    await workbench.terminalType(`clear; node desk.mjs ${count}\n`)
    await workbench.terminal.waitFor(new RegExp(`^${count} of ${count} resolved`))
  }

  it('derives limits from what was recorded, and shows them before they are written', async () => {
    const { workbench, workspaceFolder } = inUse()
    install(join(workspaceFolder, 'node_modules'))
    await workbench.openFile('order-status.mjs')
    await workbench.command('costflame.newProfiledTerminal')
    await workbench.terminal.waitForPrompt()
    await serveCustomers(CUSTOMERS)
    // A run that has just been heard of is not derived from.
    const lenses = await until('the lens of the call', async () => {
      const found = await workbench.codeLenses()
      return found.some(({ text }) => text.includes(`${3 * CUSTOMERS} calls`)) && found
    })
    assert.ok(lenses.length > 0)
    await workbench.command('View: Hide Panel')
    const accept = workbench.page.locator('.editor-actions a[aria-label="Write Budgets"]')
    await until(
      'the comparison',
      async () => {
        await workbench.command('costflame.exportBudgets')
        return accept.waitFor({ timeout: 5_000 }).then(
          () => true,
          () => false,
        )
      },
      { timeoutMs: 120_000 },
    )
    await workbench.page.locator('.editor.modified .view-line', { hasText: 'totalTokens' }).first().waitFor()
    await workbench.screenshot('budgets-export.png')
    await accept.click()
    // A file that is being written is there before its text.
    const isWritten = () => existsSync(join(inUse().workspaceFolder, BUDGETS)) && read(BUDGETS)
    await until('the limits', () => /"totalTokens": \d+/.test(isWritten() || ''))
  })

  it('shows above each limit how much of it is used, and the last invocations on hover', async () => {
    const { workbench } = inUse()
    const lens = await until('the lens of a limit', async () =>
      (await workbench.codeLenses()).find(({ text }) => /p95 .* % of .*24 invocations/.test(text)),
    )
    assert.ok(lens)
    await workbench.page
      .locator('.editor-group-container.active .view-line span', { hasText: /^"totalTokens"$/ })
      .first()
      .hover()
    const hover = workbench.page.locator('.monaco-hover:visible')
    await hover
      .locator(
        'a[href^="command:costflame.openFlameGraph"], a[data-href^="command:costflame.openFlameGraph"]',
      )
      .first()
      .waitFor()
    await workbench.screenshot('budgets-hover.png')
    await workbench.page.keyboard.press('Escape')
  })

  it('warns at the line when a change breaks a limit, with what can be done', async () => {
    const { workbench, workspaceFolder } = inUse()
    const changed = read('order-status.mjs').replace('const ARTICLES = 3', 'const ARTICLES = 40')
    writeFileSync(join(workspaceFolder, 'order-status.mjs'), changed)
    await workbench.openFile('order-status.mjs')
    await serveCustomers(12)
    // VS Code shows no toasts while a driver works it; the messages are in the notification centre.
    await workbench.command('Notifications: Show Notifications')
    const notification = workbench.page.locator('.notification-list-item', { hasText: 'limit of' }).first()
    for (const name of ['Flame Graph', 'Raise Limit', 'Block Next'])
      await notification.getByRole('button', { name, exact: true }).waitFor()
    await workbench.screenshot('budgets-live.png')
    await workbench.command('Notifications: Clear All Notifications')
    const problems = await workbench.problems()
    // The panel shows the first of them.
    const over = problems.filter(({ code }) => code.startsWith('budget/'))
    assert.deepEqual([...new Set(over.map(({ file }) => file))], ['budgets.jsonc', 'order-status.mjs'])
    await workbench.screenshot('budgets-problems.png')
    const line = over.find(({ file }) => file === 'order-status.mjs')?.line ?? 0
    await workbench.openFile('order-status.mjs')
    await workbench.goToLine(line)
    const actions = workbench.page.locator('.action-widget .monaco-list-row')
    const block = actions.filter({ hasText: 'Block Next Time' }).first()
    await until('the actions', async () => {
      await workbench.page.keyboard.press('Control+.')
      const isThere = await block.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      )
      if (!isThere) await workbench.page.keyboard.press('Escape')
      return isThere
    })
    await workbench.screenshot('budgets-actions.png')
    await block.click()
    await until('the file to say so', async () => read(BUDGETS).includes('"onExceed": "block"'))
    await until('the invocations of both runs', async () =>
      (await workbench.codeLenses()).some(({ text }) => /p95 .*(?:36 invocations|72 steps)/.test(text)),
    )
    await workbench.screenshot('budgets-blocked.png')
  })

  it('says where the file is wrong while it is typed', async () => {
    const { workbench } = inUse()
    const lines = read(BUDGETS).split('\n')
    await workbench.openFile('budgets.jsonc')
    await workbench.goToLine(lines.findIndex((line) => line.includes('"order-status-lookup"')) + 1)
    await workbench.page.keyboard.press('End')
    await workbench.page.keyboard.type('\n"onExceeds": "bloc",')
    const problems = await until('the problem', async () => {
      const found = await workbench.problems()
      return found.some(({ code }) => code === 'profiler/budget-file') && found
    })
    assert.match(problems.map(({ message }) => message).join(), /unknown key "onExceeds"/)
    await workbench.screenshot('budgets-wrong.png')
    await workbench.command('File: Revert File')
  })

  it('compares two runs on a page', async () => {
    const { workbench } = inUse()
    await workbench.command('View: Hide Panel')
    await workbench.command('costflame.explainDifference')
    const rows = workbench.page.locator('.quick-input-widget .quick-input-list .monaco-list-row')
    await workbench.page.locator('.quick-input-title', { hasText: 'explained' }).waitFor()
    await rows.first().click()
    await workbench.page.locator('.quick-input-title', { hasText: 'compared' }).waitFor()
    await rows.first().click()
    await workbench.webviewFrame('.markdown-body table')
    await workbench.screenshot('budgets-compare.png')
  })
})

/** The SDK and the API that the agent imports. */
function install(modules: string): void {
  mkdirSync(modules, { recursive: true })
  const packages = {
    costflame: inRepository(),
    openai: inRepository('test', 'agents', 'node_modules', 'openai'),
  }
  for (const [name, folder] of Object.entries(packages))
    if (!existsSync(join(modules, name))) symlinkSync(folder, join(modules, name), 'dir')
}

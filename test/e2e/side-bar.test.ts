// The side bar and the status bar on a real screen: runs, findings, budgets and agents of one recorded program, as a user finds, filters and opens them.
import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import { formatUsd } from '../../profiler-agent/model/money'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'
import { textOf, textsOf } from '../support/screen'
import { until } from '../support/until'
import { openWorkbench, type Workbench } from '../support/workbench'

/** Each call sends a long handbook behind the time of day, which no cache can serve. Line 5 makes the calls. */
const DESK = `const handbook = 'Parcels that are late are looked for by hand, one depot after the other. '.repeat(200)
for (let parcel = 0; parcel < 8; parcel++) {
  const now = \`It is \${new Date(parcel * 3_600_000).toISOString()}.\`
  const messages = [{ role: 'system', content: \`\${now} \${handbook}\` }, { role: 'user', content: 'Late?' }]
  await fetch(\`\${process.env.OPENAI_BASE_URL}/chat/completions\`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer demo',
      'x-costflame-agent': \`parcel-desk;\${parcel}\`,
      'x-costflame-step': 'look-up',
    },
    body: JSON.stringify({ model: 'gpt-4.1', messages }),
  }).then((response) => response.text())
}
`
const BUDGETS = `{
  "version": 1,
  "agents": {
    "parcel-desk": {
      "limits": { "totalTokens": 1000000, "modelCalls": 1 },
      "steps": { "look-up": { "limits": { "inputTokens": 100 } } }
    }
  },
  "workspace": { "limits": { "costUsdPerDay": 0.0001 } }
}
`

describe('the side bar', () => {
  let models: Simulator
  let folder: Playground
  let workbench: Workbench
  /** What the one run cost, as the command line says. */
  let cost: string

  before('record a run and open its folder', async () => {
    const { count } = await loadTokenizer(inRepository('dist'))
    models = await startSimulator({ port: 0, countTokens: count })
    folder = new Playground({ 'desk.mjs': DESK, '.costflame/budgets.jsonc': BUDGETS })
    const environment = { OPENAI_API_KEY: 'demo', OPENAI_BASE_URL: `${models.url}/v1` }
    const { code, stderr } = await folder.run(['run', '--', 'node', 'desk.mjs'], environment)
    assert.equal(code, 0, stderr)
    const listed = await folder.run(['runs', 'list', '--json'])
    const { runs } = JSON.parse(listed.stdout) as { runs: { picoUsd: number; calls: number }[] }
    assert.equal(runs[0]?.calls, 8)
    cost = formatUsd(runs[0]?.picoUsd ?? null)
    workbench = await openWorkbench({ workspaceFolder: folder.path })
    await workbench.page.locator('.activitybar a[aria-label^="Costflame"]').click()
  })
  afterEach('picture a failure', async function () {
    if (this.currentTest?.state !== 'failed') return
    await workbench.screenshot(
      `failed-side-bar-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}.png`,
    )
  })
  after('close it', async () => {
    await workbench?.close()
    await models?.close()
    await folder?.remove()
  })

  const pane = (view: string): Locator =>
    workbench.page.locator('.pane', { has: workbench.page.locator(`.pane-header[aria-label^="${view}"]`) })
  const rowOf = (view: string, text: string): Locator =>
    pane(view).locator('.monaco-list-row', { hasText: text }).first()
  const rows = (view: string) => textsOf(pane(view).locator('.monaco-list-row'))

  function rowsWhen(view: string, isWanted: (texts: readonly string[]) => boolean): Promise<string[]> {
    const ask = async () => {
      const texts = await rows(view)
      return isWanted(texts) && texts
    }
    return until(`the rows of ${view}`, ask, { seen: () => rows(view) })
  }

  /** Types into the box that a command opens. */
  async function answer(command: string, text: string): Promise<void> {
    await workbench.command(command)
    const title = workbench.page.locator('.quick-input-title', { hasText: /Show only|Group by|Sort by/ })
    await title.waitFor()
    await workbench.page.locator('.quick-input-widget input[type=text]').fill(text)
    await workbench.page.keyboard.press('Enter')
    await title.waitFor({ state: 'hidden' })
  }

  it('lists the run with its cost', async () => {
    const [run] = await rowsWhen('Runs', (texts) => texts.some((text) => text.includes('8 calls')))
    assert.ok(run?.startsWith(`desk.mjs${cost} · 8 calls · `), run)
  })

  it('lists what is wasteful in it, and counts that at the icon', async () => {
    const texts = await rowsWhen('Findings', (shown) => shown.some((text) => /saved a run/.test(text)))
    assert.ok(
      texts.some((text) => text.startsWith('Volatile prefix')),
      texts.join('\n'),
    )
    const badge = workbench.page.locator('.activitybar .action-item', {
      has: workbench.page.locator('a[aria-label^="Costflame"]'),
    })
    const count = await until('the badge', async () => Number(await textOf(badge.locator('.badge-content'))))
    const warnings = texts.filter((text) => !/^(Volatile prefix|Budget \w+)\d+$/.test(text))
    assert.equal(count, warnings.length, texts.join('\n'))
  })

  it('lists each limit with what is used of it', async () => {
    const texts = await rowsWhen('Budgets', (shown) => shown.some((text) => text.startsWith('modelCalls')))
    const limits = texts.filter((text) => !/^(parcel-desk|Workspace)\d/.test(text))
    assert.match(limits[0] ?? '', /^totalTokens<1 % · p95 [\d,]+ of 1,000,000$/)
    assert.equal(limits[1], 'modelCalls100 % · p95 1 of 1')
    assert.match(limits[2] ?? '', /^look-up inputTokens[\d,]+ % · p95 [\d,]+ of 100$/)
  })

  it('lists the agent with what an invocation costs, and its step', async () => {
    await rowsWhen('Agents', (shown) => shown.some((text) => /^parcel-desk\$.*8 invocations$/.test(text)))
    await rowOf('Agents', 'parcel-desk').locator('.monaco-tl-twistie').click()
    await rowsWhen('Agents', (shown) => shown.some((text) => /^look-up\$.*8 invocations$/.test(text)))
    await workbench.screenshot('side-bar.png')
  })

  it('shows only what a filter finds, says so in the title, and shows all again', async () => {
    await answer('costflame.filterBudgets', 'look-up')
    const shown = await rowsWhen('Budgets', (texts) => texts.length === 2)
    assert.ok(shown[1]?.startsWith('look-up inputTokens'))
    assert.match(await textOf(pane('Budgets').locator('.pane-header')), /“look-up”/)
    await answer('costflame.filterBudgets', 'nobody')
    await pane('Budgets').getByText('No limit has all of “nobody”.').waitFor()
    await workbench.command('costflame.clearBudgetsFilter')
    await rowsWhen('Budgets', (texts) => texts.length > 2)
  })

  it('groups by what the user chooses', async () => {
    await answer('costflame.groupRuns', 'By Day')
    const [today] = await rowsWhen('Runs', (texts) => texts.length === 2)
    assert.ok(today?.startsWith(`Today1 run · ${cost} · 8 calls`), today)
    await answer('costflame.groupBudgets', 'By Verdict')
    const texts = await rowsWhen('Budgets', (shown) =>
      shown.some((text) => text.startsWith('Over the limit')),
    )
    assert.match(texts[0] ?? '', /^Over the limit/)
  })

  it('opens the line of a finding, and of a limit', async () => {
    await rowOf('Findings', 'desk.mjs:').click()
    await workbench.page.locator('.tab.active[data-resource-name="desk.mjs"]').waitFor()
    await rowOf('Budgets', 'modelCalls').click()
    await workbench.page.locator('.tab.active[data-resource-name="budgets.jsonc"]').waitFor()
    await workbench.page.locator('.statusbar-item', { hasText: 'Ln 5,' }).waitFor()
  })

  it('shows in the status bar what the day has cost against its budget, and that it is over', async () => {
    const item = workbench.page.locator('.statusbar-item', { hasText: 'today' })
    await item.waitFor()
    assert.equal(await textOf(item), `${cost} · today ${cost} of $0.0001`)
    assert.match((await item.getAttribute('class')) ?? '', /has-background-color/)
  })

  it('has a menu behind it', async () => {
    await workbench.page.locator('.statusbar-item', { hasText: 'today' }).click()
    const entries = workbench.page.locator('.quick-input-list .monaco-list-row')
    await entries.filter({ hasText: 'Open Flame Graph' }).waitFor()
    await workbench.screenshot('side-bar-menu.png')
    await entries.filter({ hasText: 'Open Budgets' }).click()
    await workbench.page.locator('.tab.active[data-resource-name="budgets.jsonc"]').waitFor()
  })

  it('says once that the budget of the day is used up, and can be told not to', async () => {
    const { page } = workbench
    // VS Code shows no toasts while a driver works it; the messages are in the notification centre.
    await workbench.command('Notifications: Show Notifications')
    const message = page.locator('.notification-list-item', { hasText: 'Today’s runs have cost' })
    await message.getByRole('button', { name: 'Don’t Show Again' }).click()
    await message.waitFor({ state: 'hidden' })
    await workbench.command('Preferences: Open User Settings (JSON)')
    await page.locator('.view-line', { hasText: '"costflame.budgetNotifications": false' }).waitFor()
  })

  it('opens the newest invocation of an agent in the flame graph', async () => {
    await rowOf('Agents', 'parcel-desk').click()
    const page = await workbench.webviewFrame()
    await page.locator('[data-span-id]').first().waitFor({ state: 'attached' })
    await workbench.screenshot('side-bar-agent.png')
  })
})

// The main job on a real screen: an unmodified agent runs in a profiled terminal, and its cost shows in tree, line, Problems and flame graph.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Frame } from 'playwright-core'
import { commandEnvironment } from '../support/commands'
import { inRepository } from '../support/repository'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'
import type { Workbench } from '../support/workbench'

const demo = (name: string) => readFileSync(inRepository('test', 'agents', 'demo', name), 'utf8')

const files = {
  'support-desk.mjs': demo('support-desk.mjs'),
  'support-tools.mjs': demo('support-tools.mjs'),
  'policies.md': demo('policies.md'),
  '.costflame/budgets.jsonc':
    '{\n  "version": 1,\n  "workspace": { "limits": { "costUsdPerRun": 0.001 } }\n}\n',
}

/** Lines of the demo agent that hold a text, from 1. */
function linesWith(text: string): number[] {
  const lines = files['support-desk.mjs'].split('\n')
  return lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []))
}

const callLines = () => linesWith('client.chat.completions.create')

describe('the main job in VS Code', () => {
  const environment: NodeJS.ProcessEnv = { OPENAI_API_KEY: 'demo' }
  let models: ChildProcess

  before('start the model server', async () => {
    const script = inRepository('test', 'agents', 'demo', 'support-desk.script.json')
    models = spawn(process.execPath, [inRepository('dist', 'costflame.js'), 'simulate', '--script', script], {
      env: commandEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    assert.ok(models.stdout)
    const [line] = await once(createInterface({ input: models.stdout }), 'line')
    environment.OPENAI_BASE_URL = JSON.parse(line).openai
  })

  const inUse = useWorkbench({ files, env: environment })

  after('stop the model server', async () => {
    models.kill()
    await once(models, 'exit')
  })

  it('says what to do while nothing is recorded', async () => {
    const { workbench } = inUse()
    await workbench.page.locator('.activitybar a[aria-label^="Costflame"]').click()
    const welcome = workbench.page.locator('.welcome-view-content')
    await welcome.getByText('No recorded runs yet').waitFor()
    await openAgent(workbench)
    assert.deepEqual(await workbench.codeLenses(), [])
    await workbench.screenshot('main-job-before.png')
  })

  it('profiles what is started in a profiled terminal and shows it while it runs', async () => {
    const { workbench, workspaceFolder } = inUse()
    // As after an `npm install`: the agent's SDK is there.
    symlinkSync(inRepository('node_modules'), join(workspaceFolder, 'node_modules'))
    await workbench.command('costflame.newProfiledTerminal')
    await workbench.terminal.waitForPrompt()
    await workbench.terminalType('node support-desk.mjs\n')
    const row = workbench.page.locator('.pane-body [role=treeitem]', { hasText: 'call' }).first()
    await row.waitFor()
    await workbench.screenshot('main-job-during.png')
    await workbench.terminal.waitFor(/T-5104/)
    await until('the run to end', async () => !(await row.getAttribute('aria-label'))?.includes('running'), {
      timeoutMs: 120_000,
    })
    assert.match((await row.textContent()) ?? '', /\$\d+\.\d+ · \d+ calls · [\d.]+k tokens/)
  })

  it('shows the cost on the lines that made the calls, and only there', async () => {
    const { workbench } = inUse()
    await openAgent(workbench)
    // The scripted model server makes the same calls each time; a lens of the run's middle may still stand.
    const lenses = await until('the lenses of the whole run', async () => {
      const found = await workbench.codeLenses()
      return found[0]?.text.includes('13 calls') && found[1]?.text.includes('4 calls') && found
    })
    assert.deepEqual(
      lenses.map(({ line }) => line),
      callLines(),
    )
    for (const { text } of lenses) assert.match(text, /^\$\d\.\d+ a run · \d+ calls · \d+ % cached$/)
  })

  it('marks the finding and the broken limit, in the text and in Problems', async () => {
    const { workbench } = inUse()
    const squiggles = await until('a squiggle', async () => {
      const found = await workbench.squiggles()
      return found.length > 0 && found
    })
    // The limit is broken at a call; the cache is missed because of the time in the prompt.
    const marked = [...callLines(), ...linesWith('new Date().toISOString()')]
    assert.ok(marked.includes(squiggles[0]?.line ?? 0))
    const problems = await workbench.problems()
    const rules = problems.filter(({ source }) => source === 'costflame').map(({ code }) => code)
    assert.ok(
      rules.some((rule) => rule.startsWith('cache/')),
      `problems: ${JSON.stringify(problems)}`,
    )
    assert.ok(
      rules.some((rule) => rule.startsWith('budget/')),
      `problems: ${JSON.stringify(problems)}`,
    )
    await workbench.screenshot('main-job-problems.png')
  })

  it('shows the cost of the run in the status bar', async () => {
    const { workbench } = inUse()
    const texts = await workbench.statusBarText()
    assert.ok(
      texts.some((text) => /\$\d+\.\d+/.test(text)),
      `status bar: ${JSON.stringify(texts)}`,
    )
  })

  it('draws the flame graph by cost and tokens, and in time', async () => {
    const { workbench } = inUse()
    await workbench.command('View: Toggle Panel Visibility')
    await workbench.command('costflame.openFlameGraph')
    const frame = await workbench.webviewFrame()
    const canvas = frame.locator('canvas[data-view]')
    await until('a drawn picture', async () => (await colourCount(frame)) > 6)
    assert.equal(await canvas.getAttribute('data-view'), 'icicle')
    await workbench.screenshot('main-job-flame-cost.png')
    await frame.getByRole('button', { name: 'Tokens', exact: true }).click()
    await until('the picture by tokens', async () => (await canvas.getAttribute('data-unit')) === 'tokens')
    await until('a drawn picture', async () => (await colourCount(frame)) > 4)
    await frame.getByRole('tab', { name: 'Timeline' }).click()
    await until('the timeline', async () => (await canvas.getAttribute('data-view')) === 'timeline')
    await until('a drawn picture', async () => (await colourCount(frame)) > 4)
    await workbench.screenshot('main-job-flame-time.png')
  })

  it('adds up to the run in the accessible tree', async () => {
    const { workbench } = inUse()
    const frame = await workbench.webviewFrame()
    const rows = await frame
      .locator('[role=treeitem]')
      .evaluateAll((elements: TreeRow[]) =>
        elements.map(({ dataset }) => ({ kind: dataset.kind, picoUsd: dataset.picoUsd })),
      )
    const sum = (kind: string) =>
      rows.filter((row) => row.kind === kind).reduce((total, row) => total + Number(row.picoUsd), 0)
    assert.ok(sum('chat') > 0)
    assert.equal(sum('chat'), sum('run'))
  })

  it('says what a box is when the pointer is over it', async () => {
    const { workbench } = inUse()
    const frame = await workbench.webviewFrame()
    await frame.getByRole('tab', { name: 'Icicle' }).click()
    await frame.getByRole('button', { name: 'Cost', exact: true }).click()
    await frame.locator('canvas[data-view]').hover({ position: { x: 200, y: 35 } })
    await frame.locator('.tooltip:visible').waitFor()
    assert.match(await frame.locator('.tooltip:visible').innerText(), /Cost\s+\$\d/)
    await workbench.screenshot('main-job-flame-hover.png')
  })

  it('opens the line of a call from its details', async () => {
    const { workbench } = inUse()
    const frame = await workbench.webviewFrame()
    await frame.locator('[role=treeitem][data-kind=chat]').first().click()
    await frame.locator('.call-site button').first().click()
    const line = callLines()[0]
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${line}` }).waitFor()
    await workbench.screenshot('main-job-after.png')
  })
})

/** The part of a DOM element that the tree is read by; this code has no DOM types. */
interface TreeRow {
  readonly dataset: Readonly<Record<string, string | undefined>>
}

/** Opens the agent where its calls are, in the middle between them. */
async function openAgent(workbench: Workbench): Promise<void> {
  await workbench.openFile('support-desk.mjs')
  const lines = callLines()
  await workbench.page.keyboard.press('Control+G')
  await workbench.page.keyboard.type(`${Math.round(((lines[0] ?? 0) + (lines.at(-1) ?? 0)) / 2)}\n`)
  await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' })
}

/** How many different colours the canvas holds along its rows: one on an empty canvas. */
function colourCount(frame: Frame): Promise<number> {
  return frame.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas[data-view]')
    const context = canvas?.getContext('2d')
    if (!context || canvas.width === 0) return 0
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    const colours = new Set()
    for (let at = 0; at < data.length; at += 4 * 7) colours.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2])
    return colours.size
  })()`)
}

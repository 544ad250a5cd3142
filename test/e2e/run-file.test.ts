// Saved runs on a real screen: the flame graph editor for `*.costflame.json`, and what it says of a file that it cannot read.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { inRepository } from '../support/repository'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'
import type { Workbench } from '../support/workbench'

const RUN = readFileSync(inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json'), 'utf8')
const HOSTILE = '<img src=x onerror="document.title=1"> & \u202egnp.exe'

/** As an older version wrote it: without what was added to the format since. */
const OLDER = JSON.stringify(JSON.parse(RUN), (key, value) =>
  ['callSite', 'step', 'gitCommit', 'cacheSettings', 'outcome', 'fix'].includes(key) ? undefined : value,
)
const SITE = { file: 'src/support-desk.ts', line: 84 }

/** As a user does, from the Explorer; it is no text editor that opens. */
async function open(workbench: Workbench, name: string): Promise<void> {
  // An extension under development joins a window that is already open; before that, the file is mere text.
  await workbench.page.locator('.activitybar a[aria-label^="Costflame"]').waitFor()
  const tab = workbench.page.locator(`.tab.active[data-resource-name="${name}"]`)
  await until(`the editor of ${name}`, async () => {
    // A click on a list that is still filling goes nowhere.
    await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick()
    return tab.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    )
  })
}

describe('a saved run on the screen', () => {
  const inUse = useWorkbench({
    files: {
      'whole.costflame.json': RUN,
      'cut.costflame.json': RUN.slice(0, RUN.length / 2),
      'newer.costflame.json': RUN.replace('costflame.run/1', 'costflame.run/9'),
      'foreign.costflame.json': '{"resourceSpans":[]}',
      'none.costflame.json': '{"schema":"costflame.run/1","runs":[]}',
      'older.costflame.json': OLDER,
      [SITE.file]: 'await client.chat()\n'.repeat(SITE.line + 10),
      'hostile.costflame.json': RUN.replaceAll('"support-desk"', JSON.stringify(HOSTILE)),
    },
    settings: { 'workbench.colorTheme': 'Default Light Modern' },
  })

  it('shows tree, figures and picture without a profiler', async () => {
    const { workbench } = inUse()
    await open(workbench, 'whole.costflame.json')
    const frame = await workbench.webviewFrame()
    const total = frame.locator('[role=treeitem][data-kind=run]')
    assert.equal(await total.getAttribute('data-pico-usd'), '114243120000')
    await frame.locator('canvas[data-view=icicle]').waitFor()
    const unpriced = frame.locator('[role=treeitem]', { hasText: 'support-tone-7b' })
    assert.equal(await unpriced.getAttribute('data-pico-usd'), '')
    assert.match((await unpriced.textContent()) ?? '', /no price/)
    await frame.locator('[role=treeitem]', { hasText: 'policy-agent' }).click()
    await workbench.screenshot('run-file.png')
  })

  it('opens a line in the folder that is open, though the run is from another machine', async () => {
    const { workbench } = inUse()
    const frame = await workbench.webviewFrame()
    await frame.locator('[role=treeitem][data-span-id=s26]').first().click()
    await frame.locator('.call-site button').first().click()
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${SITE.line}` }).waitFor()
    await workbench.command('View: Close Editor')
  })

  it('is worked by keys alone', async () => {
    const { workbench } = inUse()
    const frame = await workbench.webviewFrame()
    const canvas = frame.locator('canvas[data-view]')
    // The rows follow the picture with the next frame.
    const selects = (spanId: string) =>
      frame.locator(`[role=treeitem][aria-selected=true][data-span-id=${spanId}]`).waitFor()
    await canvas.press('Home')
    await selects('s03')
    await canvas.press('ArrowUp')
    await selects('s02')
    await canvas.press('ArrowRight')
    await selects('s05')
    await canvas.press('Enter')
    await frame.locator('button[aria-label="Reset zoom"]:enabled').waitFor()
    await canvas.press('0')
    await frame.locator('button[aria-label="Reset zoom"]:disabled').waitFor()
  })

  for (const [name, why] of [
    ['cut.costflame.json', /not JSON/],
    ['newer.costflame.json', /costflame\.run\/9.*Update Costflame/],
    ['foreign.costflame.json', /not a Costflame run/],
  ] as const)
    it(`says what is wrong with ${name}`, async () => {
      const { workbench } = inUse()
      await open(workbench, name)
      const frame = await workbench.webviewFrame(`.empty.error:has-text("${name}")`)
      assert.match(await frame.locator('.empty.error').innerText(), why)
      await workbench.screenshot(`run-file-${name.split('.')[0]}.png`)
    })

  it('says that a file holds no run', async () => {
    const { workbench } = inUse()
    await open(workbench, 'none.costflame.json')
    const frame = await workbench.webviewFrame('.empty:has-text("none.costflame.json")')
    assert.match(await frame.locator('.empty').innerText(), /holds no run/)
  })

  it('shows a file that an older version wrote', async () => {
    const { workbench } = inUse()
    await open(workbench, 'older.costflame.json')
    const frame = await workbench.webviewFrame('canvas[data-view]')
    const total = frame.locator('[role=treeitem][data-kind=run]')
    assert.equal(await total.getAttribute('data-pico-usd'), '114243120000')
  })

  it('shows names that look like markup as text', async () => {
    const { workbench } = inUse()
    await open(workbench, 'hostile.costflame.json')
    const frame = await workbench.webviewFrame('h1:has-text("onerror")')
    assert.equal(await frame.locator('img').count(), 0)
    assert.ok((await frame.locator('.title h1').innerText()).includes(HOSTILE))
  })
})

// Saved runs on a real screen: the flame graph editor for `*.costflame.json`, and what it says of a file that it cannot read.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { inRepository } from '../support/repository'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'
import type { Workbench } from '../support/workbench'

const RUN = readFileSync(inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json'), 'utf8')
const HOSTILE = '<img src=x onerror="document.title=1"> & \u202egnp.exe'

/** As a user does, from the Explorer; it is no text editor that opens. */
async function open(workbench: Workbench, name: string): Promise<void> {
  // An extension under development joins a window that is already open; before that, the file is mere text.
  await workbench.page.locator('.activitybar a[aria-label="Costflame"]').waitFor()
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

  it('is worked by keys alone', async () => {
    const { workbench } = inUse()
    const frame = await workbench.webviewFrame()
    const canvas = frame.locator('canvas[data-view]')
    const selected = () => frame.locator('[role=treeitem][aria-selected=true]').getAttribute('data-span-id')
    await canvas.press('Home')
    await canvas.press('ArrowUp')
    assert.equal(await frame.locator('[aria-selected=true]').getAttribute('data-kind'), 'step')
    const before = await selected()
    await canvas.press('ArrowRight')
    assert.notEqual(await selected(), before)
    await canvas.press('Enter')
    await frame.locator('button[aria-label="Reset zoom"]:enabled').waitFor()
    await canvas.press('0')
    await frame.locator('button[aria-label="Reset zoom"]:disabled').waitFor()
  })

  for (const [name, why] of [
    ['cut.costflame.json', /not JSON/],
    ['newer.costflame.json', /costflame\.run\/9.*Update Costflame/],
  ] as const)
    it(`says what is wrong with ${name}`, async () => {
      const { workbench } = inUse()
      await open(workbench, name)
      const frame = await workbench.webviewFrame(`.empty.error:has-text("${name}")`)
      assert.match(await frame.locator('.empty.error').innerText(), why)
      await workbench.screenshot(`run-file-${name.split('.')[0]}.png`)
    })

  it('shows names that look like markup as text', async () => {
    const { workbench } = inUse()
    await open(workbench, 'hostile.costflame.json')
    const frame = await workbench.webviewFrame('h1:has-text("onerror")')
    assert.equal(await frame.locator('img').count(), 0)
    assert.ok((await frame.locator('.title h1').innerText()).includes(HOSTILE))
  })
})

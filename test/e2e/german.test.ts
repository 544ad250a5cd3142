// The extension in German: what the manifest names, what the extension says, and the page of a run.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { inRepository, repositoryRoot } from '../support/repository'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'

const RUN = readFileSync(inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json'), 'utf8')

describe('the extension in German', () => {
  const inUse = useWorkbench({
    files: { 'lauf.costflame.json': RUN },
    extensionDevelopmentPath: repositoryRoot,
    language: 'de',
    settings: { 'workbench.colorTheme': 'Default Light Modern' },
  })

  it('names its views and says what to do in them', async () => {
    const { workbench } = inUse()
    await workbench.page.locator('.activitybar a[aria-label^="Costflame"]').click()
    await workbench.page.locator('.pane-header', { hasText: 'Läufe' }).waitFor()
    await workbench.page.locator('.pane-header', { hasText: 'Befunde' }).waitFor()
    await workbench.page
      .locator('.welcome-view-content')
      .getByText('Noch keine Läufe aufgezeichnet')
      .waitFor()
  })

  it('offers its commands, and asks by them', async () => {
    const { workbench } = inUse()
    await workbench.command('Costflame: Demo profilieren')
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row')
    await rows.filter({ hasText: 'braucht nichts als VS Code' }).waitFor()
    await workbench.page.keyboard.press('Escape')
  })

  it('shows a run', async () => {
    const { workbench } = inUse()
    await workbench.command('View: Show Explorer')
    await until('the page of the run', async () => {
      await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'lauf' }).dblclick()
      return workbench.page
        .locator('.tab.active[data-resource-name="lauf.costflame.json"]')
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        )
    })
    const frame = await workbench.webviewFrame()
    await frame.getByRole('tab', { name: 'Eiszapfen' }).click()
    await frame.getByRole('button', { name: 'Kosten', exact: true }).waitFor()
    assert.equal(await frame.locator('html').getAttribute('lang'), 'de')
    await frame.getByText('Modellaufruf', { exact: true }).first().waitFor()
    await workbench.screenshot('german.png')
  })
})

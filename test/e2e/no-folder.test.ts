// A window with no folder: nothing to keep runs in, so every way in says what to do, and nothing is started.
import assert from 'node:assert/strict'
import { until } from '../support/until'
import { openWorkbench, type Workbench } from '../support/workbench'

describe('a window without a folder', () => {
  let workbench: Workbench

  before('open it', async () => {
    workbench = await openWorkbench({})
  })
  after('close it', () => workbench.close())

  it('offers to open a folder where the runs would be', async () => {
    await workbench.page.locator('.activitybar a[aria-label^="Costflame"]').click()
    const welcome = workbench.page.locator('.welcome-view-content')
    await welcome.getByText('Open a folder to see what your agent costs').waitFor()
    await workbench.screenshot('no-folder.png')
  })

  for (const command of ['costflame.startProfiler', 'costflame.newProfiledTerminal'])
    it(`says what to do when ${command} is asked for`, async () => {
      await workbench.command(command)
      // VS Code shows no toasts while a driver works it; the messages are in the notification centre.
      await workbench.command('Notifications: Show Notifications')
      await until('the message', async () => {
        const shown = await workbench.notifications()
        return shown.some((text) => text.startsWith('Open a folder first: Costflame keeps the recorded runs'))
      })
      assert.deepEqual(await workbench.page.locator('.terminal-wrapper').count(), 0)
      await workbench.command('Notifications: Clear All Notifications')
    })
})

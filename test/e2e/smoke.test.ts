// The workbench opens on a real screen, and its terminals run: without either no other end-to-end test means anything.
import assert from 'node:assert/strict'
import { useWorkbench } from '../support/use-workbench'

describe('the workbench', () => {
  const inUse = useWorkbench({
    files: { 'hello.js': "console.log('hello')\n" },
    env: { COSTFLAME_TEST_MARK: 'set-by-the-test' },
  })

  it('runs a command in a terminal with the environment it was given', async () => {
    const { workbench } = inUse()
    await workbench.openTerminal()
    await workbench.terminalType('echo "<$COSTFLAME_TEST_MARK-$((6 * 7))>"; node hello.js; node -v\n')
    const [echoed] = await workbench.terminal.waitFor(/^<.*>$/)
    assert.equal(echoed, '<set-by-the-test-42>')
    await workbench.terminal.waitFor(/^hello$/)
    await workbench.terminal.waitFor(/^v24\./)
  })

  it('shows a file, and can be photographed', async () => {
    const { workbench } = inUse()
    await workbench.openFile('hello.js')
    const picture = await workbench.screenshot('smoke.png')
    assert.match(picture, /test-results.smoke\.png$/)
  })
})

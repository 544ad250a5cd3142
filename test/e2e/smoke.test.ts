// The workbench opens on a real screen, and what other tests rely on works there, shown with VS Code's own features.
import assert from 'node:assert/strict'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'

const files = {
  'hello.js': `// A comment\nexport function greet() {\n  console.log('hello')\n}\ngreet()\n${'\n'.repeat(74)}export function part() {}\npart()\n`,
  'twice.json': '{\n  "key": 1,\n  "key": 2\n}\n',
  'notes.md': '# A heading\n',
}

describe('the workbench', () => {
  const inUse = useWorkbench({
    files,
    env: { COSTFLAME_TEST_MARK: 'set-by-the-test' },
    settings: { 'js/ts.referencesCodeLens.enabled': true },
  })

  it('runs a command in a terminal with the environment it was given', async () => {
    const { workbench } = inUse()
    await workbench.openTerminal()
    await workbench.terminalType('echo "<$COSTFLAME_TEST_MARK-$((6 * 7))>"; node -v\n')
    const [echoed] = await workbench.terminal.waitFor(/^<.*>$/)
    assert.equal(echoed, '<set-by-the-test-42>')
    await workbench.terminal.waitFor(/^v24\./)
    await workbench.screenshot('smoke-terminal.png')
  })

  it('shows code lenses on their lines', async () => {
    const { workbench } = inUse()
    await workbench.openFile('hello.js')
    const lenses = await until('a code lens', async () => {
      const found = await workbench.codeLenses()
      return found.some(({ text }) => text.includes('reference')) && found
    })
    assert.deepEqual(lenses, [{ text: '1 reference', line: 2 }])
    await workbench.goToLine(80)
    const further = await until('the code lens further down', async () => {
      const found = await workbench.codeLenses()
      return found.length > 0 && found
    })
    assert.deepEqual(further, [{ text: '1 reference', line: 80 }])
  })

  it('shows squiggles on their lines and problems with them', async () => {
    const { workbench } = inUse()
    await workbench.openFile('twice.json')
    const squiggles = await until('two squiggles', async () => {
      const found = await workbench.squiggles()
      return found.length === 2 && found
    })
    assert.deepEqual(squiggles, [
      { severity: 'warning', line: 2 },
      { severity: 'warning', line: 3 },
    ])
    const problem = { file: 'twice.json', message: 'Duplicate object key', source: 'json', code: '520' }
    assert.deepEqual(await workbench.problems(), [
      { ...problem, line: 2, column: 3 },
      { ...problem, line: 3, column: 3 },
    ])
    assert.ok((await workbench.statusBarText()).includes('0 2'))
  })

  it('shows a webview', async () => {
    const { workbench } = inUse()
    await workbench.openFile('notes.md')
    await workbench.command('Markdown: Open Preview')
    const frame = await workbench.webviewFrame('h1')
    assert.equal(await frame.locator('h1').textContent(), 'A heading')
    await workbench.screenshot('smoke-webview.png')
  })
})

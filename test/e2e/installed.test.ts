// The packaged file, not the source folder: installed into a clean VS Code, it profiles a program and shows the flame graph.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { commandEnvironment } from '../support/commands'
import { installedExtension } from '../support/packaged-extension'
import { inRepository } from '../support/repository'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { openWorkbench, type Workbench } from '../support/workbench'

const MOST_BYTES = 6_000_000

const AGENT = `const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer demo' },
  body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Which day is it?' }] }),
})
console.log('answered', response.status)
`

describe('the extension installed from its package', function () {
  this.timeout(300_000)
  let folder: TestFolder
  let models: ChildProcess
  let vsix: string
  let workbench: Workbench

  before('package, install and open', async () => {
    folder = temporaryFolder('installed')
    const installed = installedExtension()
    vsix = installed.vsix
    const workspaceFolder = join(folder.path, 'workspace')
    writeFiles(workspaceFolder, { 'agent.mjs': AGENT })
    models = spawn(process.execPath, [inRepository('dist', 'costflame.js'), 'simulate'], {
      env: commandEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    assert.ok(models.stdout)
    const [line] = await once(createInterface({ input: models.stdout }), 'line')
    const env = { OPENAI_BASE_URL: JSON.parse(line).openai }
    workbench = await openWorkbench({
      workspaceFolder,
      extensionsFolder: installed.extensionsFolder,
      extensionDevelopmentPath: null,
      env,
    })
  })

  after('close', async () => {
    await workbench?.close()
    models?.kill()
    folder?.remove()
  })

  it('is one file of at most 6 MB', () => {
    const { size } = statSync(vsix)
    assert.ok(size <= MOST_BYTES, `${vsix} has ${size} bytes`)
  })

  it('profiles a program in a terminal, shows its cost on the line and opens the flame graph', async () => {
    await workbench.command('costflame.newProfiledTerminal')
    await workbench.terminal.waitForPrompt()
    await workbench.terminalType('node agent.mjs\n')
    await workbench.terminal.waitFor(/answered 200/)
    await workbench.openFile('agent.mjs')
    const [lens] = await until('a cost lens', async () => {
      const lenses = await workbench.codeLenses()
      return lenses.some(({ text }) => text.includes('$')) && lenses
    })
    assert.equal(lens?.line, 1)
    await workbench.command('costflame.openFlameGraph')
    const frame = await workbench.webviewFrame('canvas[data-view]')
    const call = frame.locator('[role=treeitem][data-kind=chat], [role=row][data-kind=chat]').first()
    assert.match((await call.getAttribute('data-pico-usd')) ?? '', /^[1-9]\d*$/)
    await workbench.screenshot('installed.png')
  })
})

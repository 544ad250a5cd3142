// A workspace of several folders on a real screen: each has its own runs and its own profiler, and shows its costs on its own lines.
import assert from 'node:assert/strict'
import { existsSync, globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'
import { temporaryFolder } from '../support/test-folders'
import { until } from '../support/until'
import { openWorkbench, type Workbench } from '../support/workbench'

/** Calls a model once from its third line. */
function agent(name: string): Readonly<Record<string, string>> {
  const body = `{ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: 'What does ${name} sell?' }] }`
  const text = [
    'const headers = { "content-type": "application/json", authorization: "Bearer demo-key" }',
    `const body = JSON.stringify(${body})`,
    "const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', headers, body })",
    "console.log('answered ' + response.status)",
    '',
  ].join('\n')
  return { [`${name}.mjs`]: text }
}

describe('a workspace of several folders', () => {
  const [desk, shop] = [new Playground(agent('desk')), new Playground(agent('shop'))]
  const folder = temporaryFolder('workspace-file')
  let models: Simulator
  let workbench: Workbench

  before('record a run in each folder, and open both', async function () {
    this.timeout(300_000)
    const { count } = await loadTokenizer(inRepository('dist'))
    models = await startSimulator({ port: 0, countTokens: count })
    const env = { OPENAI_BASE_URL: `${models.url}/v1` }
    for (const [of, name] of [
      [desk, 'desk'],
      [shop, 'shop'],
    ] as const) {
      const { code, stderr } = await of.run(['run', '--', process.execPath, `${name}.mjs`], env)
      assert.equal(code, 0, stderr)
    }
    const file = join(folder.path, 'two.code-workspace')
    writeFileSync(
      file,
      JSON.stringify({
        folders: [
          { path: desk.path, name: 'desk' },
          { path: shop.path, name: 'shop' },
        ],
      }),
    )
    workbench = await openWorkbench({ workspaceFolder: file, env })
  })
  after('close it', async () => {
    await workbench?.close()
    await models.close()
    await desk.remove()
    await shop.remove()
    folder.remove()
  })

  async function lensOn(line: number): Promise<string> {
    const found = await until(
      `a lens on line ${line}`,
      async () => (await workbench.codeLenses()).find((lens) => lens.line === line),
      { timeoutMs: 120_000, seen: () => workbench.notifications() },
    )
    return found.text
  }

  it('shows in each folder what its lines cost', async () => {
    await workbench.openFile('desk.mjs')
    assert.match(await lensOn(3), /1 call/)
    await workbench.openFile('shop.mjs')
    assert.match(await lensOn(3), /1 call/)
  })

  it('lists the runs of both', async () => {
    await workbench.page.locator('.activitybar a[aria-label^="Costflame"]').click()
    const names = () => workbench.page.locator('.pane-body .monaco-list-row .label-name').allTextContents()
    await until(
      'both runs',
      async () => {
        const text = (await names()).join('\n')
        return text.includes('desk.mjs') && text.includes('shop.mjs')
      },
      { seen: names },
    )
    await workbench.screenshot('several-folders.png')
  })

  it('profiles a file in the folder that it lies in', async () => {
    await workbench.openFile('shop.mjs')
    await workbench.command('costflame.profileCurrentFile')
    await workbench.terminal.waitFor(/^answered 200/)
    await until('the second run of the shop', () => shop.storedCalls() === 2)
    assert.equal(desk.storedCalls(), 1)
    assert.ok(!existsSync(join(folder.path, '.costflame')))
  })
})

describe('a folder that is not trusted', () => {
  const desk = new Playground(agent('desk'))
  let models: Simulator
  let workbench: Workbench

  before('record a run in it, and open it', async function () {
    this.timeout(300_000)
    const { count } = await loadTokenizer(inRepository('dist'))
    models = await startSimulator({ port: 0, countTokens: count })
    const env = { OPENAI_BASE_URL: `${models.url}/v1` }
    assert.equal((await desk.run(['run', '--', process.execPath, 'desk.mjs'], env)).code, 0)
    const settings = {
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
    }
    workbench = await openWorkbench({ workspaceFolder: desk.path, asksForTrust: true, settings })
  })
  after('close it', async () => {
    await workbench?.close()
    await models.close()
    await desk.remove()
  })

  const profilers = () => globSync('*.json', { cwd: join(desk.data, 'live') })

  it('starts nothing, and says why', async () => {
    await workbench.openFile('desk.mjs')
    await workbench.command('costflame.startProfiler')
    await workbench.command('Notifications: Show Notifications')
    await until('the message', async () =>
      (await workbench.notifications()).some((text) => text.startsWith('Trust this folder first')),
    )
    assert.deepEqual(profilers(), [])
    assert.deepEqual(await workbench.codeLenses(), [])
    await workbench.command('Notifications: Clear All Notifications')
  })

  it('shows the costs as soon as it is trusted, in the same window', async () => {
    await workbench.command('Workspaces: Manage Workspace Trust')
    const editor = workbench.page.locator('.workspace-trust-editor')
    await editor.getByText('Trust', { exact: true }).click()
    await editor.getByText('You trust this folder').waitFor()
    await workbench.openFile('desk.mjs')
    const found = await until(
      'the lens',
      async () => (await workbench.codeLenses()).find(({ line }) => line === 3),
      { timeoutMs: 120_000 },
    )
    assert.match(found.text, /1 call/)
    await workbench.screenshot('trusted.png')
  })
})

// Calls in files that are unlike others, in a real extension host: outside of the workspace, minified, notebooks, gone. No mark at a wrong place, and nothing to click away.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { until } from '../support/until'
import { leaveNothing, setUpstreams } from './inline-clean-up'
import { activeApi, recordCall, runsWhen, startCli, workspacePath } from './recorded-call'

const CALL =
  "client.chat.completions.create({ model: 'gpt-4.1', messages: [{ role: 'user', content: text }] })"
const SOURCE = `export async function ask(text) {\n  return ${CALL}\n}\n`

describe('costs in files that are unlike others', () => {
  let api: CostflameApi
  let models: Awaited<ReturnType<typeof startCli>>
  let elsewhere: TestFolder
  let runs = 0

  before(async () => {
    elsewhere = temporaryFolder('elsewhere')
    models = await startCli('simulate')
    await setUpstreams({ openai: models.ready.url })
    api = await activeApi()
    await api.ready
    await vscode.commands.executeCommand('costflame.startProfiler')
  })

  after(async () => {
    await leaveNothing(api, 'inline-odd')
    await models.stop()
    elsewhere.remove()
  })

  /** A file with a call that was measured where its text has it. */
  async function measured(file: string, text: string, callAt = text.indexOf('create(')): Promise<vscode.Uri> {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    const before = text.slice(0, callAt).split('\n')
    const runId = `odd-${++runs}`
    await recordCall(runId, { file, line: before.length, column: (before.at(-1) ?? '').length + 1 })
    await runsWhen(api, (all) => all.some(({ id, totals }) => id === runId && totals.calls === 1))
    return vscode.Uri.file(file)
  }

  async function lensLines(uri: vscode.Uri): Promise<number[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
      50,
    )
    return found
      .filter(({ command }) => command?.command.startsWith('costflame.'))
      .map(({ range }) => range.start.line + 1)
  }

  /** Resolves when the editor knows of everything that was measured: a file like others has its lens. */
  async function otherFileIsShown(): Promise<void> {
    const other = await measured(workspacePath('inline-odd', `other-${runs}.mjs`), SOURCE)
    await vscode.window.showTextDocument(other)
    await until('the lens of another file', async () => (await lensLines(other)).length === 1)
  }

  async function showsNothing(uri: vscode.Uri): Promise<void> {
    await vscode.window.showTextDocument(uri)
    await otherFileIsShown()
    assert.deepEqual(await lensLines(uri), [])
    assert.deepEqual(
      vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'costflame'),
      [],
    )
  }

  it('does not mark a file outside of the workspace', async () => {
    await showsNothing(await measured(join(elsewhere.path, 'library.mjs'), SOURCE))
  })

  it('marks a minified file at its one line, or not at all', async () => {
    const filler = `const table=[${Array.from({ length: 4_000 }, (_, index) => index).join(',')}];`
    const text = `${filler}export async function ask(text){return ${CALL}}${filler.replace('table', 'other')}\n`
    assert.ok(text.indexOf('create(') > 10_000)
    const uri = await measured(workspacePath('inline-odd', 'bundle.min.js'), text)
    await vscode.window.showTextDocument(uri)
    await otherFileIsShown()
    const lines = await lensLines(uri)
    assert.ok(lines.length <= 1 && lines.every((line) => line === 1), `lines ${lines}`)
  })

  it('does not take the lines of a notebook for those of its cells', async () => {
    const cell = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [] }
    const notebook = {
      cells: [
        {
          ...cell,
          source: ['text = "one"\n', 'two = 2\n', 'client.chat.completions.create(model="gpt-4.1")'],
        },
      ],
      metadata: { language_info: { name: 'python' } },
      nbformat: 4,
      nbformat_minor: 5,
    }
    const uri = await measured(workspacePath('inline-odd', 'notes.ipynb'), JSON.stringify(notebook, null, 1))
    const opened = await vscode.workspace.openNotebookDocument(uri)
    await vscode.window.showNotebookDocument(opened)
    await otherFileIsShown()
    const [first] = opened.getCells()
    assert.ok(first)
    const lines = await lensLines(first.document.uri)
    assert.ok(lines.length <= 1 && lines.every((line) => line === 3), `lines ${lines}`)
  })

  it('does not mark a file that was there and is something else now', async () => {
    const uri = await measured(workspacePath('inline-odd', 'replaced.mjs'), SOURCE)
    writeFileSync(
      uri.fsPath,
      "export const greeting = 'Good morning'\n\nexport const farewell = 'Good night'\n",
    )
    await showsNothing(uri)
  })
})

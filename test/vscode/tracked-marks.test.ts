// Marks on lines in a real extension host: they stay with their code while it is edited, formatted, moved and renamed, and are never elsewhere.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as vscode from 'vscode'
import { cellHash } from '../../extension/editor/marks/cell-hash'
import type { CostflameApi } from '../../extension/extension'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { activeApi, recordCall, runsWhen, startCli, workspacePath } from './recorded-call'

const CALL = "  return client.chat.completions.create({ model: 'gpt-4.1', messages: asked(order) })"
const DESK = [
  "import OpenAI from 'openai'",
  'const client = new OpenAI()',
  '',
  'export async function track(order) {',
  '  const asked = (about) => [{ role: "user", content: about }]',
  CALL,
  '}',
  '',
]
/** From 1. */
const CALL_LINE = 6

function run(command: string, ...args: readonly unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`costflame.${command}`, ...args)
}

describe('marks on lines in VS Code', () => {
  let api: CostflameApi
  let models: Awaited<ReturnType<typeof startCli>>
  let files = 0
  let document: vscode.TextDocument

  before(async () => {
    models = await startCli('simulate')
    const upstream = new URL(models.ready.openai ?? '').origin
    await vscode.workspace
      .getConfiguration('costflame')
      .update('upstreams', { openai: upstream }, vscode.ConfigurationTarget.Global)
    api = await activeApi()
    await api.ready
    await run('startProfiler')
  })
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await run('stopProfiler')
    await models.stop()
  })
  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'))

  /** A new file, called from once and open. */
  async function measured(text = DESK.join('\n'), line = CALL_LINE): Promise<vscode.TextDocument> {
    files++
    const name = `tracked/desk-${files}.mjs`
    const file = workspacePath(name)
    writeFiles(workspacePath(), { [name]: text })
    const runId = `tracked-${files}`
    await recordCall(runId, { file, line, column: 35, function: 'track' })
    await runsWhen(api, (runs) => runs.some(({ id, totals }) => id === runId && totals.calls === 1))
    document = await vscode.workspace.openTextDocument(file)
    await vscode.window.showTextDocument(document)
    await shows([line])
    return document
  }

  /** `6`, or `6 changed`: lines from 1 that have a lens. */
  async function marks(uri = document.uri): Promise<string[]> {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
      100,
    )
    return lenses
      .filter(({ command }) => command?.command === 'costflame.openFlameGraph')
      .map(({ range, command }) => {
        const isChanged = command?.title.endsWith(' · changed since measured')
        return `${range.start.line + 1}${isChanged ? ' changed' : ''}`
      })
  }

  async function shows(wanted: readonly (string | number)[], uri?: vscode.Uri): Promise<void> {
    await until(
      `marks ${JSON.stringify(wanted)}`,
      async () => JSON.stringify(await marks(uri)) === JSON.stringify(wanted.map(String)),
      { seen: () => marks(uri) },
    )
  }

  /** Gives when the edit was made. */
  async function edit(change: (edit: vscode.WorkspaceEdit) => void): Promise<void> {
    const edits = new vscode.WorkspaceEdit()
    change(edits)
    assert.equal(await vscode.workspace.applyEdit(edits), true)
  }

  const lineStart = (line: number) => new vscode.Position(line - 1, 0)
  const whole = () => document.validateRange(new vscode.Range(0, 0, document.lineCount, 0))

  it('move with the text, before anybody looks into it', async () => {
    await measured()
    await edit((edits) => edits.insert(document.uri, lineStart(1), '// one\n// two\n'))
    assert.deepEqual(await marks(), ['8'])
    await edit((edits) => edits.insert(document.uri, lineStart(8), '\n'))
    assert.deepEqual(await marks(), ['9'])
  })

  it('say that the call was changed, until it is as it was', async () => {
    await measured()
    const model = new vscode.Range(5, CALL.indexOf('gpt-4.1'), 5, CALL.indexOf('gpt-4.1') + 'gpt-4.1'.length)
    await edit((edits) => edits.replace(document.uri, model, 'gpt-4.1-mini'))
    await shows(['6 changed'])
    await vscode.commands.executeCommand('undo')
    await shows(['6'])
  })

  it('go with the call, and come again with an undo', async () => {
    await measured()
    await edit((edits) => edits.delete(document.uri, new vscode.Range(lineStart(6), lineStart(7))))
    await shows([])
    await vscode.commands.executeCommand('undo')
    await shows(['6'])
  })

  it('are the same when the file is formatted or its line breaks are others', async () => {
    await measured()
    const formatted = [
      ...DESK.slice(0, 5).map((line) => line.replaceAll("'", '"')),
      '  return client.chat.completions.create({',
      '    model: "gpt-4.1",',
      '    messages: asked(order),',
      '  });',
      ...DESK.slice(6),
    ]
    await edit((edits) => edits.replace(document.uri, whole(), `// formatted\n${formatted.join('\n')}`))
    await shows(['7'])
    const editor = await vscode.window.showTextDocument(document)
    await editor.edit((edits) => edits.setEndOfLine(vscode.EndOfLine.CRLF))
    await shows(['7'])
  })

  it('stay with the call that was measured when it is copied', async () => {
    await measured()
    await edit((edits) => edits.insert(document.uri, lineStart(6), `${CALL}\n`))
    await shows(['7'])
  })

  it('go along with a function that changes places with another one', async () => {
    const title = [
      'export async function title(text) {',
      "  const asked = (about) => [{ role: 'user', content: about }]",
      "  return client.chat.completions.create({ model: 'gpt-4.1-nano', messages: asked(text) })",
      '}',
      '',
    ]
    const [head, track] = [DESK.slice(0, 3), DESK.slice(3)]
    await measured([...head, ...track, ...title].join('\n'))
    // VS Code makes small edits of it, which leave what is alike where it is.
    await edit((edits) => edits.replace(document.uri, whole(), [...head, ...title, ...track].join('\n')))
    await shows([CALL_LINE + title.length])
    await vscode.commands.executeCommand('undo')
    await shows([CALL_LINE])
  })

  it('are found again when the file is another one on the disk', async () => {
    await measured()
    const added = ['// Added by another branch.', ...DESK.slice(0, 3), 'const limit = 3', ...DESK.slice(3)]
    writeFileSync(document.uri.fsPath, added.join('\n'))
    await shows([8])
    writeFileSync(document.uri.fsPath, DESK.filter((line) => line !== CALL).join('\n'))
    await shows([])
    writeFileSync(document.uri.fsPath, DESK.join('\n'))
    await shows([6])
  })

  it('go along with a file that is renamed in VS Code', async () => {
    const { uri } = await measured()
    const renamed = vscode.Uri.file(workspacePath('tracked', `renamed-${files}.mjs`))
    await edit((edits) => edits.renameFile(uri, renamed))
    document = await vscode.workspace.openTextDocument(renamed)
    await vscode.window.showTextDocument(document)
    await shows([6], renamed)
  })

  it('go along with a file that is moved where VS Code does not see it', async () => {
    const { uri } = await measured()
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor')
    const moved = workspacePath('tracked', 'moved', `desk-${files}.mjs`)
    mkdirSync(workspacePath('tracked', 'moved'), { recursive: true })
    writeFileSync(moved, `// Moved.\n${readFileSync(uri.fsPath, 'utf8')}`)
    renameSync(uri.fsPath, `${uri.fsPath}.old`)
    document = await vscode.workspace.openTextDocument(moved)
    await vscode.window.showTextDocument(document)
    await shows([7])
    // A copy of a file that is still there is not that file.
    renameSync(`${uri.fsPath}.old`, uri.fsPath)
    await shows([])
  })

  it('are in files with CRLF, and far down in long ones', async () => {
    const long = Array.from({ length: 8_000 }, (_, index) => [
      `export const step${index} = (text) => {`,
      `  log('step', ${index})`,
      '  return shorten(text)',
      '}',
      '',
      '',
    ]).flat()
    const text = [...long, ...DESK, ...long.slice(0, 2_000)].join('\r\n')
    await measured(text, 48_000 + CALL_LINE)
    await edit((edits) => edits.insert(document.uri, lineStart(1), '\n'))
    await shows([48_000 + CALL_LINE + 1])
  })

  it('are in the cell of a notebook that its kernel calls by the hash of its code', async () => {
    const cell =
      "question = 'Where is my order?'\nreply = client.responses.create(model='gpt-4.1', input=question)\n"
    const source = (text: string) => ({
      ...{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [] },
      source: text.split(/(?<=\n)/),
    })
    const metadata = { language_info: { name: 'python' } }
    const notebook = {
      cells: [source('import openai\n'), source(cell)],
      metadata,
      nbformat: 4,
      nbformat_minor: 4,
    }
    writeFiles(workspacePath(), { 'tracked/order.ipynb': JSON.stringify(notebook) })
    const file = `/tmp/ipykernel_4711/${cellHash(cell)}.py`
    await recordCall('tracked-cell', { file, line: 2, function: '<module>' })
    await runsWhen(api, (runs) => runs.some(({ id, totals }) => id === 'tracked-cell' && totals.calls === 1))
    const opened = await vscode.workspace.openNotebookDocument(
      vscode.Uri.file(workspacePath('tracked', 'order.ipynb')),
    )
    const [first, second] = opened.getCells().map((each) => each.document)
    assert.ok(first && second)
    assert.equal(second.getText(), cell)
    await vscode.window.showNotebookDocument(opened)
    await shows([2], second.uri)
    assert.deepEqual(await marks(first.uri), [])
    await edit((edits) => edits.insert(second.uri, lineStart(1), '# Of a customer.\n'))
    await shows([3], second.uri)
  })

  it('are not on a document that is not the file', async () => {
    await measured()
    const untitled = await vscode.workspace.openTextDocument({
      language: 'javascript',
      content: DESK.join('\n'),
    })
    await vscode.window.showTextDocument(untitled)
    assert.deepEqual(await marks(untitled.uri), [])
  })
})

// Findings in a real extension host: they stand on their lines while these are edited, and can be fixed, capped, budgeted, ignored and explained there.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, renameSync } from 'node:fs'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { installSdks, LibraryModels, libraryFiles } from '../support/inline-library'
import { inRepository } from '../support/repository'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { leaveNothing } from './inline-clean-up'
import { activeApi, workspacePath } from './recorded-call'

const FOLDER = 'library'
const uriIn = (...parts: readonly string[]) => vscode.Uri.file(workspacePath(...parts))
const ruleOf = ({ code }: vscode.Diagnostic) => String(typeof code === 'object' ? code.value : code)
const ours = (uri: vscode.Uri) =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'costflame')

/** The line (from 1) and the marked text of the one diagnostic of a rule. */
function placeOf(document: vscode.TextDocument, rule: string): [number, string] | undefined {
  const found = ours(document.uri).filter((each) => ruleOf(each) === rule)
  const [one] = found
  return one && found.length === 1 ? [one.range.start.line + 1, document.getText(one.range)] : undefined
}

const all = (uri: vscode.Uri) =>
  ours(uri).map((each) => [ruleOf(each), each.severity, each.range.start.line + 1, each.message])

async function seen(document: vscode.TextDocument, rule: string): Promise<vscode.Diagnostic> {
  const found = () => ours(document.uri).find((each) => ruleOf(each) === rule)
  return until(`${rule} in ${document.fileName}`, found, { seen: () => all(document.uri) })
}

async function actionsOn(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range)
}

async function actionOn(uri: vscode.Uri, range: vscode.Range, title: RegExp): Promise<vscode.CodeAction> {
  const actions = await actionsOn(uri, range)
  const found = actions.find((action) => title.test(action.title))
  assert.ok(found, `${title} among ${actions.map((action) => action.title).join(', ')}`)
  return found
}

/** As choosing it from the menu does. */
async function take({ edit, command }: vscode.CodeAction): Promise<unknown> {
  if (edit) assert.equal(await vscode.workspace.applyEdit(edit), true)
  return command && vscode.commands.executeCommand(command.command, ...(command.arguments ?? []))
}

async function insertLine(document: vscode.TextDocument, line: number, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit()
  edit.insert(document.uri, new vscode.Position(line, 0), `${text}\n`)
  assert.equal(await vscode.workspace.applyEdit(edit), true)
}

const originals = libraryFiles('typescript')

/** The file as it was, whatever was edited, and saved by VS Code itself. */
async function reset(document: vscode.TextDocument): Promise<void> {
  const original = originals[document.uri.path.replace(/^.*\//, '')] ?? ''
  if (document.getText() === original) return
  const edit = new vscode.WorkspaceEdit()
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), original)
  assert.equal(await vscode.workspace.applyEdit(edit), true)
  await document.save()
}

describe('findings on their lines', () => {
  let models: LibraryModels
  let api: CostflameApi
  const open = (name: string) => vscode.workspace.openTextDocument(uriIn(FOLDER, name))

  /** Runs desks of the library under the profiler, to their end. */
  async function profile(...desks: readonly string[]): Promise<void> {
    const command = [process.execPath, 'library.ts', ...desks]
    const data = workspacePath('.costflame', 'data')
    const args = [inRepository('dist', 'costflame.js'), 'run', '--', ...command]
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', COSTFLAME_DATA: data }
    const child = spawn(process.execPath, args, {
      cwd: workspacePath(FOLDER),
      env: { ...env, ...models.addresses, ...models.newKeys() },
      stdio: 'inherit',
    })
    assert.deepEqual(await once(child, 'exit'), [0, null])
  }

  before(async () => {
    writeFiles(workspacePath(FOLDER), originals)
    installSdks(workspacePath(FOLDER))
    models = await LibraryModels.start()
    api = await activeApi()
    await api.ready
    await vscode.commands.executeCommand('costflame.startProfiler')
    await profile('notices', 'stock', 'loans')
  })

  afterEach(async () => {
    for (const name of ['notices.ts', 'stock.ts', 'loans.md']) await reset(await open(name))
  })

  after(async () => {
    await models?.close()
    const files = ['budgets.jsonc', 'config.jsonc', 'budgets.schema.json']
    await leaveNothing(api, FOLDER, ...files.map((name) => `.costflame/${name}`))
  })

  it('move with the text around them, and their fix with them', async () => {
    const notices = await open('notices.ts')
    const rule = 'cache/missing-breakpoint'
    await seen(notices, rule)
    assert.deepEqual(placeOf(notices, rule), [12, 'system: instructions'])
    await insertLine(notices, 0, '// The door is repainted in May.')
    const moved = await until(
      'the finding a line below',
      () => placeOf(notices, rule)?.[0] === 13 && ours(notices.uri)[0],
    )
    const fix = await actionOn(notices.uri, moved.range, /breakpoint|cache_control/i)
    await take(fix)
    assert.match(
      notices.getText(),
      /system: \[\{ type: 'text', text: instructions, cache_control: \{ type: 'ephemeral' \} \}\],/,
    )
    await until('the finding gone', () => placeOf(notices, rule) === undefined)
    await vscode.window.showTextDocument(notices)
    await vscode.commands.executeCommand('undo')
    await until('the finding back', () => placeOf(notices, rule)?.[0] === 13)
  })

  it('go with a file that is moved outside of the editor, and come home with it', async () => {
    const rule = 'cache/missing-breakpoint'
    const notices = await open('notices.ts')
    await seen(notices, rule)
    const [home, away] = [notices.uri.fsPath, uriIn(FOLDER, 'board.ts').fsPath]
    renameSync(home, away)
    const board = await open('board.ts')
    await seen(board, rule)
    assert.deepEqual(placeOf(board, rule), [12, 'system: instructions'])
    await until('nothing where it was', () => ours(notices.uri).length === 0, {
      seen: () => all(notices.uri),
    })
    renameSync(away, home)
    await until('nothing where it went', () => ours(board.uri).length === 0, { seen: () => all(board.uri) })
    assert.deepEqual(placeOf(await open('notices.ts'), rule), [12, 'system: instructions'])
  })

  it('say that their code changed', async () => {
    const notices = await open('notices.ts')
    await seen(notices, 'cache/missing-breakpoint')
    const edit = new vscode.WorkspaceEdit()
    edit.replace(notices.uri, new vscode.Range(11, 12, 11, 24), 'longerInstructions')
    await vscode.workspace.applyEdit(edit)
    const changed = await until(
      'the finding as a hint',
      () => ours(notices.uri).find(({ severity }) => severity === vscode.DiagnosticSeverity.Hint),
      { seen: () => [...all(notices.uri), notices.lineAt(11).text] },
    )
    assert.match(changed.message, /^Changed since it was measured/)
    await actionOn(notices.uri, changed.range, /^Run Again First: /)
  })

  it('stand in prompt files, and are ignored there by config.jsonc', async () => {
    const loans = await open('loans.md')
    const found = await seen(loans, 'cache/volatile-prefix')
    assert.equal(loans.getText(found.range), '{{now}}')
    assert.ok(found.relatedInformation?.some(({ location }) => location.uri.path.endsWith('/loans.ts')))
    assert.equal(await take(await actionOn(loans.uri, found.range, /^Ignore Here/)), 'config')
    await until('no finding', () => ours(loans.uri).length === 0)
    const config = readFileSync(workspacePath('.costflame', 'config.jsonc'), 'utf8')
    assert.match(config, /"rule": "cache\/volatile-prefix",\s+"file": ".*loans\.md"/)
  })

  it('are ignored by a comment above their line', async () => {
    const notices = await open('notices.ts')
    const found = await seen(notices, 'cache/missing-breakpoint')
    assert.equal(await take(await actionOn(notices.uri, found.range, /^Ignore Here/)), 'comment')
    assert.equal(
      notices.lineAt(found.range.start.line).text,
      '    // costflame-ignore-next-line cache/missing-breakpoint',
    )
    await until('no finding', () => ours(notices.uri).length === 0, {
      seen: () => [...all(notices.uri), notices.getText()],
    })
    await reset(notices)
    await seen(notices, 'cache/missing-breakpoint')
  })

  it('are explained in a document', async () => {
    const notices = await open('notices.ts')
    const found = await seen(notices, 'cache/missing-breakpoint')
    const text = await take(await actionOn(notices.uri, found.range, /^Explain This/))
    assert.match(String(text), /cache\/missing-breakpoint/)
    assert.equal(vscode.window.activeTextEditor?.document.getText(), text)
  })

  it('are as serious as the settings say', async () => {
    const notices = await open('notices.ts')
    await seen(notices, 'cache/missing-breakpoint')
    const settings = vscode.workspace.getConfiguration('costflame.diagnostics')
    const severities = (value: object | undefined) =>
      settings.update('severities', value, vscode.ConfigurationTarget.Workspace)
    try {
      await severities({ cache: 'error' })
      await until('an error', () => ours(notices.uri)[0]?.severity === vscode.DiagnosticSeverity.Error)
      await severities({ cache: 'error', 'cache/missing-breakpoint': 'off' })
      await until('nothing', () => ours(notices.uri).length === 0)
    } finally {
      await severities(undefined)
    }
  })

  it('have calls beside them whose output can be capped', async () => {
    const notices = await open('notices.ts')
    await seen(notices, 'cache/missing-breakpoint')
    const call = new vscode.Range(9, 10, 9, 10)
    const action = await until('the cap', async () =>
      (await actionsOn(notices.uri, call)).find(({ title }) => title === 'Cap the Output Here'),
    )
    const tokens = Number(await take(action))
    assert.ok(tokens >= 16 && tokens < 300, `${tokens}`)
    assert.ok(notices.getText().includes(`\n    max_tokens: ${tokens},\n`), notices.getText())
  })

  it('have calls beside them that a budget can be set for', async () => {
    const stock = await open('stock.ts')
    const found = await seen(stock, 'cache/tools-reordered')
    const titles = async () => (await actionsOn(stock.uri, found.range)).map(({ title }) => title)
    await until('the budget', async () => (await titles()).includes('Set a Budget for stock'), {
      seen: titles,
    })
    const action = await actionOn(stock.uri, found.range, /^Set a Budget for stock$/)
    const value = Number(await take(action))
    const budgets = readFileSync(workspacePath('.costflame', 'budgets.jsonc'), 'utf8')
    assert.ok(value > 0)
    assert.ok(budgets.includes(`"costUsd": ${value}`), budgets)
    assert.match(budgets, /\/\/ p99 \$[\d.]+ over \d+ invocations, \+20 %/)
    assert.equal(vscode.window.activeTextEditor?.document.uri.path.endsWith('/budgets.jsonc'), true)
  })
})

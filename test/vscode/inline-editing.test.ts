// What lines cost stays true while their code changes, in a real extension host: costs move with their calls, say when a call is another one than was measured, and never stand at a wrong one.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { until } from '../support/until'
import { leaveNothing, setUpstreams } from './inline-clean-up'
import { activeApi, liveProfilers, recordCall, runsWhen, startCli, workspacePath } from './recorded-call'

const GREET = `export async function greet(name: string) {
  return client.chat.completions.create({
    model: 'gpt-4.1',
    messages: [{ role: 'user', content: \`Greet \${name}.\` }],
  })
}
`
const TRANSLATE = `export async function translate(text: string) {
  const reply = await client.chat.completions.create({ model: 'gpt-4.1', messages: [{ role: 'user', content: text }] })
  return reply.choices
}
`
const HEAD = "import OpenAI from 'openai'\n\nconst client = new OpenAI()\n\n"
/** Calls at the lines 6 and 13, from 1. */
const DESK = `${HEAD}${GREET}\n${TRANSLATE}`

/** As a formatter with another taste writes it. */
const FORMATTED = `import OpenAI from "openai";

const client = new OpenAI();

export async function greet(name: string) {
    return client.chat.completions.create({ model: "gpt-4.1", messages: [{ role: "user", content: \`Greet \${name}.\` }] });
}

export async function translate(text: string) {
    const reply = await client.chat.completions.create({
        model: "gpt-4.1",
        messages: [{ role: "user", content: text }],
    });
    return reply.choices;
}
`

const ours = (name: string) => workspacePath('inline', name)

describe('costs at lines that are edited', () => {
  let api: CostflameApi
  let models: Awaited<ReturnType<typeof startCli>>
  let runs = 0

  before(async () => {
    models = await startCli('simulate')
    await setUpstreams({ openai: models.ready.url })
    api = await activeApi()
    await api.ready
    await vscode.commands.executeCommand('costflame.startProfiler')
  })

  after(async () => {
    await leaveNothing(api, 'inline')
    await models.stop()
  })

  /** A file with calls that were measured at some of its lines: so many at each. */
  async function measured(
    name: string,
    text: string,
    calls: Readonly<Record<number, number>>,
  ): Promise<vscode.Uri> {
    write(name, text)
    const runId = `inline-${++runs}`
    for (const [line, count] of Object.entries(calls))
      for (let call = 0; call < count; call++) await recordCall(runId, frameAt(name, text, Number(line)))
    const total = Object.values(calls).reduce((sum, count) => sum + count, 0)
    await runsWhen(api, (all) => all.some(({ id, totals }) => id === runId && totals.calls === total))
    return vscode.Uri.file(ours(name))
  }

  function write(name: string, text: string): void {
    mkdirSync(dirname(ours(name)), { recursive: true })
    writeFileSync(ours(name), text)
  }

  /** As V8 says where a call is: at the name of what is called. */
  function frameAt(name: string, text: string, line: number) {
    const column = (text.split('\n')[line - 1] ?? '').indexOf('create(') + 1
    assert.ok(column > 0, `a call at line ${line} of ${name}`)
    return { file: ours(name), line, column }
  }

  /** `6: 1 call` for each lens, `6: 1 call, changed` where it says so. */
  async function lenses(uri: vscode.Uri): Promise<string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
      50,
    )
    return found
      .filter(({ command }) => command?.command === 'costflame.openFlameGraph')
      .map(({ range, command }) => {
        const calls = /\d+ calls?/.exec(command?.title ?? '')?.[0]
        return `${range.start.line + 1}: ${calls}${/changed since measured/.test(command?.title ?? '') ? ', changed' : ''}`
      })
  }

  async function lensesAre(uri: vscode.Uri, ...wanted: readonly string[]): Promise<void> {
    let seen: string[] = []
    await until(
      `lenses ${wanted.join(' | ') || 'none'}`,
      async () => {
        seen = await lenses(uri)
        return JSON.stringify(seen) === JSON.stringify(wanted)
      },
      { seen: () => seen },
    )
  }

  async function opened(uri: vscode.Uri): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document)
    return document
  }

  async function edit(
    document: vscode.TextDocument,
    change: (edit: vscode.WorkspaceEdit) => void,
  ): Promise<void> {
    const made = new vscode.WorkspaceEdit()
    change(made)
    assert.ok(await vscode.workspace.applyEdit(made))
    assert.ok(!document.isClosed)
  }

  const start = new vscode.Position(0, 0)
  const replaceAll = (document: vscode.TextDocument, text: string) =>
    edit(document, (made) => made.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text))

  it('move with their calls when lines come above them and go', async () => {
    const uri = await measured('moved.ts', DESK, { 6: 1, 13: 2 })
    const document = await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    await edit(document, (made) => made.insert(uri, start, '// One.\n// Two.\n// Three.\n'))
    await lensesAre(uri, '9: 1 call', '16: 2 calls')
    await edit(document, (made) => made.insert(uri, new vscode.Position(12, 0), '\n'))
    await lensesAre(uri, '9: 1 call', '17: 2 calls')
    await edit(document, (made) => made.delete(uri, new vscode.Range(0, 0, 3, 0)))
    await lensesAre(uri, '6: 1 call', '14: 2 calls')
  })

  it('say that a call is another one than was measured, until that is undone', async () => {
    const uri = await measured('changed.ts', DESK, { 6: 1, 13: 2 })
    const document = await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    const model = document.lineAt(6).text.indexOf('gpt-4.1')
    await edit(document, (made) => made.replace(uri, new vscode.Range(6, model, 6, model + 7), 'gpt-5.4'))
    await lensesAre(uri, '6: 1 call, changed', '13: 2 calls')
    await vscode.commands.executeCommand('undo')
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
  })

  it('do not mind a formatter', async () => {
    const uri = await measured('formatted.ts', DESK, { 6: 1, 13: 2 })
    const document = await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    await replaceAll(document, FORMATTED)
    await lensesAre(uri, '6: 1 call', '10: 2 calls')
  })

  it('do not mind the line ends', async () => {
    const uri = await measured('line-ends.ts', DESK.replaceAll('\n', '\r\n'), { 6: 1, 13: 2 })
    await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    await vscode.window.activeTextEditor?.edit((made) => made.setEndOfLine(vscode.EndOfLine.LF))
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
  })

  it('follow functions that change places', async () => {
    const uri = await measured('swapped.ts', DESK, { 6: 1, 13: 2 })
    const document = await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    await replaceAll(document, `${HEAD}${TRANSLATE}\n${GREET}`)
    await lensesAre(uri, '6: 2 calls', '11: 1 call')
  })

  it('go with a call that is deleted, and never to its equal', async () => {
    const twice = `${HEAD}${GREET}\n${GREET.replace('greet', 'welcome')}`
    const uri = await measured('deleted.ts', twice, { 6: 1, 13: 2 })
    const document = await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    await edit(document, (made) => made.delete(uri, new vscode.Range(4, 0, 11, 0)))
    await lensesAre(uri, '6: 2 calls')
    await vscode.commands.executeCommand('undo')
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
  })

  it('go with a file that is renamed in the editor', async () => {
    const uri = await measured('before.ts', DESK, { 6: 1, 13: 2 })
    await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    const renamed = vscode.Uri.file(ours('renamed/after.ts'))
    const change = new vscode.WorkspaceEdit()
    change.renameFile(uri, renamed)
    assert.ok(await vscode.workspace.applyEdit(change))
    await opened(renamed)
    await lensesAre(renamed, '6: 1 call', '13: 2 calls')
  })

  it('are found in a file that is renamed outside of the editor', async () => {
    const uri = await measured('old.ts', DESK, { 6: 1, 13: 2 })
    await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor')
    renameSync(ours('old.ts'), ours('new.ts'))
    const moved = vscode.Uri.file(ours('new.ts'))
    await opened(moved)
    await lensesAre(moved, '6: 1 call', '13: 2 calls')
  })

  it('are found on another branch, and at home when that is left', async () => {
    const uri = await measured('branches/desk.ts', DESK, { 6: 1, 13: 2 })
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], {
        cwd: ours('branches'),
        stdio: 'pipe',
      })
    git('init', '--quiet', '--initial-branch=main')
    git('add', '.')
    git('commit', '--quiet', '--message=desk')
    git('switch', '--quiet', '--create=longer')
    const notes = '// What the desk says.\n'.repeat(4)
    write('branches/desk.ts', `${notes}${DESK.replace('// ', '')}`)
    git('commit', '--quiet', '--all', '--message=notes')
    git('switch', '--quiet', 'main')
    const document = await opened(uri)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    git('switch', '--quiet', 'longer')
    await until('the text of the branch', () => document.getText().startsWith(notes))
    await lensesAre(uri, '10: 1 call', '17: 2 calls')
    git('switch', '--quiet', 'main')
    await until('the text of main', () => document.getText() === DESK)
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
  })

  it('are exact again after the next run', async () => {
    const uri = await measured('again.ts', DESK, { 6: 1, 13: 2 })
    const document = await opened(uri)
    const changed = `// Shorter.\n${DESK.replace('Greet', 'Hello')}`
    await lensesAre(uri, '6: 1 call', '13: 2 calls')
    await replaceAll(document, changed)
    await document.save()
    await lensesAre(uri, '7: 1 call, changed', '14: 2 calls')
    await measured('again.ts', readFileSync(uri.fsPath, 'utf8'), { 7: 3 })
    await lensesAre(uri, '7: 3 calls', '14: 2 calls')
  })

  it('stand in a file of 50,000 lines', async () => {
    const rest = Array.from({ length: 49_980 }, (_, line) => `export const row${line} = ${line}`).join('\n')
    const uri = await measured('long.ts', `${rest}\n${DESK}`, { 49986: 1, 49993: 2 })
    const document = await opened(uri)
    await lensesAre(uri, '49986: 1 call', '49993: 2 calls')
    await edit(document, (made) => made.insert(uri, start, '\n\n'))
    await lensesAre(uri, '49988: 1 call', '49995: 2 calls')
  })

  it('stand nowhere in a file that is gone, nor in one that was never measured', async () => {
    const uri = await measured('gone.ts', DESK, { 6: 1 })
    rmSync(uri.fsPath)
    write('other.ts', "export const greeting = 'Good morning'\n")
    const other = vscode.Uri.file(ours('other.ts'))
    await opened(other)
    await lensesAre(other)
    const untitled = await vscode.workspace.openTextDocument({ language: 'typescript', content: DESK })
    await vscode.window.showTextDocument(untitled)
    await lensesAre(untitled.uri)
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
    assert.ok(!existsSync(uri.fsPath))
    assert.equal(liveProfilers().length, 1)
  })
})

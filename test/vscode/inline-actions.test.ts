// What can be done at a line, in a real extension host: a budget, a cap on the output, ignoring a finding, its evidence; each with what the next run says of it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { installSdks, libraryFiles } from '../support/inline-library'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { leaveNothing, setUpstreams } from './inline-clean-up'
import { activeApi, runsWhen, startCli, workspacePath } from './recorded-call'

const FOLDER = 'inline-library'
const BUDGETS = '.costflame/budgets.jsonc'
const CONFIG = '.costflame/config.jsonc'

const run = (command: string, ...args: readonly unknown[]) =>
  vscode.commands.executeCommand(`costflame.${command}`, ...args)

describe('what can be done at a line', () => {
  let api: CostflameApi
  let models: Awaited<ReturnType<typeof startCli>>
  let environment: NodeJS.ProcessEnv
  let served = 0

  before(async () => {
    models = await startCli('simulate')
    const { url } = models.ready
    await setUpstreams({ openai: url, anthropic: url })
    writeFiles(workspacePath(FOLDER), libraryFiles('typescript'))
    installSdks(workspacePath(FOLDER))
    api = await activeApi()
    await api.ready
    await run('startProfiler')
    const terminal = (await run('newProfiledTerminal')) as vscode.Terminal
    const { env } = terminal.creationOptions as vscode.TerminalOptions
    terminal.dispose()
    environment = { ...process.env, ...definedOnly(env ?? {}), ELECTRON_RUN_AS_NODE: '1' }
  })

  after(async () => {
    await leaveNothing(api, FOLDER, BUDGETS, CONFIG)
    await models.stop()
  })

  /** Runs one desk in the environment of a profiled terminal; resolves when its six calls are recorded. */
  async function serve(desk: string): Promise<void> {
    const known = new Set(api.runs.map(({ id }) => id))
    // A key that nobody has used before: its caches are empty.
    const key = `demo-0123456789-${++served}`
    const keys = { OPENAI_API_KEY: `sk-${key}`, ANTHROPIC_API_KEY: `sk-ant-${key}` }
    const program = spawn(process.execPath, ['library.ts', desk], {
      cwd: workspacePath(FOLDER),
      env: { ...environment, ...keys },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = await once(program, 'exit')
    assert.equal(code, 0)
    await runsWhen(api, (all) => all.some(({ id, totals }) => !known.has(id) && totals.calls === 6))
  }

  const uriOf = (name: string) => vscode.Uri.file(workspacePath(FOLDER, name))
  const read = (name: string) => readFileSync(workspacePath(name), 'utf8')
  const readFile = (name: string) => read(`${FOLDER}/${name}`)
  /** As they were, whatever an earlier try made of them. */
  function restore(...names: readonly string[]): void {
    const files = libraryFiles('typescript')
    writeFiles(workspacePath(FOLDER), Object.fromEntries(names.map((name) => [name, files[name] ?? ''])))
  }
  const ruleOf = ({ code }: vscode.Diagnostic) => (typeof code === 'object' ? code.value : code)
  const ours = (uri: vscode.Uri) =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'costflame')

  async function open(uri: vscode.Uri): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document)
    return document
  }

  function diagnosticWhen(uri: vscode.Uri, rule: string, isWanted = (_: vscode.Diagnostic) => true) {
    return until(rule, () => ours(uri).find((each) => ruleOf(each) === rule && isWanted(each)), {
      seen: () => ours(uri).map((each) => `${ruleOf(each)} ${each.range.start.line + 1} ${each.message}`),
    })
  }

  function noMoreOf(rule: string, uri: vscode.Uri) {
    return until(`no ${rule} any more`, () => ours(uri).every((each) => ruleOf(each) !== rule), {
      seen: () => ours(uri).map((each) => `${ruleOf(each)} ${each.range.start.line + 1} ${each.message}`),
    })
  }

  /** The action of this title at a text of a file; resolves when it is offered. */
  async function actionAt(uri: vscode.Uri, text: string, title: string): Promise<vscode.CodeAction> {
    const document = await open(uri)
    const position = document.positionAt(document.getText().indexOf(text))
    let seen: string[] = []
    return until(
      `the action ${title}`,
      async () => {
        const range = new vscode.Range(position, position)
        const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          uri,
          range,
        )
        seen = found.map((each) => each.title)
        return found.find((each) => each.title === title)
      },
      { seen: () => seen },
    )
  }

  /** As a click does. */
  async function take({ edit, command }: vscode.CodeAction): Promise<void> {
    if (edit) assert.ok(await vscode.workspace.applyEdit(edit))
    if (command) await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []))
  }

  it('sets a budget for the agent of a line, which the next run is held against', async () => {
    restore('notices.ts')
    await serve('notices')
    await take(await actionAt(uriOf('notices.ts'), 'create(', 'Set a Budget for notices'))
    const [, limit] =
      /"notices": \{[\s\S]*?"costUsd": ([\d.]+)/.exec(read(BUDGETS)) ?? assert.fail(read(BUDGETS))
    // Each notice cost about 0.6 cents, and there is a fifth of headroom.
    assert.ok(Number(limit) > 0.006 && Number(limit) < 0.009, limit)
    // Nobody asked for limits of runs and days.
    assert.doesNotMatch(read(BUDGETS), /costUsdPer/)
    writeFiles(workspacePath(FOLDER), {
      'notices.ts': readFile('notices.ts').replace("'the entrance hall', 160", "'the entrance hall', 400"),
    })
    await serve('notices')
    const over = await diagnosticWhen(uriOf('notices.ts'), 'budget/costUsd')
    const document = await open(uriOf('notices.ts'))
    assert.match(document.lineAt(over.range.start.line).text, /client\.messages\.create\(/)
    await actionAt(uriOf('notices.ts'), 'create(', 'Block Next Time: costUsd of notices')
  })

  it('caps the output of a call above what was measured, in the words of its SDK', async () => {
    restore('catalogue.ts')
    await serve('catalogue')
    await take(await actionAt(uriOf('catalogue.ts'), 'create(', 'Cap the Output Here'))
    await vscode.workspace.saveAll()
    assert.match(readFile('catalogue.ts'), /^ {4}max_completion_tokens: \d+,$/m)
    await serve('catalogue')
  })

  it('keeps the mark and the fix of a finding while lines come above it', async () => {
    const uri = uriOf('catalogue.ts')
    const document = await open(uri)
    // The finding stands at its call until its cause is found.
    const isAtCause = ({ range }: vscode.Diagnostic) => document.getText(range) === 'new Date().toISOString()'
    await diagnosticWhen(uri, 'cache/volatile-prefix', isAtCause)
    const change = new vscode.WorkspaceEdit()
    change.insert(uri, new vscode.Position(1, 0), '// One.\n// Two.\n')
    await vscode.workspace.applyEdit(change)
    await diagnosticWhen(
      uri,
      'cache/volatile-prefix',
      (each) => isAtCause(each) && each.range.start.line === 10,
    )
    const title = 'Move the changing text behind the stable part of the prompt'
    const { edit } = await actionAt(uri, 'new Date()', title)
    assert.ok(edit)
    const confirmed = edit
      .entries()
      .flatMap(([file, edits]) => edits.map((each) => [file.fsPath, each.newText]))
    assert.deepEqual(confirmed, [
      [uri.fsPath, ''],
      [uri.fsPath, `\nIt is $\{new Date().toISOString()} at the library.`],
    ])
    await document.save()
  })

  it('shows the evidence of a finding', async () => {
    const explain = await actionAt(uriOf('catalogue.ts'), 'new Date()', 'Explain This')
    await take(explain)
    const text = await until('the evidence', () => {
      const shown = vscode.window.activeTextEditor?.document.getText() ?? ''
      return shown.includes('cache/volatile-prefix') && shown
    })
    assert.match(text, /128/)
  })

  it('ignores a finding in code by a comment', async () => {
    restore('stock.ts')
    await serve('stock')
    const uri = uriOf('stock.ts')
    await diagnosticWhen(uri, 'cache/tools-reordered')
    await take(await actionAt(uri, 'tools,', 'Ignore Here: cache/tools-reordered'))
    await vscode.workspace.saveAll()
    assert.match(
      readFile('stock.ts'),
      /^ {4}\/\/ costflame-ignore-next-line cache\/tools-reordered\n {4}tools,$/m,
    )
    await serve('stock')
    await noMoreOf('cache/tools-reordered', uri)
  })

  it('ignores a finding in a prompt file by the configuration, for a comment would be sent', async () => {
    await serve('loans')
    const uri = uriOf('loans.md')
    await diagnosticWhen(uri, 'cache/volatile-prefix')
    const before = readFile('loans.md')
    await take(await actionAt(uri, 'now}}', 'Ignore Here: cache/volatile-prefix'))
    await vscode.workspace.saveAll()
    assert.equal(readFile('loans.md'), before)
    assert.match(read(CONFIG), /"ignore"[\s\S]*cache\/volatile-prefix[\s\S]*inline-library\/loans\.md/)
    await serve('loans')
    await noMoreOf('cache/volatile-prefix', uri)
  })
})

function definedOnly(env: Readonly<Record<string, string | null | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => typeof value === 'string'),
  ) as NodeJS.ProcessEnv
}

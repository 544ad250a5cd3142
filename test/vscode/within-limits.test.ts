// Budgets in a real extension host: what the budget file shows of its limits, what the editor says of a violation, and what can be done about it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { encodeCallSite } from '../../profiler-agent/model/call-site'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { activeApi, liveProfilers, runsWhen, workspacePath } from './recorded-call'

const DESK = "import OpenAI from 'openai'\nconst client = new OpenAI()\n  await client.responses.create({})\n"
/** Line 9, from 1, has the limit. */
const BUDGETS = `{
  "version": 1,
  "agents": {
    "order-desk": {
      "intents": {
        "order-status": {
          // What one look at an order may take.
          "limits": {
            "totalTokens": 6000,
            "outputTokens": 2000
          }
        }
      }
    },
    "[x](command:a)": { "limits": { "modelCalls": 3 } }
  },
  "gate": { "minInvocations": 5 }
}
`
const LIMIT_LINE = 8
/** Nearest-rank: 4,100 is the p95 of these six. */
const TOKENS = [2900, 3000, 3100, 3200, 3300, 4100]
const OUTPUT = 100

function run(command: string, ...args: readonly unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`costflame.${command}`, ...args)
}

/** Resolves when the calls that ask for it may be answered: until then their run goes on. */
const held = Promise.withResolvers<void>()

/** A provider that charges what the question says. */
async function startProvider(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const asked = Buffer.concat(pieces).toString()
    const tokens = Number(/tokens=(\d+)/.exec(asked)?.[1] ?? 0)
    if (asked.includes('wait')) await held.promise
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        id: `x${Math.random()}`,
        model: 'gpt-4.1',
        choices: [{ message: { role: 'assistant', content: 'On its way.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: tokens - OUTPUT, completion_tokens: OUTPUT, total_tokens: tokens },
      }),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return server
}

let question = 0

/** One invocation of the order desk, from line 3 of its file; gives the status. */
async function invoke(runId: string, tokens: number, more = ''): Promise<number> {
  const [profiler] = liveProfilers()
  assert.ok(profiler, 'no profiler is alive in the workspace')
  const file = workspacePath('src', 'order-desk.mjs')
  question++
  const response = await fetch(`${profiler.proxy}/r/${runId}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer test',
      'x-costflame-agent': `order-desk;invocation-${question}`,
      'x-costflame-intent': 'order-status',
      'x-costflame-step': 'look-up',
      'x-costflame-callsite': encodeCallSite([{ file, line: 3, column: 10 }]),
    },
    body: JSON.stringify({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: `Order ${question}: tokens=${tokens} ${more}` }],
    }),
  })
  await response.text()
  return response.status
}

describe('budgets in VS Code', () => {
  let api: CostflameApi
  let provider: Server
  /** A call that is not answered yet. */
  let goesOn: Promise<number>
  const budgets = () => vscode.Uri.file(workspacePath('.costflame', 'budgets.jsonc'))
  const desk = () => vscode.Uri.file(workspacePath('src', 'order-desk.mjs'))
  const ours = (uri: vscode.Uri) =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'costflame')
  const ruleOf = ({ code }: vscode.Diagnostic) => (typeof code === 'object' ? code.value : code)
  const isOfLimit = (each: vscode.Diagnostic) => ruleOf(each) === 'budget/totalTokens'

  async function diagnosticWhen(uri: vscode.Uri, isWanted: (each: vscode.Diagnostic) => boolean) {
    return until('a diagnostic', async () => ours(uri).find(isWanted), {
      seen: () => ours(uri).map((each) => `${ruleOf(each)} ${each.range.start.line} ${each.message}`),
    })
  }

  async function lenses(): Promise<string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      budgets(),
      10,
    )
    return found.map(({ range, command }) => `${range.start.line + 1}: ${command?.title}`)
  }

  function actionsAt(uri: vscode.Uri, { range }: vscode.Diagnostic): Thenable<vscode.CodeAction[]> {
    const kind = vscode.CodeActionKind.QuickFix.value
    return vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range, kind)
  }

  async function actionAt(
    uri: vscode.Uri,
    diagnostic: vscode.Diagnostic,
    title: RegExp,
  ): Promise<vscode.Command> {
    return until(
      `the action ${title}`,
      async () => (await actionsAt(uri, diagnostic)).find((each) => title.test(each.title))?.command,
    )
  }

  /** As a click does. */
  function act({ command, arguments: args = [] }: vscode.Command): Thenable<unknown> {
    return vscode.commands.executeCommand(command, ...args)
  }

  before(async () => {
    provider = await startProvider()
    const { port } = provider.address() as AddressInfo
    await vscode.workspace
      .getConfiguration('costflame')
      .update('upstreams', { openai: `http://127.0.0.1:${port}` }, vscode.ConfigurationTarget.Global)
    writeFiles(workspacePath(), { 'src/order-desk.mjs': DESK, '.costflame/budgets.jsonc': BUDGETS })
    api = await activeApi()
    await run('stopProfiler')
    await run('startProfiler')
    for (const tokens of TOKENS) assert.equal(await invoke('usual', tokens), 200)
    await runsWhen(api, (runs) => runs.some(({ id, totals }) => id === 'usual' && totals.calls === 6))
    await vscode.window.showTextDocument(desk())
    await vscode.window.showTextDocument(budgets())
  })
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    held.resolve()
    await run('stopProfiler')
    provider.close()
  })

  it('shows above each limit what was measured against it', async () => {
    const shown = await until(
      'the lenses',
      async () => {
        const found = await lenses()
        return found.some((text) => text.includes('6 invocations')) && found
      },
      { seen: lenses },
    )
    assert.deepEqual(shown, [
      '9: p95 4,100 · 68 % of 6,000 · 6 invocations',
      '10: p95 100 · 5 % of 2,000 · 6 invocations',
      '15: nothing measured yet',
    ])
  })

  it('says over a limit what it means and what the last invocations used, with links to them alone', async () => {
    const text = await hoverText(new vscode.Position(LIMIT_LINE, 16))
    assert.match(text, /Tokens in and out of its calls together/)
    assert.match(text, /Each invocation of order\\-desk with intent order\\-status: at most 6,000/)
    assert.match(text, /p50 3,100 · p95 4,100 · p99 4,100/)
    const links = [...text.matchAll(/\(command:([^?]*)\?([^ )]*)/g)]
    assert.equal(links.length, 5)
    for (const [, command, args] of links) {
      assert.equal(command, 'costflame.openFlameGraph')
      assert.equal(JSON.parse(decodeURIComponent(args ?? ''))[0], 'usual')
    }
  })

  it('escapes what the file says in a hover', async () => {
    const text = await hoverText(new vscode.Position(14, 45))
    assert.match(text, /\\\[x\\\]\\\(command/)
    assert.doesNotMatch(text, /\]\(command:a\)/)
  })

  async function hoverText(position: vscode.Position): Promise<string> {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      budgets(),
      position,
    )
    return hovers
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value)
      .join('\n')
  }

  it('completes the names that were measured', async () => {
    const document = await vscode.workspace.openTextDocument({
      language: 'jsonc',
      content: '{ "agents": {  } }',
    })
    // Completion is for budget files only.
    const elsewhere = await completionsAt(document.uri, new vscode.Position(0, 14))
    assert.equal(
      elsewhere.some((label) => label.includes('order-desk')),
      false,
    )
    const edit = new vscode.WorkspaceEdit()
    edit.insert(budgets(), new vscode.Position(3, 0), '    \n')
    await vscode.workspace.applyEdit(edit)
    const others = await completionsAt(budgets(), new vscode.Position(3, 4))
    assert.equal(others.includes('"order-desk"'), false, 'it is there already')
    await vscode.commands.executeCommand('undo')
    // Within a key it is what would be put in its place.
    const agents = await completionsAt(budgets(), new vscode.Position(3, 8))
    assert.ok(agents.includes('"order-desk"'), agents.join())
    const intents = await completionsAt(budgets(), new vscode.Position(5, 10))
    assert.ok(intents.includes('"order-status"'), intents.join())
  })

  async function completionsAt(uri: vscode.Uri, position: vscode.Position): Promise<string[]> {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      position,
    )
    return items.map(({ label }) => (typeof label === 'string' ? label : label.label))
  }

  it('says where the file is wrong while it is typed, and the rest still counts', async () => {
    const edit = new vscode.WorkspaceEdit()
    edit.replace(budgets(), new vscode.Range(9, 12, 9, 26), '"outputToken"')
    await vscode.workspace.applyEdit(edit)
    const wrong = await diagnosticWhen(budgets(), (each) => ruleOf(each) === 'profiler/budget-file')
    assert.deepEqual(
      [wrong.range.start.line, wrong.range.start.character, wrong.range.end.character],
      [9, 12, 25],
    )
    assert.match(wrong.message, /unknown key "outputToken"/)
    assert.ok((await lenses()).some((text) => text.includes('68 % of 6,000')))
    await vscode.commands.executeCommand('undo')
    await until('no problem any more', async () => ours(budgets()).length === 0)
  })

  it('marks a limit that is near, and one that is over, by what was recorded', async () => {
    await startFresh()
    await setLimit('4300')
    const near = await diagnosticWhen(budgets(), ({ message }) => message.startsWith('Near the limit'))
    assert.equal(near.severity, vscode.DiagnosticSeverity.Information)
    assert.equal(near.range.start.line, LIMIT_LINE)
    assert.equal(ruleOf(near), 'budget/totalTokens')
    await setLimit('3900')
    const over = await diagnosticWhen(budgets(), ({ message }) =>
      /has used 4,100 tokens, more than its limit of 3,900/.test(message),
    )
    assert.equal(over.severity, vscode.DiagnosticSeverity.Warning)
    const titles = (await actionsAt(budgets(), over)).map(({ title }) => title)
    // The run may be over by now, and is not to be stopped then.
    assert.deepEqual(titles.slice(0, 3), [
      'Open Flame Graph: totalTokens of order-status',
      'Raise totalTokens of order-status to 5,000',
      'Block Next Time: totalTokens of order-status',
    ])
    await setLimit('6000')
    await until('no diagnostic any more', async () => ![...ours(budgets()), ...ours(desk())].some(isOfLimit))
  })

  /** The file as it was, whatever an earlier try made of it. */
  async function startFresh(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(budgets())
    const edit = new vscode.WorkspaceEdit()
    edit.replace(budgets(), new vscode.Range(0, 0, document.lineCount, 0), BUDGETS)
    await vscode.workspace.applyEdit(edit)
    await document.save()
  }

  async function setLimit(value: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(budgets())
    const edit = new vscode.WorkspaceEdit()
    edit.replace(budgets(), document.lineAt(LIMIT_LINE).range, `            "totalTokens": ${value},`)
    await vscode.workspace.applyEdit(edit)
    await document.save()
  }

  it('warns on the line that caused it and on the limit while the run goes on', async () => {
    goesOn = invoke('regressed', 1000, 'wait')
    assert.equal(await invoke('regressed', 7000), 200)
    const isOfRun = (each: vscode.Diagnostic) => isOfLimit(each) && each.message.includes('7,000')
    const onLine = await diagnosticWhen(desk(), isOfRun)
    assert.equal(onLine.range.start.line, 2)
    const onLimit = await diagnosticWhen(
      budgets(),
      (each) => isOfRun(each) && each.relatedInformation !== undefined,
    )
    assert.equal(onLimit.range.start.line, LIMIT_LINE)
    assert.equal(onLimit.relatedInformation?.[0]?.location.uri.toString(), desk().toString())
    const titles = (await actionsAt(desk(), onLine)).map(({ title }) => title)
    assert.deepEqual(titles, [
      'Open Flame Graph: totalTokens of order-status',
      'Raise totalTokens of order-status to 8,400',
      'Block Next Time: totalTokens of order-status',
      'Stop Run',
      'Explain This',
    ])
  })

  it('stops the run', async () => {
    const onLine = await diagnosticWhen(desk(), isOfLimit)
    assert.equal(await act(await actionAt(desk(), onLine, /^Stop Run$/)), true)
    assert.equal(await invoke('regressed', 1000), 402)
    held.resolve()
    assert.equal(await goesOn, 200)
    assert.equal(await invoke('another', 1000), 200)
  })

  it('says of a run what the file says now, without another run', async () => {
    await startFresh()
    assert.equal(await invoke(`edited-${question}`, 7000), 200)
    await diagnosticWhen(desk(), ({ message }) => message.includes('7,000'))
    await diagnosticWhen(budgets(), isOfLimit)
    await setLimit('9000')
    const isGone = async () => ![...ours(desk()), ...ours(budgets())].some(isOfLimit)
    await until('no mark any more', isGone)
    await setLimit('6500')
    for (const file of [desk(), budgets()])
      await diagnosticWhen(file, ({ message }) => /7,000.*6,500/.test(message))
  })

  it('raises the limit and blocks next time, with comments kept', async () => {
    await startFresh()
    assert.equal(await invoke(`regressed-again-${question}`, 7000), 200)
    const onLine = await diagnosticWhen(desk(), ({ message }) => message.includes('7,000'))
    assert.equal(await act(await actionAt(desk(), onLine, /^Block Next Time/)), true)
    assert.equal(await act(await actionAt(desk(), onLine, /^Raise .* to 8,400$/)), true)
    const text = readFileSync(budgets().fsPath, 'utf8')
    assert.match(text, /"totalTokens": 8400,/)
    assert.match(text, /"onExceed": "block"/)
    assert.match(text, /\/\/ What one look at an order may take\./)
  })

  it('exports budgets without a question, and the same data again changes nothing', async () => {
    // Limits are derived from what is over, and a run is over when nothing has come for a while.
    await runsWhen(api, (runs) => runs.every(({ active }) => !active))
    const written = await run('exportBudgets', { write: true })
    const text = readFileSync(budgets().fsPath, 'utf8')
    assert.equal(written, text)
    assert.match(text, /"baseline"/)
    assert.match(text, /"totalTokens": 8400/)
    assert.equal(await run('exportBudgets', { write: true }), text)
  })

  it('shows what an export changes before it is written, and writes it when that is accepted', async () => {
    const before = '{\n  // Ours.\n  "version": 1\n}\n'
    writeFiles(workspacePath(), { '.costflame/budgets.jsonc': before })
    const proposed = await run('exportBudgets', { run: 'usual' })
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {}
    assert.ok(input instanceof vscode.TabInputTextDiff)
    assert.equal(input.original.fsPath, budgets().fsPath)
    assert.equal((await vscode.workspace.openTextDocument(input.modified)).getText(), proposed)
    assert.equal(readFileSync(budgets().fsPath, 'utf8'), before)
    await run('acceptBudgets')
    assert.equal(readFileSync(budgets().fsPath, 'utf8'), proposed)
    assert.match(String(proposed), /\/\/ Ours\./)
  })

  it('compares two runs', async () => {
    const text = await run('compareRuns', 'usual', 'regressed')
    assert.match(String(text), /order-desk/)
  })
})

// Commands and API in a real extension host: the profiler starts, records a call, and shows it on its line; all without a user.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { decodeRunFile } from '../../profiler-agent/formats/json'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { activeApi, liveProfilers, recordCall, runsWhen, startCli, workspacePath } from './recorded-call'

const DESK =
  "import OpenAI from 'openai'\nconst client = new OpenAI()\n  await client.chat.completions.create({})\n"
const BUDGETS = '{\n  "version": 1,\n  "workspace": { "limits": { "costUsdPerRun": 0.000000001 } }\n}\n'

function run(command: string, ...args: readonly unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`costflame.${command}`, ...args)
}

function isFlameGraph({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputWebview && input.viewType.endsWith('costflame.flameGraph')
}

describe('the profiler in VS Code', () => {
  let api: CostflameApi
  let models: Awaited<ReturnType<typeof startCli>>
  const desk = () => vscode.Uri.file(workspacePath('src', 'desk.mjs'))

  before(async () => {
    models = await startCli('simulate')
    const upstream = new URL(models.ready.openai ?? '').origin
    await vscode.workspace
      .getConfiguration('costflame')
      .update('upstreams', { openai: upstream }, vscode.ConfigurationTarget.Global)
    writeFiles(workspacePath(), { 'src/desk.mjs': DESK, '.costflame/budgets.jsonc': BUDGETS })
    api = await activeApi()
    await api.ready
  })
  after(async () => {
    await run('stopProfiler')
    await models.stop()
  })

  it('does not start by itself where nothing is recorded', () => {
    assert.equal(api.version, 1)
    assert.deepEqual(api.runs, [])
    assert.equal(existsSync(workspacePath('.costflame', 'data')), false)
  })

  it('starts on command and announces itself in the folder', async () => {
    await run('startProfiler')
    assert.equal(liveProfilers().length, 1)
  })

  it('gives a terminal the environment that leads programs to the profiler', async () => {
    const terminal = (await run('newProfiledTerminal')) as vscode.Terminal
    const { env } = terminal.creationOptions as vscode.TerminalOptions
    terminal.dispose()
    assert.ok(env?.OPENAI_BASE_URL?.startsWith(liveProfilers()[0]?.proxy ?? 'no profiler'))
    assert.match(env?.NODE_OPTIONS ?? '', /--require/)
  })

  it('lists a run with its call, and gives it whole', async () => {
    await recordCall('vscode-run', {
      file: workspacePath('src', 'desk.mjs'),
      line: 3,
      column: 33,
      function: 'main',
    })
    const [first] = await runsWhen(api, (runs) => runs[0]?.totals.calls === 1)
    assert.equal(first?.id, 'vscode-run')
    const whole = await api.getRun('vscode-run')
    const call = whole?.spans.find((span) => span.modelCall !== undefined)
    assert.equal(call?.callSite?.file, 'src/desk.mjs')
    assert.equal(call?.callSite?.line, 3)
    assert.equal(whole?.totals.cost?.picoUsd, first?.totals.cost?.picoUsd)
    assert.equal(await api.getRun('no-such-run'), undefined)
  })

  it('shows one lens with the cost, above the line of the call', async () => {
    await vscode.workspace.openTextDocument(desk())
    const [lens, ...others] = await until('a lens', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        desk(),
        10,
      )
      const ours = found.filter((each) => each.command?.command.startsWith('costflame.'))
      return ours.length > 0 && ours
    })
    assert.deepEqual(others, [])
    assert.equal(lens?.range.start.line, 2)
    assert.match(lens?.command?.title ?? '', /^\$[\d.]+ a run · 1 call · 0 % cached$/)
  })

  it('shows the broken limit as a diagnostic on the line', async () => {
    const found = await until('a diagnostic', () => {
      const ours = vscode.languages.getDiagnostics(desk()).filter(({ source }) => source === 'costflame')
      return Promise.resolve(ours.length > 0 && ours)
    })
    const [diagnostic] = found
    assert.equal(diagnostic?.range.start.line, 2)
    assert.ok(typeof diagnostic?.code === 'object')
    assert.equal(diagnostic.code.value, 'budget/costUsdPerRun')
    const [related] = diagnostic.relatedInformation ?? []
    assert.ok(related?.location.uri.path.endsWith('/.costflame/budgets.jsonc'))
    assert.equal(related?.location.range.start.line, 2)
  })

  it('says in the hover of the line what its call is billed for, and that the limit is broken', async () => {
    const shown = await until('a hover with its detail', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        desk(),
        new vscode.Position(2, 12),
      )
      const texts = hovers.flatMap(({ contents }) =>
        contents.map((each) => (each as vscode.MarkdownString).value),
      )
      const ours = texts.filter((text) => text.includes('command:costflame.')).join('\n')
      return ours.includes('Billed as') && ours
    })
    assert.match(shown, /^\*\*\\\$[\d.\\]+\*\* in the/)
    assert.match(shown, /\$\(error\) this run&#58; costUsdPerRun .* \*\*over the limit\*\*/)
    const commands = new Set([...shown.matchAll(/command:([\w.]+)/g)].map(([, command]) => command))
    assert.deepEqual(
      [...commands].filter((command) => !command?.startsWith('costflame.')),
      [],
    )
  })

  it('exports a run as JSON and as a page', async () => {
    const json = await run('exportRun', { run: 'vscode-run', format: 'json', path: 'saved.costflame.json' })
    assert.equal(json, workspacePath('saved.costflame.json'))
    const [saved] = decodeRunFile(readFileSync(workspacePath('saved.costflame.json'), 'utf8')).runs
    assert.equal(saved?.totals.calls, 1)
    await run('exportRun', { format: 'html', path: 'saved.html' })
    assert.match(readFileSync(workspacePath('saved.html'), 'utf8'), /id="costflame-data"/)
  })

  it('opens the flame graph of a run, once however often it is asked for', async () => {
    await api.openFlameGraph('vscode-run')
    await run('openFlameGraph')
    const panels = await until('the panel', async () => {
      const found = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(isFlameGraph)
      return found.some(({ label }) => label.includes('vscode-run')) && found
    })
    assert.deepEqual(
      panels.map(({ label }) => label),
      ['Flame Graph: vscode-run'],
    )
  })

  it('answers a wrong argument with a message, not with an error', async () => {
    assert.equal(await run('exportRun', { format: 'xml', path: 'saved.xml' }), undefined)
    assert.equal(existsSync(workspacePath('saved.xml')), false)
  })

  it('deletes the recorded runs', async () => {
    // A run is over when nothing has come for a while; one that goes on is not deleted.
    await runsWhen(api, (runs) => runs.every((each) => !each.active))
    assert.equal(await run('clearRuns'), 1)
    assert.deepEqual(api.runs, [])
  }).timeout(240_000)

  it('stops on command, and leaves no announcement', async () => {
    await run('stopProfiler')
    assert.deepEqual(liveProfilers(), [])
  })

  it('attaches to a profiler that runs already, and does not end it', async () => {
    const other = await startCli('serve', '--data', workspacePath('.costflame', 'data'))
    await run('startProfiler')
    assert.deepEqual(
      liveProfilers().map(({ pid }) => pid),
      [other.pid],
    )
    await run('stopProfiler')
    assert.equal(liveProfilers().length, 1)
    await other.stop()
  })

  it('starts one of its own when the one that it was attached to has gone', async () => {
    const other = await startCli('serve', '--data', workspacePath('.costflame', 'data'))
    await run('startProfiler')
    await other.stop()
    const own = await until('a profiler of our own', async () =>
      liveProfilers().find(({ pid }) => pid !== other.pid),
    )
    assert.ok(own)
  })
})

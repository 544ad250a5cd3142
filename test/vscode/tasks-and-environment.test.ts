// Tasks that are profiled, the copied environment, and what Profile Current File says of what it cannot run; in a real VS Code.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { activeApi, liveProfilers, startCli, workspacePath } from './recorded-call'

const PROGRAM = `import { writeFileSync } from 'node:fs'
const url = process.env.OPENAI_BASE_URL + '/chat/completions'
const body = JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Where is my order?' }] })
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const response = await fetch(url, { method: 'POST', headers, body })
writeFileSync('task.found.json', JSON.stringify({ status: response.status, own: process.env.OWN, cwd: process.cwd() }))
`
const LINE_OF_CALL = 5

describe('tasks and the environment in VS Code', () => {
  let api: CostflameApi
  let models: Awaited<ReturnType<typeof startCli>>

  before(async () => {
    models = await startCli('simulate')
    writeFiles(workspacePath(), {
      'ordered/agent.mjs': PROGRAM,
      'report.py': 'print("report")\n',
      'package.json': '{ "scripts": { "start": "node ordered/agent.mjs", "lint": "true" } }\n',
    })
    api = await activeApi()
  })
  after(async () => {
    await vscode.commands.executeCommand('costflame.stopProfiler')
    await models.stop()
  })

  /** Executes a task; resolves with its exit code. */
  async function exitCode(task: vscode.Task): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<number | undefined>()
    const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode: code }) => {
      if (execution.task.name === task.name) resolve(code)
    })
    await vscode.tasks.executeTask(task)
    const code = await promise
    subscription.dispose()
    return code
  }

  it('offers a task for each script and each Python program', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'costflame' })
    // Other tests leave programs of theirs in the workspace.
    const ours = tasks.filter(({ name }) => ['start', 'lint', 'report.py'].includes(name))
    assert.deepEqual(
      ours.map(({ name, definition, problemMatchers }) => [name, definition.command, problemMatchers]),
      [
        ['start', 'npm run start', []],
        ['report.py', 'python3 report.py', []],
      ],
    )
  })

  it('profiles a task of tasks.json: a run with its line, in the folder and with the variables that it names', async () => {
    const url = models.ready.openai ?? ''
    const task = {
      ...{ label: 'order', type: 'costflame', command: 'node agent.mjs', cwd: 'ordered' },
      env: { OPENAI_BASE_URL: url, OWN: 'kept' },
    }
    writeFiles(workspacePath(), { '.vscode/tasks.json': JSON.stringify({ version: '2.0.0', tasks: [task] }) })
    const found = await until('the task', async () =>
      (await vscode.tasks.fetchTasks()).find(({ name }) => name === 'order'),
    )
    assert.equal(await exitCode(found), 0)
    const written = JSON.parse(readFileSync(workspacePath('ordered', 'task.found.json'), 'utf8'))
    assert.deepEqual(written, { status: 200, own: 'kept', cwd: workspacePath('ordered') })
    await vscode.commands.executeCommand('costflame.startProfiler')
    const run = await until('the run', () => api.runs.find(({ name }) => name === 'node agent.mjs'))
    const call = (await api.getRun(run.id))?.spans.find(({ modelCall }) => modelCall !== undefined)
    // What the file is relative to depends on which folders there were when the run began.
    const file = join(run.root ?? '', call?.callSite?.file ?? '')
    assert.deepEqual([file, call?.callSite?.line], [workspacePath('ordered', 'agent.mjs'), LINE_OF_CALL])
  })

  it('ends a task with the exit code of its command', async () => {
    const [start] = await vscode.tasks.fetchTasks({ type: 'costflame' })
    assert.ok(start)
    const failing = { type: 'costflame', command: 'node -e "process.exit(7)"' }
    const { execution } = start
    assert.ok(execution instanceof vscode.ProcessExecution)
    const args = [...execution.args.slice(0, execution.args.indexOf('--') + 1), 'sh', '-c', 'exit 7']
    const task = new vscode.Task(
      failing,
      vscode.TaskScope.Workspace,
      'failing',
      'costflame',
      new vscode.ProcessExecution(execution.process, args, execution.options),
      [],
    )
    assert.equal(await exitCode(task), 7)
  })

  it('copies the environment, which leads to the profiler and holds no key', async () => {
    const text = await vscode.commands.executeCommand<string>('costflame.copyEnvironment', { format: 'json' })
    assert.equal(await vscode.env.clipboard.readText(), text)
    const variables: Record<string, string> = JSON.parse(text)
    const [profiler] = liveProfilers()
    assert.ok(profiler)
    assert.equal(variables.OPENAI_BASE_URL, `${profiler.proxy}/openai/v1`)
    assert.match(variables.NODE_OPTIONS ?? '', /--require .*node\.cjs/)
    assert.deepEqual(
      Object.keys(variables).filter((name) => /KEY|SECRET|TOKEN|PASSWORD/.test(name)),
      ['COSTFLAME_TOKEN'],
    )
    const posix = await vscode.commands.executeCommand<string>('costflame.copyEnvironment', {
      format: 'posix',
    })
    assert.ok(posix.startsWith('# ') && posix.split('\n')[0]?.includes(hostname()), posix)
    assert.equal(
      await vscode.commands.executeCommand('costflame.copyEnvironment', { format: 'cobol' }),
      undefined,
    )
  })

  it('saves the current file before it is profiled', async () => {
    writeFiles(workspacePath(), { 'unsaved.mjs': '\n' })
    const document = await vscode.workspace.openTextDocument(workspacePath('unsaved.mjs'))
    const editor = await vscode.window.showTextDocument(document)
    const program = "require('node:fs').writeFileSync('unsaved.found', 'new')\n"
    await editor.edit((edit) =>
      edit.insert(
        new vscode.Position(0, 0),
        `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); ${program}`,
      ),
    )
    assert.equal(document.isDirty, true)
    const terminal = await vscode.commands.executeCommand<vscode.Terminal>('costflame.profileCurrentFile')
    await until('what the new text writes', () => {
      try {
        return readFileSync(workspacePath('unsaved.found'), 'utf8') === 'new'
      } catch {
        return false
      }
    })
    terminal.dispose()
    assert.equal(document.isDirty, false)
  })

  for (const [what, uri] of [
    ['a file that was never saved', vscode.Uri.parse('untitled:agent.mjs')],
    ['a notebook', vscode.Uri.file('/notes/agent.ipynb')],
    ['a cell of one', vscode.Uri.parse('vscode-notebook-cell:/notes/agent.ipynb#a1')],
    ['a file of another language', vscode.Uri.file(join('/notes', 'agent.rb'))],
    ['a file that is on no disk', vscode.Uri.parse('git:/agent.mjs')],
  ] as const)
    it(`opens no terminal for ${what}`, async () => {
      const before = vscode.window.terminals.length
      assert.equal(await vscode.commands.executeCommand('costflame.profileCurrentFile', uri), undefined)
      assert.equal(vscode.window.terminals.length, before)
    })
})

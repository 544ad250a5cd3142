// Ways to profile besides the terminal, in a real VS Code: F5 and Run Without Debugging with the real debugger of Node and a stub
// of Python's, Profile Current File, and the doctor.
import assert from 'node:assert/strict'
import { readFileSync, renameSync, rmSync } from 'node:fs'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import type { RunSummary } from '../../profiler-agent/feed/protocol'
import type { Check } from '../../profiler-agent/model/health-check'
import type { Span } from '../../profiler-agent/model/span'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { activeApi, liveProfilers, startCli, workspacePath } from './recorded-call'

/** Calls the model on line 4, and writes down what it found in its environment. */
const PROGRAM = `import { writeFileSync } from 'node:fs'
const { OPENAI_BASE_URL, NODE_OPTIONS, COSTFLAME_RUN, OWN, FROM_FILE, FOUND } = process.env
async function ask() {
  const response = await fetch(OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer test' },
    body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Where is my order?' }] }),
  })
  await response.text()
  return response.status
}
const status = await ask()
const { noDeprecation = false } = process
writeFileSync(FOUND, JSON.stringify({ status, noDeprecation, OPENAI_BASE_URL, NODE_OPTIONS, COSTFLAME_RUN, OWN, FROM_FILE }))
`
const LINE_OF_CALL = 4
const LINE_OF_BREAKPOINT = 12

interface Found {
  readonly status: number
  readonly noDeprecation: boolean
  readonly OPENAI_BASE_URL: string
  readonly NODE_OPTIONS: string
  readonly COSTFLAME_RUN?: string
  readonly OWN: string
  readonly FROM_FILE?: string
}

interface StubRequest {
  readonly command: 'launch' | 'attach'
  readonly details: { readonly env?: Readonly<Record<string, string>> }
}

function folder(): vscode.WorkspaceFolder {
  const [first] = vscode.workspace.workspaceFolders ?? []
  assert.ok(first)
  return first
}

function profileDebugSessions(isOn: boolean | undefined): Thenable<void> {
  return vscode.workspace
    .getConfiguration('costflame')
    .update('profileDebugSessions', isOn, vscode.ConfigurationTarget.Workspace)
}

/** Starts a configuration; resolves with its outermost session when that has ended. */
async function debugged(
  configuration: vscode.DebugConfiguration,
  options: vscode.DebugSessionOptions = {},
): Promise<vscode.DebugSession> {
  const { promise, resolve } = Promise.withResolvers<vscode.DebugSession>()
  const subscription = vscode.debug.onDidTerminateDebugSession((ended) => {
    if (ended.parentSession === undefined && ended.configuration.name === configuration.name) resolve(ended)
  })
  assert.equal(await vscode.debug.startDebugging(folder(), configuration, options), true)
  const ended = await promise
  subscription.dispose()
  return ended
}

/** Starts a configuration; gives its outermost session, and when that ends for the first time. */
async function started(
  configuration: vscode.DebugConfiguration,
): Promise<[vscode.DebugSession, Promise<unknown>]> {
  const { promise, resolve } = Promise.withResolvers<vscode.DebugSession>()
  const subscription = vscode.debug.onDidStartDebugSession((session) => {
    if (session.parentSession === undefined && session.name === configuration.name) resolve(session)
  })
  assert.equal(await vscode.debug.startDebugging(folder(), configuration), true)
  const session = await promise
  subscription.dispose()
  const ended = new Promise<void>((end) => {
    const ending = vscode.debug.onDidTerminateDebugSession(({ id }) => {
      if (id !== session.id) return
      ending.dispose()
      end()
    })
  })
  return [session, ended]
}

/** Of several sessions that may be there, this one. */
function restart({ id }: vscode.DebugSession): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.debug.restart', undefined, { sessionId: id })
}

function found(name: string): Found {
  return JSON.parse(readFileSync(workspacePath(`${name}.found.json`), 'utf8'))
}

describe('ways to profile in VS Code', () => {
  let api: CostflameApi
  let models: Awaited<ReturnType<typeof startCli>>
  let stub: readonly StubRequest[]

  const program = (name: string, more: object = {}): vscode.DebugConfiguration => ({
    ...{ name, type: 'node', request: 'launch', program: workspacePath('debugged.mjs') },
    ...{ cwd: workspacePath(), console: 'internalConsole', internalConsoleOptions: 'neverOpen', ...more },
    env: {
      OPENAI_BASE_URL: models.ready.openai ?? '',
      NODE_OPTIONS: '--no-deprecation',
      OWN: 'kept',
      FOUND: workspacePath(`${name}.found.json`),
    },
  })

  /** The run of this name, once it is as wanted. */
  function runWhen(name: string, isWanted: (run: RunSummary) => boolean): Promise<RunSummary> {
    const seen = () => api.runs.map((run) => [run.id, run.name, run.active, run.totals.calls])
    const wanted = () => api.runs.find((run) => run.name === name && isWanted(run))
    return until(`the run ${name}`, wanted, { timeoutMs: 120_000, seen })
  }

  /** The one call of the ended run of this name, which nothing is missing from. */
  async function callOf(name: string): Promise<Span> {
    const summary = await runWhen(name, (run) => !run.active && run.totals.calls === 1)
    const run = await api.getRun(summary.id)
    const [call, ...others] = run?.spans.filter((span) => span.modelCall !== undefined) ?? []
    assert.ok(call)
    assert.deepEqual(others, [])
    assert.equal(summary.id, found(name).COSTFLAME_RUN)
    return call
  }

  before(async () => {
    models = await startCli('simulate')
    writeFiles(workspacePath(), { 'debugged.mjs': PROGRAM, 'debugged.env': 'FROM_FILE=read\n' })
    api = await activeApi()
    const extension = vscode.extensions.getExtension<{ requests: readonly StubRequest[] }>(
      'costflame-tests.stub-debugger',
    )
    assert.ok(extension, 'the stub of the Python debugger is not there')
    stub = (await extension.activate()).requests
  })
  after(async () => {
    await profileDebugSessions(undefined)
    await vscode.commands.executeCommand('costflame.stopProfiler')
    await models.stop()
  })

  it('leaves a debug session alone unless the user wants it profiled', async () => {
    await debugged(program('Unprofiled'))
    const { status, OPENAI_BASE_URL, COSTFLAME_RUN, NODE_OPTIONS } = found('Unprofiled')
    assert.deepEqual([status, OPENAI_BASE_URL, COSTFLAME_RUN], [200, models.ready.openai, undefined])
    assert.doesNotMatch(NODE_OPTIONS, /hooks\/node\.cjs/)
    assert.ok(!api.runs.some((run) => run.name === 'Unprofiled'))
  })

  it('is turned on and off for the workspace by one command', async () => {
    assert.equal(await vscode.commands.executeCommand('costflame.toggleDebugSessions'), true)
    assert.equal(await vscode.commands.executeCommand('costflame.toggleDebugSessions'), false)
    await profileDebugSessions(true)
    // A launch does not wait for long; on a slow machine the profiler may take longer.
    await vscode.commands.executeCommand('costflame.startProfiler')
  })

  it('profiles Run Without Debugging: a run of its own, named after the configuration, and the line', async () => {
    await debugged(program('Undebugged', { envFile: workspacePath('debugged.env') }), { noDebug: true })
    const { callSite } = await callOf('Undebugged')
    assert.deepEqual(
      [callSite?.file, callSite?.line, callSite?.function],
      ['debugged.mjs', LINE_OF_CALL, 'ask'],
    )
    const { status, noDeprecation, OPENAI_BASE_URL, NODE_OPTIONS, OWN, FROM_FILE } = found('Undebugged')
    assert.deepEqual([status, noDeprecation, OWN, FROM_FILE], [200, true, 'kept', 'read'])
    assert.match(NODE_OPTIONS, /--no-deprecation .*--require .*node\.cjs/)
    assert.ok(OPENAI_BASE_URL.startsWith(liveProfilers()[0]?.proxy ?? 'no profiler'))
  })

  it('profiles F5: breakpoints are hit, and the line is found with the debugger attached', async () => {
    const file = vscode.Uri.file(workspacePath('debugged.mjs'))
    const place = new vscode.Location(file, new vscode.Position(LINE_OF_BREAKPOINT - 1, 0))
    const breakpoint = new vscode.SourceBreakpoint(place)
    vscode.debug.addBreakpoints([breakpoint])
    const stops: number[] = []
    const tracker = vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage: async (message) => {
          if (message.event !== 'stopped') return
          const { threadId } = message.body
          const { stackFrames } = await session.customRequest('stackTrace', { threadId, levels: 1 })
          stops.push(stackFrames[0].line)
          await session.customRequest('continue', { threadId })
        },
      }),
    })
    await debugged(program('Debugged', { type: 'pwa-node' }))
    tracker.dispose()
    vscode.debug.removeBreakpoints([breakpoint])
    assert.deepEqual(stops, [LINE_OF_BREAKPOINT])
    const { callSite } = await callOf('Debugged')
    assert.deepEqual([callSite?.file, callSite?.line], ['debugged.mjs', LINE_OF_CALL])
    assert.deepEqual([found('Debugged').status, found('Debugged').noDeprecation], [200, true])
  })

  it('profiles a program that is launched in the terminal', async () => {
    await debugged(program('In the terminal', { console: 'integratedTerminal' }))
    const { callSite } = await callOf('In the terminal')
    assert.deepEqual([callSite?.file, callSite?.line], ['debugged.mjs', LINE_OF_CALL])
  })

  it('profiles a command in the debug terminal', async () => {
    const { env } = program('By command')
    await debugged({
      ...{ name: 'By command', type: 'node-terminal', request: 'launch', command: 'node debugged.mjs; exit' },
      ...{ cwd: workspacePath(), env },
    })
    const { callSite } = await callOf('By command')
    assert.deepEqual([callSite?.file, callSite?.line], ['debugged.mjs', LINE_OF_CALL])
  })

  it('goes on with the run of a session that is restarted, and ends it with the session', async () => {
    writeFiles(workspacePath(), { 'waiting.mjs': `${PROGRAM}setInterval(() => undefined, 1000)\n` })
    const name = 'Restarted'
    const [session, ended] = await started({ ...program(name), program: workspacePath('waiting.mjs') })
    await runWhen(name, ({ totals }) => totals.calls === 1)
    await restart(session)
    const { id } = await runWhen(name, ({ totals }) => totals.calls === 2)
    await vscode.debug.stopDebugging(session)
    await ended
    await runWhen(name, ({ active }) => !active)
    assert.equal(found(name).COSTFLAME_RUN, id)
    assert.equal(session.configuration.env.COSTFLAME_RUN, id)
  })

  it('does so where the debugger cannot restart and the session begins again', async () => {
    const name = 'Begun again'
    const endOf = (id: string) => api.runs.find((run) => run.id === id && !run.active)?.endTime
    const [session, ended] = await started({
      ...{ name, type: 'debugpy', request: 'launch', console: 'internalConsole', env: { OWN: name } },
    })
    const { COSTFLAME_RUN: id } = session.configuration.env
    const launches = () => stub.filter(({ details }) => details.env?.COSTFLAME_RUN === id)
    await runWhen(name, (run) => run.id === id && run.active)
    await restart(session)
    await ended
    await until('the second launch', () => launches().length === 2)
    const first = await until('the end of the first', () => endOf(id))
    await vscode.debug.stopDebugging(session)
    await until('the end of the second', () => endOf(id) !== first)
  })

  for (const type of ['debugpy', 'python'])
    it(`gives a ${type} configuration the environment, merged with its own`, async () => {
      const own = { PYTHONPATH: '/lib/of/mine', OWN: type, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }
      const configuration = {
        name: `Stub ${type}`,
        type,
        request: 'launch',
        console: 'internalConsole',
        env: own,
      }
      const started = debugged(configuration)
      const request = await until('a launch', async () =>
        stub.find(({ details }) => details.env?.OWN === type),
      )
      const run = await runWhen(configuration.name, ({ active }) => active)
      await vscode.debug.stopDebugging()
      await started
      const { env = {} } = request.details
      assert.match(env.PYTHONPATH ?? '', /hooks\/python:\/lib\/of\/mine$/)
      assert.equal(env.OPENAI_BASE_URL, `${liveProfilers()[0]?.proxy}/r/${env.COSTFLAME_RUN}/openai/v1`)
      assert.equal(env.COSTFLAME_RUN, run.id)
      await runWhen(configuration.name, ({ active }) => !active)
    })

  it('leaves what is attached to as it is', async () => {
    const configuration = { name: 'Attached', type: 'debugpy', request: 'attach', env: { OWN: 'attached' } }
    const ended = debugged(configuration)
    const request = await until('an attach', async () => stub.find(({ command }) => command === 'attach'))
    await vscode.debug.stopDebugging()
    await ended
    assert.deepEqual(request.details.env, { OWN: 'attached' })
    assert.ok(!api.runs.some((run) => run.name === 'Attached'))
  })

  it('leaves a program alone that must not be profiled', async () => {
    const configuration = program('Disabled')
    await debugged({ ...configuration, env: { ...configuration.env, COSTFLAME_DISABLE: '1' } })
    assert.equal(found('Disabled').OPENAI_BASE_URL, models.ready.openai)
  })

  it('says what a recording needs, and answers with it', async () => {
    const checks = await vscode.commands.executeCommand<readonly Check[]>('costflame.doctor')
    const byUs = checks.find(({ subject }) => subject === 'costflame')
    assert.equal(byUs?.status, 'ok')
    assert.ok(checks.every(({ messages }) => messages.length > 0))
  })

  it('profiles the current file in a terminal', async () => {
    writeFiles(workspacePath(), {
      'current file.mjs': `import { writeFileSync } from 'node:fs'\nwriteFileSync('current.found.json', process.env.COSTFLAME_PROXY)\n`,
    })
    const uri = vscode.Uri.file(workspacePath('current file.mjs'))
    const terminal = await vscode.commands.executeCommand<vscode.Terminal>(
      'costflame.profileCurrentFile',
      uri,
    )
    const text = await until('the program', async () => {
      try {
        // It may be there before its text is.
        return readFileSync(workspacePath('current.found.json'), 'utf8') || undefined
      } catch {
        return undefined
      }
    })
    terminal.dispose()
    assert.equal(text, liveProfilers()[0]?.proxy)
  })

  it('launches all the same where the profiler cannot start', async () => {
    await vscode.commands.executeCommand('costflame.stopProfiler')
    renameSync(workspacePath('.costflame'), workspacePath('set-aside'))
    writeFiles(workspacePath(), { '.costflame': 'a file where a folder is needed' })
    await debugged(program('Without a profiler'))
    const { status, OPENAI_BASE_URL, COSTFLAME_RUN } = found('Without a profiler')
    assert.deepEqual([status, OPENAI_BASE_URL, COSTFLAME_RUN], [200, models.ready.openai, undefined])
    rmSync(workspacePath('.costflame'))
    renameSync(workspacePath('set-aside'), workspacePath('.costflame'))
  })
})

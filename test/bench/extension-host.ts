// What `extension.bench.mjs` runs in an extension host: the time that activation takes of its main thread, and its memory after many runs.

import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as vscode from 'vscode'
import { until } from '../support/until'

interface Api {
  readonly runs: readonly { readonly id: string; readonly totals: { readonly calls: number } }[]
}

interface Wanted {
  readonly upstream: string
  /** Numbers of runs after which memory is measured; none where only activation is. */
  readonly runs: readonly number[]
}

/** Called by VS Code. What is wanted stands in the workspace, where the figures go too. */
export async function run(): Promise<void> {
  const wanted: Wanted = JSON.parse(readFileSync(inWorkspace('wanted.json'), 'utf8'))
  const activation = {
    nothing: await activationMs('costflame-bench.nothing'),
    ours: await activationMs('costflame.costflame'),
  }
  const heap = wanted.runs.length === 0 ? [] : await heapAfter(wanted)
  writeFileSync(inWorkspace('figures.json'), JSON.stringify({ activation, heap }))
}

function inWorkspace(name: string): string {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  assert.ok(folder)
  return join(folder.uri.fsPath, name)
}

/** Milliseconds of the processor that the main thread takes until an extension is active: other programs take turns with it. */
async function activationMs(id: string): Promise<number> {
  const extension = vscode.extensions.getExtension(id)
  assert.ok(extension, id)
  assert.equal(extension.isActive, false, `${id} is active already`)
  const before = process.threadCpuUsage()
  await extension.activate()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

/** Bytes in use after so many runs, in a window that shows the file which makes their calls. */
async function heapAfter({ upstream, runs }: Wanted): Promise<number[]> {
  const { Global } = vscode.ConfigurationTarget
  await vscode.workspace.getConfiguration('costflame').update('upstreams', { openai: upstream }, Global)
  await vscode.commands.executeCommand('costflame.startProfiler')
  await vscode.window.showTextDocument(vscode.Uri.file(inWorkspace('agent.mjs')))
  const [file] = globSync('.costflame/data/live/*.json', { cwd: inWorkspace('') })
  assert.ok(file)
  const profiler: Profiler = JSON.parse(readFileSync(inWorkspace(file), 'utf8'))
  const measured: number[] = []
  let recorded = 0
  for (const count of runs) {
    for (; recorded < count; recorded++) await record(profiler, `run-${recorded + 1}`, (recorded % 20) + 1)
    await shown(`run-${count}`)
    measured.push(usedBytes())
  }
  return measured
}

interface Profiler {
  readonly proxy: string
  readonly token: string
}

/** A run of one call from a line of the agent. */
async function record({ proxy, token }: Profiler, id: string, line: number): Promise<void> {
  const response = await fetch(`${proxy}/r/${id}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer bench',
      'x-costflame-callsite': `${encodeURIComponent(inWorkspace('agent.mjs'))}:${line}:1`,
    },
    body: JSON.stringify({ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: `Order ${id}?` }] }),
  })
  await response.arrayBuffer()
  const ended = await fetch(`${proxy}/ingest`, {
    method: 'POST',
    headers: { 'x-costflame-token': token, 'content-type': 'application/x-ndjson' },
    body: `${JSON.stringify({ type: 'runEnd', runId: id, endedAt: Date.now() })}\n`,
  })
  assert.ok(ended.ok, await ended.text())
}

/** Resolves when a run, and what it cost, has come to the window. */
async function shown(id: string): Promise<void> {
  const { exports: api } = vscode.extensions.getExtension<Api>('costflame.costflame') ?? {}
  await until(id, () => api?.runs.find((run) => run.id === id && run.totals.calls === 1) !== undefined)
  // Lenses are asked for when the lines have come.
  const uri = vscode.Uri.file(inWorkspace('agent.mjs'))
  await until('lenses', async () => {
    const lenses = await vscode.commands.executeCommand<readonly unknown[]>(
      'vscode.executeCodeLensProvider',
      uri,
    )
    return lenses.length > 0
  })
}

function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

// For tests in the extension host: the embedded model server, and a call through the profiler that names a line of the workspace.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import type { ReadyLine, RunSummary } from '../../profiler-agent/feed/protocol'
import { encodeCallSite } from '../../profiler-agent/model/call-site'
import type { Frame } from '../../profiler-agent/model/span'
import { inRepository } from '../support/repository'

export function workspacePath(...parts: readonly string[]): string {
  const folder = vscode.workspace.workspaceFolders?.[0]
  assert.ok(folder)
  return join(folder.uri.fsPath, ...parts)
}

export async function activeApi(): Promise<CostflameApi> {
  const extension = vscode.extensions.getExtension<CostflameApi>('costflame.costflame')
  assert.ok(extension)
  return extension.activate()
}

/** Starts a command of the built CLI and waits for its ready line. */
export async function startCli(...args: readonly string[]) {
  const child = spawn(process.execPath, [inRepository('dist', 'costflame.js'), ...args], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { ready: JSON.parse(line) as Record<string, string>, pid: child.pid, stop }
}

/** The profilers that announce themselves in the workspace. */
export function liveProfilers(): ReadyLine[] {
  const folder = workspacePath('.costflame', 'data', 'live')
  // A file that is being written has another ending until it is whole; one that has gone since had a profiler that has gone.
  const files = globSync('*.json', { cwd: folder }).map((name) => join(folder, name))
  return files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')))
}

/** Makes one call of the agent `desk` in a run, through the profiler, as if from a line. */
export async function recordCall(runId: string, frame: Frame): Promise<void> {
  const [profiler] = liveProfilers()
  assert.ok(profiler, 'no profiler is alive in the workspace')
  const response = await fetch(`${profiler.proxy}/r/${runId}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer test',
      'x-costflame-agent': 'desk',
      'x-costflame-callsite': encodeCallSite([frame]),
    },
    body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Where is my order?' }] }),
  })
  assert.equal(response.status, 200, await response.text())
}

/** Resolves with the list of runs as soon as it is as wanted. */
export function runsWhen(
  api: CostflameApi,
  isWanted: (runs: readonly RunSummary[]) => boolean,
): Promise<readonly RunSummary[]> {
  if (isWanted(api.runs)) return Promise.resolve(api.runs)
  return new Promise((resolve) => {
    const subscription = api.onDidChangeRuns((runs) => {
      if (!isWanted(runs)) return
      subscription.dispose()
      resolve(runs)
    })
  })
}

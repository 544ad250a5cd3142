// `costflame doctor` of the bundled command line, shown in an output channel; what it found is the command's answer.

import { execFile } from 'node:child_process'
import * as vscode from 'vscode'
import { type Check, checksText } from '../../profiler-agent/model/health-check'
import { registerCommand } from './commands'
import { dataFolder } from './data-folder'
import type { Session } from './session'

/** It asks the runtimes for their versions, and profilers whether they answer. */
const LIMIT_MS = 60_000

/** Registers `costflame.doctor`, which resolves with the checks. */
export function registerDoctor(session: Session): vscode.Disposable {
  let channel: vscode.OutputChannel | undefined
  const command = registerCommand(session, 'doctor', async () => {
    const checks = await examine(session)
    channel ??= vscode.window.createOutputChannel('Costflame Doctor')
    channel.replace(`${checksText(checks)}\n`)
    channel.show(true)
    return checks
  })
  return vscode.Disposable.from(command, { dispose: () => channel?.dispose() })
}

async function examine({ script, folder }: Session): Promise<readonly Check[]> {
  const data = folder === undefined ? [] : ['--data', dataFolder(folder)]
  const said = await outputOf([script, 'doctor', '--format', 'json', ...data], folder)
  const { checks }: { checks: readonly Check[] } = JSON.parse(said)
  return checks
}

/** What a script of ours prints; an exit code of 1 says that something is wrong, not that it failed. */
function outputOf(args: readonly string[], folder: string | undefined): Promise<string> {
  // In desktop VS Code the executable is Electron, which runs scripts only when told so.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, env, timeout: LIMIT_MS }, (error, stdout, stderr) => {
      if (error === null || error.code === 1) resolve(stdout)
      else reject(new Error(stderr.trim() || error.message))
    })
  })
}

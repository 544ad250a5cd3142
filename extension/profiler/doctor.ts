// `costflame doctor` of the bundled command line, shown in an output channel; what it found is the command's answer.

import * as vscode from 'vscode'
import { type Check, checksText } from '../../profiler-agent/model/health-check'
import { outputOf } from './command-line'
import { registerCommand } from './commands'
import { dataFolder } from './data-folder'
import type { Session } from './session'

/** The exit code of a doctor that found something: it did not fail itself. */
const SOMETHING_IS_WRONG = 1

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

async function examine(session: Session): Promise<readonly Check[]> {
  const data = session.folder === undefined ? [] : ['--data', dataFolder(session.folder)]
  const said = await outputOf(session, ['doctor', '--format', 'json', ...data], [0, SOMETHING_IS_WRONG])
  const { checks }: { checks: readonly Check[] } = JSON.parse(said)
  return checks
}

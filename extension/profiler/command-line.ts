// Runs the bundled command line, for what the editor shows of its answers.

import { execFile } from 'node:child_process'
import type { Session } from './session'

/** Commands look at everything that is recorded. */
const LIMIT_MS = 120_000
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

/** What a command prints, run in the folder. Rejects with what it says on the other stream when its exit code is not an expected one. */
export function outputOf(
  { script, folder }: Pick<Session, 'script' | 'folder'>,
  args: readonly string[],
  expectedCodes: readonly number[] = [0],
): Promise<string> {
  // In desktop VS Code the executable is Electron, which runs scripts only when told so.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' }
  const options = { cwd: folder, env, timeout: LIMIT_MS, maxBuffer: MAX_OUTPUT_BYTES }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      if (error === null || expectedCodes.some((code) => code === error.code)) resolve(stdout)
      else reject(new Error(stderr.trim() || error.message))
    })
  })
}

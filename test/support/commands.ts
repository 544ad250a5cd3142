// Starts the commands of the test set-up and of the suites, and never leaves one hanging.
import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { inRepository, repositoryRoot } from './repository'

export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  limitSeconds: number
}

const killGraceMs = 10_000

/**
 * The environment for commands that we start: node@24 of the repository comes first on PATH, and the
 * folder of the npm that started us is gone, or an npm in another folder would work in ours.
 */
export function commandEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = { ...process.env, ...extra }
  delete env.npm_config_local_prefix
  delete env.npm_config_global_prefix
  env.PATH = [inRepository('node_modules', '.bin'), env.PATH].join(delimiter)
  return env
}

/**
 * Runs a command with our stdout and stderr and no stdin; resolves when it exits with 0.
 * Rejects with a sentence when it cannot start, exits otherwise, or is over its limit; then its whole process group is ended.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<void> {
  const line = [command, ...args].join(' ')
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? repositoryRoot,
      env: options.env ?? commandEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    })
    const endGroup = (signal: NodeJS.Signals) => signalGroup(child.pid, signal)
    let isOverLimit = false
    // SIGTERM first: playwright then closes its browser, which lives in a process group of its own.
    const timers = [
      setTimeout(() => {
        isOverLimit = true
        endGroup('SIGTERM')
      }, options.limitSeconds * 1000),
      setTimeout(() => endGroup('SIGKILL'), options.limitSeconds * 1000 + killGraceMs),
    ]
    const interrupt = () => {
      endGroup('SIGTERM')
      process.exit(130)
    }
    process.once('SIGINT', interrupt)
    process.once('SIGTERM', interrupt)
    const settle = (problem?: string) => {
      for (const timer of timers) clearTimeout(timer)
      process.removeListener('SIGINT', interrupt)
      process.removeListener('SIGTERM', interrupt)
      if (isOverLimit)
        reject(new Error(`\`${line}\` was still running after ${options.limitSeconds} s and was ended`))
      else if (problem) reject(new Error(`\`${line}\` ${problem}`))
      else resolve()
    }
    child.once('error', (error) => settle(`did not start: ${error.message}`))
    child.once('exit', (code, signal) => {
      if (isOverLimit) endGroup('SIGKILL')
      settle(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`)
    })
  })
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone already, which is what we want.
  }
}

// Which run this process belongs to: the one it was started in, or, for the first hooked process of a command, its own.

import { ENV, RUN_ID } from '../../../model/headers'

export interface RunIdentity {
  readonly runId: string
  /** Command line of the process that made the run itself; undefined where somebody else named the run. */
  readonly command: string | undefined
  /** True in the process that made the run. */
  readonly isRoot?: boolean
}

/** Carries the command of a self-made run to child processes: `<run id> <command>`, so that a later run's children ignore it. */
const COMMAND_VARIABLE = 'COSTFLAME_COMMAND'
const MAX_COMMAND_LENGTH = 500

/** The run that somebody else named, or an earlier hook made, for this process. */
export function givenRun(environment: NodeJS.ProcessEnv): RunIdentity | undefined {
  const runId = environment[ENV.run]
  if (runId === undefined || !RUN_ID.test(runId)) return undefined
  return { runId, command: inheritedCommand(environment[COMMAND_VARIABLE], runId) }
}

/** The run of this process; a new one is written into `environment`, so that child processes and threads join it. */
export function joinRun(environment: NodeJS.ProcessEnv): RunIdentity {
  const given = givenRun(environment)
  if (given) return given
  // Unique is enough: nobody guards anything with it, and node:crypto would cost each process its loading.
  const runId = `r-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12).padEnd(10, '0')}`
  const command = describeCommand(process.argv, process.cwd())
  environment[ENV.run] = runId
  environment[COMMAND_VARIABLE] = `${runId} ${command}`
  return { runId, command, isRoot: true }
}

function inheritedCommand(value: string | undefined, runId: string): string | undefined {
  return value?.startsWith(`${runId} `) ? value.slice(runId.length + 1) : undefined
}

/** The command as a person would type it in `cwd`: `node agent.mjs --fast`, `npm run agent`, `tsx agent.ts`. */
export function describeCommand(argv: readonly string[], cwd: string): string {
  const [, script, ...rest] = argv
  const words = script === undefined ? ['node'] : launcher(script, cwd)
  for (const word of rest) words.push(shorten(word, cwd))
  return words.map(quote).join(' ').slice(0, MAX_COMMAND_LENGTH)
}

const TOOL = /[\\/](?:node_modules[\\/]\.bin|npm[\\/]bin)[\\/]([\w.-]+?)(?:-cli)?(?:\.[cm]?js)?$/

function launcher(script: string, cwd: string): string[] {
  const tool = TOOL.exec(script)?.[1]
  return tool === undefined ? ['node', shorten(script, cwd)] : [tool]
}

function shorten(word: string, cwd: string): string {
  const inside = word.startsWith(cwd) && (word[cwd.length] === '/' || word[cwd.length] === '\\')
  return inside ? word.slice(cwd.length + 1) : word
}

function quote(word: string): string {
  return /^[^\s"'\\]+$/.test(word) ? word : JSON.stringify(word)
}

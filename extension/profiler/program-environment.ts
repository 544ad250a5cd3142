// The environment that a program would have had without us, read from its launch configuration, and what of it the profiler needs to know. Knows no VS Code.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { BASE_URL_VARIABLES } from '../../profiler-agent/model/base-urls'

/** `undefined` where a variable is taken away. */
export type Environment = Readonly<Record<string, string | undefined>>

/** As users write it in `launch.json`: each field may hold anything. */
export type LaunchConfiguration = Readonly<Record<string, unknown>>

/**
 * What the program would find: files that Node itself reads (`--env-file`), then the inherited environment, then `envFile`,
 * then `env`, the later winning. Paths are relative to `folder`; a file that cannot be read says nothing, as the debugger will.
 */
export function launchEnvironment(
  { env, envFile, runtimeArgs }: LaunchConfiguration,
  inherited: Environment,
  folder: string,
): Environment {
  const read = (files: readonly string[]) =>
    Object.assign({}, ...files.map((file) => variablesIn(resolve(folder, file)))) as Environment
  return {
    ...read(nodeFiles(texts(runtimeArgs))),
    ...inherited,
    ...read(texts(envFile)),
    ...ownVariables(env),
  }
}

function variablesIn(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch {
    // The debugger, which reads it too, says that it is not there.
    return {}
  }
}

function nodeFiles(args: readonly string[]): string[] {
  return args.flatMap((argument, index) => {
    const [, equals, file = ''] = /^--env-file(?:-if-exists)?(?:(=)(.*))?$/s.exec(argument) ?? []
    if (equals !== undefined) return [file]
    return /^--env-file(?:-if-exists)?$/.test(argument) ? args.slice(index + 1, index + 2) : []
  })
}

function ownVariables(env: unknown): Environment {
  if (typeof env !== 'object' || env === null) return {}
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value === null ? undefined : String(value)]),
  )
}

/** One text or a list of them; what is none is left out. */
function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string')
}

/** Variables that decide where a program sends its calls, or how the hooks get into it. */
const RELEVANT =
  /^(?:NODE_OPTIONS|PYTHONPATH|NO_PROXY|ENABLE_TOOL_SEARCH|(?:COSTFLAME|OPENAI|AZURE|GEMINI|GOOGLE|ANTHROPIC|CLAUDE_CODE|CLOUD_ML|AWS)_\w+)$/i
const ADDRESSES: ReadonlySet<string> = new Set(BASE_URL_VARIABLES.map(({ name }) => name))
const SECRET = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i

/** What the profiler is told of an environment; of a secret only that it is set, and nothing of what it need not know. */
export function relevantPart(environment: Environment): Record<string, string> {
  const told: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && (RELEVANT.test(name) || ADDRESSES.has(name)))
      told[name] = SECRET.test(name) && value !== '' ? 'set' : value
  return told
}

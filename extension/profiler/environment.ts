// The variables that make a program a profiled one, asked of the profiler: terminals and debug sessions get them the same way.

import * as vscode from 'vscode'
import { present } from '../../profiler-agent/model/present'
import { type Environment, relevantPart } from './program-environment'
import type { Session } from './session'

export interface ProfiledProgram {
  /** The environment that it would have had. */
  readonly environment: Environment
  /** Its run; without one the first hooked process of each command makes one. */
  readonly runId?: string
  /** The folder whose profiler and settings count; the active one unless given. */
  readonly folder?: vscode.Uri | undefined
}

/**
 * What to set on top of the program's environment: base URLs, `NODE_OPTIONS` and `PYTHONPATH` are complete, with its own part.
 * Starts the profiler if need be; rejects when there is none to be had.
 */
export async function profiledVariables(
  session: Session,
  { environment, runId, folder }: ProfiledProgram,
): Promise<Readonly<Record<string, string>>> {
  const question = {
    ask: 'environment',
    environment: relevantPart(environment),
    ...present({ runId }),
  } as const
  const of = folder && session.folderFor(folder)
  const { variables } = await session.ask<'environment'>(question, of)
  const callSites = vscode.workspace.getConfiguration('costflame', folder).get<string>('callSites', 'auto')
  return { ...variables, ...(callSites === 'auto' ? {} : { COSTFLAME_CALLSITES: callSites }) }
}

/** What the user's settings add to the environment of terminals; `null` takes a variable away. */
export function terminalSettings(): Environment {
  const platform = process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'osx' : 'linux'
  const settings = vscode.workspace
    .getConfiguration('terminal.integrated.env')
    .get<Record<string, string | null>>(platform, {})
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? undefined]))
}

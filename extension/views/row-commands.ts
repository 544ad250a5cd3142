// What the context menus of the trees do that is the same for all rows.

import * as vscode from 'vscode'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'

/** What a row may carry for its commands. */
interface Row {
  readonly runId?: unknown
  readonly spanId?: unknown
  readonly run?: unknown
}

export function registerRowCommands(session: Session): vscode.Disposable[] {
  return [
    registerCommand(session, 'openInFlameGraph', async (row) => {
      const { runId, spanId } = rowOf(row)
      await vscode.commands.executeCommand('costflame.openFlameGraph', runId ?? idOfRun(row), spanId)
    }),
    registerCommand(session, 'showLog', () => session.log.show()),
  ]
}

/** The runs that a command is about: those of all rows that are selected where the one that was clicked is among them. */
export function idsOfRuns(argument: unknown, selected: unknown): string[] {
  const rows: readonly unknown[] =
    Array.isArray(selected) && selected.length > 0 ? selected : [argument].flat()
  return rows.flatMap((row) => idOfRun(row) ?? [])
}

/** The run that a command is about: an id, or a row that has one. */
export function idOfRun(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument
  const { run, runId } = rowOf(argument)
  if (typeof runId === 'string') return runId
  return typeof run === 'object' && run !== null && 'id' in run ? String(run.id) : undefined
}

function rowOf(argument: unknown): Row {
  return typeof argument === 'object' && argument !== null ? argument : {}
}

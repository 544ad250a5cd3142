// The limits of a folder's budget file: where they stand in it, and how they stand by all that is recorded.

import * as vscode from 'vscode'
import { BUDGET_FILE, readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import {
  type BudgetPosition,
  type GateRule,
  type LimitUse,
  USUAL_GATE,
} from '../../profiler-agent/model/budget'
import { isFloor, isOfMany, limitFor, limitKey } from '../limit-values'
import { costflameFolder } from '../profiler/data-folder'
import type { Session } from '../profiler/session'

export interface FolderLimits {
  readonly folder: string
  /** Of the file, which may not be there: then there are no limits. */
  readonly uri: vscode.Uri
  readonly gate: GateRule
  /** In the order of the file. */
  readonly uses: readonly LimitUse[]
  /** By `limitKey`. */
  readonly positions: ReadonlyMap<string, BudgetPosition>
}

/** Of all folders whose profiler runs. */
export function limitsOfFolders(session: Session): Promise<FolderLimits[]> {
  const running = session.allProfilers.filter(({ status }) => status.is === 'running')
  return Promise.all(running.map(({ folder }) => limitsOf(session, folder)))
}

/** The file is read first: without one nothing has to be measured. */
async function limitsOf(session: Session, folder: string): Promise<FolderLimits> {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(costflameFolder(folder)), BUDGET_FILE)
  const text = await textOf(uri)
  if (text === undefined) return { folder, uri, gate: USUAL_GATE, uses: [], positions: new Map() }
  const { budgets, gate } = readBudgetFile(text)
  const positions = new Map(
    budgets.flatMap(({ scope, limits }) =>
      Object.entries(limits).map(([name, { position }]) => [limitKey(scope, name), position] as const),
    ),
  )
  const answer = await session.askIfRunning<'budgets'>({ ask: 'budgets' }, folder)
  return { folder, uri, gate, uses: answer?.limits ?? [], positions }
}

async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch {
    // There is none: the welcome text says what to do.
    return undefined
  }
}

/** A value within which what was measured would have been; `undefined` when it is within the limit already. */
export function helpfulValue(use: LimitUse): number | undefined {
  const reached = isOfMany(use) ? use.percentiles?.p99 : use.worst
  const value = reached === undefined ? undefined : limitFor(use.limit, reached)
  if (value === undefined) return undefined
  return (isFloor(use.limit) ? value < use.allowed : value > use.allowed) ? value : undefined
}

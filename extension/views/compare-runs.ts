// Compares two runs: as a picture in the flame graph, and as what `costflame diff` says of them, a page of Markdown.

import * as vscode from 'vscode'
import type { RunSummary } from '../../profiler-agent/feed/protocol'
import { outputOf } from '../profiler/command-line'
import { registerCommand } from '../profiler/commands'
import { dataFolder } from '../profiler/data-folder'
import type { Session } from '../profiler/session'
import { idOfRun, idsOfRuns } from './row-commands'
import { runDescription, runLabel } from './run-text'

const SCHEME = 'costflame-comparison'
/** Worse, or not to be told, is an answer like any other. */
const ANSWERS = [0, 1, 3]

/**
 * Registers `costflame.compareRuns(base, head)`, which shows the difference in the flame graph, and `explainDifference(base, head)`,
 * which shows it in words. Each names runs as the command line does (an id, `latest:2`, `version=1.4.0`). Both resolve with the words.
 */
export function registerCompareRuns(session: Session): vscode.Disposable[] {
  const pages = new ComparisonPages()
  const compare = (show: (chosen: ChosenRuns, text: string) => Thenable<void>) => {
    return async (base: unknown, head: unknown) => {
      await session.start()
      const chosen = await chosenRuns(session, wantedRuns(session, base, head))
      if (chosen === undefined) return undefined
      const folder = session.folderOfRun(chosen[1]) ?? session.folder
      if (folder === undefined) return undefined
      const text = await outputOf(
        session,
        ['diff', ...chosen, ...inData(folder), '--format', 'markdown'],
        ANSWERS,
      )
      await show(chosen, text)
      return text
    }
  }
  return [
    pages,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, pages),
    registerCommand(
      session,
      'compareRuns',
      compare((chosen) => showPicture(session, chosen)),
    ),
    registerCommand(
      session,
      'explainDifference',
      compare((chosen, text) => pages.show(chosen, session.runs, text)),
    ),
  ]
}

function inData(folder: string): readonly string[] {
  return ['--data', dataFolder(folder)]
}

/** The newest of the runs that are to be explained, beside all of those that they are compared with. */
async function showPicture(session: Session, [base, head]: ChosenRuns): Promise<void> {
  const [[newest], others] = await Promise.all([idsOf(session, head), idsOf(session, base)])
  await vscode.commands.executeCommand('costflame.openFlameGraph', newest, undefined, others)
}

/** Newest first. The command line knows what its selectors mean. */
async function idsOf(session: Session, selector: string): Promise<readonly string[]> {
  if (session.runs.some(({ id }) => id === selector) || session.folder === undefined) return [selector]
  const listed = await outputOf(session, ['runs', 'list', selector, ...inData(session.folder), '--json'])
  // Printed by our own command line.
  const { runs } = JSON.parse(listed) as { readonly runs: readonly { readonly id: string }[] }
  return runs.map(({ id }) => id)
}

class ComparisonPages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>()
  readonly onDidChange = this.changed.event
  private readonly texts = new Map<string, string>()

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? ''
  }

  async show([base, head]: ChosenRuns, runs: readonly RunSummary[], text: string): Promise<void> {
    const name = [base, head].map((run) => nameOf(run, runs)).join(' → ')
    const path = `/${name.replaceAll(/[\\/]/g, '-')}.md`
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: `${base} ${head}` })
    this.texts.set(uri.toString(), text)
    this.changed.fire(uri)
    await vscode.commands.executeCommand('markdown.showPreview', uri)
  }

  dispose() {
    this.changed.dispose()
  }
}

/** Ids say nothing on a tab. */
function nameOf(selector: string, runs: readonly RunSummary[]): string {
  const run = runs.find(({ id }) => id === selector)
  return run === undefined ? selector : runLabel(run)
}

type ChosenRuns = readonly [base: string, head: string]

interface WantedRuns {
  readonly base?: string | undefined
  readonly head?: string | undefined
}

/** The run that was clicked in the tree is the one to be explained; where two are selected the newer one is, by the older. */
function wantedRuns(session: Session, base: unknown, head: unknown): WantedRuns {
  if (typeof base === 'object' && base !== null) {
    const ids = idsOfRuns(base, head)
    const [newer, older] = ids.toSorted((left, right) => placeOf(session, left) - placeOf(session, right))
    return ids.length === 2 ? { base: older, head: newer } : { head: idOfRun(base) }
  }
  return {
    base: typeof base === 'string' ? base : undefined,
    head: typeof head === 'string' ? head : undefined,
  }
}

/** Newest first; older ones than the list has come last. */
function placeOf({ runs }: Session, runId: string): number {
  const index = runs.findIndex(({ id }) => id === runId)
  return index === -1 ? runs.length : index
}

/** What is not said is asked; `undefined` if the user gave up. */
async function chosenRuns(session: Session, { base, head }: WantedRuns): Promise<ChosenRuns | undefined> {
  if (session.runs.length < 2 && (base === undefined || head === undefined))
    throw new Error(vscode.l10n.t('It takes two recorded runs to compare them.'))
  const newer = head ?? (await pickRun(session.runs, vscode.l10n.t('Which run is to be explained?')))
  if (newer === undefined) return undefined
  const others = session.runs.filter(({ id }) => id !== newer)
  const older = base ?? (await pickRun(others, vscode.l10n.t('With which run is it compared?')))
  return older === undefined ? undefined : [older, newer]
}

async function pickRun(runs: readonly RunSummary[], title: string): Promise<string | undefined> {
  const items = runs.map((run) => ({
    id: run.id,
    label: runLabel(run),
    description: runDescription(run, vscode.l10n),
    detail: new Date(run.startTime).toLocaleString(),
  }))
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.id
}

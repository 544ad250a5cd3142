// Derives limits from measured runs and shows what they change in the budget file; it is written when the user agrees.

import * as vscode from 'vscode'
import { outputOf } from '../profiler/command-line'
import { registerCommand } from '../profiler/commands'
import { dataFolder } from '../profiler/data-folder'
import { plainText } from '../profiler/plain-text'
import type { Session } from '../profiler/session'
import { budgetUri } from './budget-file'

const SCHEME = 'costflame-budgets'

/** What `costflame budgets export --format json` prints. */
interface Exported {
  /** Absolute. */
  readonly path: string
  /** `null` where there is no file yet. */
  readonly before: string | null
  readonly text: string
  readonly changed: boolean
  readonly notes: readonly string[]
}

/**
 * Registers `costflame.exportBudgets({run?, write?})`. With `write: true` nobody is asked. Resolves with the proposed text, and
 * `undefined` where nothing was measured.
 */
export function registerExportBudgets(session: Session): vscode.Disposable[] {
  const review = new BudgetReview(session)
  return [
    review,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, review),
    registerCommand(session, 'exportBudgets', async (argument) => {
      const { run, write } = requestOf(argument)
      if (session.folder === undefined)
        throw new Error(vscode.l10n.t('Open a folder first: budgets lie in its .costflame folder.'))
      if (isBeingEdited(budgetUri(session.folder)))
        throw new Error(vscode.l10n.t('The budget file has changes that are not saved. Save it first.'))
      const exported = await exportedBudgets(session, run, write)
      if (!write) await review.show(exported)
      return exported.text
    }),
    registerCommand(session, 'acceptBudgets', () => review.accept()),
    registerCommand(session, 'rejectBudgets', () => review.close()),
  ]
}

/** What is exported is made from the file on disk, and written over it. */
function isBeingEdited(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some(
    (document) => document.isDirty && document.uri.toString() === uri.toString(),
  )
}

function requestOf(argument: unknown): { readonly run: string | undefined; readonly write: boolean } {
  const given = typeof argument === 'object' && argument !== null ? argument : {}
  const run = 'run' in given && typeof given.run === 'string' ? given.run : undefined
  return { run, write: 'write' in given && given.write === true }
}

async function exportedBudgets(session: Session, run: string | undefined, write: boolean): Promise<Exported> {
  const { folder } = session
  const args = [
    ...['budgets', 'export', '--format', 'json'],
    ...(folder === undefined ? [] : ['--data', dataFolder(folder)]),
    ...(run === undefined ? [] : ['--run', run]),
    ...(write ? [] : ['--dry-run']),
  ]
  return JSON.parse(await outputOf(session, args))
}

/** The comparison that is open: the file as it is, and as it would be. */
class BudgetReview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>()
  readonly onDidChange = this.changed.event
  private shown: Exported | undefined
  private readonly before = vscode.Uri.from({ scheme: SCHEME, path: '/before/budgets.jsonc' })
  private readonly proposed = vscode.Uri.from({ scheme: SCHEME, path: '/proposed/budgets.jsonc' })

  constructor(private readonly session: Session) {}

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (uri.path === this.proposed.path ? this.shown?.text : this.shown?.before) ?? ''
  }

  /** Resolves when the comparison is open; whether it is accepted is said by a button, later. */
  async show(exported: Exported): Promise<void> {
    const { t } = vscode.l10n
    if (!exported.changed) {
      const text = t('The budget file is as the recorded runs would make it: nothing to change.')
      void vscode.window.showInformationMessage(plainText([text, ...exported.notes].join(' ')))
      return
    }
    this.shown = exported
    for (const uri of [this.before, this.proposed]) this.changed.fire(uri)
    const left = exported.before === null ? this.before : vscode.Uri.file(exported.path)
    const title = exported.before === null ? t('New Budgets') : t('Budgets ↔ Measured')
    await vscode.commands.executeCommand('vscode.diff', left, this.proposed, title, { preview: false })
    void this.ask()
  }

  async accept(): Promise<string | undefined> {
    const { shown } = this
    if (shown === undefined) return undefined
    const uri = vscode.Uri.file(shown.path)
    if (isBeingEdited(uri) || (await textOf(uri)) !== shown.before)
      throw new Error(vscode.l10n.t('The budget file has changed since. Export budgets once more.'))
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(shown.text))
    // It leaves the file as it is and writes the schema that the file names.
    await outputOf(this.session, ['budgets', 'init'])
    await this.close()
    await vscode.window.showTextDocument(uri)
    return shown.path
  }

  async close(): Promise<void> {
    this.shown = undefined
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
    await vscode.window.tabGroups.close(
      tabs.filter(
        ({ input }) =>
          input instanceof vscode.TabInputTextDiff && input.modified.toString() === this.proposed.toString(),
      ),
    )
  }

  dispose() {
    this.changed.dispose()
  }

  private async ask(): Promise<void> {
    const { t } = vscode.l10n
    const write = t('Write Budgets')
    const discard = t('Discard')
    const text = t('On the right: the limits that follow from the recorded runs. Nothing is written yet.')
    const asked = this.shown
    const notes = asked?.notes ?? []
    const answer = await vscode.window.showInformationMessage(
      plainText([text, ...notes].join(' ')),
      write,
      discard,
    )
    // The buttons of the comparison may have been quicker; a message cannot be taken back.
    if (asked !== this.shown) {
      if (answer === write)
        void vscode.window.showInformationMessage(t('The proposed budgets are not open any more.'))
      return
    }
    if (answer === write) await vscode.commands.executeCommand('costflame.acceptBudgets')
    if (answer === discard) await this.close()
  }
}

async function textOf(uri: vscode.Uri): Promise<string | null> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch {
    // Not there (yet).
    return null
  }
}

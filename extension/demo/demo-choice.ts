// Asks which demo to write, and where.

import * as vscode from 'vscode'
import type { DemoLanguage } from './demo-project'

export interface ChosenDemo {
  readonly language: DemoLanguage
  /** Folder to write the project into; without one a temporary folder is made. */
  readonly folder: string | undefined
}

/** `undefined` when the question is left. */
export async function askForDemo(): Promise<ChosenDemo | undefined> {
  const title = vscode.l10n.t('Profile the Demo')
  const languages: readonly (vscode.QuickPickItem & { readonly language: DemoLanguage })[] = [
    {
      label: 'JavaScript',
      description: vscode.l10n.t('needs nothing but VS Code'),
      language: 'javascript',
    },
    {
      label: 'Python',
      description: vscode.l10n.t('needs Python 3.9 or newer, and no package'),
      language: 'python',
    },
  ]
  const language = await vscode.window.showQuickPick(languages, {
    title,
    placeHolder: vscode.l10n.t('An agent of two model calls a mail. No key, no network, no cost.'),
  })
  if (language === undefined) return undefined
  const temporary = { label: vscode.l10n.t('In a temporary folder') }
  const elsewhere = { label: vscode.l10n.t('In a folder of your choice…') }
  const place = await vscode.window.showQuickPick([temporary, elsewhere], {
    title,
    placeHolder: vscode.l10n.t('Where shall the demo be written?'),
  })
  if (place === undefined) return undefined
  if (place === temporary) return { language: language.language, folder: undefined }
  const [folder] =
    (await vscode.window.showOpenDialog({
      title,
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t('Write the Demo Here'),
    })) ?? []
  return folder === undefined ? undefined : { language: language.language, folder: folder.fsPath }
}

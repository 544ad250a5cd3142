// What texts of the views are translated with, so that they can be put together without VS Code. Types only.

import type * as vscode from 'vscode'

/** `vscode.l10n`, but in tests. */
export type Words = Pick<typeof vscode.l10n, 't'>

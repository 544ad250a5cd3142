// Where the files that findings name are now: renamed here, or moved in a terminal or by another branch, where an open file is known by its code.

import { existsSync } from 'node:fs'
import * as vscode from 'vscode'
import { findMoved } from '../../profiler-agent/anchor/anchor'
import type { Finding } from '../../profiler-agent/model/finding'
import { isInWorkspace } from '../locations'
import { codeOf } from './files-now'

/** A file as a run named it, with what was found in it. */
export interface NamedFile {
  readonly uri: vscode.Uri
  readonly findings: readonly Finding[]
}

export class FindingFiles {
  /** By the address that a run named. */
  private readonly moved = new Map<string, vscode.Uri>()

  now(named: vscode.Uri): vscode.Uri {
    return this.moved.get(named.toString()) ?? named
  }

  /** A new run named the files as they are. */
  forget(): void {
    this.moved.clear()
  }

  /** What VS Code says of a file or folder; the file may have had another name before. */
  renamed(
    named: vscode.Uri,
    { oldUri, newUri }: { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri },
  ) {
    const [now, from] = [this.now(named).toString(), oldUri.toString()]
    if (now !== from && !now.startsWith(`${from}/`)) return
    this.moved.set(named.toString(), vscode.Uri.parse(newUri.toString() + now.slice(from.length), true))
  }

  /** A file that is there under its own name again is that one; one that is gone may be an open file. Gives whether any is elsewhere now. */
  look(files: readonly NamedFile[]): boolean {
    const before = JSON.stringify([...this.moved])
    for (const file of files) this.lookFor(file)
    return JSON.stringify([...this.moved]) !== before
  }

  private lookFor({ uri, findings }: NamedFile): void {
    const key = uri.toString()
    if (existsSync(uri.fsPath)) this.moved.delete(key)
    else if (!existsSync(this.now(uri).fsPath)) {
      const found = openFileWith(findings)
      if (found) this.moved.set(key, found)
    }
  }
}

/** `undefined` also where it could be several. */
function openFileWith(findings: readonly Finding[]): vscode.Uri | undefined {
  const anchors = findings.flatMap(({ location }) => location?.anchor ?? [])
  const alike = vscode.workspace.textDocuments.filter(
    (document) =>
      document.uri.scheme === 'file' &&
      isInWorkspace(document.uri) &&
      existsSync(document.uri.fsPath) &&
      findMoved(codeOf(document.uri, document.getText()), anchors),
  )
  return alike.length === 1 ? alike[0]?.uri : undefined
}

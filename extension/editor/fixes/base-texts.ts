// The texts that the fixes of the current run were made for: a file that is edited later is compared with what it was.

import * as vscode from 'vscode'
import type { TextEdit } from '../../../profiler-agent/model/finding'
import { uriOf } from '../../locations'
import { openDocument } from '../files-now'
import type { FindingMarks } from '../finding-marks'
import { isMadeFor } from './fitting-edits'

export class BaseTexts implements vscode.Disposable {
  private readonly subscription: vscode.Disposable
  /** By the hash that edits name. */
  private byHash = new Map<string, string>()

  constructor(private readonly marks: FindingMarks) {
    this.subscription = marks.onDidChange(() => void this.read())
  }

  /** `undefined` where the file had changed before it could be read. */
  of({ fileHash }: Pick<TextEdit, 'fileHash'>): string | undefined {
    return this.byHash.get(fileHash)
  }

  dispose() {
    this.subscription.dispose()
  }

  private async read(): Promise<void> {
    const wanted = new Map<string, { readonly edit: TextEdit; readonly root: string | undefined }>()
    for (const { finding, root } of this.marks.found)
      for (const edit of finding.fix?.edits ?? []) wanted.set(edit.fileHash, { edit, root })
    const known = new Map([...this.byHash].filter(([hash]) => wanted.has(hash)))
    this.byHash = known
    for (const [hash, { edit, root }] of wanted) {
      const uri = uriOf(edit.file, root)
      if (known.has(hash) || uri === undefined) continue
      const text = (await textsOf(uri)).find((each) => isMadeFor(edit, each))
      if (text !== undefined) known.set(hash, text)
    }
  }
}

/** As the editor has it, and as it is on disk: the profiler reads the disk, and the editor may be ahead of it. */
async function textsOf(uri: vscode.Uri): Promise<string[]> {
  const open = openDocument(uri)
  const texts = open === undefined ? [] : [open.getText()]
  try {
    return [...texts, new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))]
  } catch {
    // Gone since: then only what is open counts.
    return texts
  }
}

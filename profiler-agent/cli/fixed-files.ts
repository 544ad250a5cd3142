// Files as they would be after the fix of a finding. Reads them, and writes nothing.

import { hash } from 'node:crypto'
import { unifiedDiff } from '../formats/unified-diff'
import type { Finding } from '../model/finding'
import { editedText } from '../places/edits/edited-text'
import { Repository } from '../places/repository'

export interface FixedFile {
  readonly file: string
  readonly before: string
  readonly after: string
}

/** `undefined` where there are no edits, where a file is another one than they were made for, and without its folder. Throws nothing. */
export function fixedFiles({ fix }: Finding, root: string | undefined): FixedFile[] | undefined {
  const repository = root === undefined ? undefined : openRepository(root)
  const edits = [...Map.groupBy(fix?.edits ?? [], ({ file }) => file)]
  if (!repository || edits.length === 0) return undefined
  const files = edits.flatMap(([file, changes]) => {
    const before = repository.read(file)
    const isSame =
      before !== undefined && changes.every(({ fileHash }) => fileHash === hash('sha256', before))
    const after = isSame ? editedText(before, changes) : undefined
    return before === undefined || after === undefined ? [] : [{ file, before, after }]
  })
  return files.length === edits.length ? files : undefined
}

/** The change as `git apply` takes it; empty where there is none. */
export function fixDiff(finding: Finding, root: string | undefined): string {
  return (fixedFiles(finding, root) ?? [])
    .map(({ file, before, after }) => unifiedDiff(file, before, after))
    .join('\n')
}

/** Without edits that fit the files no more: whoever applies them by line and column would break the program. */
export function withFittingEdits(finding: Finding, root: string | undefined): Finding {
  if (!finding.fix?.edits || fixedFiles(finding, root)) return finding
  const { edits: _, ...fix } = finding.fix
  return { ...finding, fix }
}

function openRepository(root: string): Repository | undefined {
  try {
    return new Repository(root)
  } catch {
    // The folder is gone, or of another machine.
    return undefined
  }
}

// Budget files as the editor has them: which documents are some, and their limits with the places where they stand.

import { join } from 'node:path'
import { findNodeAtOffset, type Node, parseTree } from 'jsonc-parser'
import * as vscode from 'vscode'
import {
  BUDGET_FILE,
  type BudgetFile,
  type BudgetProblem,
  readBudgetFile,
} from '../../profiler-agent/budgets/file/budget-file'
import type { Budget, Limit, NumericLimit } from '../../profiler-agent/model/budget'
import { limitKey } from '../limit-values'
import { type Lines, linesOfDocument, rangeOf } from '../locations'
import { costflameFolder } from '../profiler/data-folder'

export const BUDGET_SELECTOR: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: `**/.costflame/${BUDGET_FILE}`,
}

export function isBudgetFile({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(`/.costflame/${BUDGET_FILE}`)
}

/** The budget file of a folder; it may not exist yet. */
export function budgetUri(folder: string): vscode.Uri {
  return vscode.Uri.file(join(costflameFolder(folder), BUDGET_FILE))
}

const read = new WeakMap<vscode.TextDocument, { readonly version: number; readonly file: BudgetFile }>()

/** A document is read once for all who ask while it stays as it is. */
export function fileOf(document: vscode.TextDocument): BudgetFile {
  const known = read.get(document)
  if (known?.version === document.version) return known.file
  const file = readBudgetFile(document.getText())
  read.set(document, { version: document.version, file })
  return file
}

/** One limit of a file. */
export interface PlacedLimit {
  /** The same for the same limit, whatever stands around it. */
  readonly key: string
  readonly budget: Budget
  readonly name: NumericLimit
  readonly limit: Limit
}

/** In the order of the file. */
export function limitsOf(file: BudgetFile): PlacedLimit[] {
  return file.budgets.flatMap((budget) =>
    Object.entries(budget.limits).flatMap(([key, limit]) => {
      const name = key as NumericLimit
      return limit === undefined ? [] : [{ key: limitKey(budget.scope, name), budget, name, limit }]
    }),
  )
}

/** A limit with its value. */
export function limitRange(lines: Lines, { limit }: Pick<PlacedLimit, 'limit'>): vscode.Range | undefined {
  return rangeOf(lines, limit.position)
}

/** What begins at the place of a problem: a text, a number, a word, or a single sign. */
export function problemRange(lines: Lines, { line, column }: BudgetProblem): vscode.Range | undefined {
  const rest = line <= lines.lineCount ? lines.lineText(line - 1).slice(column - 1) : ''
  const length = /^(?:"(?:[^"\\]|\\.)*"?|[\w.+-]+|.)/.exec(rest)?.[0].length ?? 0
  return rangeOf(lines, { line, column, endLine: line, endColumn: column + length })
}

/** The names of the keys above and at a place, outermost first, and where the innermost key stands; `undefined` outside of any value. */
export function keyAt(document: vscode.TextDocument, position: vscode.Position): KeyAt | undefined {
  const root = parseTree(document.getText(), [], { allowTrailingComma: true })
  let node = root && findNodeAtOffset(root, document.offsetAt(position), true)
  while (node !== undefined && node.type !== 'property') node = node.parent
  const key = node?.children?.[0]
  if (node === undefined || key === undefined) return undefined
  return { path: namesAbove(node), range: rangeOfNode(document, key) }
}

export interface KeyAt {
  readonly path: readonly string[]
  readonly range: vscode.Range
}

function namesAbove(property: Node): string[] {
  const names: string[] = []
  for (let node: Node | undefined = property; node !== undefined; node = node.parent)
    if (node.type === 'property') names.unshift(String(node.children?.[0]?.value))
  return names
}

function rangeOfNode(document: vscode.TextDocument, { offset, length }: Node): vscode.Range {
  return new vscode.Range(document.positionAt(offset), document.positionAt(offset + length))
}

/** The limit whose key or value stands at a place. */
export function limitAt(document: vscode.TextDocument, position: vscode.Position): PlacedLimit | undefined {
  const at = keyAt(document, position)
  if (at === undefined || at.path.at(-2) !== 'limits') return undefined
  const lines = linesOfDocument(document)
  return limitsOf(fileOf(document)).find((each) => limitRange(lines, each)?.start.isEqual(at.range.start))
}

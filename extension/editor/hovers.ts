// Hovers on measured lines, and on the places of findings: what VS Code says of a diagnostic itself is not said again.

import * as vscode from 'vscode'
import { diagnosticSeverity } from '../diagnostic-severity'
import type { Session } from '../profiler/session'
import { findingHoverText, relatedFindingText } from './finding-hover-text'
import type { FindingMark, FindingMarks } from './finding-marks'
import { hoverText } from './hover-text'
import { LineDetails } from './line-details'
import type { LineMarks, Mark } from './marks/line-marks'

/** The only commands that a hover may run. */
const COMMANDS = [
  'costflame.openFlameGraph',
  'costflame.compareRuns',
  'costflame.openBudgets',
  'costflame.setBudget',
  'costflame.explainFinding',
  'costflame.revealPlace',
]
/** Then the hover comes without what the profiler would have added. */
const WAIT_MS = 800

interface HoverSources {
  readonly session: Session
  readonly marks: LineMarks
  readonly findings: FindingMarks
  readonly details: LineDetails
}

export function registerHovers(
  session: Session,
  marks: LineMarks,
  findings: FindingMarks,
): vscode.Disposable {
  const sources = { session, marks, findings, details: new LineDetails(session) }
  return vscode.languages.registerHoverProvider([{ scheme: 'file' }, { scheme: 'vscode-notebook-cell' }], {
    provideHover: (document, position, token) => hoverAt(sources, document, position, token),
  })
}

async function hoverAt(
  sources: HoverSources,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Hover | undefined> {
  const isEnabled = vscode.workspace
    .getConfiguration('costflame.hover', document)
    .get<boolean>('enabled', true)
  if (!isEnabled) return undefined
  const mark = markAt(sources.marks.of(document), position)
  const found = sources.findings
    .of(document.uri)
    .filter((each) => each.range.contains(position) && isShown(each) && !isLimit(each))
  const texts = [
    ...(mark ? [await lineText(sources, document, mark, token)] : []),
    ...(mark ? aroundText(sources.findings, document, mark, found) : []),
    ...found.map((each) => findingHoverText(each, vscode.l10n)),
  ]
  return texts.length === 0 ? undefined : new vscode.Hover(texts.map(markdown), found[0]?.range)
}

/** On the first line of its statement, which may be a page long: other hovers have a say in the rest. */
function markAt(marks: readonly Mark[], position: vscode.Position): Mark | undefined {
  const onLine = marks.filter(({ range }) => range.start.line === position.line)
  return onLine.find(({ range }) => range.contains(position)) ?? onLine[0]
}

async function lineText(
  { session, details }: HoverSources,
  { uri }: vscode.TextDocument,
  { cost, isChanged }: Mark,
  token: vscode.CancellationToken,
): Promise<string> {
  const detail = await details.of(cost, WAIT_MS, token)
  return hoverText({
    ...{ cost, isChanged, when, words: vscode.l10n, folder: session.folderFor(uri) },
    ...(detail === undefined ? { isPending: session.profiler.is === 'running' } : { detail }),
  })
}

/** Findings of the statement that are not under the mouse, and those that are about its calls and stand elsewhere. */
function aroundText(
  findings: FindingMarks,
  { uri }: vscode.TextDocument,
  { cost, range }: Mark,
  found: readonly FindingMark[],
): string[] {
  const isIn = (mark: FindingMark) =>
    mark.uri.toString() === uri.toString() && mark.range.intersection(range) !== undefined
  const around = findings.all.filter(
    (mark) => !found.includes(mark) && (isIn(mark) || isRelated(mark, cost)) && isShown(mark),
  )
  return around.length === 0 ? [] : [around.map((mark) => relatedFindingText(mark, vscode.l10n)).join('\n\n')]
}

/** Said of the calls of this line in the same run. */
function isRelated({ finding }: FindingMark, { runId, callSite }: Mark['cost']): boolean {
  return (
    finding.runId === runId &&
    finding.relatedLocations.some(({ file, line }) => file === callSite.file && line === callSite.line)
  )
}

/** What stands on a limit itself is said by `budgets/`. */
function isLimit({ finding, uri }: FindingMark): boolean {
  return finding.rule.startsWith('budget/') && uri.path.endsWith('/.costflame/budgets.jsonc')
}

function isShown({ finding, uri }: FindingMark): boolean {
  return diagnosticSeverity(finding, uri) !== undefined
}

function when(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })
}

function markdown(value: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(value, true)
  text.isTrusted = { enabledCommands: COMMANDS }
  return text
}

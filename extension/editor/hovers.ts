// Hovers on measured lines, and on the places of findings: what VS Code says of a diagnostic itself is not said again.

import * as vscode from 'vscode'
import type { Session } from '../profiler/session'
import { findingHoverText, relatedFindingText } from './finding-hover-text'
import type { FindingMark, FindingMarks } from './finding-marks'
import { hoverText } from './hover-text'
import { LineDetails } from './line-details'
import type { LineMarks, Mark } from './marks/line-marks'
import { shownSeverity } from './severities'

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
  const mark = sources.marks.of(document).find(({ range }) => headOf(document, range).contains(position))
  const found = sources.findings
    .of(document.uri)
    .filter((each) => each.range.contains(position) && isShown(each))
  const texts = [
    ...(mark ? [await lineText(sources, document, mark, token)] : []),
    ...found.map((each) => findingHoverText(each, vscode.l10n)),
  ]
  if (texts.length === 0) return undefined
  return new vscode.Hover(texts.map(markdown), mark ? headOf(document, mark.range) : found[0]?.range)
}

/** Its first line: a statement may be a page long, and other hovers have a say in it. */
function headOf(document: vscode.TextDocument, { start, end }: vscode.Range): vscode.Range {
  return end.line === start.line
    ? new vscode.Range(start, end)
    : new vscode.Range(start, document.lineAt(start).range.end)
}

async function lineText(
  { session, details, findings }: HoverSources,
  { uri }: vscode.TextDocument,
  { cost, isChanged }: Mark,
  token: vscode.CancellationToken,
): Promise<string> {
  const detail = await details.of(cost, WAIT_MS, token)
  const text = hoverText({
    ...{ cost, isChanged, when, words: vscode.l10n, folder: session.folderFor(uri) },
    ...(detail === undefined ? {} : { detail }),
  })
  const related = findings.all.filter((mark) => isRelated(mark, cost) && isShown(mark))
  return [text, ...related.map((mark) => relatedFindingText(mark, vscode.l10n))].join('\n\n')
}

/** Said of the calls of this line in the same run, but of another place. */
function isRelated({ finding }: FindingMark, { runId, callSite }: Mark['cost']): boolean {
  return (
    finding.runId === runId &&
    finding.relatedLocations.some(({ file, line }) => file === callSite.file && line === callSite.line)
  )
}

function isShown({ finding, uri }: FindingMark): boolean {
  const settings = vscode.workspace.getConfiguration('costflame.diagnostics', uri)
  return (
    settings.get<boolean>('enabled', true) &&
    shownSeverity(finding, settings.get<Record<string, unknown>>('severities', {})) !== 'off'
  )
}

function when(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })
}

function markdown(value: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(value, true)
  text.isTrusted = { enabledCommands: COMMANDS }
  return text
}

// Diagnostics in budget files: what is wrong in the file, while it is typed, and the limits that are exceeded or near.

import * as vscode from 'vscode'
import type { BudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { budgetRule, type GateRule, type LimitUse } from '../../profiler-agent/model/budget'
import type { Finding, Severity } from '../../profiler-agent/model/finding'
import { diagnosticSeverity } from '../diagnostic-severity'
import { isFloor } from '../limit-values'
import { type Lines, linesOfDocument, rangeOf, readLines, uriOf } from '../locations'
import type { Session } from '../profiler/session'
import { fileOf, isBudgetFile, limitRange, limitsOf, type PlacedLimit, problemRange } from './budget-file'
import { scopeText, useText } from './limit-words'
import type { MeasuredLimits } from './measured-limits'
import { isOf, isOver, violationsOf } from './violations'

const FILE_RULE = 'profiler/budget-file'
/** Half-typed is not wrong yet. */
const TYPING_MS = 250

export function registerLimitDiagnostics(
  session: Session,
  measured: MeasuredLimits,
  ruleUri: (rule: string) => vscode.Uri,
): vscode.Disposable[] {
  const shown = new LimitDiagnostics(session, measured, ruleUri)
  return [
    shown,
    measured.onDidChange(() => shown.refreshSoon()),
    session.onDidChange(() => shown.refreshSoon()),
    ...[vscode.workspace.onDidOpenTextDocument, vscode.workspace.onDidCloseTextDocument].map((event) =>
      event((document) => {
        if (isBudgetFile(document)) shown.refreshSoon()
      }),
    ),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (isBudgetFile(document)) shown.refreshSoon()
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('costflame.diagnostics')) shown.refreshSoon()
    }),
  ]
}

/** A budget file, open or the folder's own on disk. */
interface Shown {
  readonly uri: vscode.Uri
  readonly file: BudgetFile
  readonly lines: Lines
}

class LimitDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('costflame-budgets')
  private timer: NodeJS.Timeout | undefined
  private version = 0

  constructor(
    private readonly session: Session,
    private readonly measured: MeasuredLimits,
    private readonly ruleUri: (rule: string) => vscode.Uri,
  ) {
    this.refreshSoon()
  }

  refreshSoon() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      void this.refresh()
    }, TYPING_MS)
  }

  dispose() {
    clearTimeout(this.timer)
    this.collection.dispose()
  }

  private async refresh(): Promise<void> {
    const version = ++this.version
    const found = await Promise.all(
      this.files().map(async (each) => [each.uri, await this.diagnosticsOf(each)] as const),
    )
    // Files were read meanwhile; a newer state may have been shown.
    if (version !== this.version) return
    this.collection.clear()
    for (const [uri, diagnostics] of found) this.collection.set(uri, diagnostics)
  }

  private files(): Shown[] {
    const open = vscode.workspace.textDocuments
      .filter(isBudgetFile)
      .map((document) => ({ uri: document.uri, file: fileOf(document), lines: linesOfDocument(document) }))
    const { current } = this.measured
    const isOpen = open.some(({ uri }) => uri.toString() === current?.uri.toString())
    return current === undefined || isOpen ? open : [...open, current]
  }

  private async diagnosticsOf(shown: Shown): Promise<vscode.Diagnostic[]> {
    const { file, lines } = shown
    const problems = file.problems.flatMap((problem) => {
      const range = problemRange(lines, problem)
      return range === undefined
        ? []
        : this.diagnostics(shown.uri, range, { message: problem.message, severity: 'error' }, FILE_RULE)
    })
    const limits = await Promise.all(limitsOf(file).map((placed) => this.diagnosticOf(shown, placed)))
    return [...problems, ...limits.flat()]
  }

  private async diagnosticOf(shown: Shown, placed: PlacedLimit): Promise<vscode.Diagnostic[]> {
    const root = this.session.detail?.summary.root
    const range = limitRange(shown.lines, placed)
    // What was measured was judged by the limit as it was then: a new value waits for its own judgement.
    const found = violationsOf(this.session).filter(
      (finding) => isOf(finding, placed, shown, root) && finding.evidence.allowed === placed.limit.value,
    )
    const violation = found.find(isOver) ?? found[0]
    const use = this.measured.useOf(shown.uri, placed.key)
    const judged = use?.allowed === placed.limit.value ? judgement(use, shown.file.gate) : undefined
    const said: Judgement | undefined =
      violation !== undefined && (isOver(violation) || judged === undefined)
        ? { message: violation.message, severity: isOver(violation) ? 'warning' : 'info' }
        : judged
    if (range === undefined || said === undefined) return []
    const diagnostics = this.diagnostics(shown.uri, range, said, budgetRule(placed.name))
    const related = violation === undefined ? [] : await causeOf(violation, root)
    return diagnostics.map((diagnostic) => Object.assign(diagnostic, { relatedInformation: related }))
  }

  /** One, or none where the settings of the file want none. */
  private diagnostics(
    uri: vscode.Uri,
    range: vscode.Range,
    said: Judgement,
    rule: string,
  ): vscode.Diagnostic[] {
    const severity = diagnosticSeverity({ rule, severity: said.severity }, uri)
    if (severity === undefined) return []
    const diagnostic = new vscode.Diagnostic(range, said.message, severity)
    diagnostic.source = 'costflame'
    diagnostic.code = { value: rule, target: this.ruleUri(rule) }
    return [diagnostic]
  }
}

interface Judgement {
  readonly message: string
  readonly severity: Severity
}

/** What is said of a limit in the light of all recorded invocations; `undefined` where all is well, or too little is known. */
function judgement(use: LimitUse, gate: GateRule): Judgement | undefined {
  const { t } = vscode.l10n
  if (use.verdict !== 'over' && use.verdict !== 'near') return undefined
  const text = `${scopeText(use.scope)}: ${useText(use, gate)}`
  if (use.verdict === 'near') return { message: t('Near the limit. {0}.', text), severity: 'info' }
  const over = isFloor(use.limit) ? t('Below the limit. {0}.', text) : t('Over the limit. {0}.', text)
  return { message: over, severity: 'warning' }
}

/** The line that causes most of a violation, where it is in the workspace. */
async function causeOf(
  { location }: Finding,
  root: string | undefined,
): Promise<vscode.DiagnosticRelatedInformation[]> {
  const uri = location && uriOf(location.file, root)
  const lines = uri && (await readLines(uri))
  const range = lines && location && rangeOf(lines, location)
  return uri && range
    ? [
        new vscode.DiagnosticRelatedInformation(
          new vscode.Location(uri, range),
          vscode.l10n.t('Most of it is caused here'),
        ),
      ]
    : []
}

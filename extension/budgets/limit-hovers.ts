// Hovers in a budget file: what a limit holds for, what happens beyond it, what the last invocations used of it. What it means is said by the schema.

import * as vscode from 'vscode'
import { type LimitUse, PERCENTILES } from '../../profiler-agent/model/budget'
import { formatValue, isFloor, isOfMany } from '../limit-values'
import { isBudgetFile, keyAt, limitAt, type PlacedLimit } from './budget-file'
import { countText, reactionText, scopeText } from './limit-words'
import type { MeasuredLimits } from './measured-limits'

/** The only commands that a hover may run. */
const COMMANDS = ['costflame.openFlameGraph']
/** As many as can be seen without scrolling. */
const SHOWN_LAST = 5

export function registerLimitHovers(measured: MeasuredLimits): vscode.Disposable[] {
  return [
    // For any document, so that what the schema says of a limit comes first: a provider that names its files goes before it.
    vscode.languages.registerHoverProvider('*', {
      provideHover: (document, position) =>
        isBudgetFile(document) ? hoverAt(measured, document, position) : undefined,
    }),
  ]
}

function hoverAt(measured: MeasuredLimits, document: vscode.TextDocument, position: vscode.Position) {
  const placed = limitAt(document, position)
  if (placed === undefined) return undefined
  const use = measured.useOf(document.uri, placed.key)
  const parts = [limitText(placed)]
  if (use !== undefined) parts.push(usesText(use))
  return new vscode.Hover(parts, keyAt(document, position)?.range)
}

function limitText({ name, limit, budget }: PlacedLimit): vscode.MarkdownString {
  const { t } = vscode.l10n
  const value = formatValue(name, limit.value)
  const allowed = isFloor(name) ? t('at least {0}', value) : t('at most {0}', value)
  const sentence = `${scopeText(budget.scope)}: ${allowed}. ${reactionText(budget)}`
  return new vscode.MarkdownString(escaped(sentence))
}

function usesText(use: LimitUse): vscode.MarkdownString {
  const { t } = vscode.l10n
  const text = new vscode.MarkdownString('', true)
  text.isTrusted = { enabledCommands: COMMANDS }
  if (use.n === 0) return text.appendMarkdown(t('Nothing was measured for it yet.'))
  text.appendMarkdown(escaped(measuredText(use)))
  if (use.last.length === 0) return text
  text.appendMarkdown(`\n\n| ${t('Last')} | ${use.limit} | |\n|:--|--:|:--|\n`)
  for (const each of use.last.slice(0, SHOWN_LAST)) text.appendMarkdown(`${rowOf(use, each)}\n`)
  return text
}

function measuredText(use: LimitUse): string {
  const count = countText(use.scope, use.n)
  if (use.percentiles === null) return vscode.l10n.t('Not known, in {0}', count)
  const { percentiles, worst = percentiles.p99 } = use
  const values = isOfMany(use)
    ? PERCENTILES.map((name) => `${name} ${formatValue(use.limit, percentiles[name])}`)
    : [vscode.l10n.t('largest {0}', formatValue(use.limit, worst))]
  return vscode.l10n.t('{0}, over {1}', values.join(' · '), count)
}

/** Ids go into the arguments of the link as JSON in a URI, so nothing of them is markdown. */
function rowOf(use: LimitUse, { runId, spanId, startTime, value, isOver }: LimitUse['last'][number]): string {
  const { t } = vscode.l10n
  const when = new Date(startTime).toLocaleString().replaceAll('|', ' ')
  const used = value === null ? t('not known') : formatValue(use.limit, value)
  const over = isOver ? `$(warning) ${t('over the limit')}` : ''
  // A day is of many runs.
  if (runId === '') return `| ${when} | ${used} | ${over} |`
  const link = `command:costflame.openFlameGraph?${encodeURIComponent(JSON.stringify([runId, spanId]))}`
  return `| [${when}](${link} "${t('Show in the flame graph')}") | ${used} | ${over} |`
}

/** Names are the user's own: nothing of them is markup. `appendText` would keep the lines from breaking. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-!~|$]/g, '\\$&')
    .replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

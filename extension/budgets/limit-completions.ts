// Completion in a budget file of what was measured: names of agents, intents and steps. The keys of the format come from its schema.

import { getLocation } from 'jsonc-parser'
import * as vscode from 'vscode'
import type { MeasuredAgent } from '../../profiler-agent/feed/protocol'
import { BUDGET_SELECTOR } from './budget-file'
import type { MeasuredLimits } from './measured-limits'

export function registerLimitCompletions(measured: MeasuredLimits): vscode.Disposable[] {
  return [
    vscode.languages.registerCompletionItemProvider(
      BUDGET_SELECTOR,
      { provideCompletionItems: (document, position) => completionsAt(measured.agents, document, position) },
      '"',
    ),
  ]
}

function completionsAt(
  agents: readonly MeasuredAgent[],
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.CompletionItem[] {
  const text = document.getText()
  const offset = document.offsetAt(position)
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset)
  const range =
    previousNode?.type === 'string' && previousNode.offset <= offset
      ? new vscode.Range(
          document.positionAt(previousNode.offset),
          document.positionAt(previousNode.offset + previousNode.length),
        )
      : undefined
  const hasValue = /^\s*:/.test(text.slice(range === undefined ? offset : document.offsetAt(range.end)))
  return namesAt(path.map(String), isAtPropertyKey, agents).map(({ name, detail }) => {
    const item = new vscode.CompletionItem(JSON.stringify(name), vscode.CompletionItemKind.Value)
    item.detail = detail
    item.filterText = JSON.stringify(name)
    // Above the words that the editor finds in the file.
    item.sortText = `0${name}`
    item.insertText =
      isAtPropertyKey && !hasValue
        ? new vscode.SnippetString()
            .appendText(`${JSON.stringify(name)}: { "limits": { `)
            .appendTabstop(0)
            .appendText(' } }')
        : JSON.stringify(name)
    if (range !== undefined) item.range = range
    return item
  })
}

interface NameHere {
  readonly name: string
  readonly detail: string
}

/** The names that may stand at a path of keys; the last part of the path is what is being typed. */
function namesAt(path: readonly string[], isKey: boolean, agents: readonly MeasuredAgent[]): NameHere[] {
  const { t } = vscode.l10n
  const [first, agent, third, , fifth] = path
  const here = (names: readonly string[], detail: string) => names.map((name) => ({ name, detail }))
  if (!isKey)
    return first === 'workflows' && path[2] === 'rootAgent'
      ? here(
          agents.map((each) => each.agent),
          t('measured agent'),
        )
      : []
  if (first !== 'agents') return []
  const known = agents.find((each) => each.agent === agent)
  if (path.length === 2)
    return here(
      agents.map((each) => each.agent),
      t('measured agent'),
    )
  if (path.length === 4 && third === 'intents') return here(known?.intents ?? [], t('measured intent'))
  const isStep =
    (path.length === 4 && third === 'steps') ||
    (path.length === 6 && third === 'intents' && fifth === 'steps')
  return isStep ? here(known?.steps ?? [], t('measured step')) : []
}

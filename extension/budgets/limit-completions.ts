// Completion in a budget file of what was measured: names of agents, intents and steps. The keys of the format come from its schema.

import { findNodeAtLocation, getLocation, parseTree } from 'jsonc-parser'
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
  const typed = typedAt(document, position)
  return namesAt(typed.path, typed.isKey, agents)
    .filter(({ name }) => !typed.others.includes(name))
    .map(({ name, detail }) => {
      const item = new vscode.CompletionItem(JSON.stringify(name), vscode.CompletionItemKind.Value)
      item.detail = detail
      item.insertText = insertionOf(name, typed)
      // Above the words that the editor finds in the file.
      item.sortText = `0${name}`
      if (typed.range !== undefined) item.range = typed.range
      return item
    })
}

/** What is being typed at a place. */
interface Typed {
  readonly path: readonly string[]
  readonly isKey: boolean
  /** The quoted text that the completion replaces. */
  readonly range: vscode.Range | undefined
  /** Keys that the object has besides: a second one of the same name would hide the first. */
  readonly others: readonly string[]
  /** What follows, from the first letter on. */
  readonly rest: string
}

function typedAt(document: vscode.TextDocument, position: vscode.Position): Typed {
  const text = document.getText()
  const offset = document.offsetAt(position)
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset)
  // The quoted text around the cursor; that of a key is called a property.
  const isQuoted = previousNode?.type === 'property' || previousNode?.type === 'string'
  const replaced = isQuoted && offset <= previousNode.offset + previousNode.length ? previousNode : undefined
  const end = replaced === undefined ? offset : replaced.offset + replaced.length
  const root = parseTree(text, [], { allowTrailingComma: true })
  const object = root && findNodeAtLocation(root, path.slice(0, -1))
  const keys = (isAtPropertyKey ? (object?.children ?? []) : []).flatMap(
    ({ children }) => children?.[0] ?? [],
  )
  return {
    path: path.map(String),
    isKey: isAtPropertyKey,
    range: replaced && new vscode.Range(document.positionAt(replaced.offset), document.positionAt(end)),
    others: keys.filter((key) => key.offset !== replaced?.offset).map(({ value }) => String(value)),
    rest: text.slice(end).trimStart(),
  }
}

/** A new key comes with what limits need around them. */
function insertionOf(name: string, { isKey, rest }: Typed): string | vscode.SnippetString {
  const quoted = JSON.stringify(name)
  if (!isKey || rest.startsWith(':')) return quoted
  const comma = rest.startsWith('"') || rest.startsWith('/') ? ',' : ''
  return new vscode.SnippetString()
    .appendText(`${quoted}: { "limits": { `)
    .appendTabstop(0)
    .appendText(` } }${comma}`)
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

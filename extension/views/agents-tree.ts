// The tree of agents over the last runs: what an invocation of each costs, and of its intents and steps.

import * as vscode from 'vscode'
import type { AgentCost, NamedCost } from '../../profiler-agent/model/line-cost'
import { markdownText } from '../markdown-text'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { type AgentSort, agentLines, costText, sortedAgents } from './agent-rows'
import { askFolders, folderItem, type OfFolder } from './folder-rows'
import { NewestAnswer } from './newest-answer'
import { Tree, type TreeHead } from './tree'
import { ViewChoice } from './view-choice'

type FolderAgents = OfFolder<readonly AgentCost[]>

type AgentNode =
  | { readonly is: 'folder'; readonly of: FolderAgents }
  | AgentRow
  | {
      readonly is: 'intent' | 'step'
      readonly of: AgentRow
      readonly named: NamedCost
      readonly runId: string
      readonly spanId: string
    }

/** With what opens its newest invocation. */
interface AgentRow {
  readonly is: 'agent'
  readonly folder: string
  readonly agent: AgentCost
  readonly runId: string
  readonly spanId: string
}

export function registerAgentsTree(session: Session, memento: vscode.Memento): vscode.Disposable[] {
  const { t } = vscode.l10n
  const choice = new ViewChoice<'none', AgentSort>(session, memento, {
    name: 'Agents',
    groups: { none: t('Not Grouped') },
    sorts: {
      cost: t('Most Expensive Altogether'),
      invocation: t('Most Expensive Invocation'),
      time: t('Newest First'),
      name: t('By Name'),
    },
  })
  const ask = async (folder: string) =>
    (await session.askIfRunning<'agents'>({ ask: 'agents' }, folder))?.agents ?? []
  const agents: NewestAnswer<readonly FolderAgents[]> = new NewestAnswer(
    session,
    () => tree.isVisible,
    () => askFolders(session, ask),
    'the agents',
  )
  const tree: Tree<AgentNode> = new Tree('costflame.agents', new AgentRows(agents, choice))
  return [
    choice,
    agents,
    tree,
    choice.onDidChange(() => tree.refresh()),
    agents.onDidChange(() => tree.refreshSoon()),
    tree.view.onDidChangeVisibility(() => agents.askSoon()),
    registerCommand(session, 'setBudgetOfRow', async (row) => {
      await vscode.commands.executeCommand('costflame.setBudget', targetOf(row as AgentNode))
    }),
  ]
}

/** What `costflame.setBudget` takes. */
function targetOf(node: AgentNode) {
  if (node.is === 'folder') return { folder: node.of.folder }
  if (node.is === 'agent') return { folder: node.folder, agent: node.agent.agent }
  const { folder, agent } = node.of
  return { folder, agent: agent.agent, [node.is]: node.named.name }
}

class AgentRows {
  constructor(
    private readonly agents: NewestAnswer<readonly FolderAgents[]>,
    private readonly choice: ViewChoice<'none', AgentSort>,
  ) {}

  children(node: AgentNode | undefined): AgentNode[] {
    if (node === undefined) return this.topmost()
    if (node.is === 'folder') return this.rowsOf(node.of)
    if (node.is !== 'agent') return []
    const { intents, steps } = node.agent
    return [
      ...intents.map((named) => ({ is: 'intent' as const, of: node, named, ...named.last })),
      ...steps.map((named) => ({ is: 'step' as const, of: node, named, ...named.last })),
    ]
  }

  item(node: AgentNode): vscode.TreeItem {
    if (node.is === 'folder') return folderItem(node.of.folder)
    return node.is === 'agent' ? agentItem(node) : namedItem(node)
  }

  head(): TreeHead {
    const { filter, description } = this.choice
    const hasAgents = (this.agents.value ?? []).some(({ answer }) => answer.length > 0)
    const isNothingFound = hasAgents && this.topmost().length === 0
    return {
      description,
      message: isNothingFound ? vscode.l10n.t('No agent has all of “{0}”.', filter) : undefined,
    }
  }

  /** Folders in which there is something to see; of one alone its agents. */
  private topmost(): AgentNode[] {
    const folders = (this.agents.value ?? []).filter((each) => this.rowsOf(each).length > 0)
    if (folders.length > 1) return folders.map((of) => ({ is: 'folder', of }))
    return folders.flatMap((each) => this.rowsOf(each))
  }

  private rowsOf({ folder, answer }: FolderAgents): AgentRow[] {
    return sortedAgents(answer, this.choice).map((agent) => ({ is: 'agent', folder, agent, ...agent.last }))
  }
}

function agentItem({ folder, agent }: AgentRow): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const hasMore = agent.intents.length + agent.steps.length > 0
  const item = new vscode.TreeItem(agent.agent, hasMore ? Collapsed : None)
  item.id = `agent ${folder} ${agent.agent}`
  item.description = costText(agent, vscode.l10n)
  item.tooltip = tooltip(agent.agent, agentLines(agent, vscode.l10n))
  item.iconPath = new vscode.ThemeIcon('person', new vscode.ThemeColor('costflame.flame'))
  return withLast(item, agent, 'agent')
}

function namedItem({ is, of, named }: Extract<AgentNode, { is: 'intent' | 'step' }>): vscode.TreeItem {
  const { t } = vscode.l10n
  const { agent } = of.agent
  const text = costText(named, vscode.l10n)
  const item = new vscode.TreeItem(named.name)
  item.id = `${is} ${of.folder} ${agent} ${named.name}`
  item.description = text
  item.tooltip = tooltip(named.name, [
    is === 'intent' ? t('Intent of {0}', agent) : t('Step of {0}', agent),
    text,
  ])
  item.iconPath = new vscode.ThemeIcon(is === 'intent' ? 'target' : 'debug-step-over')
  return withLast(item, named, is)
}

/** A click opens the newest invocation. */
function withLast(item: vscode.TreeItem, { last }: Pick<NamedCost, 'last'>, kind: string): vscode.TreeItem {
  item.contextValue = kind
  item.command = { command: 'costflame.openFlameGraph', title: '', arguments: [last.runId, last.spanId] }
  item.accessibilityInformation = { label: `${kind} ${item.label}, ${item.description}` }
  return item
}

function tooltip(name: string, lines: readonly string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(
    `**${markdownText(name)}**\n\n${lines.map((line) => `- ${markdownText(line)}`).join('\n')}`,
  )
}

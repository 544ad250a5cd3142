// The tree of agents over the last runs: what an invocation of each costs, and of its intents and steps.

import * as vscode from 'vscode'
import type { AgentCost, NamedCost } from '../../profiler-agent/model/line-cost'
import type { Session } from '../profiler/session'
import { type AgentSort, agentLines, costText, sortedAgents } from './agent-rows'
import { markdownText } from './markdown-text'
import { NewestAnswer } from './newest-answer'
import { Tree, type TreeHead } from './tree'
import { ViewChoice } from './view-choice'

type AgentNode =
  | { readonly is: 'agent'; readonly agent: AgentCost; readonly runId: string; readonly spanId: string }
  | {
      readonly is: 'intent' | 'step'
      readonly agent: string
      readonly named: NamedCost
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
  const ask = async () => (await session.ask<'agents'>({ ask: 'agents' })).agents
  const agents: NewestAnswer<readonly AgentCost[]> = new NewestAnswer(
    session,
    () => tree.isVisible,
    ask,
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
  ]
}

class AgentRows {
  constructor(
    private readonly agents: NewestAnswer<readonly AgentCost[]>,
    private readonly choice: ViewChoice<'none', AgentSort>,
  ) {}

  children(node: AgentNode | undefined): AgentNode[] {
    if (node === undefined) return this.shown().map((agent) => ({ is: 'agent', agent, ...agent.last }))
    if (node.is !== 'agent') return []
    const { agent, intents, steps } = node.agent
    return [
      ...intents.map((named) => ({ is: 'intent' as const, agent, named, ...named.last })),
      ...steps.map((named) => ({ is: 'step' as const, agent, named, ...named.last })),
    ]
  }

  item(node: AgentNode): vscode.TreeItem {
    return node.is === 'agent' ? agentItem(node.agent) : namedItem(node)
  }

  head(): TreeHead {
    const { filter, description } = this.choice
    const isNothingFound = filter !== '' && this.agents.value !== undefined && this.shown().length === 0
    return {
      description,
      message: isNothingFound ? vscode.l10n.t('No agent has all of “{0}”.', filter) : undefined,
    }
  }

  private shown(): AgentCost[] {
    return sortedAgents(this.agents.value ?? [], this.choice)
  }
}

function agentItem(agent: AgentCost): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const hasMore = agent.intents.length + agent.steps.length > 0
  const item = new vscode.TreeItem(agent.agent, hasMore ? Collapsed : None)
  item.id = `agent ${agent.agent}`
  item.description = costText(agent, vscode.l10n)
  item.tooltip = tooltip(agent.agent, agentLines(agent, vscode.l10n))
  item.iconPath = new vscode.ThemeIcon('person', new vscode.ThemeColor('costflame.flame'))
  return withLast(item, agent, 'agent')
}

function namedItem({ is, agent, named }: Extract<AgentNode, { is: 'intent' | 'step' }>): vscode.TreeItem {
  const { t } = vscode.l10n
  const text = costText(named, vscode.l10n)
  const item = new vscode.TreeItem(named.name)
  item.id = `${is} ${agent} ${named.name}`
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

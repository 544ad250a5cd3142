// How one view is grouped, sorted and filtered: chosen by commands, kept for the workspace, said in the view's title.

import * as vscode from 'vscode'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'

/** Something to choose from: its id, and how it reads. */
export type Choices<Id extends string> = Readonly<Record<Id, string>>

export interface ViewChoiceOptions<Group extends string, Sort extends string> {
  /** `Runs`: the commands are `groupRuns`, `sortRuns`, `filterRuns` and `clearRunsFilter`. */
  readonly name: string
  /** The first one is the usual one; a view with one alone has no command for it. */
  readonly groups: Choices<Group>
  readonly sorts: Choices<Sort>
}

interface Chosen {
  readonly group?: string
  readonly sort?: string
  readonly filter?: string
}

/** What the user chose for one view. The commands take the choice, so that keys can be bound to it; without one they ask. */
export class ViewChoice<Group extends string, Sort extends string> implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.changed.event
  private readonly commands: vscode.Disposable[]
  private chosen: Chosen

  constructor(
    session: Session,
    private readonly memento: vscode.Memento,
    private readonly options: ViewChoiceOptions<Group, Sort>,
  ) {
    const { name } = options
    this.chosen = memento.get<Chosen>(this.key, {})
    this.tellContext()
    const { t } = vscode.l10n
    const command = (id: string, run: (argument: unknown) => unknown) => registerCommand(session, id, run)
    this.commands = [
      command(`filter${name}`, (text) => this.askForFilter(text)),
      command(`clear${name}Filter`, () => this.choose({ filter: '' })),
      ...(Object.keys(options.sorts).length < 2
        ? []
        : [command(`sort${name}`, (id) => this.ask('sort', options.sorts, id, t('Sort by')))]),
      ...(Object.keys(options.groups).length < 2
        ? []
        : [command(`group${name}`, (id) => this.ask('group', options.groups, id, t('Group by')))]),
    ]
  }

  get group(): Group {
    return knownOf(this.options.groups, this.chosen.group)
  }

  get sort(): Sort {
    return knownOf(this.options.sorts, this.chosen.sort)
  }

  get filter(): string {
    return this.chosen.filter ?? ''
  }

  /** What differs from the usual, for the title of the view; empty when nothing does. */
  get description(): string {
    const { groups, sorts } = this.options
    const parts = [
      this.group === firstOf(groups) ? undefined : groups[this.group],
      this.sort === firstOf(sorts) ? undefined : sorts[this.sort],
      this.filter === '' ? undefined : `“${this.filter}”`,
    ]
    return parts.filter((part) => part !== undefined).join(' · ')
  }

  dispose() {
    this.changed.dispose()
    for (const command of this.commands) command.dispose()
  }

  private get key(): string {
    return `view.${this.options.name}`
  }

  private async choose(choice: Chosen): Promise<void> {
    this.chosen = { ...this.chosen, ...choice }
    this.tellContext()
    this.changed.fire()
    await this.memento.update(this.key, this.chosen)
  }

  private tellContext() {
    const key = `costflame.isFiltered${this.options.name}`
    void vscode.commands.executeCommand('setContext', key, this.filter !== '')
  }

  private async askForFilter(text: unknown): Promise<void> {
    const filter =
      typeof text === 'string'
        ? text
        : await vscode.window.showInputBox({
            title: vscode.l10n.t('Show only what has all these words'),
            value: this.filter,
            placeHolder: vscode.l10n.t('Nothing shows everything'),
          })
    if (filter !== undefined) await this.choose({ filter: filter.trim() })
  }

  private async ask<Id extends string>(
    what: 'group' | 'sort',
    choices: Choices<Id>,
    given: unknown,
    title: string,
  ): Promise<void> {
    const id = typeof given === 'string' ? idOf(choices, given) : await pick(choices, this[what], title)
    if (id !== undefined) await this.choose({ [what]: id })
  }
}

function idsOf<Id extends string>(choices: Choices<Id>): Id[] {
  return Object.keys(choices) as Id[]
}

function firstOf<Id extends string>(choices: Choices<Id>): Id {
  const [first] = idsOf(choices)
  if (first === undefined) throw new Error('a view without choices')
  return first
}

/** A choice that an older or newer version kept may not be one any more. */
function knownOf<Id extends string>(choices: Choices<Id>, kept: string | undefined): Id {
  return idsOf(choices).find((id) => id === kept) ?? firstOf(choices)
}

function idOf<Id extends string>(choices: Choices<Id>, given: string): Id {
  const ids = idsOf(choices)
  const id = ids.find((each) => each === given)
  if (id !== undefined) return id
  throw new Error(vscode.l10n.t('There is no choice "{0}": it is one of {1}.', given, ids.join(', ')))
}

async function pick<Id extends string>(choices: Choices<Id>, now: string, title: string) {
  const items = idsOf(choices).map((id) => ({
    id,
    label: choices[id],
    iconPath: new vscode.ThemeIcon(id === now ? 'check' : 'blank'),
  }))
  return (await vscode.window.showQuickPick(items, { title }))?.id
}

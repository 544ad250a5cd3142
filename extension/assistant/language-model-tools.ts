// The tools for assistants in VS Code: the same as `costflame mcp` has, asked of the same command line, in the folder of the window.

import * as vscode from 'vscode'
import { outputOf } from '../profiler/command-line'
import { dataFolder } from '../profiler/data-folder'
import type { Session } from '../profiler/session'

/** What `package.json` says of a tool of ours. */
interface DeclaredTool {
  readonly name: string
  readonly displayName: string
  readonly tags: readonly string[]
}

/** Those that change files or start programs, which is asked first. */
const CHANGES = 'changes'

export function registerLanguageModelTools(
  session: Session,
  { extension }: vscode.ExtensionContext,
): vscode.Disposable[] {
  const declared: readonly DeclaredTool[] = extension.packageJSON.contributes?.languageModelTools ?? []
  return declared.map((tool) => vscode.lm.registerTool(tool.name, toolOf(session, tool)))
}

function toolOf(session: Session, tool: DeclaredTool): vscode.LanguageModelTool<object> {
  return {
    prepareInvocation: ({ input }) => ({
      invocationMessage: vscode.l10n.t('Costflame: {0}', tool.displayName),
      ...(tool.tags.includes(CHANGES) ? { confirmationMessages: confirmation(tool, input) } : {}),
    }),
    invoke: async ({ input }) =>
      new vscode.LanguageModelToolResult([
        new vscode.LanguageModelTextPart(await answer(session, tool.name, input)),
      ]),
  }
}

/** Programs are started, and files changed, only where the user has trusted the folder and says so. */
function confirmation({ displayName }: DeclaredTool, input: object) {
  const command = 'command' in input && Array.isArray(input.command) ? input.command.join(' ') : undefined
  return {
    title: vscode.l10n.t('Costflame: {0}', displayName),
    message:
      command === undefined
        ? vscode.l10n.t('The change of a finding is made in files of this folder.')
        : vscode.l10n.t('Run "{0}" under the profiler? It calls models, which costs money.', command),
  }
}

async function answer(session: Session, name: string, input: object): Promise<string> {
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t('Trust this folder first: profiling runs programs from it.'))
  const { folder } = session
  if (folder === undefined) throw new Error(vscode.l10n.t('Open a folder first.'))
  const allowsPrompts = vscode.workspace
    .getConfiguration('costflame')
    .get<boolean>('assistant.promptText', false)
  const flags = ['--data', dataFolder(folder), ...(allowsPrompts ? ['--prompts'] : [])]
  return (await outputOf(session, ['mcp', name, JSON.stringify(input), ...flags])).trim()
}

// Copies the variables that make a program a profiled one, for whatever starts programs elsewhere: another terminal, an IDE, a `.env` file.

import { hostname } from 'node:os'
import { basename } from 'node:path'
import * as vscode from 'vscode'
import { registerCommand } from './commands'
import { profiledVariables, terminalSettings } from './environment'
import {
  ENVIRONMENT_FORMATS,
  type EnvironmentFormat,
  environmentText,
  isListVariable,
  isShell,
} from './environment-text'
import type { Session } from './session'

/** Registers `costflame.copyEnvironment({format?})`, which resolves with the copied text; without a format the user is asked. */
export function registerCopyEnvironment(session: Session): vscode.Disposable {
  return registerCommand(session, 'copyEnvironment', async (argument) => {
    const format = formatOf(argument) ?? (await pickFormat())
    if (format === undefined) return undefined
    const variables = await profiledVariables(session, { environment: environmentFor(format) })
    const text = environmentText(variables, format, whereItWorks())
    await vscode.env.clipboard.writeText(text)
    void vscode.window.showInformationMessage(vscode.l10n.t('Copied. {0}', whereItWorks()))
    return text
  })
}

function formatOf(argument: unknown): EnvironmentFormat | undefined {
  const named =
    typeof argument === 'object' && argument !== null && 'format' in argument ? argument.format : undefined
  if (named === undefined) return undefined
  const format = ENVIRONMENT_FORMATS.find((each) => each === named)
  if (format !== undefined) return format
  throw new Error(
    vscode.l10n.t('"{0}" is no format. There are: {1}.', String(named), ENVIRONMENT_FORMATS.join(', ')),
  )
}

async function pickFormat(): Promise<EnvironmentFormat | undefined> {
  const descriptions: Record<EnvironmentFormat, string> = {
    posix: vscode.l10n.t('bash, zsh, sh'),
    fish: 'fish',
    powershell: 'PowerShell',
    dotenv: vscode.l10n.t('a .env file'),
    json: vscode.l10n.t('JSON, for the environment of a configuration'),
  }
  const usual = usualFormat()
  const formats = [usual, ...ENVIRONMENT_FORMATS.filter((format) => format !== usual)]
  const items = formats.map((format) => ({ label: descriptions[format], format }))
  const title = vscode.l10n.t('Copy the environment of profiled programs')
  return (await vscode.window.showQuickPick(items, { title }))?.format
}

/** Of the user's shell. */
function usualFormat(): EnvironmentFormat {
  const shell = basename(vscode.env.shell.replaceAll('\\', '/')).toLowerCase()
  if (/^(pwsh|powershell)/.test(shell)) return 'powershell'
  if (shell.startsWith('fish')) return 'fish'
  return process.platform === 'win32' && !/^(ba|z)?sh/.test(shell) ? 'powershell' : 'posix'
}

/** A shell puts our part before what it has itself; anything else gets it whole. */
function environmentFor(format: EnvironmentFormat) {
  const own = { ...process.env, ...terminalSettings() }
  if (!isShell(format)) return own
  return Object.fromEntries(Object.entries(own).filter(([name]) => !isListVariable(name)))
}

function whereItWorks(): string {
  return vscode.l10n.t(
    'Costflame profiles programs with these variables on the machine {0}, for as long as its profiler runs.',
    hostname(),
  )
}

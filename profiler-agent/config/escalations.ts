// What an escalation that a budget file names is: by the user's own settings, or by COSTFLAME_ESCALATE_<NAME>. Looks nothing up and starts nothing. No Node.

import type { Budget } from '../model/budget'
import type { EscalationTarget } from '../model/escalation'
import type { Problem } from '../wire/jsonc'

/** As it stands in the settings; absent keys were not set. */
export interface EscalationValue {
  readonly command?: readonly string[]
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Why something is no escalation, in words that follow its name; credentials are not quoted. */
export interface WrongEscalation {
  readonly wrong: string
}

/** An escalation out of the settings file. */
export function targetOf({ command, url, headers }: EscalationValue): EscalationTarget | WrongEscalation {
  if ((command === undefined) === (url === undefined)) return { wrong: 'give it either a command or a url' }
  if (url !== undefined) return webhookOf(url, headers)
  if (headers !== undefined) return { wrong: 'headers are for a url; a command has none' }
  return commandOf(command ?? [])
}

/** `COSTFLAME_ESCALATE_SUPPORT_LEAD` for `support-lead`. */
export function escalationVariable(name: string): string {
  return `COSTFLAME_ESCALATE_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`
}

/** An escalation out of an environment variable: a URL, a list of arguments as JSON, or a command line whose quotes hold arguments together. */
export function targetOfVariable(text: string): EscalationTarget | WrongEscalation {
  const said = text.trim()
  if (/^https?:\/\//i.test(said)) return webhookOf(said, undefined)
  const words = said.startsWith('[') ? wordsOfJson(said) : wordsOf(said)
  return words === undefined ? { wrong: 'its quotes do not match' } : commandOf(words)
}

/** What a name stands for: the variable goes before the settings. `undefined` where nobody has defined it. */
export function escalationNamed(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  settings: Readonly<Record<string, EscalationTarget>>,
): EscalationTarget | WrongEscalation | undefined {
  const variable = escalationVariable(name)
  const said = env[variable]?.trim()
  if (said) {
    const target = targetOfVariable(said)
    return 'wrong' in target ? { wrong: `${variable}: ${target.wrong}` } : target
  }
  return Object.hasOwn(settings, name) ? settings[name] : undefined
}

/** What to do about a name that stands for nothing. */
export function undefinedText(name: string, settingsFile: string): string {
  return `escalation "${name}" is defined nowhere: add it to "escalations" in ${settingsFile}, or set ${escalationVariable(name)}`
}

/** Each name that budgets escalate to and that stands for nothing, at the first budget that says it. */
export function escalationProblems(
  budgets: readonly Pick<Budget, 'onExceed' | 'escalation' | 'position'>[],
  targetNamed: (name: string) => EscalationTarget | WrongEscalation | undefined,
  settingsFile: string,
): Problem[] {
  const told = new Set<string>()
  return budgets.flatMap(({ onExceed, escalation: name, position }) => {
    if (onExceed !== 'escalate' || name === undefined || told.has(name)) return []
    told.add(name)
    const target = targetNamed(name)
    const { line, column } = position
    if (target === undefined) return [{ line, column, message: undefinedText(name, settingsFile) }]
    return 'wrong' in target ? [{ line, column, message: `escalation "${name}": ${target.wrong}` }] : []
  })
}

function webhookOf(
  url: string,
  headers: Readonly<Record<string, string>> | undefined,
): EscalationTarget | WrongEscalation {
  // Its path may be its password: a URL is never quoted.
  if (!/^https?:\/\/[^/?#@\s]+(?:[/?#][^\s]*)?$/i.test(url))
    return { wrong: 'its url must be an http or https address without a password; put that into headers' }
  const bad = Object.entries(headers ?? {}).find(
    ([name, value]) => !/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  )
  if (bad) return { wrong: `its header ${JSON.stringify(bad[0])} cannot be sent` }
  return headers === undefined ? { url } : { url, headers }
}

function commandOf(command: readonly string[]): EscalationTarget | WrongEscalation {
  if (command.length === 0 || command[0] === '') return { wrong: 'its command names no program' }
  return command.some((word) => word.includes('\0'))
    ? { wrong: 'its command holds a character that none can' }
    : { command }
}

function wordsOfJson(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isWords = Array.isArray(value) && value.every((item) => typeof item === 'string')
    return isWords ? value : undefined
  } catch {
    // Said as a command whose quotes do not match.
    return undefined
  }
}

/** Quoted or not, with what stands right beside it; in double quotes a backslash takes the next quote or backslash as it is. */
const WORD = /(?:'[^']*'|"(?:\\["\\]|[^"])*"|[^\s'"])+/g

/** As a POSIX shell would split it, without anything else that a shell does; `undefined` where a quote is not closed. */
function wordsOf(line: string): string[] | undefined {
  if (/['"]/.test(line.replace(WORD, ''))) return undefined
  return (line.match(WORD) ?? []).map((word) =>
    word.replace(
      /'([^']*)'|"((?:\\["\\]|[^"])*)"/g,
      (_, single: string | undefined, double: string | undefined) =>
        single ?? (double ?? '').replace(/\\(["\\])/g, '$1'),
    ),
  )
}

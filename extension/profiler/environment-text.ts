// Variables as text that a shell, a `.env` file or a program understands. Knows no VS Code.

export const ENVIRONMENT_FORMATS = ['posix', 'powershell', 'fish', 'dotenv', 'json'] as const
export type EnvironmentFormat = (typeof ENVIRONMENT_FORMATS)[number]

export type Variables = Readonly<Record<string, string>>

/** Variables that may hold something already, which a shell puts behind ours; a file cannot. */
const LISTS = { NODE_OPTIONS: 'space', PYTHONPATH: 'path', NO_PROXY: 'comma', no_proxy: 'comma' } as const
type ListName = keyof typeof LISTS
type ListKind = (typeof LISTS)[ListName]

export function isListVariable(name: string): name is ListName {
  return Object.hasOwn(LISTS, name)
}

/** Whether texts of this format take in what the place where they are pasted has in these variables. */
export function isShell(format: EnvironmentFormat): boolean {
  return format !== 'dotenv' && format !== 'json'
}

/**
 * The variables in this format, a line each; `note` goes before them as a comment where there are comments.
 * In shells what a list variable holds there stays behind our part, so `variables` has to have our part alone.
 */
export function environmentText(variables: Variables, format: EnvironmentFormat, note: string): string {
  if (format === 'json') return `${JSON.stringify(variables, null, 2)}\n`
  const line = LINES[format]
  const lines = Object.entries(variables).map(([name, value]) => line(name, value))
  return [`# ${note}`, ...lines, ''].join('\n')
}

const LINES = {
  posix: (name: string, value: string) => `export ${name}=${inPosix(value)}${behind(name, POSIX)}`,
  fish: (name: string, value: string) =>
    isListVariable(name) && LISTS[name] === 'comma'
      ? `set -gx ${name} (string join , ${inFish(value)}${behind(name, FISH)})`
      : `set -gx ${name} ${inFish(value)}${behind(name, FISH)}`,
  powershell: (name: string, value: string) =>
    `$env:${name} = ${inPowerShell(value)}${behind(name, POWERSHELL)}`,
  dotenv: (name: string, value: string) => `${name}=${inDotenv(value)}`,
} satisfies Record<Exclude<EnvironmentFormat, 'json'>, (name: string, value: string) => string>

/** What puts the own value of a variable behind ours. */
type Behind = (name: ListName, kind: ListKind) => string

function behind(name: string, own: Behind): string {
  if (!isListVariable(name)) return ''
  const kind = LISTS[name]
  // Programs differ in which of the two they read: each gets the hosts of both.
  return kind === 'comma' ? own('NO_PROXY', kind) + own('no_proxy', kind) : own(name, kind)
}

const POSIX: Behind = (name, kind) => {
  const between = { space: ' ', path: ':', comma: ',' }[kind]
  return `"\${${name}:+${between}$${name}}"`
}
/** A variable that is not set is no word; a list is joined by what it is: paths by colons, others by blanks. */
const FISH: Behind = (name) => ` $${name}`
/** Paths are joined as its platform does, which may be any. */
const POWERSHELL: Behind = (name, kind) => {
  const between = { space: "' '", path: '[IO.Path]::PathSeparator', comma: "','" }[kind]
  return ` + $(if ($env:${name}) { ${between} + $env:${name} })`
}

function inPosix(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

/** In its single quotes only these two are special. */
function inFish(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replace(/[\\']/g, '\\$&')}'`
}

function inPowerShell(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** As Node, dotenv, python-dotenv and Compose read it: in single quotes nothing is special. */
function inDotenv(value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value
  return value.includes("'") ? `"${value.replaceAll('"', '\\"')}"` : `'${value}'`
}

// Masks credentials in the arguments of a command: by the name of a flag or variable, by the program that takes a password so, by their shape.
// A word that nothing announces is left: it may be anything.

import { REDACTED } from '../model/redacted'
import { isCredentialHeader } from './credential-names'
import { CREDENTIAL_MEMBER } from './credentials'
import { redactText, type SecretMemory } from './redact'

const CREDENTIAL_FLAG =
  /^(?:--?(?:[\w.-]*[-_.])?(?:token|secret|password|passwd|passphrase|auth|credentials?|bearer|(?:(?:api|access|secret|private|auth|account)[-_]?)?key)|--pass)$/i
/** `OTEL_EXPORTER_OTLP_HEADERS` and its like hold whole headers. */
const CREDENTIAL_VARIABLE =
  /^(?:(?:[A-Za-z_]\w*)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|AUTH|_HEADERS)|[A-Za-z_]\w*_(?:PASS|PWD))$/i
/** `db.password=…`, and what is set by its name alone: `config set api_key …`. */
const CREDENTIAL_SETTING =
  /(?:^|[^a-z])(?:(?:api|access|secret|private)(?:[-_]?access)?[-_]?key|(?:(?:auth|access|refresh)[-_]?)?token|secret|password|passwd)$/i
const SETS_BY_NAME = /^(?:set|put)$/
const USER_FLAG = /^(?:-u|-U|--user|--proxy-user)$/
const USER_WITH_PASSWORD = /^((?:--(?:proxy-)?user=)?[^:%\s]+[:%])(?!\/\/|\\)\S/
/** Of `docker run -u`: numbers of a user and a group. */
const USER_AND_GROUP = /^\d+:\d+$/
const BEARER_ARGUMENT = /\b(bearer|basic)\s+[^\s'"]+/gi
const TOKEN_MEMBER = /("(?:token|secret|pass(?:wd|phrase)?)\\{0,7}"\s*:\s*\\{0,7}")([^\s"\\]+)(?=\\{0,7}")/gi
/** `openssl … -passin pass:…`. */
const PASS_PHRASE = /^(pass:)\S/

/** A flag by which some programs take a password: the same letter is a port to others. */
interface PasswordFlag {
  readonly programs: RegExp
  readonly flag: string
  /** Right behind the flag, as the argument that follows, or both. */
  readonly where: 'behind' | 'next' | 'both'
}

const PASSWORD_FLAGS: readonly PasswordFlag[] = [
  { programs: /^(?:mysql\w*|mariadb[\w-]*|7z[ar]?)$/, flag: '-p', where: 'behind' },
  { programs: /^(?:sshpass|mongo(?:sh|dump|restore|export|import|stat|top)?)$/, flag: '-p', where: 'both' },
  // `docker login`, `podman login`, `az login`, `oc login`.
  { programs: /^login$/, flag: '-p', where: 'next' },
  { programs: /^(?:sqlcmd|bcp|osql|zip|unzip|zipcloak)$/, flag: '-P', where: 'both' },
  { programs: /^ldap(?:search|add|modify|delete|passwd|whoami)$/, flag: '-w', where: 'both' },
  { programs: /^(?:redis-cli|https?|xhs?)$/, flag: '-a', where: 'next' },
]
const CURL = /^curl$/
const SHELL = /^(?:(?:ba|z|da|k|fi)?sh|cmd|powershell|pwsh)$/
const SHELL_COMMAND = /^(?:-[a-z]*c|\/c|-command)$/i

/** Arguments of a command with their credentials masked, and what `redactText` masks. A shell's own command line is looked into. */
export function redactCommand(args: readonly string[], secrets?: SecretMemory): string[] {
  const programs = args.map(programOf)
  return args.map((arg, index) => {
    const before = programs.slice(0, index)
    return (
      ofPassword(arg, args[index - 1] ?? '', before) ??
      ofName(arg, args[index - 1] ?? '', args[index - 2] ?? '') ??
      (isCommandLine(args[index - 1], before)
        ? redactCommandLine(arg, secrets)
        : redactArgument(arg, secrets))
    )
  })
}

/** A word of a command line: what stands in quotes is of one piece; the apostrophe in a word opens none. */
const WORD = /(?:(?<=^|[\s=:])(?:"(?:[^"\\]|\\.)*"|'[^']*')|\\.?|[^\s\\])+/gs
const QUOTED = /^(["'])(.*)\1$/s

/** The same for a command as one text. */
export function redactCommandLine(line: string, secrets?: SecretMemory): string {
  const words = line.match(WORD) ?? []
  const bare = words.map((word) => QUOTED.exec(word)?.[2] ?? word)
  const masked = redactCommand(bare, secrets)
  let index = 0
  const replaced = line.replace(WORD, (word) => {
    const [before, after] = [bare[index], masked[index] ?? '']
    index++
    if (before === after) return word
    const [, quote = ''] = QUOTED.exec(word) ?? []
    return `${quote}${after}${quote}`
  })
  return redactText(replaced, secrets)
}

/** `mysqldump` of `/usr/bin/mysqldump` and of `mysqldump.exe`. */
function programOf(arg: string): string {
  return arg.replace(/^.*[\\/]/s, '').replace(/\.exe$/i, '')
}

/** Masked where a program takes its password so; `before`: the words before as programs. */
function ofPassword(arg: string, previous: string, before: readonly string[]): string | undefined {
  for (const { programs, flag, where } of PASSWORD_FLAGS) {
    if (!before.some((program) => programs.test(program))) continue
    if (where !== 'next' && arg.startsWith(flag) && arg.length > flag.length) return `${flag}${REDACTED}`
    if (where !== 'behind' && previous === flag && !arg.startsWith('-')) return REDACTED
  }
  if (/^-u[^:\s]+:\S/.test(arg) && before.some((program) => CURL.test(program)))
    return arg.replace(/:.*/s, `:${REDACTED}`)
  return undefined
}

/** Masked where the argument, or what stands before it, is named like a credential. */
function ofName(arg: string, name: string, beforeName: string): string | undefined {
  if (CREDENTIAL_FLAG.test(name) && !arg.startsWith('-')) return REDACTED
  if (SETS_BY_NAME.test(beforeName) && CREDENTIAL_SETTING.test(name)) return REDACTED
  const user =
    USER_FLAG.test(name) || /^--(?:proxy-)?user=/.test(arg) ? USER_WITH_PASSWORD.exec(arg)?.[1] : undefined
  if (user !== undefined && !USER_AND_GROUP.test(arg)) return `${user}${REDACTED}`
  const [, header] = /^(?:--[\w-]+=)?([\w-]+):\s*\S/.exec(arg) ?? []
  if (header && isCredentialHeader(header.toLowerCase())) return arg.replace(/:.*/s, `: ${REDACTED}`)
  const [, prefix] = PASS_PHRASE.exec(arg) ?? []
  if (prefix !== undefined && /^-pass(?:in|out)?$/.test(name)) return `${prefix}${REDACTED}`
  return ofAssignment(arg)
}

/** `KEY=VALUE`, `--flag=VALUE`, `--set=name=VALUE`. */
function ofAssignment(arg: string): string | undefined {
  const [, flag = '', name = ''] = /^(--?[\w-]+=)?([^=\s]+)=/.exec(arg) ?? []
  const isCredential = [CREDENTIAL_FLAG, CREDENTIAL_VARIABLE, CREDENTIAL_SETTING].some((named) =>
    named.test(name),
  )
  if (isCredential && /^[\w./:@-]+$/.test(name)) return `${flag}${name}=${REDACTED}`
  return CREDENTIAL_FLAG.test(flag.slice(0, -1)) ? `${flag}${REDACTED}` : undefined
}

function isCommandLine(previous: string | undefined, before: readonly string[]): boolean {
  return (
    previous !== undefined && SHELL_COMMAND.test(previous) && before.some((program) => SHELL.test(program))
  )
}

/** Nobody types prose behind Bearer in a command: whatever stands there is the key, however short. */
function redactArgument(arg: string, secrets: SecretMemory | undefined): string {
  return maskedMembers(redactText(arg, secrets)).replace(BEARER_ARGUMENT, `$1 ${REDACTED}`)
}

/** JSON in an argument: `--config={"api_key":"…"}`. There `token` is one, too: nobody hands over a prompt's words so. */
function maskedMembers(text: string): string {
  return text.replace(CREDENTIAL_MEMBER, `$1${REDACTED}`).replace(TOKEN_MEMBER, `$1${REDACTED}`)
}

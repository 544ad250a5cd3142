// `costflame python-api [FOLDER]`: puts `costflame.py` into the user's repository, and never over something that they wrote.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { EXIT, type Io, print, UsageError } from './io'

export interface PythonApiOptions {
  readonly force?: boolean
}

const FILE = 'costflame.py'
/** Last line of a file that we wrote: the version, and the hash of everything above it. */
const SEAL = /\n# costflame (\S+) sha256:([0-9a-f]{64})\n$/

/** Writes the file, and says what it did. Throws a UsageError where there is no such folder, or a file that is not as we wrote it. */
export async function pythonApi(
  io: Io,
  folder: string | undefined,
  options: PythonApiOptions,
): Promise<number> {
  const target = join(targetFolder(io, folder), FILE)
  const name = relative(io.cwd, target) || FILE
  const text = sealed(readFileSync(join(io.assets, FILE), 'utf8'), io.version)
  const found = existsSync(target) ? readFileSync(target, 'utf8') : undefined
  if (found === text) {
    print(io, `${name} is already there, as this version of Costflame writes it.`)
    return EXIT.fine
  }
  if (found !== undefined && !isAsWritten(found) && !options.force)
    throw new UsageError(
      `${name} is there and is not as Costflame wrote it. Nothing was changed; --force writes over it.`,
    )
  write(target, text, name)
  print(io, `${found === undefined ? 'Wrote' : 'Replaced'} ${name}.`)
  print(io, 'In your code: import costflame, then for example: with costflame.agent("support-desk"): …')
  return EXIT.fine
}

function targetFolder(io: Io, folder = '.'): string {
  const path = resolve(io.cwd, folder)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path
  throw new UsageError(`${folder}: there is no such folder. Make it first, or name another one.`)
}

function sealed(text: string, version: string): string {
  return `${text}\n# costflame ${version} sha256:${hashOf(text)}\n`
}

function write(target: string, text: string, name: string): void {
  try {
    writeFileSync(target, text)
  } catch (error) {
    throw new UsageError(`${name} cannot be written: ${error instanceof Error ? error.message : error}`)
  }
}

/** True for a file of any version of ours that nobody has changed; a checkout may have changed its line ends. */
function isAsWritten(text: string): boolean {
  const plain = text.replaceAll('\r\n', '\n')
  const [seal = '', , hash] = SEAL.exec(plain) ?? []
  return seal !== '' && hashOf(plain.slice(0, -seal.length)) === hash
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

// Where things are: data folder, root of the user's code, budget file. Looks, and makes the data folder when asked.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { BUDGET_FILE } from '../budgets/file/budget-file'
import { CONFIG_FILE } from '../config/config-file'
import { ENV } from '../model/headers'
import { type Io, UsageError } from './io'

const FOLDER = '.costflame'

/** `--data`, else COSTFLAME_DATA, else the nearest `.costflame/` upward, else the git root's, else the user's data folder. Absolute. */
export function dataFolder(io: Io, option: string | undefined): string {
  const named = option ?? io.env[ENV.data]
  if (named !== undefined && named !== '') return resolve(io.cwd, named)
  const nearest = folderUpward(io.cwd, FOLDER) ?? folderUpward(io.cwd, '.git')
  return nearest ? join(nearest, FOLDER, 'data') : join(userDataFolder(io), 'costflame')
}

/** Creates the data folder (0700); inside `.costflame/` it is kept out of git. Throws UsageError where that is not allowed. */
export function prepareDataFolder(data: string): string {
  try {
    makeFolder(data)
    const parent = dirname(data)
    const ignore = join(parent, '.gitignore')
    if (basename(parent) === FOLDER && !existsSync(ignore)) writeFileSync(ignore, 'data/\n')
    return data
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`the data folder ${data} cannot be used: ${reason}. Name another one with --data.`)
  }
}

/** One folder at a time: below `/proc`, where none can be made, Node's recursive `mkdir` never comes back. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have been first.
    if (!existsSync(path)) throw error
  }
}

/** Folder that call sites are shown relative to: the one of the repository or of `.costflame/`, else the working directory. */
export function rootFolder(io: Io): string {
  return folderUpward(io.cwd, '.git') ?? folderUpward(io.cwd, FOLDER) ?? io.cwd
}

/** `--budget`, which must exist, else the nearest `.costflame/budgets.jsonc` upward (or the root's, once somebody writes it). */
export function budgetFile(io: Io, option: string | undefined): string {
  if (option !== undefined) {
    const path = resolve(io.cwd, option)
    if (!existsSync(path)) throw new UsageError(`the budget file ${path} does not exist`)
    return path
  }
  return join(folderUpward(io.cwd, FOLDER) ?? rootFolder(io), FOLDER, BUDGET_FILE)
}

/** The nearest `.costflame/config.jsonc` upward (or the root's, once somebody writes it). */
export function configFile(io: Io): string {
  return join(folderUpward(io.cwd, FOLDER) ?? rootFolder(io), FOLDER, CONFIG_FILE)
}

/** The nearest folder from `start` upward that has an entry of this name. */
function folderUpward(start: string, entry: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, entry))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

function userDataFolder({ env }: Io): string {
  if (process.platform === 'win32') return env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  return env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share')
}

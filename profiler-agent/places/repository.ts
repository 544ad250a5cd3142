// The files of a repository as the search for places reads them: inside its root, no links, none that is huge or made by a tool.

import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { kindOfFile } from './file-kind'

const SKIPPED_FOLDERS = new Set(
  'node_modules bower_components dist build out target vendor coverage venv env __pycache__ site-packages'.split(
    ' ',
  ),
)
const MAX_FILE_BYTES = 500_000

/** What tells that a file is as it was. */
export interface FileStamp {
  readonly modifiedAt: number
  readonly bytes: number
}

export interface OpenedFile extends FileStamp {
  /** `undefined` for a binary file, or one that cannot be read. */
  readonly read: () => string | undefined
}

export class Repository {
  readonly root: string

  /** Throws where the root is not there. */
  constructor(root: string) {
    this.root = realpathSync.native(root)
  }

  /** Relative names with `/`, folder by folder, those of the root first; `undefined` for each folder, so that a search can pause. */
  *files(): Generator<string | undefined> {
    const ignored = ignoredNames(this.root)
    const folders = [this.root]
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      yield undefined
      for (const entry of entriesOf(folder)) {
        if (ignored.has(entry.name)) continue
        const path = join(folder, entry.name)
        if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED_FOLDERS.has(entry.name))
          folders.push(path)
        else if (entry.isFile() && kindOfFile(entry.name)) yield this.#nameOf(path)
      }
    }
  }

  /** `undefined` for what is not a plain file inside the root, or is larger than files that people write. Throws nothing. */
  open(file: string): OpenedFile | undefined {
    try {
      const path = resolve(this.root, file)
      // Neither the file nor a folder on its way may be a link: both could lead out.
      if (!path.startsWith(this.root + sep) || realpathSync.native(path) !== path) return undefined
      const status = lstatSync(path)
      if (!status.isFile() || status.size >= MAX_FILE_BYTES) return undefined
      return { modifiedAt: status.mtimeMs, bytes: status.size, read: () => textOf(path) }
    } catch {
      // Gone, or not ours to read: such a file is not searched.
      return undefined
    }
  }

  /** Text of such a file. Throws nothing. */
  read(file: string): string | undefined {
    return this.open(file)?.read()
  }

  #nameOf(path: string): string {
    const name = relative(this.root, path)
    return sep === '\\' ? name.replaceAll('\\', '/') : name
  }
}

function textOf(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    return text.includes('\0') || isMinified(path, text) ? undefined : text
  } catch {
    // Gone since, or not ours to read.
    return undefined
  }
}

const LARGE = 50_000
const LONG_LINES = 500

/** Code that a tool has put on a few lines. */
function isMinified(path: string, text: string): boolean {
  if (text.length < LARGE || kindOfFile(path) !== 'javascript') return false
  return text.length / text.split('\n').length > LONG_LINES
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((left, right) =>
      left.name < right.name ? -1 : 1,
    )
  } catch {
    // A folder that may not be read holds nothing of the user's for us.
    return []
  }
}

/** Plain names in the root's `.gitignore`; patterns are not looked at, since the search only becomes wider without them. */
function ignoredNames(root: string): Set<string> {
  try {
    const lines = readFileSync(join(root, '.gitignore'), 'utf8').split(/\r?\n/)
    return new Set(
      lines.map((line) => line.trim().replace(/^\/|\/$/g, '')).filter((name) => /^[\w.-]+$/.test(name)),
    )
  } catch {
    // Most folders have none.
    return new Set()
  }
}

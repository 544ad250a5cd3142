// By which program a file of source code is run, and how that is typed. Knows no VS Code.

import { existsSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

/** What is known of the place where the file would run. */
export interface FilePlace {
  /** Of the `node` that is found there, such as `v22.19.0`; `undefined` when there is none, or none that says so. */
  readonly nodeVersion: string | undefined
  /** A `tsx` in a `node_modules` above the file. */
  readonly hasTsx: boolean
  readonly python: string
}

/** The words before the name of the file, or in one sentence why it cannot be run. */
export type FileProgram = { readonly program: string } | { readonly problem: 'unknown' | 'jsx' | 'old-node' }

export function programFor(file: string, { nodeVersion, hasTsx, python }: FilePlace): FileProgram {
  switch (extname(file).toLowerCase()) {
    case '.js':
    case '.mjs':
    case '.cjs':
      return { program: 'node' }
    case '.py':
      return { program: python }
    case '.ts':
    case '.mts':
    case '.cts':
      // Who installed it may write what Node alone does not run: enums, paths, decorators.
      return hasTsx ? { program: TSX } : typeScriptIn(nodeVersion)
    case '.tsx':
    case '.jsx':
      return hasTsx ? { program: TSX } : { problem: 'jsx' }
    default:
      return { problem: 'unknown' }
  }
}

const TSX = 'npx --no-install tsx'

/** Node runs TypeScript by itself from 22.18 and 23.6 on, and with a flag from 22.6 on. */
function typeScriptIn(nodeVersion: string | undefined): FileProgram {
  const [, major = Number.NaN, minor = 0] = /^v(\d+)\.(\d+)/.exec(nodeVersion ?? '')?.map(Number) ?? []
  // Nobody said which one: it will say itself what it cannot do.
  if (Number.isNaN(major) || major > 23) return { program: 'node' }
  if (major === 23 ? minor >= 6 : major === 22 && minor >= 18) return { program: 'node' }
  const hasFlag = major === 23 || (major === 22 && minor >= 6)
  return hasFlag ? { program: 'node --experimental-strip-types' } : { problem: 'old-node' }
}

/** The interpreter of a folder: that of its virtual environment where there is one. */
export function pythonOf(folder: string): string {
  const [bin, usual] =
    process.platform === 'win32' ? ['Scripts\\python.exe', 'py'] : ['bin/python', 'python3']
  const found = ['.venv', 'venv'].find((name) => existsSync(join(folder, name, bin)))
  return found === undefined ? usual : join(found, bin)
}

/** Whether a package is in a `node_modules` of the file's folder or above it. */
export function isInstalledFor(file: string, name: string): boolean {
  for (let at = dirname(file); ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', name, 'package.json'))) return true
    if (dirname(at) === at) return false
  }
}

/** In single quotes nothing is expanded, in POSIX shells and in PowerShell alike. */
export function quotedPath(path: string, platform: NodeJS.Platform = process.platform): string {
  const isPlain = platform === 'win32' ? /^[\w./:@%+,\\-]+$/ : /^[\w./:@%+,-]+$/
  if (isPlain.test(path)) return path
  return platform === 'win32' ? `'${path.replaceAll("'", "''")}'` : `'${path.replaceAll("'", `'\\''`)}'`
}

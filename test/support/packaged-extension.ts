// The `.vsix` as `npm run package` makes it, out of a copy of the repository (the build of the tests stays), and installed as users do.

import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { codeServerFolder } from './code-server'
import { commandEnvironment } from './commands'
import { repositoryRoot } from './repository'
import { temporaryFolder } from './test-folders'

/** What packaging does not read. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'test', 'test-results', '.git', '.costflame'])

/** Makes the package in `folder`; the path of the `.vsix`. */
function packageExtension(folder: string): string {
  const copy = join(folder, 'repository')
  for (const entry of readdirSync(repositoryRoot))
    if (!LEFT_OUT.has(entry) && !entry.endsWith('.vsix'))
      cpSync(join(repositoryRoot, entry), join(copy, entry), { recursive: true })
  symlinkSync(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'))
  execFileSync('npm', ['run', 'package', '--silent'], { cwd: copy, env: commandEnvironment(), stdio: 'pipe' })
  const [made] = readdirSync(copy).filter((entry) => entry.endsWith('.vsix'))
  if (made === undefined) throw new Error(`npm run package made no .vsix in ${copy}`)
  return join(copy, made)
}

/** Installs the file with VS Code's own command; gives the folder of installed extensions. */
function installExtension(vsix: string, folder: string): string {
  const extensions = join(folder, 'extensions')
  const server = join(codeServerFolder(), 'lib', 'vscode', 'out', 'server-main.js')
  const args = [
    '--install-extension',
    vsix,
    '--extensions-dir',
    extensions,
    '--server-data-dir',
    join(folder, 'server'),
  ]
  execFileSync('node', [server, ...args, '--accept-server-license-terms'], {
    cwd: folder,
    env: commandEnvironment({ HOME: folder }),
    stdio: 'pipe',
  })
  return extensions
}

export interface InstalledExtension {
  /** Path of the package. */
  readonly vsix: string
  /** Where it is installed, and nothing else. */
  readonly extensionsFolder: string
}

/** Each test file is a bundle with a copy of this one: what they share is kept by the process. */
const shared = globalThis as { costflameInstalledExtension?: InstalledExtension }

/** Packaged and installed once for all tests of the process. */
export function installedExtension(): InstalledExtension {
  if (shared.costflameInstalledExtension !== undefined) return shared.costflameInstalledExtension
  const folder = temporaryFolder('installed-extension')
  process.once('exit', () => folder.remove())
  const vsix = packageExtension(folder.path)
  const installed = { vsix, extensionsFolder: installExtension(vsix, folder.path) }
  shared.costflameInstalledExtension = installed
  return installed
}

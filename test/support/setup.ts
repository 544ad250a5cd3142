// Brings in what suites need beyond `npm ci`: a browser, a real VS Code, the SDKs of the test agents.
import { existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromiumPath } from './chromium'
import { installCodeServer, isCodeServerInstalled } from './code-server'
import { commandEnvironment, runCommand } from './commands'
import { PYTHON, PYTHON_PACKAGES, pythonProblem } from './python'
import { inRepository } from './repository'

/** Something a suite needs: `browser` Chromium, `vscode` code-server in the cache, `agents` test/agents/node_modules, `python` HTTP clients. */
export type Need = 'browser' | 'vscode' | 'agents' | 'python'

const providers = {
  browser: provideBrowser,
  vscode: provideVscode,
  agents: provideAgents,
  python: providePython,
} satisfies Record<Need, () => Promise<void>>

const started = new Map<Need, Promise<void>>()

/** Installs what is missing, each need once a run. Rejects with what failed or what the user has to type. */
export async function provide(needs: readonly Need[]): Promise<void> {
  for (const need of needs) {
    const done = started.get(need) ?? providers[need]()
    started.set(need, done)
    await done
  }
}

async function provideBrowser(): Promise<void> {
  if (existsSync(chromiumPath)) return
  if (process.env.COSTFLAME_TEST_CHROMIUM)
    throw new Error(`COSTFLAME_TEST_CHROMIUM names ${chromiumPath}, which does not exist`)
  await installPackages(['chromium'])
}

async function provideVscode(): Promise<void> {
  if (isCodeServerInstalled()) return
  const compilers = ['make', 'g++', 'python3'].filter((name) => !isOnPath(name))
  if (compilers.length > 0) await installPackages(compilers)
  await installCodeServer()
}

async function provideAgents(): Promise<void> {
  const folder = inRepository('test', 'agents')
  const lock = join(folder, 'package-lock.json')
  const installed = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(lock)) return
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  await runCommand('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, limitSeconds: 600 })
}

/** Where they cannot be installed the tests of Python programs are skipped, and say so. */
async function providePython(): Promise<void> {
  if (pythonProblem() === undefined || process.env.COSTFLAME_TEST_PYTHON) return
  await installPackages(['python3', ...PYTHON_PACKAGES]).catch((error: Error) =>
    console.error(`No clients for ${PYTHON}: ${error.message}`),
  )
}

let packageLists: Promise<void> | undefined

async function installPackages(packages: readonly string[]): Promise<void> {
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  if (!isOnPath('apt-get') || process.getuid?.() !== 0) {
    throw new Error(
      `${packages.join(', ')} must be installed first. On Debian: ` +
        `sudo apt-get update && sudo apt-get ${install.join(' ')}`,
    )
  }
  const env = commandEnvironment({ DEBIAN_FRONTEND: 'noninteractive' })
  const apt = (args: readonly string[]) => runCommand('apt-get', ['-q', ...args], { env, limitSeconds: 600 })
  packageLists ??= apt(['update'])
  await packageLists
  await apt(install)
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}

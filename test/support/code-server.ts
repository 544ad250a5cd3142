// The real VS Code that tests run in: npm's code-server, installed once into a cache outside node_modules.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { commandEnvironment, runCommand } from './commands'

const version = '4.139.1' // VS Code 1.139.1
const nodeMajor = process.versions.node.split('.')[0]

/** The native parts that the extension host and terminals need; the rest of VS Code's are for other features. */
const nativeParts = ['node-pty', '@vscode/spdlog', '@vscode/native-watchdog']

const loadsNativeParts = `
  for (const name of ${JSON.stringify(nativeParts)}) require(name)
  let seen = ''
  const terminal = require('node-pty').spawn('/bin/echo', ['terminal-works'], {})
  terminal.onData((data) => { seen += data })
  terminal.onExit(() => setTimeout(() => process.exit(seen.includes('terminal-works') ? 0 : 1), 50))
`

/** The cache of the tests: `$XDG_CACHE_HOME/costflame-test`, by default in ~/.cache. */
export function testCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'costflame-test')
}

/** Where code-server is, or will be; the folder exists only when the installation is whole. */
export function codeServerFolder(): string {
  const name = `code-server-${version}-node${nodeMajor}-${process.platform}-${process.arch}`
  return join(testCacheFolder(), name)
}

export function isCodeServerInstalled(): boolean {
  return existsSync(codeServerFolder())
}

/**
 * Installs code-server, about 600 MB, unless it is there: into a temporary sibling that gets its name last,
 * so that a half-failed installation is never used. Rejects with the command that failed.
 */
export async function installCodeServer(): Promise<void> {
  if (isCodeServerInstalled()) return
  mkdirSync(testCacheFolder(), { recursive: true })
  removeAbandonedInstallations()
  const staging = mkdtempSync(join(testCacheFolder(), `installing-${process.pid}-`))
  try {
    await installInto(staging)
    takeIntoUse(join(staging, 'package'))
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

async function installInto(staging: string): Promise<void> {
  const run = (cwd: string, command: string, ...args: string[]) =>
    runCommand(command, args, { cwd, limitSeconds: 600 })
  const vscode = join(staging, 'package', 'lib', 'vscode')
  const install = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  await run(staging, 'npm', 'pack', '--silent', `code-server@${version}`)
  await run(staging, 'tar', '-xzf', `code-server-${version}.tgz`)
  await run(vscode, 'npm', ...install)
  await run(join(vscode, 'extensions'), 'npm', ...install)
  // Only these: compiling all takes two minutes and libkrb5-dev, these half a minute.
  const env = commandEnvironment(nodeHeaders())
  await runCommand('npm', ['rebuild', ...nativeParts], { cwd: vscode, env, limitSeconds: 600 })
  await run(vscode, 'node', '-e', loadsNativeParts)
}

/**
 * node-gyp fetches Node's headers from nodejs.org unless it is told where some are. Those beside the machine's
 * own Node serve for any newer one, because all parts that we compile use the stable Node-API.
 */
function nodeHeaders(): NodeJS.ProcessEnv {
  const machineNode = process.env.npm_node_execpath
  if (process.env.npm_config_nodedir || !machineNode) return {}
  const prefix = dirname(dirname(machineNode))
  return existsSync(join(prefix, 'include', 'node', 'common.gypi')) ? { npm_config_nodedir: prefix } : {}
}

function takeIntoUse(installed: string): void {
  try {
    renameSync(installed, codeServerFolder())
  } catch (error) {
    // Another test run was faster; its installation is as whole as ours.
    if (!isCodeServerInstalled()) throw error
  }
}

function removeAbandonedInstallations(): void {
  for (const name of readdirSync(testCacheFolder())) {
    const pid = /^installing-(\d+)-/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) rmSync(join(testCacheFolder(), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

// Runs a tests module in the extension host of the cached VS Code; what `code --extensionTestsPath` does on a desktop.
import { EventEmitter, once } from 'node:events'
import { format } from 'node:util'
import type { Page } from 'playwright-core'
import { launchChromium, windowSize } from './chromium'
import { startVscodeServer, type VscodeServer } from './vscode-server'

export interface ExtensionTests {
  /** Absolute path of the extension under development. */
  extensionDevelopmentPath: string
  /** Absolute path of the module that exports `run(): Promise<void>`. */
  extensionTestsPath: string
  workspaceFolder: string
  /** Folder with more extensions, each in a folder of its own; none unless given. */
  extensionsFolder?: string
}

/** The address of a workbench, optionally with an extension under development and its tests. */
export function workbenchUrl(
  server: VscodeServer,
  /** A folder or a `.code-workspace` file; without one, a window with no folder. */
  folder: string | undefined,
  paths: Readonly<Record<string, string>>,
): string {
  const payload = Object.entries(paths).map(([key, path]) => [
    key,
    `vscode-remote://${server.authority}${path}`,
  ])
  const query = new URLSearchParams({ payload: JSON.stringify(payload) })
  if (folder === undefined) query.set('ew', 'true')
  else query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder)
  return `${server.url}/?${query}`
}

/** Resolves with 0 when `run` resolved and 1 when it rejected; rejects when VS Code ended before that. */
export async function runExtensionTests(tests: ExtensionTests): Promise<number> {
  const { workspaceFolder, extensionsFolder, ...paths } = tests
  const server = await startVscodeServer(extensionsFolder === undefined ? {} : { extensionsFolder })
  const browser = await launchChromium()
  try {
    const page = await browser.newPage({ viewport: windowSize })
    const { exitCode } = await exposeAutomation(page)
    await page.goto(workbenchUrl(server, workspaceFolder, paths))
    return await Promise.race([exitCode, server.ended])
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** Exposes the two functions that the workbench calls while it runs extension tests. */
async function exposeAutomation(page: Page): Promise<{ exitCode: Promise<number> }> {
  const calls = new EventEmitter()
  page.once('crash', () => calls.emit('error', new Error('the page of the workbench crashed')))
  const exitCode = once(calls, 'exit').then(([code]) => Number(code))
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) =>
    printUnlessNoise(format(...args)),
  )
  await page.exposeFunction('codeAutomationExit', (code: number) => calls.emit('exit', code))
  return { exitCode }
}

/** What the workbench itself always says where there is no extension gallery; the rest is the tests' own output. */
const noise = [
  /^(Resolving|Resolved) connection token/,
  /^Creating a socket/,
  /^Updating additional builtin extensions/,
  /^\[(reconnection-grace-time|Service Worker|AgentHost\S*|AccountPolicyGate)\]/,
  /open-vsx\.org/,
  /^Timed out waiting for authentication provider/,
]

function printUnlessNoise(line: string): void {
  if (!noise.some((pattern) => pattern.test(line))) console.log(line)
}

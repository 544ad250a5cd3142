// Process entry of the suite `vscode`: @vscode/test-electron with the cached VS Code, or with its own download.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { runTests } from '@vscode/test-electron'
import { inRepository, repositoryRoot } from './repository'
import { temporaryFolder, writeUserSettings } from './test-folders'

async function main(): Promise<void> {
  const isDesktop = process.env.COSTFLAME_TEST_VSCODE === 'download'
  const folder = temporaryFolder('extension-tests')
  const workspace = join(folder.path, 'workspace')
  const profile = join(folder.path, 'user')
  cpSync(inRepository('test', 'vscode', 'workspace'), workspace, { recursive: true })
  const extensions = join(folder.path, 'extensions')
  cpSync(
    inRepository('test', 'vscode', 'stub-debugger'),
    join(extensions, 'costflame-tests.stub-debugger-0.0.0'),
    { recursive: true },
  )
  writeUserSettings(profile) // For the desktop; the shim's server writes the same for itself.
  try {
    await runTests({
      ...(isDesktop ? {} : { vscodeExecutablePath: inRepository('test', 'support', 'vscode-shim.mjs') }),
      extensionDevelopmentPath: repositoryRoot,
      extensionTestsPath: inRepository('dist', 'test', 'vscode', 'index.js'),
      launchArgs: [workspace, `--user-data-dir=${profile}`, `--extensions-dir=${extensions}`],
    })
  } finally {
    folder.remove()
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})

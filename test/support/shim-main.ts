// What test/support/vscode-shim.mjs does: takes VS Code's command line and runs the extension tests it names.
import { parseArgs } from 'node:util'
import { runExtensionTests } from './extension-tests'

/** Gives the exit code of VS Code: 0 when the tests passed, 1 when not; 2 when the command line names no tests. */
export async function runShim(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false, // @vscode/test-electron passes many flags that only a desktop knows.
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string' },
      extensionTestsPath: { type: 'string' },
      'extensions-dir': { type: 'string' },
    },
  })
  const { extensionDevelopmentPath, extensionTestsPath } = values
  const workspaceFolder = positionals[0]
  if (
    typeof extensionDevelopmentPath !== 'string' ||
    typeof extensionTestsPath !== 'string' ||
    !workspaceFolder
  ) {
    console.error('usage: vscode-shim.mjs FOLDER --extensionDevelopmentPath=DIR --extensionTestsPath=FILE')
    return 2
  }
  const extensionsFolder = values['extensions-dir']
  return runExtensionTests({
    ...{ extensionDevelopmentPath, extensionTestsPath, workspaceFolder },
    ...(typeof extensionsFolder === 'string' ? { extensionsFolder } : {}),
  })
}

#!/usr/bin/env node
// Stands in for the VS Code executable of @vscode/test-electron, where its download is not available.
import { runShim } from '../../dist/test/support/shim-main.js'

process.exitCode = await runShim(process.argv.slice(2)).catch((error) => {
  console.error(error)
  return 1
})

// The mocha bootstrap inside the extension host: VS Code calls `run`, the runner reads the result file.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { runMocha } from '../support/mocha-run'

const testTimeoutMs = 240_000

/** Runs every test file beside this one; rejects when any test failed. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true)
  const failures = await runMocha(globSync(join(__dirname, '*.test.js')).sort(), {
    timeoutMs: testTimeoutMs,
    retries: 1,
  })
  if (failures > 0) throw new Error(`${failures} tests failed in the extension host`)
}

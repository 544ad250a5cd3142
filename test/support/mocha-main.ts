// Process entry of the suites outside of VS Code: mocha-main.js [--timeout MS] [--retries N] GLOB…
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runMocha } from './mocha-run'

/** A busy machine is slow to end processes and connections, too. */
const exitGraceMs = 60_000

function failIfStillAlive(): void {
  // Unreferenced: it fires only when something else, a socket or a child that nobody closed, keeps us alive.
  setTimeout(() => {
    console.error(
      `The tests ended, but ${exitGraceMs / 1000} s later these still keep the process alive: ` +
        process.getActiveResourcesInfo().join(', '),
    )
    process.exit(1)
  }, exitGraceMs).unref()
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      timeout: { type: 'string', default: '10000' },
      retries: { type: 'string', default: '0' },
    },
  })
  const files = positionals.flatMap((pattern) => globSync(pattern)).sort()
  process.exitCode =
    (await runMocha(files, { timeoutMs: Number(values.timeout), retries: Number(values.retries) })) > 0
      ? 1
      : 0
  failIfStillAlive()
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})

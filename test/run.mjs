// `npm test`: builds the product with its tests, then hands over to test/support/runner.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(`The tests need Node 24 and got ${process.version}: start them with \`npm test\`.`)
  process.exit(1)
}

const build = spawnSync(process.execPath, ['esbuild.config.mjs', '--tests'], { stdio: 'inherit' })
if (build.status !== 0) {
  console.error('The build failed, so no test ran.\n0 passed, 1 failed')
  process.exit(1)
}

const { runSuites } = await import('../dist/test/support/runner.js')
process.exitCode = await runSuites(process.argv.slice(2))

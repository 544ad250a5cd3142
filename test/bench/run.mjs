// `npm run bench`: figures of this machine, one JSON line each, beside a baseline of the same run. Never a pass or a fail.
//   npm run bench -- proxy        only the figures whose name begins so
//   npm run bench -- --full       longer, where a short measurement says less

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
const root = join(folder, '..', '..')
const wanted = process.argv.slice(2).filter((argument) => argument !== '--full')
const options = { full: process.argv.includes('--full'), wanted }

const built = spawnSync(process.execPath, ['esbuild.config.mjs', '--production'], {
  cwd: root,
  encoding: 'utf8',
})
if (built.status !== 0) {
  process.stderr.write(`${built.stderr}the build failed, nothing was measured\n`)
  process.exit(1)
}

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.bench.mjs'))
  .sort()) {
  const { figures, measure } = await import(join(folder, file))
  // A bench takes a minute or more: not for somebody who wants other figures.
  if (!figures.some(mayBeWanted)) continue
  for await (const figure of measure(join(root, 'dist'), options)) {
    if (wanted.length === 0 || wanted.some((name) => figure.name.startsWith(name)))
      process.stdout.write(`${JSON.stringify(figure)}\n`)
  }
}

function mayBeWanted(begin) {
  return wanted.length === 0 || wanted.some((name) => name.startsWith(begin) || begin.startsWith(name))
}

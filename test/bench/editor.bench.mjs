// The costs on the lines of a file, in the extension host of a real VS Code with 10,000 calls in the store: from what the profiler
// told to lenses and decorations. Beside it what it takes to parse what the profiler told.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { figure } from './statistics.mjs'

const bench = dirname(fileURLToPath(import.meta.url))
/** What the project demands. */
const MOST_MS = 10

/** What the names of its figures begin with. */
export const figures = ['editor']

export async function* measure(dist) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  // Below the repository: the bundles find its packages from there.
  const bundles = join(dist, 'bench')
  mkdirSync(bundles, { recursive: true })
  try {
    await built(bundles)
    const stored = spawnSync(process.execPath, [join(bundles, 'editor-store.js'), folder], {
      encoding: 'utf8',
    })
    if (stored.status !== 0) throw new Error(stored.stderr)
    const { parse, file, longFile } = await inHost(bundles, folder, dirname(dist))
    const what = 'JSON.parse of what the profiler told'
    yield figure('editor.open', 'ms', file.best, MOST_MS, 'the most it may be')
    yield figure('editor.open.beside-parse', 'ms', file.best, parse, what)
    yield figure(
      'editor.open.first',
      'ms',
      file.first,
      MOST_MS,
      'the most it may be, for the first file of a window',
    )
    yield figure('editor.keystroke', 'ms', file.keystroke, MOST_MS, 'the most that opening may take')
    yield figure('editor.50k-lines.open', 'ms', longFile.best, parse, what)
    yield figure('editor.50k-lines.open.first', 'ms', longFile.first, parse, what)
    yield figure(
      'editor.50k-lines.keystroke',
      'ms',
      longFile.keystroke,
      MOST_MS,
      'the most that opening may take',
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
    rmSync(bundles, { recursive: true, force: true })
  }
}

async function built(outdir) {
  const common = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'error', outdir }
  const entryPoints = ['editor-store.ts', 'editor-host.ts'].map((name) => join(bench, name))
  const ours = { mainFields: ['module', 'main'], external: ['vscode'], minify: true }
  await build({ ...common, ...ours, entryPoints })
  const host = join(bench, '..', 'support', 'extension-tests.ts')
  await build({ ...common, packages: 'external', entryPoints: [host] })
}

async function inHost(bundles, folder, root) {
  const { runExtensionTests } = createRequire(import.meta.url)(join(bundles, 'extension-tests.js'))
  const code = await runExtensionTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: join(bundles, 'editor-host.js'),
    workspaceFolder: join(folder, 'workspace'),
  })
  if (code !== 0) throw new Error('the extension host failed')
  return JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8'))
}

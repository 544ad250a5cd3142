// The extension in the extension host of a real VS Code: what its activation takes of the main thread, beside that of an extension which
// does nothing; and what its host holds in memory after 1,000 runs, beside 100.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { figure } from './statistics.mjs'

const bench = dirname(fileURLToPath(import.meta.url))
const RUNS = [100, 1000]
const ROUNDS = 3
const MEGABYTE = 1024 * 1024

/** What the names of its figures begin with. */
export const figures = ['extension']

export async function* measure(dist) {
  // Below the repository: the bundles find its packages from there.
  const bundles = join(dist, 'bench-extension')
  mkdirSync(bundles, { recursive: true })
  const models = await modelServer(dist)
  try {
    await built(bundles)
    const rounds = []
    for (let round = 0; round < ROUNDS; round++)
      rounds.push(
        await inHost(bundles, dirname(dist), { upstream: models.url, runs: round === 0 ? RUNS : [] }),
      )
    const least = (name) => Math.min(...rounds.map(({ activation }) => activation[name]))
    const nothing = 'an extension that does nothing'
    yield figure('extension.activation', 'ms', least('ours'), least('nothing'), nothing)
    const [few, many] = rounds[0].heap
    yield figure('extension.heap', 'MB', many / MEGABYTE, few / MEGABYTE, 'after 100 runs instead of 1,000')
  } finally {
    models.stop()
    rmSync(bundles, { recursive: true, force: true })
  }
}

async function built(outdir) {
  const common = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'error', outdir }
  const ours = { mainFields: ['module', 'main'], external: ['vscode'] }
  await build({ ...common, ...ours, entryPoints: [join(bench, 'extension-host.ts')] })
  const host = join(bench, '..', 'support', 'extension-tests.ts')
  await build({ ...common, packages: 'external', entryPoints: [host] })
}

async function inHost(bundles, root, wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const workspace = join(folder, 'workspace')
  const nothing = join(folder, 'extensions', 'costflame-bench.nothing-0.0.0')
  const write = (path, text) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  try {
    write(join(workspace, 'wanted.json'), JSON.stringify(wanted))
    write(
      join(workspace, 'agent.mjs'),
      Array.from({ length: 20 }, (_, line) => `await ask(${line})\n`).join(''),
    )
    write(join(nothing, 'package.json'), JSON.stringify(NOTHING))
    write(join(nothing, 'extension.js'), 'exports.activate = () => undefined\n')
    const { runExtensionTests } = createRequire(import.meta.url)(join(bundles, 'extension-tests.js'))
    const code = await runExtensionTests({
      extensionDevelopmentPath: root,
      extensionTestsPath: join(bundles, 'extension-host.js'),
      workspaceFolder: workspace,
      extensionsFolder: join(folder, 'extensions'),
    })
    if (code !== 0) throw new Error('the extension host failed')
    return JSON.parse(readFileSync(join(workspace, 'figures.json'), 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const NOTHING = {
  ...{ name: 'nothing', publisher: 'costflame-bench', version: '0.0.0', main: './extension.js' },
  ...{ engines: { vscode: '^1.127.0' }, activationEvents: ['onCommand:nothing'] },
}

async function modelServer(dist) {
  const child = spawn(process.execPath, [join(dist, 'costflame.js'), 'simulate'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { url: new URL(JSON.parse(line).openai).origin, stop: () => child.kill('SIGTERM') }
}

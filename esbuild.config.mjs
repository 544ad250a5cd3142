// Builds every bundle of the product. It does not type-check: `npm run lint` does.
//   node esbuild.config.mjs [--tests] [--watch] [--production]
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'

const root = dirname(fileURLToPath(import.meta.url))
process.chdir(root)
const flags = new Set(process.argv.slice(2))
const production = flags.has('--production')

/** Files that the bundles read at run time, or that stand beside them; a missing one fails the build. */
const assets = {
  'profiler-agent/api/api.d.ts': ['dist/api/index.d.cts', 'dist/api/index.d.mts'],
  'profiler-agent/api/index.mjs': 'dist/api/index.mjs',
  'node_modules/tiktoken/lite/tiktoken_bg.wasm': 'dist/tiktoken_bg.wasm',
  'node_modules/tiktoken/encoders/o200k_base.json': 'dist/o200k_base.json',
  // The project that `costflame.profileDemo` writes.
  ...Object.fromEntries(
    globSync('*', { cwd: 'extension/demo/project' }).map((file) => [
      `extension/demo/project/${file}`,
      `dist/demo/${file}`,
    ]),
  ),
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

const common = {
  define: { VERSION: JSON.stringify(version) },
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'info',
  legalComments: 'none',
}
// `module` first: the CommonJS build of jsonc-parser is UMD, whose inner requires cannot be bundled.
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  mainFields: ['module', 'main'],
  supported: { 'dynamic-import': false },
}

/**
 * `costflame run` stands before somebody's program, so each start loads only what it needs: the process entry, which speaks to
 * old Nodes and switches the compile cache on; the command line with `run`; `serve`; `import`; `mcp`; all other commands as one.
 * What tells a violated budget to the user's webhook, and what reads prompts before they go up, is loaded by those who have such budgets.
 */
const loadedApart = {
  './cli/program': './cli.js',
  './serve': './serve.js',
  './cli/serve': './serve.js',
  './import': './import.js',
  './mcp': './mcp.js',
  './escalation/deliver': './deliver.js',
  ...Object.fromEntries(
    [...readFileSync('profiler-agent/cli/commands.ts', 'utf8').matchAll(/from '(.*)'/g)].map(([, path]) => [
      path,
      './commands.js',
    ]),
  ),
}
const loadApart = {
  name: 'load-apart',
  setup: (build) =>
    build.onResolve({ filter: /^\.\// }, ({ path, kind }) => {
      if (kind !== 'dynamic-import' || path === './run') return undefined
      const bundle = loadedApart[path]
      return bundle
        ? { path: bundle, external: true }
        : { errors: [{ text: `${path} would be loaded by every start: add it to cli/commands.ts` }] }
    }),
}

/** The extension starts with the window: what reads saved runs (zod above all) and speaks with the profiler it loads when there is need. */
const extensionParts = {
  '/formats/json': { name: 'run-file-format', source: 'profiler-agent/formats/json.ts' },
  '/feed-client': { name: 'feed-client', source: 'extension/profiler/feed-client.ts' },
}
const loadPartsLater = {
  name: 'load-parts-later',
  setup: (build) =>
    build.onResolve({ filter: /\/(formats\/json|feed-client)$/ }, ({ path, kind }) => {
      const part = Object.entries(extensionParts).find(([end]) => path.endsWith(end))
      if (kind !== 'dynamic-import' || part === undefined) return undefined
      return { path: `./${part[1].name}.js`, external: true }
    }),
}

/** undici's HTTP/2, which upstream connections do not speak: without it Node's own, and TLS, are loaded when they are needed. */
const withoutHttp2 = {
  name: 'without-http2',
  setup: (build) => {
    build.onResolve({ filter: /\/client-h2\.js$/ }, () => ({ path: 'client-h2', namespace: 'left-out' }))
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: '' }))
  },
}

const bundles = {
  profiler: {
    ...node,
    entryPoints: {
      costflame: 'profiler-agent/main.ts',
      cli: 'profiler-agent/cli/program.ts',
      serve: 'profiler-agent/cli/serve.ts',
      import: 'profiler-agent/cli/import.ts',
      commands: 'profiler-agent/cli/commands.ts',
      mcp: 'profiler-agent/cli/mcp.ts',
      worker: 'profiler-agent/worker.ts',
      deliver: 'profiler-agent/escalation/deliver.ts',
      'gate-thread': 'profiler-agent/gate-reader/thread.ts',
    },
    outdir: 'dist',
    external: ['vscode'],
    plugins: [loadApart, withoutHttp2],
  },
  // Runs inside the user's own process: old syntax, so that an old Node can at least parse it and leave.
  hooks: {
    ...node,
    target: 'es2017',
    entryPoints: { node: 'profiler-agent/capture/hooks/node/main.ts' },
    outdir: 'dist/hooks',
    outExtension: { '.js': '.cjs' },
    sourcemap: false,
  },
  // In the user's process too, but imported by their program: `costflame/api`, and what it is where there is no Node.
  api: {
    ...node,
    target: 'node18',
    entryPoints: { index: 'profiler-agent/api/index.ts' },
    outdir: 'dist/api',
    outExtension: { '.js': '.cjs' },
    sourcemap: false,
  },
  apiElsewhere: {
    ...common,
    platform: 'neutral',
    format: 'esm',
    target: 'es2020',
    entryPoints: { 'other-runtimes': 'profiler-agent/api/other-runtimes.ts' },
    outdir: 'dist/api',
    outExtension: { '.js': '.mjs' },
    sourcemap: false,
  },
  extension: {
    ...node,
    entryPoints: {
      extension: 'extension/extension.ts',
      ...Object.fromEntries(Object.values(extensionParts).map(({ name, source }) => [name, source])),
    },
    outdir: 'dist',
    external: ['vscode'],
    plugins: [loadPartsLater],
  },
  webview: {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    entryPoints: { flame: 'webview/main.ts' },
    outdir: 'dist/webview',
    // The HTML export embeds this file whole: no map in it, and no link to one.
    sourcemap: flags.has('--watch') ? 'inline' : false,
    minify: true,
  },
}

if (flags.has('--tests')) {
  bundles.tests = {
    ...node,
    target: 'node24',
    packages: 'external',
    external: ['vscode'],
    entryPoints: globSync(['test/**/*.ts'], { exclude: ['test/agents/**', 'test/fixtures/**', '**/*.d.ts'] }),
    outbase: 'test',
    outdir: 'dist/test',
    sourcemap: 'inline',
    logLevel: 'warning',
  }
}

function copyAssets() {
  for (const [from, places] of Object.entries(assets)) {
    if (!existsSync(from)) throw new Error(`asset ${from} is missing: run npm ci`)
    for (const to of [places].flat()) {
      mkdirSync(dirname(to), { recursive: true })
      copyFileSync(from, to)
    }
  }
}

/** What Python programs load: our modules as they are, and the hosts of models out of the tables that proxy and Node hook have. */
async function copyPython() {
  const from = 'profiler-agent/capture/hooks/python'
  for (const file of globSync('**/*.py', { cwd: from })) {
    const to = file === 'costflame.py' ? 'dist/costflame.py' : join('dist/hooks/python', file)
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(join(from, file), to)
  }
  writeFileSync('dist/hooks/python/_costflame_hook/hosts.json', JSON.stringify(await modelHosts()))
}

async function modelHosts() {
  const rooms = ['model/provider', 'capture/hooks/node/model-hosts']
  const contents = rooms.map((room) => `export * from './profiler-agent/${room}'\n`).join('')
  const options = { bundle: true, write: false, format: 'esm', stdin: { contents, resolveDir: root } }
  const { outputFiles } = await esbuild.build(options)
  const table = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
  const hosts = table.MORE_HOSTS.map(({ provider, host }) => [provider, host.source])
  const paths = Object.entries(table.MODEL_PATHS).map(([provider, path]) => [provider, path.source])
  const endpoint = table.MODEL_ENDPOINT.source
  return { origins: table.PROVIDER_ORIGINS, hosts, paths: Object.fromEntries(paths), endpoint }
}

async function main() {
  if (flags.has('--watch')) {
    copyAssets()
    await copyPython()
    await Promise.all(Object.values(bundles).map(async (options) => (await esbuild.context(options)).watch()))
    return
  }
  rmSync('dist', { recursive: true, force: true })
  await Promise.all(Object.values(bundles).map((options) => esbuild.build(options)))
  copyAssets()
  await copyPython()
}

main().catch((error) => {
  // esbuild has printed its own messages already; assets and bugs have not.
  if (!error.errors)
    console.error(
      `build failed in ${relative(process.cwd(), join(root, 'esbuild.config.mjs'))}: ${error.message}`,
    )
  process.exit(1)
})

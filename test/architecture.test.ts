// Who may import whom (ARCHITECTURE.md) as data: walks every source file and fails on any other arrow.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { inRepository, repositoryRoot } from './support/repository'

interface Row {
  /** A folder (with what is below it) or a file, without its extension. The longest that fits counts. */
  readonly of: string
  /** Folders or files that it may import, besides itself. */
  readonly may: readonly string[]
  /** Packages that it may import; Node's own are written `node:*`. */
  readonly packages: readonly string[]
}

const BASE = ['model', 'wire', 'rules'].map((room) => `profiler-agent/${room}`)
const STAGES = [
  ...['capture', 'providers', 'tokens', 'pricing', 'trace'],
  ...['store', 'analysis', 'budgets', 'profile', 'formats'],
].map((room) => `profiler-agent/${room}`)
const EVERYTHING = ['profiler-agent']
const pure = (of: string, may: readonly string[] = [], packages: readonly string[] = []): Row => ({
  of,
  may,
  packages,
})

/** Stages never import each other: what one needs of another it is handed as a function. */
const PROFILER: readonly Row[] = [
  pure('profiler-agent/model'),
  pure('profiler-agent/wire', ['profiler-agent/model']),
  pure('profiler-agent/wire/jsonc', ['profiler-agent/model'], ['jsonc-parser']),
  pure('profiler-agent/rules', ['profiler-agent/model']),
  { of: 'profiler-agent/capture', may: BASE, packages: ['node:*', 'undici', '@jridgewell/trace-mapping'] },
  {
    of: 'profiler-agent/capture/hooks',
    // What finds a user's line is shared between the hook and the profiler.
    may: ['profiler-agent/model', 'profiler-agent/capture/source-map'],
    packages: ['node:*', '@jridgewell/trace-mapping'],
  },
  {
    of: 'profiler-agent/api',
    // Both run in the user's process and tell the profiler in the same way.
    may: ['profiler-agent/model', 'profiler-agent/capture/hooks/node'],
    packages: ['node:*'],
  },
  { of: 'profiler-agent/providers', may: BASE, packages: ['node:*'] },
  { of: 'profiler-agent/tokens', may: BASE, packages: ['node:*', 'tiktoken'] },
  { of: 'profiler-agent/pricing', may: BASE, packages: ['@pydantic/genai-prices'] },
  pure('profiler-agent/trace', BASE),
  { of: 'profiler-agent/store', may: BASE, packages: ['node:*'] },
  pure('profiler-agent/analysis', BASE),
  pure('profiler-agent/budgets', BASE),
  pure('profiler-agent/budgets/file', BASE, ['jsonc-parser']),
  pure('profiler-agent/budgets/derive', BASE.concat('profiler-agent/budgets'), ['jsonc-parser']),
  pure('profiler-agent/config', BASE, ['jsonc-parser']),
  pure('profiler-agent/profile', BASE),
  {
    of: 'profiler-agent/formats',
    may: [...BASE, 'profiler-agent/profile'],
    packages: ['jsonc-parser', 'node:*', 'zod', 'cli-table3', 'pprof-format'],
  },
  pure('profiler-agent/anchor', BASE),
  // Finds in the user's repository what a finding is about; all of it but reading files knows no Node.
  pure('profiler-agent/places', BASE),
  { of: 'profiler-agent/places/repository', may: BASE.concat('profiler-agent/places'), packages: ['node:*'] },
  { of: 'profiler-agent/feed', may: ['profiler-agent/model'], packages: ['node:*', 'ws'] },
  pure('profiler-agent/feed/binary-frame', ['profiler-agent/wire/utf8']),
  pure('profiler-agent/feed/protocol', ['profiler-agent/model']),
  pure('profiler-agent/feed/codec', ['profiler-agent/model', 'profiler-agent/feed']),
  { of: 'profiler-agent/simulator', may: BASE, packages: ['node:*'] },
  {
    of: 'profiler-agent/cli',
    may: EVERYTHING,
    packages: [
      ...['node:*', 'commander', 'picocolors', 'zod', '@pydantic/genai-prices'],
      ...['@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio'],
    ],
  },
]

/** The files at the top of `profiler-agent/` put the rooms together. Only the main thread's know the feed server. */
const COMPOSITION: readonly Row[] = [
  { of: 'profiler-agent/pipeline', may: [...BASE, ...STAGES, 'profiler-agent/hashed-blocks'], packages: [] },
  {
    of: 'profiler-agent/call-attribution',
    may: [...BASE, 'profiler-agent/capture', 'profiler-agent/config'],
    packages: [],
  },
  { of: 'profiler-agent/hashed-blocks', may: ['profiler-agent/model'], packages: [] },
  {
    of: 'profiler-agent/earlier-exchanges',
    // It builds the trace of a run again, out of what the store has of it.
    may: [...BASE, ...['store', 'trace/trace', 'pipeline'].map((part) => `profiler-agent/${part}`)],
    packages: [],
  },
  {
    of: 'profiler-agent/analysed-calls',
    may: [...BASE, ...['analysis', 'tokens', 'pipeline'].map((part) => `profiler-agent/${part}`)],
    packages: [],
  },
  {
    of: 'profiler-agent/run-findings',
    may: [
      ...BASE,
      ...STAGES,
      ...['pipeline', 'analysed-calls', 'run-limits', 'watched-config'].map(
        (part) => `profiler-agent/${part}`,
      ),
    ],
    packages: [],
  },
  {
    of: 'profiler-agent/run-limits',
    may: [...BASE, 'profiler-agent/analysis', 'profiler-agent/budgets'],
    packages: [],
  },
  {
    of: 'profiler-agent/stored-limits',
    may: [
      ...BASE,
      ...['budgets', 'store', 'measured-runs', 'run-limits'].map((part) => `profiler-agent/${part}`),
    ],
    packages: [],
  },
  {
    of: 'profiler-agent/import',
    may: [
      ...BASE,
      ...STAGES,
      ...['pipeline', 'run-findings', 'stored-limits', 'earlier-exchanges', 'call-attribution', 'config'].map(
        (part) => `profiler-agent/${part}`,
      ),
    ],
    packages: ['node:*'],
  },
  { of: 'profiler-agent/worker-priority', may: [], packages: ['node:*'] },
  { of: 'profiler-agent/worker-memory', may: [], packages: ['node:*'] },
  { of: 'profiler-agent/worker-share', may: [], packages: [] },
  { of: 'profiler-agent/watched-file', may: [], packages: ['node:*'] },
  {
    of: 'profiler-agent/watched-config',
    may: ['profiler-agent/config', 'profiler-agent/watched-file'],
    packages: [],
  },
  {
    of: 'profiler-agent/watched-budget',
    may: ['profiler-agent/run-findings', 'profiler-agent/watched-file'],
    packages: [],
  },
  {
    of: 'profiler-agent/watched-book',
    may: ['pricing', 'price-data', 'watched-file', 'watched-config'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/what-if',
    may: [...BASE, 'profiler-agent/analysis', 'profiler-agent/pricing'],
    packages: [],
  },
  {
    of: 'profiler-agent/reprice',
    may: ['profiler-agent/model', 'profiler-agent/pricing'],
    packages: [],
  },
  {
    of: 'profiler-agent/price-data-check',
    may: ['profiler-agent/wire'],
    packages: ['zod', '@pydantic/genai-prices'],
  },
  {
    of: 'profiler-agent/price-data',
    may: ['profiler-agent/pricing', 'profiler-agent/wire'],
    packages: ['node:*', '@pydantic/genai-prices'],
  },
  { of: 'profiler-agent/git-commit', may: [], packages: ['node:*'] },
  { of: 'profiler-agent/work-tree-version', may: [], packages: ['node:*'] },
  {
    of: 'profiler-agent/run-versions',
    may: ['model', 'git-commit', 'work-tree-version'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/measured-runs',
    may: ['model', 'store', 'budgets/measure'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  { of: 'profiler-agent/run-totals', may: ['profiler-agent/model'], packages: [] },
  {
    of: 'profiler-agent/run-view',
    may: [...BASE, ...STAGES, 'profiler-agent/feed/protocol', 'profiler-agent/run-totals'],
    packages: [],
  },
  {
    of: 'profiler-agent/placed-runs',
    may: ['model', 'places', 'store'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/worker',
    may: [
      ...BASE,
      ...STAGES,
      'profiler-agent/feed/protocol',
      ...[
        'pipeline',
        'placed-runs',
        'places',
        'call-attribution',
        'code-anchors',
        'code-costs/code-answers',
        'run-findings',
        'run-versions',
        'run-view',
        'earlier-exchanges',
        'ignored-findings',
        'limit-answers',
        'live-budget',
        'watched-book',
        'watched-budget',
        'retention',
        'run-columns',
        'stored-limits',
        'told-changes',
        'waiting-exchange',
        'worker-answers',
        'worker-escalations',
        'worker-faults',
        'worker-memory',
        'worker-messages',
        'worker-priority',
        'worker-recording',
      ].map((file) => `profiler-agent/${file}`),
    ],
    packages: ['node:*'],
  },
  {
    of: 'profiler-agent/worker-faults',
    may: ['model', 'store'].map((part) => `profiler-agent/${part}`),
    packages: ['node:*'],
  },
  {
    of: 'profiler-agent/worker-recording',
    may: [
      'model',
      'escalation',
      'pipeline',
      'store',
      'waiting-exchange',
      'worker-faults',
      'worker-messages',
    ].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/worker-answers',
    may: [
      ...['model', 'budgets/file', 'code-costs/code-answers', 'formats/html', 'feed/protocol'],
      'stored-run-answers',
    ].map((part) => `profiler-agent/${part}`),
    packages: ['node:*'],
  },
  {
    // Reads the files that calls came from.
    of: 'profiler-agent/code-anchors',
    may: ['model', 'anchor', 'store'].map((part) => `profiler-agent/${part}`),
    packages: ['node:*'],
  },
  {
    // What the editor asks of the code.
    of: 'profiler-agent/code-costs',
    may: [
      ...['model', 'anchor', 'budgets/file', 'budgets/measure', 'feed/protocol', 'limit-answers'],
      ...['run-totals', 'run-view', 'store'],
    ].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    // What a page asks: each answer is reckoned in a file of its own.
    of: 'profiler-agent/stored-run-answers',
    may: [
      ...['model', 'budgets/file', 'profile', 'store', 'limit-answers', 'run-columns', 'run-view'],
      ...['call-prompt/call-prompt', 'past-invocations', 'run-prompt-shares', 'span-answer'],
    ].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/span-answer',
    may: ['model', 'store', 'call-prompt/before'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    // It asks the analysis of one pair of calls what `costflame why` says of many.
    of: 'profiler-agent/call-prompt',
    may: [
      ...BASE,
      ...['analysis/cache', 'store', 'analysed-calls', 'earlier-exchanges', 'run-view'].map(
        (part) => `profiler-agent/${part}`,
      ),
    ],
    packages: [],
  },
  {
    of: 'profiler-agent/run-prompt-shares',
    may: ['model', 'profile', 'store', 'run-view'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/run-columns',
    may: ['model', 'profile', 'store', 'tokens', 'run-view'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/past-invocations',
    may: ['model', 'measured-runs', 'store'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/limit-answers',
    may: ['model', 'budgets', 'feed/protocol', 'measured-runs', 'store/reader'].map(
      (part) => `profiler-agent/${part}`,
    ),
    packages: [],
  },
  { of: 'profiler-agent/told-changes', may: [], packages: [] },
  {
    of: 'profiler-agent/ignored-findings',
    may: ['model', 'config/ignored-rules', 'places', 'watched-config'].map(
      (part) => `profiler-agent/${part}`,
    ),
    packages: [],
  },
  {
    of: 'profiler-agent/ignored-findings',
    may: ['model', 'config/ignored-rules', 'places', 'watched-config'].map(
      (part) => `profiler-agent/${part}`,
    ),
    packages: [],
  },
  {
    of: 'profiler-agent/escalation',
    // It calls out by the user's own proxy settings, and to no address that is never an upstream.
    may: [...BASE, 'profiler-agent/capture/proxy'],
    packages: ['node:*', 'undici'],
  },
  {
    of: 'profiler-agent/worker-escalations',
    may: [
      ...['model', 'escalation', 'capture', 'config', 'store'].map((room) => `profiler-agent/${room}`),
      ...['run-view', 'watched-file', 'worker-messages'].map((file) => `profiler-agent/${file}`),
    ],
    packages: [],
  },
  {
    // A thread of its own; of what it knows the main thread loads nothing.
    of: 'profiler-agent/gate-reader',
    may: [
      ...BASE,
      ...[
        ...['budgets/gate', 'providers', 'tokens', 'trace/tool-spans', 'capture/redact'],
        ...['call-attribution', 'watched-config'],
      ].map((part) => `profiler-agent/${part}`),
    ],
    packages: ['node:*'],
  },
  {
    of: 'profiler-agent/gate-reader/gate-reader',
    may: [
      ...['model', 'budgets/gate', 'capture/credential-names'],
      ...['asking', 'markers', 'reading', 'thread-host'].map((file) => `gate-reader/${file}`),
    ].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/worker-messages',
    may: [
      ...BASE,
      ...['waiting-exchange', 'feed/protocol', 'budgets/gate/spent', 'live-budget/messages'].map(
        (part) => `profiler-agent/${part}`,
      ),
    ],
    packages: [],
  },
  {
    of: 'profiler-agent/worker-host',
    may: [
      ...BASE,
      ...[
        'feed/protocol',
        'budgets/gate/spent',
        'live-budget/messages',
        'exchange-queue',
        'spool',
        'waiting-exchange',
        'waiting-notes',
        'worker-messages',
        'worker-share',
      ].map((part) => `profiler-agent/${part}`),
    ],
    packages: ['node:*'],
  },
  {
    of: 'profiler-agent/profiler',
    may: [
      ...BASE,
      'profiler-agent/capture',
      'profiler-agent/feed',
      ...['worker-host', 'ingest', 'live-file', 'live-budget', 'gate-reader', 'shared-run'].map(
        (file) => `profiler-agent/${file}`,
      ),
      ...['watched-config', 'watched-file', 'worker-memory'].map((file) => `profiler-agent/${file}`),
    ],
    packages: ['node:*'],
  },
  {
    of: 'profiler-agent/live-budget',
    may: [
      ...['model', 'budgets', 'capture/foreign-headers', 'gate-reader/gate-reader'],
      ...['worker-host', 'watched-config', 'watched-file'],
    ].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/live-budget/prices',
    may: ['live-budget/messages', 'pricing'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/waiting-notes',
    may: ['profiler-agent/model', 'profiler-agent/worker-messages'],
    packages: [],
  },
  {
    of: 'profiler-agent/exchange-queue',
    may: ['model', 'exchange-memory', 'waiting-exchange'].map((part) => `profiler-agent/${part}`),
    packages: [],
  },
  {
    of: 'profiler-agent/exchange-memory',
    may: ['profiler-agent/model', 'profiler-agent/waiting-exchange'],
    packages: [],
  },
  {
    of: 'profiler-agent/spool',
    may: [
      ...BASE,
      ...['exchange-memory', 'live-file', 'waiting-exchange'].map((file) => `profiler-agent/${file}`),
    ],
    packages: ['node:*'],
  },
  { of: 'profiler-agent/waiting-exchange', may: ['profiler-agent/model'], packages: ['node:*'] },
  { of: 'profiler-agent/ingest', may: BASE, packages: ['node:*'] },
  { of: 'profiler-agent/live-file', may: [...BASE, 'profiler-agent/feed/protocol'], packages: ['node:*'] },
  {
    of: 'profiler-agent/retention',
    may: [...BASE, 'profiler-agent/store', 'profiler-agent/live-file'],
    packages: [],
  },
  { of: 'profiler-agent/shared-run', may: [], packages: [] },
  { of: 'profiler-agent/main', may: ['profiler-agent/cli'], packages: ['node:*'] },
]

const FROM_PROFILER = ['model', 'feed/protocol', 'feed/codec', 'budgets/file', 'formats/json'].map(
  (part) => `profiler-agent/${part}`,
)
/** They meet in `profiler/` and `locations.ts`; they never import each other. */
const EXTENSION: readonly Row[] = [
  { of: 'extension', may: ['extension', ...FROM_PROFILER], packages: ['node:*', 'vscode'] },
  ...['assistant', 'budgets', 'demo', 'editor', 'links', 'panel', 'views'].map((room) => ({
    of: `extension/${room}`,
    may: [
      'extension/profiler',
      'extension/locations',
      'extension/diagnostic-severity',
      'extension/limit-values',
      'extension/markdown-text',
      ...FROM_PROFILER,
      'webview/messages',
      // Saved runs are made into what the page shows, and what it shows is saved.
      // Places are found again in what the code has become, calls are changed in it, and findings ignored.
      ...(room === 'editor' ? ['anchor', 'places', 'config'].map((part) => `profiler-agent/${part}`) : []),
      ...(room === 'panel' ? ['profiler-agent/profile', 'profiler-agent/formats'] : []),
    ],
    packages: ['node:*', 'vscode', ...(room === 'budgets' ? ['jsonc-parser'] : [])],
  })),
  { of: 'extension/profiler', may: FROM_PROFILER, packages: ['node:*', 'vscode', 'ws'] },
]
const WEBVIEW: readonly Row[] = [
  { of: 'webview', may: ['profiler-agent/model', 'profiler-agent/profile'], packages: ['chart.js', 'diff'] },
]

const TABLE = [...PROFILER, ...COMPOSITION, ...EXTENSION, ...WEBVIEW]

interface Arrow {
  readonly from: string
  readonly to: string
}

const IMPORTS =
  /(?:^|[;\s])(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/gm

function arrowsOf(file: string): Arrow[] {
  const text = readFileSync(inRepository(file), 'utf8').replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')
  const from = withoutExtension(file)
  return [...text.matchAll(IMPORTS)].map((match) => {
    const named = match[1] ?? match[2] ?? ''
    return { from, to: named.startsWith('.') ? withoutExtension(posix.join(dirname(file), named)) : named }
  })
}

function withoutExtension(file: string): string {
  return file.replaceAll('\\', '/').replace(/\.tsx?$/, '')
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

function rowOf(file: string): Row | undefined {
  return TABLE.filter((row) => isWithin(file, row.of)).sort(
    (left, right) => right.of.length - left.of.length,
  )[0]
}

function isAllowed({ from, to }: Arrow): boolean {
  const row = rowOf(from)
  if (row === undefined) return false
  if (isOurs(to)) return [row.of, ...row.may].some((place) => isWithin(to, place))
  const packageName = to
    .split('/')
    .slice(0, to.startsWith('@') ? 2 : 1)
    .join('/')
  return row.packages.includes(packageName) || (to.startsWith('node:') && row.packages.includes('node:*'))
}

function isOurs(path: string): boolean {
  return /^(?:profiler-agent|extension|webview|test)(?:\/|$)/.test(path)
}

const files = globSync(['profiler-agent/**/*.ts', 'extension/**/*.ts', 'webview/**/*.ts'], {
  cwd: repositoryRoot,
})
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.endsWith('.d.ts'))
const arrows = files.flatMap(arrowsOf)

describe('architecture', () => {
  it('sees every file and its imports', () => {
    assert.ok(files.length > 100, `${files.length} files`)
    assert.ok(arrows.length > files.length, `${arrows.length} imports`)
    assert.ok(
      arrows.some(({ from, to }) => from === 'profiler-agent/main' && to === 'profiler-agent/cli/program'),
    )
  })

  it('has a row for every file', () => {
    assert.deepEqual(
      files.filter((file) => rowOf(withoutExtension(file)) === undefined),
      [],
      'a file at the top of profiler-agent/ says in COMPOSITION what it puts together',
    )
  })

  it('knows no import that its table does not name', () => {
    assert.deepEqual(
      arrows.filter((arrow) => !isAllowed(arrow)).map(({ from, to }) => `${from} → ${to}`),
      [],
    )
  })

  it('lets only main.ts read process.argv or exit', () => {
    const offenders = files.filter((file) => {
      const text = readFileSync(join(repositoryRoot, file), 'utf8')
      return file.startsWith('profiler-agent/') && /process\.(?:argv|exit\()/.test(text)
    })
    assert.deepEqual(
      offenders.filter(
        (file) =>
          file !== 'profiler-agent/main.ts' &&
          // They end their own thread, not the process.
          file !== 'profiler-agent/worker.ts' &&
          file !== 'profiler-agent/worker-faults.ts' &&
          !file.startsWith('profiler-agent/capture/hooks/'),
      ),
      [],
    )
  })

  for (const [from, to, allowed] of [
    ['profiler-agent/trace/trace', 'profiler-agent/model/span', true],
    ['profiler-agent/trace/trace', 'profiler-agent/store/store', false],
    ['profiler-agent/formats/html', 'profiler-agent/profile/tree', true],
    ['profiler-agent/model/usage', 'node:fs', false],
    ['profiler-agent/capture/hooks/node/fetch', 'undici', false],
    ['extension/editor/code-lenses', 'extension/views/runs-tree', false],
    ['extension/profiler/session', 'profiler-agent/store/store', false],
    ['webview/app', 'ws', false],
    ['webview/app', 'vscode', false],
  ] as const)
    it(`${allowed ? 'allows' : 'forbids'} ${from} → ${to}`, () => {
      assert.equal(isAllowed({ from, to }), allowed)
    })
})

// `npm run demo [-- NAME]`: profiles an agent against the embedded model server, with no network and no key.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const demo = dirname(fileURLToPath(import.meta.url))
const root = resolve(demo, '../../..')
const costflame = join(root, 'dist', 'costflame.js')
const data = join(root, '.costflame', 'data', 'demo')
const agents = dirname(demo)

/**
 * Each demo: what it shows, the program and its script, flags of `costflame run`, what the report sums by, the name of the files
 * that it leaves, and what else has to be there.
 */
const DEMOS = {
  desk: {
    shows: 'a support desk that answers four tickets with tools (this is what you get without a name)',
    folder: demo,
    program: 'support-desk',
    flags: ['--agent', 'support-desk'],
    by: ['callsite'],
    file: 'support-desk',
  },
  coding: {
    shows: 'a coding agent whose prompt grows to 150,000 tokens, on the SDK of Anthropic',
    folder: join(agents, 'coding-agent'),
    program: 'coding-agent',
    flags: ['--agent', 'coding-agent'],
    by: ['callsite', 'tool'],
    file: 'coding-agent',
    prepare: installSdks,
  },
  support: {
    shows: 'an orchestrator and two specialists that work at the same time, with retrieval and streams',
    folder: join(agents, 'support-desk'),
    program: 'support-desk',
    flags: [],
    by: ['agent,step', 'intent', 'callsite'],
    file: 'support-specialists',
    prepare: linkCostflame,
  },
}

const usage = `npm run demo [-- NAME]

${Object.entries(DEMOS)
  .map(([name, { shows }]) => `  ${name.padEnd(8)} ${shows}`)
  .join('\n')}`

/** A step that did not work, in words for the person at the terminal. */
class DemoError extends Error {}

// Settings of the person's own must not lead the demo to a real provider, or through a proxy.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(COSTFLAME_|OPENAI_|ANTHROPIC_)/.test(name)),
)
for (const name of ['NO_PROXY', 'no_proxy'])
  environment[name] = [process.env[name], '127.0.0.1', 'localhost'].filter(Boolean).join(',')

function say(text) {
  process.stderr.write(`\n${text}\n`)
}

function build() {
  const { status, error, stdout, stderr } = spawnSync(process.execPath, ['esbuild.config.mjs'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0)
    throw new DemoError(`The build failed. Run \`npm ci\` first.\n${error ?? `${stdout}${stderr}`}`)
}

/** The SDKs of the agents are no dependencies of ours: the first demo that needs them installs them. */
function installSdks() {
  if (existsSync(join(agents, 'node_modules', '@anthropic-ai', 'sdk'))) return
  say('Installing the SDKs in test/agents …')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: agents,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new DemoError('The SDKs could not be installed (npm ci in test/agents).')
}

/** As `npm link` does it: the agent imports `costflame/api` like any program that has Costflame installed. */
function linkCostflame() {
  const link = join(agents, 'support-desk', 'node_modules', 'costflame')
  if (existsSync(link)) return
  // One of a repository that was moved leads nowhere.
  rmSync(link, { force: true })
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(root, link, 'junction')
}

/** Starts the embedded model server and waits for its ready line. */
async function startModelServer(script) {
  const server = spawn(process.execPath, [costflame, 'simulate', '--script', script], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: server.stdout })
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(server, 'exit').then(([code]) => {
      throw new DemoError(`The embedded model server ended before it was ready (exit code ${code}).`)
    }),
  ])
  const { openai, anthropic } = JSON.parse(line)
  return { openai, anthropic, stop: () => stop(server) }
}

async function stop(server) {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill()
  await once(server, 'exit')
}

/** Runs one costflame command in sight of the user. */
async function run(step, args, env = {}) {
  const child = spawn(process.execPath, [costflame, ...args], {
    cwd: root,
    env: { ...environment, ...env },
    stdio: 'inherit',
  })
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) throw new DemoError(`${step} failed (${signal ?? `exit code ${code}`}).`)
}

async function profile({ folder, program, flags }) {
  const server = await startModelServer(join(folder, `${program}.script.json`))
  try {
    const agent = relative(root, join(folder, `${program}.mjs`))
    say(`Profiling ${agent} …`)
    await run('Profiling the agent', ['run', '--data', data, ...flags, '--', 'node', agent], {
      OPENAI_BASE_URL: server.openai,
      OPENAI_API_KEY: 'demo',
      ANTHROPIC_BASE_URL: server.anthropic,
      ANTHROPIC_API_KEY: 'demo',
    })
  } finally {
    await server.stop()
  }
}

async function main(chosen) {
  say('Building Costflame …')
  build()
  chosen.prepare?.()
  await profile(chosen)
  say('What it cost:')
  const latest = ['--data', data, '--run', 'latest']
  for (const by of chosen.by) await run('The report', ['report', ...latest, '--by', by])
  const runFile = join(root, `${chosen.file}.costflame.json`)
  const flameGraph = join(root, `${chosen.file}.html`)
  await run('The export of the run', ['export', ...latest, '--format', 'json', '-o', runFile])
  await run('The export of the flame graph', ['export', ...latest, '--format', 'html', '-o', flameGraph])
  process.stdout.write(`
The run:         ${runFile}
                 Open it in VS Code with the Costflame extension: the lines, the findings and the flame graph.
The flame graph: ${flameGraph}
                 Open it in any browser; the one file is all there is to it.
`)
}

// The terminal interrupts the children too; the model server is stopped once the run has ended.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)

const [name = 'desk'] = process.argv.slice(2)
try {
  if (['--help', '-h', 'help'].includes(name)) process.stdout.write(`${usage}\n`)
  else if (Object.hasOwn(DEMOS, name)) await main(DEMOS[name])
  else throw new DemoError(`There is no demo ${name}.\n\n${usage}`)
} catch (error) {
  if (!(error instanceof DemoError)) throw error
  say(error.message)
  process.exitCode = 1
}

// `npm run demo`: profiles the support desk agent against the embedded model server, with no network and no key.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const demo = dirname(fileURLToPath(import.meta.url))
const root = resolve(demo, '../../..')
const costflame = join(root, 'dist', 'costflame.js')
const data = join(root, '.costflame', 'data', 'demo')
const runFile = join(root, 'support-desk.costflame.json')
const flameGraph = join(root, 'support-desk.html')

/** A step that did not work, in words for the person at the terminal. */
class DemoError extends Error {}

// Settings of the person's own must not lead the demo to a real provider, or through a proxy.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(COSTFLAME_|OPENAI_)/.test(name)),
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

/** Starts the embedded model server and waits for its ready line. */
async function startModelServer() {
  const script = join(demo, 'support-desk.script.json')
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
  return { url: JSON.parse(line).openai, stop: () => stop(server) }
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

async function main() {
  say('Building Costflame …')
  build()
  const server = await startModelServer()
  try {
    const agent = relative(root, join(demo, 'support-desk.mjs'))
    say(`Profiling ${agent} …`)
    await run(
      'Profiling the agent',
      ['run', '--data', data, '--agent', 'support-desk', '--', 'node', agent],
      { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'demo' },
    )
  } finally {
    await server.stop()
  }
  say('What it cost:')
  await run('The report', ['report', '--data', data, '--run', 'latest', '--by', 'callsite'])
  const chosen = ['--data', data, '--run', 'latest']
  await run('The export of the run', ['export', ...chosen, '--format', 'json', '-o', runFile])
  await run('The export of the flame graph', ['export', ...chosen, '--format', 'html', '-o', flameGraph])
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

try {
  await main()
} catch (error) {
  if (!(error instanceof DemoError)) throw error
  say(error.message)
  process.exitCode = 1
}

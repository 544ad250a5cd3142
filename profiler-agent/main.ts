#!/usr/bin/env node
// Process entry of the `costflame` command; the only file that reads process.argv or exits.

import { enableCompileCache } from 'node:module'
import { SERVE_OPTIONS } from './cli/serve-environment'

const LEAST_NODE = [22, 19] as const

function isOldNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])
}

async function main(): Promise<number> {
  // node:sqlite says that it is experimental on some of the versions that we support; every other warning passes.
  silenceWarning('SQLite is an experimental feature')
  // Compiled code is kept from one start to the next (Node's own cache in the temporary folder): half the start-up time.
  enableCompileCache()
  const io = {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    assets: __dirname,
    version: VERSION,
    onSignal,
  }
  const serveOptions = process.env[SERVE_OPTIONS]
  if (serveOptions !== undefined) {
    const { serveAsTold } = await import('./cli/serve')
    return serveAsTold(io, serveOptions)
  }
  const { runCommandLine } = await import('./cli/program')
  return runCommandLine(io, process.argv.slice(2))
}

function silenceWarning(beginning: string): void {
  const emit = process.emitWarning.bind(process)
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).startsWith(beginning)) emit(warning, ...rest)
  }) as typeof process.emitWarning
}

function onSignal(signals: readonly NodeJS.Signals[], handler: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}

/** A reader that closes early (`costflame report | head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

/** Whoever read our messages has gone; what we do for the user's program and the store goes on. */
process.stderr.on('error', () => undefined)

if (isOldNode(process.versions.node)) {
  console.error(
    `costflame needs Node ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}. Update Node, or run it with: npx -p node@24 -p costflame costflame`,
  )
  process.exit(2)
}

main().then(
  // Where pipes are asynchronous, what was printed last is still on its way.
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    console.error(
      `costflame: a bug of ours: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    process.exit(70)
  },
)

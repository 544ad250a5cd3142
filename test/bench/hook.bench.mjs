// What the hook costs a program that it is in: a call, and a program that does little else than await. Baseline: the program alone.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure } from './statistics.mjs'

const PROGRAM = fileURLToPath(new URL('hook-program.mjs', import.meta.url))
const ROUNDS = 5

export async function* measure(dist) {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('{"id":"1"}'))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy = `http://127.0.0.1:${server.address().port}`
  const hooked = (callSites) => ({
    ...process.env,
    COSTFLAME_PROXY: proxy,
    COSTFLAME_CALLSITES: callSites,
    NODE_OPTIONS: `--require ${join(dist, 'hooks', 'node.cjs')}`,
  })
  const compare = (args, callSites) => quickest(args, { alone: process.env, hooked: hooked(callSites) })
  const calls = ['calls', `${proxy}/openai/v1/chat/completions`]
  try {
    for (const callSites of ['light', 'deep']) {
      const { alone, hooked } = await compare(calls, callSites)
      yield figure(`hook.call-${callSites}`, 'ms', hooked, alone, 'the call without the hook')
    }
    const auto = await compare(['awaits'], 'auto')
    yield figure('hook.awaits-auto', 'ms', auto.hooked, auto.alone, 'the program alone, without an SDK')
    const deep = await compare(['awaits'], 'deep')
    yield figure('hook.awaits-deep', 'ms', deep.hooked, deep.alone, 'the program alone')
  } finally {
    server.close()
  }
}

/** The least of several runs, one after the other, so that both see the machine in the same moods. */
async function quickest(args, environments) {
  const least = {}
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, env] of Object.entries(environments)) {
      const milliseconds = await run(args, env)
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, milliseconds)
    }
  return least
}

async function run(args, env) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return Number(text)
}

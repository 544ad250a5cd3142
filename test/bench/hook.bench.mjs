// What the hook costs a program that it is in: loading an SDK, a call, and a program that does little else than await. Baseline: the
// program alone.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure } from './statistics.mjs'

const PROGRAM = fileURLToPath(new URL('hook-program.mjs', import.meta.url))
const ROUNDS = 5

/** What the names of its figures begin with. */
export const figures = ['hook']

export async function* measure(dist) {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end('{"id":"1","choices":[]}')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy = `http://127.0.0.1:${server.address().port}`
  const alone = { ...process.env, OPENAI_BASE_URL: `${proxy}/openai/v1` }
  const hooked = (callSites) => ({
    ...alone,
    COSTFLAME_PROXY: proxy,
    COSTFLAME_CALLSITES: callSites,
    NODE_OPTIONS: `--require ${join(dist, 'hooks', 'node.cjs')}`,
  })
  const compare = async (name, args, callSites, baselineIs) => {
    const least = await quickest(args, { alone, hooked: hooked(callSites) })
    return figure(name, 'ms', least.hooked, least.alone, baselineIs)
  }
  const call = 'the call without the hook'
  const awaits = 'the program alone'
  try {
    yield await compare('hook.load-openai', ['load', 'openai'], 'auto', 'loading openai without the hook')
    yield await compare('hook.call-light', ['calls'], 'light', call)
    yield await compare('hook.call-auto-openai', ['calls', 'openai'], 'auto', call)
    yield await compare('hook.call-deep', ['calls'], 'deep', call)
    yield await compare('hook.awaits-auto', ['awaits'], 'auto', `${awaits}, without an SDK`)
    yield await compare('hook.awaits-auto-openai', ['awaits', 'openai'], 'auto', `${awaits}, with openai`)
    yield await compare('hook.awaits-deep', ['awaits'], 'deep', awaits)
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

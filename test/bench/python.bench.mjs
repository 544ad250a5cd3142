// What the hook costs a Python program: when it starts and ends, and with each call. Baseline: the same program without it.

import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure } from './statistics.mjs'

const PYTHON = process.env.COSTFLAME_TEST_PYTHON || '/usr/bin/python3'
const CALLS = join(dirname(fileURLToPath(import.meta.url)), 'python-calls.py')
const STARTS = 25
const ROUNDS = 3

/** What the names of its figures begin with. */
export const figures = ['hook.python']

export async function* measure(dist) {
  const { status } = spawnSync(PYTHON, ['-c', 'import httpx, requests, aiohttp'], { stdio: 'ignore' })
  if (status !== 0) {
    process.stderr.write(`hook.python.* is not measured: ${PYTHON} lacks httpx, requests or aiohttp\n`)
    return
  }
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end('{"usage": {}}')
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = `http://127.0.0.1:${server.address().port}`
  const alone = { PATH: process.env.PATH ?? '' }
  const hooked = {
    ...alone,
    PYTHONPATH: join(dist, 'hooks', 'python'),
    COSTFLAME_PROXY: proxy,
    COSTFLAME_TOKEN: 't',
  }
  const url = `${proxy}/openai/v1/chat/completions`

  const starts = await best({ alone, hooked }, STARTS, async (env) => {
    const start = performance.now()
    await output(['-c', 'pass'], env)
    return performance.now() - start
  })
  yield figure('hook.python.start', 'ms', starts.hooked, starts.alone, 'the program alone')
  for (const client of ['httpx', 'requests', 'aiohttp', 'create_task']) {
    const times = await best({ alone, hooked }, ROUNDS, async (env) =>
      Number(await output([CALLS, url, client], env)),
    )
    yield figure(`hook.python.call.${client}`, 'ms', times.hooked, times.alone, 'the same client alone')
  }
  server.close()
}

/** The least of some rounds for each environment, one after the other in each round. */
async function best(environments, rounds, time) {
  const least = Object.fromEntries(Object.keys(environments).map((name) => [name, Number.POSITIVE_INFINITY]))
  for (let round = 0; round < rounds; round++)
    for (const [name, env] of Object.entries(environments))
      least[name] = Math.min(least[name], await time(env))
  return least
}

function output(args, env) {
  const child = spawn(PYTHON, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(said) : reject(new Error(`${args.join(' ')}: ${code}`)),
    )
  })
}

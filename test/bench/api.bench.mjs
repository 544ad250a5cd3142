// What declaring a span costs a program, without a profiler and under one. Baseline: the same function, called straight.

import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure } from './statistics.mjs'

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'api-calls.mjs')

/** What the names of its figures begin with. */
export const figures = ['api']

export async function* measure(dist) {
  const module = join(dist, 'api', 'index.cjs')
  const off = await timed([module, 200_000], {})
  yield figure('api.off', 'µs', off.declared, off.alone, 'the function alone')
  // A profiler's place, where what is told is read and nothing else happens: the program is measured.
  const sink = createServer((request, response) => request.resume().on('end', () => response.end('{}')))
  await new Promise((resolve) => sink.listen(0, '127.0.0.1', resolve))
  const on = await timed([module, 2000], { COSTFLAME_PROXY: `http://127.0.0.1:${sink.address().port}` })
  sink.close()
  sink.closeAllConnections()
  yield figure('api.on', 'µs', on.declared, on.alone, 'the function alone')
}

async function timed(args, more) {
  const { COSTFLAME_PROXY: _, ...environment } = process.env
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  return JSON.parse(text)
}

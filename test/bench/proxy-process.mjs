// Processes of the proxy's figures: each prints one JSON line when it listens, and tells its memory and delay when asked.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))

/** Starts `node args…`. `ready` is its first line; `gauge` gives `{rss, loopDelayMs, longestDelayMs}` (p99 and most since the last `startGauge`). */
export async function startProcess(args) {
  const child = spawn(process.execPath, ['--require', join(folder, 'proxy-gauge.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${args.join(' ')} ended with ${code}`)
  })
  ended.catch(() => undefined)
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
  const ask = async (message) => {
    child.send(message)
    const [answer] = await once(child, 'message')
    return answer
  }
  const stop = async () => {
    const exited = once(child, 'exit')
    child.kill()
    await exited
  }
  return { ready: JSON.parse(line), startGauge: () => ask('start'), gauge: () => ask('read'), stop }
}

export function scriptOfBench(name) {
  return join(folder, name)
}

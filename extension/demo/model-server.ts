// The embedded model server as a child process, for as long as the demo runs. Knows no VS Code.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface ModelServer {
  /** Base URL that an OpenAI client is given. */
  readonly openai: string
  /** Resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts `costflame simulate`; rejects with what it said when it does not listen. */
export async function startModelServer(script: string, replies: string): Promise<ModelServer> {
  const child = spawn(process.execPath, [script, 'simulate', '--until-stdin-ends', '--script', replies], {
    // In desktop VS Code the executable is Electron, which runs scripts only when told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    // An open standard input ties it to us: it ends when this host dies without a word.
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said: string[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')))
  const ended = once(child, 'close').then(() => {
    throw new Error(said.join('').trim() || 'The embedded model server ended before it was ready.')
  })
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text))
  const ready: unknown = JSON.parse(await Promise.race([line, ended]))
  ended.catch(() => undefined) // From here on an end is what `stop` waits for.
  if (typeof ready !== 'object' || ready === null || !('openai' in ready))
    throw new Error('The embedded model server says nothing of its address.')
  return { openai: String(ready.openai), stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill()
  await gone
}

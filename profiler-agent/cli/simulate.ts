// `costflame simulate`: runs the embedded model server until it is told to stop.

import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Script } from '../simulator/script'
import { decodeScript, ScriptError } from '../simulator/script-decoder'
import { type Simulator, simulatorReadyLine, startSimulator } from '../simulator/server'
import { loadTokenizer } from '../tokens/tokenizer'
import { EXIT, type Io, print, UsageError } from './io'
import { endOfStdin, stopSignal } from './told-to-stop'

export interface SimulateOptions {
  readonly port: number
  readonly script?: string
  /** Stop when standard input ends: the server of a demo goes with whoever started it. */
  readonly untilStdinEnds?: boolean
}

export async function simulate(io: Io, { port, script, untilStdinEnds }: SimulateOptions): Promise<number> {
  const tokenizer = await loadTokenizer(io.assets)
  const loaded = script === undefined ? undefined : loadScript(resolve(io.cwd, script))
  const simulator = await start(port, (text) => tokenizer.count(text), loaded)
  // Whoever reads the line may say stop at once.
  const stopped = Promise.race([stopSignal(io), ...(untilStdinEnds ? [endOfStdin(io)] : [])])
  print(io, simulatorReadyLine(io.version, process.pid, simulator))
  await stopped
  await simulator.close()
  return EXIT.fine
}

async function start(
  port: number,
  countTokens: (text: string) => number,
  script: Script | undefined,
): Promise<Simulator> {
  try {
    return await startSimulator({ port, countTokens, ...(script ? { script } : {}) })
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (taken)
      throw new UsageError(`port ${port} is taken by another program. Leave --port out to get a free port.`)
    throw error
  }
}

function loadScript(path: string): Script {
  if (!existsSync(path)) throw new UsageError(`the script ${path} does not exist`)
  try {
    return decodeScript(readFileSync(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof ScriptError) throw new UsageError(error.message)
    throw error
  }
}

// Whether the profiler that this process was pointed at still lives: its port may be another program's by now, which must get neither
// keys nor prompts. Known by the file with which a profiler announces itself, and by its process.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quietly } from './quietly'

/** A profiler that was started again is found so soon. */
const LOOK_AGAIN_MS = 100

export interface ProfilerPlace {
  /** Origin of the profiler's proxy. */
  readonly proxy: string
  /** Its data folder; undefined where the environment does not name it. */
  readonly data?: string
}

export class ProfilerLife {
  private pid: number | undefined
  private lookedAt = Number.NEGATIVE_INFINITY
  private isDeadForNow = false

  constructor(private readonly place: ProfilerPlace) {}

  /** False also where nobody can tell: then the socket decides. Costs one question to the operating system while it lives. */
  get isDead(): boolean {
    if (this.pid !== undefined && isAlive(this.pid)) return false
    if (performance.now() - this.lookedAt < LOOK_AGAIN_MS) return this.isDeadForNow
    this.lookedAt = performance.now()
    this.isDeadForNow = false
    quietly(() => this.look())
    return this.isDeadForNow
  }

  private look(): void {
    const { data, proxy } = this.place
    if (data === undefined) return
    const folder = join(data, 'live')
    const announced = filesIn(folder)
    this.pid = announced?.find((pid) => isAlive(pid) && isAt(join(folder, `${pid}.json`), proxy))
    this.isDeadForNow = announced !== undefined && this.pid === undefined
  }
}

/** Ids of the processes that announced themselves; undefined where the folder cannot be read, or never was. */
function filesIn(folder: string): number[] | undefined {
  try {
    return readdirSync(folder).flatMap((name) =>
      /^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : [],
    )
  } catch {
    return undefined
  }
}

function isAt(file: string, proxy: string): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { proxy?: unknown }).proxy === proxy
  } catch {
    // Gone by now, or not ours to read.
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

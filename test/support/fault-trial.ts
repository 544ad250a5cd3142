// One profiler under one fault, from its start to its end: a program calls through it, and afterwards every call is accounted for.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { STORE_FILE } from '../../profiler-agent/store/store'
import { breakBuild, type Fault } from './broken-build'
import { type Environment, Playground, type Started } from './costflame'
import { Caller, type CallPlan, failuresOf } from './fault-caller'
import { integrityOf, missing, storedIds } from './fault-store'
import { FeedReader } from './feed-reader'
import { noteFault } from './reliability'
import { type TestFolder, temporaryFolder } from './test-folders'

/** What the profiler says when calls that ended well are in no store. */
const SAYS_LOSS = /not recorded|not be recorded|lost|missing|records nothing/

export interface TrialOptions {
  readonly upstream: string
  /** Injected into a copy of the build. */
  readonly inBuild?: Fault
  readonly environment?: Environment
  /** Data folder, where it is not the repository's own. */
  readonly data?: string
  /** Called before the profiler starts, with the data folder there. */
  readonly prepare?: (data: string) => void
  /** Program that starts the profiler in place of node, with the same arguments. */
  readonly launcher?: string
}

export interface Outcome {
  readonly fault: string
  readonly times?: number
  readonly how?: string
  /** False where the fault is the damage of the store itself, and the file stays as it is. */
  readonly isSound?: boolean
  /** Calls whose answer could not be read have no id of their own in the store: they are counted. */
  readonly isCounted?: boolean
}

export class Trial {
  readonly caller: Caller
  /** Calls that ended well and are in no store; known once judged. */
  absent = 0

  private constructor(
    readonly playground: Playground,
    readonly data: string,
    readonly serve: Started & { readonly ready: ReadyLine },
    readonly feed: FeedReader,
    readonly build: TestFolder,
    /** Of the profiler so far, from its start on. */
    readonly said: { readonly stderr: string },
  ) {
    this.caller = new Caller(serve.ready.proxy, 'c')
  }

  get stderr(): string {
    return this.said.stderr
  }

  static async start(options: TrialOptions): Promise<Trial> {
    const build = temporaryFolder('build')
    const script = options.inBuild && breakBuild(build.path, options.inBuild)
    const playground = new Playground({}, script)
    const data = options.data ?? playground.data
    mkdirSync(data, { recursive: true, mode: 0o700 })
    options.prepare?.(data)
    const args = ['serve', '--data', data, '--upstream', `openai=${options.upstream}`]
    const started = playground.start(args, options.environment, options.launcher)
    const said = { stderr: '' }
    started.child.stderr?.on('data', (text: string) => {
      said.stderr += text
    })
    const line = await started.line().catch(async () => {
      throw new Error(`the profiler did not start: ${(await started.ended).stderr}`)
    })
    const serve = { ...started, ready: JSON.parse(line) as ReadyLine }
    return new Trial(playground, data, serve, await FeedReader.open(serve.ready), build, said)
  }

  /** Makes so many calls, four at a time; every other one is a stream. */
  async calls(count: number, plan: Partial<CallPlan> = {}): Promise<void> {
    let left = count
    const lane = async () => {
      while (left-- > 0) await this.caller.make({ runId: 'r', stream: left % 2 === 0, ...plan })
    }
    await Promise.all(Array.from({ length: 4 }, lane))
  }

  /** Resolves when the feed has announced every call made so far: whatever happens next happens to a profiler at work. */
  async announced(): Promise<void> {
    const { length } = this.caller.calls
    await this.feed.state((runs) => runs.reduce((sum, { totals }) => sum + totals.calls, 0) >= length)
  }

  /** Resolves when the profiler has said this on stderr. */
  says(what: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!what.test(this.stderr)) return
        this.serve.child.stderr?.off('data', look)
        resolve()
      }
      this.serve.child.stderr?.on('data', look)
      look()
    })
  }

  /** Stops the profiler in order. */
  async stop(): Promise<void> {
    await this.caller.stop()
    this.serve.child.kill('SIGTERM')
    const { code, stderr } = await this.serve.ended
    assert.equal(code, 0, stderr)
  }

  /** Accounts for every call, notes the fault for the page, and fails where a call failed or is lost without a word. */
  judge({ fault, times = 1, how, isSound = true, isCounted = false }: Outcome): void {
    const { calls } = this.caller
    const stored = storedIds(this.data)
    this.absent = isCounted ? calls.length - this.playground.storedCalls() : missing(calls, stored).length
    const isSaid = SAYS_LOSS.test(this.stderr)
    const hasStore = existsSync(join(this.data, STORE_FILE))
    const integrity = isSound && hasStore ? integrityOf(this.data) : undefined
    const failed = failuresOf(calls)
    noteFault({
      ...{ fault, times, calls: calls.length, failed: failed.length },
      ...(isSaid ? { lost: 0, said: this.absent } : { lost: this.absent }),
      checks: integrity === undefined ? { made: 0, ok: 0 } : { made: 1, ok: integrity === 'ok' ? 1 : 0 },
      ...(how === undefined ? {} : { how }),
    })
    assert.deepEqual(failed, [])
    assert.ok(integrity === undefined || integrity === 'ok', integrity)
    assert.ok(
      this.absent === 0 || isSaid,
      `${this.absent} calls are lost, and it said only: ${this.stderr.slice(0, 2000)}`,
    )
  }

  async remove(): Promise<void> {
    this.feed.close()
    await this.playground.remove()
    this.build.remove()
  }
}

/** Starts, does, and clears away whatever happens. */
export async function inTrial(options: TrialOptions, work: (trial: Trial) => Promise<void>): Promise<void> {
  const trial = await Trial.start(options)
  try {
    await work(trial)
  } finally {
    await trial.remove()
  }
}
